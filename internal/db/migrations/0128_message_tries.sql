-- +goose Up

-- One way of one delivery: what was said to which address, and what came of it.
-- state: held, sending, sent, delivered, failed. sealed holds address and text.
CREATE TABLE message_try (
  id {{KEY}},
  delivery_id BIGINT NOT NULL,
  message_id BIGINT NOT NULL,
  way TEXT NOT NULL,
  state TEXT NOT NULL,
  sealed {{BLOB}} NOT NULL,
  ref TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  UNIQUE (delivery_id, way)
){{STRICT}};
CREATE INDEX message_try_message ON message_try (message_id, id);
CREATE INDEX message_try_open ON message_try (state, way) WHERE state IN ('held', 'sending');
CREATE INDEX message_try_failed ON message_try (done_at, way) WHERE state = 'failed';

-- deliveries that no way reached
CREATE INDEX message_delivery_failed ON message_delivery (id) WHERE state = 'failed';
