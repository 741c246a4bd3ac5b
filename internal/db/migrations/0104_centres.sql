-- +goose Up

-- one row: counts the changes of windows, branches and placements, so that every
-- node knows when to read them again
CREATE TABLE centre_state (
  id {{KEY}},
  version BIGINT NOT NULL
){{STRICT}};
INSERT INTO centre_state (id, version) VALUES (1, 1);

-- 分中心: a centre that belongs to another of its level, why and since when. Days
-- are dates; an empty until_day: it stands. departments: ids of units, apart by
-- spaces.
CREATE TABLE centre_branch (
  id {{KEY}},
  branch_id BIGINT NOT NULL,
  main_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  basis TEXT NOT NULL,
  departments TEXT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  ended_by TEXT NOT NULL,
  ended_at BIGINT NOT NULL,
  end_reason TEXT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX centre_branch_stands ON centre_branch (branch_id) WHERE until_day = '';
CREATE INDEX centre_branch_of ON centre_branch (branch_id, id);

-- 进驻: which list has entered which centre, or why it has entered none (centre 0).
-- Rows end, they are never changed otherwise.
CREATE TABLE placement (
  id {{KEY}},
  item_id BIGINT NOT NULL,
  centre_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  ended_by TEXT NOT NULL,
  ended_at BIGINT NOT NULL,
  end_reason TEXT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX placement_stands ON placement (item_id, centre_id) WHERE until_day = '';
CREATE INDEX placement_item ON placement (item_id, id);
