-- +goose Up
CREATE TABLE division (
  code TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  parent TEXT NOT NULL,
  level TEXT NOT NULL,
  is_national BOOLEAN NOT NULL,
  statistical TEXT NOT NULL
){{STRICT}};

CREATE TABLE unit (
  id {{KEY}},
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  short TEXT NOT NULL,
  uscc TEXT NOT NULL,
  kind TEXT NOT NULL,
  parent_id BIGINT NOT NULL,
  path TEXT NOT NULL UNIQUE,
  division TEXT NOT NULL REFERENCES division (code),
  level TEXT NOT NULL,
  phone TEXT NOT NULL,
  address TEXT NOT NULL,
  synthetic BOOLEAN NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX unit_uscc ON unit (uscc) WHERE uscc <> '';

-- one row: counts the changes of divisions and units, so that every node knows when to read them again
CREATE TABLE directory_version (
  id {{KEY}},
  version BIGINT NOT NULL
){{STRICT}};
INSERT INTO directory_version (id, version) VALUES (1, 1);

CREATE TABLE person (
  id {{KEY}},
  login TEXT UNIQUE,
  name TEXT NOT NULL,
  id_number {{BLOB}} NOT NULL,
  id_index TEXT NOT NULL UNIQUE,
  phone {{BLOB}},
  phone_index TEXT,
  email {{BLOB}},
  address {{BLOB}},
  division TEXT NOT NULL,
  password TEXT NOT NULL,
  walkin BOOLEAN NOT NULL,
  demo BOOLEAN NOT NULL,
  disabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX person_phone ON person (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX person_demo ON person (id) WHERE demo;

CREATE TABLE entity (
  id {{KEY}},
  name TEXT NOT NULL,
  uscc TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  address TEXT NOT NULL,
  division TEXT NOT NULL,
  legal_rep_id BIGINT NOT NULL REFERENCES person (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX entity_legal_rep ON entity (legal_rep_id);

CREATE TABLE mandate (
  id {{KEY}},
  import_key TEXT UNIQUE,
  principal_kind TEXT NOT NULL,
  principal_id BIGINT NOT NULL,
  agent_id BIGINT NOT NULL REFERENCES person (id),
  items TEXT NOT NULL,
  from_on TEXT NOT NULL,
  until_on TEXT NOT NULL,
  ground TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX mandate_agent ON mandate (agent_id, principal_kind, principal_id);
CREATE INDEX mandate_principal ON mandate (principal_kind, principal_id);

CREATE TABLE staff (
  id {{KEY}},
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  unit_id BIGINT NOT NULL REFERENCES unit (id),
  password TEXT NOT NULL,
  must_change BOOLEAN NOT NULL,
  totp {{BLOB}} NOT NULL,
  totp_step BIGINT NOT NULL,
  disabled BOOLEAN NOT NULL,
  demo BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX staff_unit ON staff (unit_id);
CREATE INDEX staff_demo ON staff (id) WHERE demo;

CREATE TABLE staff_role (
  staff_id BIGINT NOT NULL REFERENCES staff (id),
  role TEXT NOT NULL,
  unit_id BIGINT NOT NULL REFERENCES unit (id),
  granted_at BIGINT NOT NULL,
  PRIMARY KEY (staff_id, role, unit_id)
){{STRICT}};
