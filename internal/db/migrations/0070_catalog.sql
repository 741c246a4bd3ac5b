-- +goose Up
CREATE TABLE item (
  id {{KEY}},
  code TEXT NOT NULL UNIQUE,
  basic_code TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  case_type TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  receiving_unit_id BIGINT NOT NULL,
  division TEXT NOT NULL,
  state TEXT NOT NULL,
  version_id BIGINT NOT NULL,
  hot BIGINT NOT NULL,
  summary TEXT NOT NULL,
  name_en TEXT NOT NULL,
  updated_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX item_basic ON item (basic_code);
CREATE INDEX item_unit ON item (unit_id);

CREATE TABLE item_version (
  id {{KEY}},
  item_id BIGINT NOT NULL REFERENCES item (id),
  no BIGINT NOT NULL,
  guide TEXT NOT NULL,
  hash TEXT NOT NULL,
  effective_from TEXT NOT NULL,
  published_at BIGINT NOT NULL,
  published_by TEXT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX item_version_no ON item_version (item_id, no);

-- What the text index was made of, for looking exactly at a hit.
CREATE TABLE item_text (
  item_id {{KEY}},
  body TEXT NOT NULL
){{STRICT}};

CREATE TABLE topic (
  key TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  audience TEXT NOT NULL,
  position BIGINT NOT NULL
){{STRICT}};

CREATE TABLE element (
  code TEXT PRIMARY KEY,
  fragment TEXT NOT NULL
){{STRICT}};
