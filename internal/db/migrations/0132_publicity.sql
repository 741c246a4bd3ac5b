-- +goose Up

-- What the public is told of a decision. id is that of the event of the
-- decision, so the order of ids is that of decisions. followed: the version of
-- the case when it was last looked at. state: waiting, held (somebody asked to
-- hold it back), public, withdrawn (a line says so), withheld, void (ended
-- before it was public), over (its time is up). What is said of the decision is
-- filled in when it becomes public and taken out when it no longer is.
CREATE TABLE publicity (
  id {{KEY}},
  case_id BIGINT NOT NULL,
  case_no TEXT NOT NULL,
  followed BIGINT NOT NULL,
  state TEXT NOT NULL,
  shown BOOLEAN NOT NULL,
  unit_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  version_id BIGINT NOT NULL,
  area TEXT NOT NULL,
  outcome TEXT NOT NULL,
  decided_on TEXT NOT NULL,
  due_on TEXT NOT NULL,
  published_on TEXT NOT NULL,
  ended TEXT NOT NULL,
  ended_on TEXT NOT NULL,
  ends_on TEXT NOT NULL,
  person BOOLEAN NOT NULL,
  item_name TEXT NOT NULL,
  number TEXT NOT NULL,
  party TEXT NOT NULL,
  uscc TEXT NOT NULL,
  licence TEXT NOT NULL,
  licence_no TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_until TEXT NOT NULL,
  content TEXT NOT NULL,
  basis TEXT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX publicity_case ON publicity (case_id);
CREATE INDEX publicity_shown ON publicity (id) WHERE shown;
CREATE INDEX publicity_unit ON publicity (unit_id, id) WHERE shown;
CREATE INDEX publicity_item ON publicity (item_id, id) WHERE shown;
CREATE INDEX publicity_area ON publicity (area, id) WHERE shown;
CREATE INDEX publicity_outcome ON publicity (outcome, id) WHERE shown;
CREATE INDEX publicity_no ON publicity (case_no) WHERE shown;
CREATE INDEX publicity_uscc ON publicity (uscc, id) WHERE shown AND uscc <> '';
CREATE INDEX publicity_due ON publicity (due_on, id) WHERE state IN ('waiting', 'held');
CREATE INDEX publicity_ends ON publicity (ends_on, id) WHERE ends_on <> '';
CREATE INDEX publicity_on ON publicity (published_on, unit_id) WHERE published_on <> '';

-- Who asked that a decision be kept back, or objects to what is public, and the
-- answer. kind: withhold (a decider), ask (the applicant), object (anybody).
CREATE TABLE publicity_mark (
  id {{KEY}},
  case_id BIGINT NOT NULL,
  unit_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  ground TEXT NOT NULL,
  scope TEXT NOT NULL,
  reason {{BLOB}} NOT NULL,
  at BIGINT NOT NULL,
  by_kind TEXT NOT NULL,
  by_id BIGINT NOT NULL,
  by_name TEXT NOT NULL,
  for_kind TEXT NOT NULL,
  for_id BIGINT NOT NULL,
  answer {{BLOB}} NOT NULL,
  answered_at BIGINT NOT NULL,
  answered_by BIGINT NOT NULL,
  answered_name TEXT NOT NULL
){{STRICT}};
CREATE INDEX publicity_mark_case ON publicity_mark (case_id, id);
CREATE INDEX publicity_mark_open ON publicity_mark (unit_id, id) WHERE state = 'open';
CREATE UNIQUE INDEX publicity_mark_once ON publicity_mark (case_id, kind, by_kind, by_id) WHERE state = 'open';

-- One row: everything with a smaller key was followed.
CREATE TABLE publicity_roll (
  id {{KEY}},
  settled_id BIGINT NOT NULL
){{STRICT}};
INSERT INTO publicity_roll (id, settled_id) VALUES (1, 0);
