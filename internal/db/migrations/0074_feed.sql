-- +goose Up
-- When a version came into force is read from what happened.
CREATE INDEX item_change_force ON item_change (item_id, at) WHERE kind = 'published';

-- 订阅方: an outside system that is told of every change, in order, from the
-- position up to which it has confirmed them. secret is sealed.
CREATE TABLE item_subscriber (
  id {{KEY}},
  name TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  secret {{BLOB}} NOT NULL,
  state TEXT NOT NULL,
  position BIGINT NOT NULL,
  busy_until BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  retry_at BIGINT NOT NULL,
  error TEXT NOT NULL,
  confirmed_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL
){{STRICT}};
