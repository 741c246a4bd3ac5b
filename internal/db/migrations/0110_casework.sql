-- +goose Up
CREATE TABLE draft (
  id {{KEY}},
  item_id BIGINT NOT NULL,
  version_id BIGINT NOT NULL,
  item_name TEXT NOT NULL,
  owner_kind TEXT NOT NULL,
  owner_id BIGINT NOT NULL,
  party_kind TEXT NOT NULL,
  party_id BIGINT NOT NULL,
  party_name TEXT NOT NULL,
  case_no TEXT NOT NULL,
  version BIGINT NOT NULL,
  data {{BLOB}} NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX draft_owner ON draft (owner_kind, owner_id, id);
CREATE UNIQUE INDEX draft_correction ON draft (case_no, owner_kind, owner_id) WHERE case_no <> '';

CREATE TABLE cases (
  id {{KEY}},
  no TEXT NOT NULL UNIQUE,
  item_id BIGINT NOT NULL,
  version_id BIGINT NOT NULL,
  item_name TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  receiving_unit_id BIGINT NOT NULL,
  division TEXT NOT NULL,
  state TEXT NOT NULL,
  outcome TEXT NOT NULL,
  resume_state TEXT NOT NULL,
  stage BIGINT NOT NULL,
  version BIGINT NOT NULL,
  party_kind TEXT NOT NULL,
  party_id BIGINT NOT NULL,
  party_name TEXT NOT NULL,
  filer_kind TEXT NOT NULL,
  filer_id BIGINT NOT NULL,
  filer_name TEXT NOT NULL,
  mandate_id BIGINT NOT NULL,
  channel TEXT NOT NULL,
  submitted_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  accepted_at BIGINT NOT NULL,
  decided_at BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  due_on TEXT NOT NULL,
  clocks TEXT NOT NULL,
  delivery_way TEXT NOT NULL,
  delivery {{BLOB}} NOT NULL,
  answers {{BLOB}} NOT NULL,
  correction {{BLOB}} NOT NULL,
  reviewers TEXT NOT NULL,
  licence_id BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX cases_party ON cases (party_kind, party_id, id);
CREATE INDEX cases_due ON cases (state, due_on, id) WHERE state <> 'closed';
CREATE INDEX cases_open ON cases (unit_id, due_on, id) WHERE state <> 'closed';

CREATE TABLE case_event (
  id {{KEY}},
  case_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  act TEXT NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id BIGINT NOT NULL,
  actor_name TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  article TEXT NOT NULL,
  note {{BLOB}} NOT NULL,
  document_id BIGINT NOT NULL
){{STRICT}};
CREATE INDEX case_event_case ON case_event (case_id, id);

CREATE TABLE case_material (
  id {{KEY}},
  case_id BIGINT NOT NULL,
  code TEXT NOT NULL,
  data {{BLOB}} NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX case_material_case ON case_material (case_id, code);

CREATE TABLE task (
  id {{KEY}},
  case_id BIGINT NOT NULL,
  unit_id BIGINT NOT NULL,
  role TEXT NOT NULL,
  step TEXT NOT NULL,
  name TEXT NOT NULL,
  stage BIGINT NOT NULL,
  state TEXT NOT NULL,
  due_on TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  done_by BIGINT NOT NULL,
  done_name TEXT NOT NULL,
  agree BOOLEAN NOT NULL,
  opinion {{BLOB}} NOT NULL
){{STRICT}};
CREATE INDEX task_open ON task (unit_id, role, due_on, id) WHERE state = 'open';
CREATE INDEX task_case ON task (case_id, id);

CREATE TABLE document (
  id {{KEY}},
  case_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  number TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  hash TEXT NOT NULL,
  content {{BLOB}} NOT NULL,
  at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX document_case ON document (case_id, id);

CREATE TABLE case_alarm (
  case_id BIGINT NOT NULL,
  due_on TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (case_id, due_on)
){{STRICT}};

-- The calendar edition under which the dates of open cases were last reckoned.
CREATE TABLE case_reckoning (
  id {{KEY}},
  edition TEXT NOT NULL
){{STRICT}};
