-- +goose Up
-- What a correction notice asked for and what could be seen when it was made.
CREATE TABLE case_told (
  id {{KEY}},
  case_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  data {{BLOB}} NOT NULL
){{STRICT}};
CREATE INDEX case_told_case ON case_told (case_id, id);

-- What was mended on the spot, before and after; the id is the event's.
CREATE TABLE case_mend (
  id {{KEY}},
  case_id BIGINT NOT NULL,
  data {{BLOB}} NOT NULL
){{STRICT}};
CREATE INDEX case_mend_case ON case_mend (case_id, id);

-- Applicants who asked for more time to correct; the id is the event's.
CREATE TABLE case_more_time (
  id {{KEY}},
  case_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  days BIGINT NOT NULL,
  reason {{BLOB}} NOT NULL,
  answer TEXT NOT NULL,
  answered_at BIGINT NOT NULL,
  given BIGINT NOT NULL
){{STRICT}};
CREATE INDEX case_more_time_case ON case_more_time (case_id, id);
