-- +goose Up
-- claimed_by: who has taken the task, 0 for nobody. days: its share of the
-- promised limit in working days, 0 where the case's own date drives it.
-- reminded_on: the date of the task for which its unit was reminded last.
ALTER TABLE task ADD COLUMN claimed_by BIGINT NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN claimed_name TEXT NOT NULL DEFAULT '';
ALTER TABLE task ADD COLUMN days BIGINT NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN reminded_on TEXT NOT NULL DEFAULT '';
CREATE INDEX task_shared ON task (due_on, id) WHERE state = 'open' AND days > 0;
CREATE INDEX task_claimed ON task (unit_id, role, claimed_by) WHERE state = 'open' AND claimed_by <> 0;

-- What a case has beside its ordinary way: hearings, visits, statements,
-- opinions asked for. The content is sealed.
CREATE TABLE case_side (
  id {{KEY}},
  case_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  data {{BLOB}} NOT NULL
){{STRICT}};
CREATE INDEX case_side_case ON case_side (case_id, id);
