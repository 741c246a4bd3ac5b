-- +goose Up
-- 空白表格、示例样表: a row is one reference of a draft, a version or a city-wide guide
-- to an uploaded file, and holds it in the files room. file_key stands in the file's
-- address and names its content, kind and name.
CREATE TABLE guide_file (
  id {{KEY}},
  holder TEXT NOT NULL,
  holder_id BIGINT NOT NULL,
  file_key TEXT NOT NULL,
  file_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  size BIGINT NOT NULL,
  type TEXT NOT NULL,
  created_at BIGINT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX guide_file_holder ON guide_file (holder, holder_id, file_key);
CREATE INDEX guide_file_key ON guide_file (file_key, id);
