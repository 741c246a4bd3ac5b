-- +goose Up
CREATE TABLE serial (
  name TEXT PRIMARY KEY,
  next BIGINT NOT NULL
){{STRICT}};
