-- +goose Up

-- 我的消息. sealed holds subject, body and short text.
CREATE TABLE message (
  id {{KEY}},
  party_kind TEXT NOT NULL,
  party_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  sealed {{BLOB}} NOT NULL,
  link TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  read_at BIGINT
){{STRICT}};
CREATE INDEX message_party ON message (party_kind, party_id, id);
CREATE INDEX message_unread ON message (party_kind, party_id) WHERE read_at IS NULL;

-- A message on its way out of the platform. state: queued, sent, dropped.
CREATE TABLE message_delivery (
  id {{KEY}},
  message_id BIGINT NOT NULL REFERENCES message (id),
  way TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  done_at BIGINT
){{STRICT}};
CREATE INDEX message_delivery_message ON message_delivery (message_id);
