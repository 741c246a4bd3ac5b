-- +goose Up
CREATE TABLE licence_type (
  key TEXT PRIMARY KEY,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  definition TEXT NOT NULL
){{STRICT}};

CREATE TABLE licence (
  id {{KEY}},
  identifier TEXT NOT NULL UNIQUE,
  type_key TEXT NOT NULL,
  name TEXT NOT NULL,
  number {{BLOB}} NOT NULL,
  number_index TEXT NOT NULL,
  holder_kind TEXT NOT NULL,
  holder_id BIGINT NOT NULL,
  holder_name TEXT NOT NULL,
  issuer_unit BIGINT NOT NULL,
  issuer_name TEXT NOT NULL,
  issued_on TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_until TEXT NOT NULL,
  status TEXT NOT NULL,
  case_no TEXT NOT NULL,
  content {{BLOB}} NOT NULL,
  hash TEXT NOT NULL,
  signature {{BLOB}},
  signed_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX licence_holder ON licence (holder_kind, holder_id, id);
CREATE UNIQUE INDEX licence_number ON licence (type_key, number_index);

CREATE TABLE licence_use (
  id {{KEY}},
  licence_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id BIGINT NOT NULL,
  actor_name TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  case_no TEXT NOT NULL,
  item_name TEXT NOT NULL,
  purpose TEXT NOT NULL
){{STRICT}};
CREATE INDEX licence_use_licence ON licence_use (licence_id, id);
