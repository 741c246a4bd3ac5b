-- +goose Up

-- Questions of people (咨询) and what could not be done (“办不成事”). What
-- people wrote and how they are reached is in data and in the entries, sealed.
CREATE TABLE inquiry (
  id {{KEY}},
  no TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  item_id BIGINT NOT NULL,
  item_code TEXT NOT NULL,
  item_name TEXT NOT NULL,
  version_id BIGINT NOT NULL,
  version_no BIGINT NOT NULL,
  case_id BIGINT NOT NULL,
  case_no TEXT NOT NULL,
  reason TEXT NOT NULL,
  stage TEXT NOT NULL,
  earlier BIGINT NOT NULL,
  came_back BOOLEAN NOT NULL,
  party_kind TEXT NOT NULL,
  party_id BIGINT NOT NULL,
  party_name TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  received_id BIGINT NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL,
  version BIGINT NOT NULL,
  days BIGINT NOT NULL,
  due_on TEXT NOT NULL,
  edition TEXT NOT NULL,
  alarmed_at BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  rounds BIGINT NOT NULL,
  late BIGINT NOT NULL,
  changed_no BIGINT NOT NULL,
  proposer_id BIGINT NOT NULL,
  basis TEXT NOT NULL,
  data {{BLOB}} NOT NULL,
  created_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX inquiry_unit ON inquiry (unit_id, due_on, id) WHERE done_at = 0;
CREATE INDEX inquiry_received ON inquiry (received_id, due_on, id) WHERE done_at = 0;
CREATE INDEX inquiry_done ON inquiry (unit_id, done_at) WHERE done_at <> 0;
CREATE INDEX inquiry_due ON inquiry (due_on, id) WHERE done_at = 0 AND alarmed_at = 0;
CREATE INDEX inquiry_edition ON inquiry (edition, id) WHERE done_at = 0;
CREATE INDEX inquiry_party ON inquiry (party_kind, party_id, id);
CREATE INDEX inquiry_failure ON inquiry (item_id, reason, id) WHERE kind = 'failure';
CREATE INDEX inquiry_created ON inquiry (created_at);

CREATE TABLE inquiry_entry (
  id {{KEY}},
  inquiry_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  act TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id BIGINT NOT NULL,
  actor_name TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  inside BOOLEAN NOT NULL,
  words {{BLOB}} NOT NULL
){{STRICT}};
CREATE INDEX inquiry_entry_of ON inquiry_entry (inquiry_id, id);

-- Answers proposed for the common questions of a guide; free of personal data.
CREATE TABLE inquiry_proposal (
  id {{KEY}},
  inquiry_id BIGINT NOT NULL UNIQUE,
  item_id BIGINT NOT NULL,
  item_code TEXT NOT NULL,
  item_name TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  state TEXT NOT NULL,
  by_id BIGINT NOT NULL,
  by_name TEXT NOT NULL,
  at BIGINT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at BIGINT NOT NULL,
  reason TEXT NOT NULL
){{STRICT}};
CREATE INDEX inquiry_proposal_item ON inquiry_proposal (item_id, id);
CREATE INDEX inquiry_proposal_open ON inquiry_proposal (id) WHERE state = 'proposed';
