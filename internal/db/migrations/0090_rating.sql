-- +goose Up
CREATE TABLE rating_invitation (
  case_id {{KEY}},
  case_no TEXT NOT NULL UNIQUE,
  item_id BIGINT NOT NULL,
  item_name TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  division TEXT NOT NULL,
  channel TEXT NOT NULL,
  party_kind TEXT NOT NULL,
  party_id BIGINT NOT NULL,
  party_name TEXT NOT NULL,
  served_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  rated_at BIGINT NOT NULL
){{STRICT}};

CREATE TABLE rating (
  id {{KEY}},
  case_id BIGINT NOT NULL UNIQUE,
  case_no TEXT NOT NULL,
  item_id BIGINT NOT NULL,
  item_name TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  division TEXT NOT NULL,
  channel TEXT NOT NULL,
  level BIGINT NOT NULL,
  reasons TEXT NOT NULL,
  words {{BLOB}} NOT NULL,
  anonymous BOOLEAN NOT NULL,
  rater_name TEXT NOT NULL,
  at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX rating_unit ON rating (unit_id, id);
