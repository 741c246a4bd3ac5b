-- +goose Up
-- 动态调整 (第八条): a dossier that changes matters of the basic catalogue and all their lists.
CREATE TABLE adjustment (
  id {{KEY}},
  no TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  effective_from TEXT NOT NULL,
  opinions_by TEXT NOT NULL,
  plan TEXT NOT NULL,
  decision TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  authors TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  announced_at BIGINT NOT NULL,
  carried_at BIGINT NOT NULL,
  unsettled BIGINT NOT NULL
){{STRICT}};
CREATE INDEX adjustment_due ON adjustment (effective_from) WHERE state = 'announced';
CREATE INDEX adjustment_unsettled ON adjustment (id) WHERE unsettled <> 0;
CREATE INDEX adjustment_public ON adjustment (announced_at) WHERE announced_at <> 0;

-- 部门意见: one for every department whose lists it changes.
CREATE TABLE adjustment_opinion (
  id {{KEY}},
  adjustment_id BIGINT NOT NULL REFERENCES adjustment (id),
  unit_id BIGINT NOT NULL,
  stance TEXT NOT NULL,
  reason TEXT NOT NULL,
  given_by TEXT NOT NULL,
  given_at BIGINT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX adjustment_opinion_unit ON adjustment_opinion (adjustment_id, unit_id);

CREATE TABLE adjustment_event (
  id {{KEY}},
  adjustment_id BIGINT NOT NULL REFERENCES adjustment (id),
  at BIGINT NOT NULL,
  staff_id BIGINT NOT NULL,
  staff_name TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  act TEXT NOT NULL,
  note TEXT NOT NULL
){{STRICT}};
CREATE INDEX adjustment_event_of ON adjustment_event (adjustment_id, id);
