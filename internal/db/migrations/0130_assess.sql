-- +goose Up

-- What supervision knows of a case for good, taken over after the fact: days are
-- those of Shanghai, empty until it happened. result is granted, refused,
-- declined or withdrawn.
CREATE TABLE assess_case (
  case_id {{KEY}},
  unit_id BIGINT NOT NULL,
  received_on TEXT NOT NULL,
  closed_on TEXT NOT NULL,
  result TEXT NOT NULL,
  on_time BOOLEAN NOT NULL,
  rated_on TEXT NOT NULL,
  level BIGINT NOT NULL
){{STRICT}};
CREATE INDEX assess_case_received ON assess_case (unit_id, received_on, case_id);
CREATE INDEX assess_case_closed ON assess_case (unit_id, closed_on, case_id) WHERE closed_on <> '';
CREATE INDEX assess_case_rated ON assess_case (unit_id, rated_on, case_id) WHERE rated_on <> '';

-- The same, counted by day and unit.
CREATE TABLE assess_day (
  day TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  received BIGINT NOT NULL,
  closed BIGINT NOT NULL,
  on_time BIGINT NOT NULL,
  granted BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  declined BIGINT NOT NULL,
  withdrawn BIGINT NOT NULL,
  rated BIGINT NOT NULL,
  good BIGINT NOT NULL,
  negative BIGINT NOT NULL,
  PRIMARY KEY (day, unit_id)
){{STRICT}};

-- One row. rolled_at: until when facts were taken over. settled_id: below it
-- nothing is left to take over; pending_id, made at pending_at, is next.
-- rebuilding, position: how far a count from the beginning has come. Every act
-- that counts changes the row, so they follow one another.
CREATE TABLE assess_mark (
  id {{KEY}},
  rolled_at BIGINT NOT NULL,
  settled_id BIGINT NOT NULL,
  pending_id BIGINT NOT NULL,
  pending_at BIGINT NOT NULL,
  rebuilding BOOLEAN NOT NULL,
  position BIGINT NOT NULL
){{STRICT}};
INSERT INTO assess_mark (id, rolled_at, settled_id, pending_id, pending_at, rebuilding, position) VALUES (1, 0, 0, 0, 0, TRUE, 0);
