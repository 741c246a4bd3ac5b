-- +goose Up
-- What the published clauses of an instant decision (秒批) gave for a case, and
-- what a person found who looked at it afterwards.
CREATE TABLE case_instant (
  case_id {{KEY}},
  at BIGINT NOT NULL,
  met BOOLEAN NOT NULL,
  verdict {{BLOB}} NOT NULL,
  sample TEXT NOT NULL,
  sampled_at BIGINT NOT NULL
){{STRICT}};
