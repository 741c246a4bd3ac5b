-- +goose Up
-- sessions of browsers (cookie) and tokens of programs (bearer)
CREATE TABLE gate_session (
  id {{KEY}},
  hash TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  account_id BIGINT NOT NULL,
  party_kind TEXT NOT NULL,
  party_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX gate_session_account ON gate_session (actor_kind, account_id);
CREATE INDEX gate_session_expires ON gate_session (expires_at);

-- attempts to log in, by account and by address; keys are keyed hashes
CREATE TABLE gate_attempt (
  key TEXT PRIMARY KEY,
  start_at BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  tries_before BIGINT NOT NULL,
  strikes BIGINT NOT NULL,
  locked_until_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX gate_attempt_updated ON gate_attempt (updated_at);

-- idempotency keys: written in the act's own transaction, result is a key such as a case number
CREATE TABLE gate_once (
  id TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  result TEXT NOT NULL,
  created_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX gate_once_created ON gate_once (created_at);
