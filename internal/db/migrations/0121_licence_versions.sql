-- +goose Up
-- Versions of a licence: a change, a renewal or a copy is a new row with the same
-- number; the two name each other. ended says why a version is no longer valid.
ALTER TABLE licence ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE licence ADD COLUMN replaces BIGINT NOT NULL DEFAULT 0;
ALTER TABLE licence ADD COLUMN replaced_by BIGINT NOT NULL DEFAULT 0;
ALTER TABLE licence ADD COLUMN ended TEXT NOT NULL DEFAULT '';
DROP INDEX licence_number;
CREATE UNIQUE INDEX licence_number ON licence (type_key, number_index, version);
-- What an issuing unit still has to deregister.
CREATE INDEX licence_lapsed ON licence (issuer_unit, valid_until, id) WHERE status = '01' AND valid_until <> '' AND case_no <> '';
CREATE INDEX licence_undone ON licence (issuer_unit, id) WHERE ended IN ('annul', 'retract') AND case_no <> '';

-- The licence that a case is about: what its grant does to it, and until when it
-- has to be decided so that silence does not renew it. due_on is empty where
-- silence brings nothing.
CREATE TABLE case_licence (
  case_id {{KEY}},
  licence_id BIGINT NOT NULL,
  does TEXT NOT NULL,
  state TEXT NOT NULL,
  valid_until TEXT NOT NULL,
  late BOOLEAN NOT NULL,
  due_on TEXT NOT NULL,
  result_id BIGINT NOT NULL,
  deemed BOOLEAN NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX case_licence_open ON case_licence (licence_id, does) WHERE state = 'open';
CREATE INDEX case_licence_due ON case_licence (due_on, case_id) WHERE state = 'open' AND due_on <> '';
