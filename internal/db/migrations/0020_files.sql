-- +goose Up

-- One row per stored content. state: pending (object being written), ready,
-- going (object being removed). hash: SM3 of the plain content, sealed.
-- loose_at: since when nothing refers to it.
CREATE TABLE file (
  id {{KEY}},
  digest TEXT NOT NULL,
  object TEXT NOT NULL,
  state TEXT NOT NULL,
  size BIGINT NOT NULL,
  type TEXT NOT NULL,
  hash {{BLOB}} NOT NULL,
  key_id TEXT NOT NULL,
  refs BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  loose_at BIGINT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX file_digest ON file (digest) WHERE state = 'ready';
CREATE INDEX file_loose ON file (loose_at) WHERE refs = 0;
