-- +goose Up

-- 消息接收方式: which ways a party chose for what. data is JSON without addresses.
CREATE TABLE message_choice (
  party_kind TEXT NOT NULL,
  party_id BIGINT NOT NULL,
  data TEXT NOT NULL,
  version BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (party_kind, party_id)
){{STRICT}};

-- an address that a person bound to a way, such as his openid at the city's official account
CREATE TABLE message_address (
  person_id BIGINT NOT NULL,
  way TEXT NOT NULL,
  sealed {{BLOB}} NOT NULL,
  address_index TEXT NOT NULL,
  bound_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, way)
){{STRICT}};
CREATE INDEX message_address_index ON message_address (way, address_index);

-- a code that a person shows to the official account to bind it; used once
CREATE TABLE message_code (
  person_id BIGINT NOT NULL,
  way TEXT NOT NULL,
  code_index TEXT NOT NULL UNIQUE,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, way)
){{STRICT}};
