-- +goose Up

-- An import of implementation lists that somebody has begun. state is reading,
-- ready, refused, carrying, done or failed. report is what the plan says, as
-- JSON. The file goes once it is carried out.
CREATE TABLE item_import (
  id {{KEY}},
  staff_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  format TEXT NOT NULL,
  mode TEXT NOT NULL,
  state TEXT NOT NULL,
  file {{BLOB}} NOT NULL,
  report TEXT NOT NULL,
  error TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX item_import_staff ON item_import (staff_id, id);
CREATE INDEX item_import_created ON item_import (created_at);
