-- +goose Up
-- 特色服务清单 (第九条): the lists that an implementation list is in now, by their keys.
ALTER TABLE item ADD COLUMN featured TEXT NOT NULL DEFAULT '';

-- The membership rule of a list, version by version; without one the built-in rule holds.
CREATE TABLE featured_rule (
  id {{KEY}},
  list TEXT NOT NULL,
  no BIGINT NOT NULL,
  rule TEXT NOT NULL,
  words TEXT NOT NULL,
  words_en TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  applied_at BIGINT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX featured_rule_no ON featured_rule (list, no);

-- Curated additions and exclusions of a matter (12 characters) or of one list.
CREATE TABLE featured_choice (
  id {{KEY}},
  list TEXT NOT NULL,
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  withdrawn_at BIGINT NOT NULL,
  withdrawn_by TEXT NOT NULL,
  withdrawn_reason TEXT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX featured_choice_open ON featured_choice (subject, list) WHERE withdrawn_at = 0;
CREATE INDEX featured_choice_list ON featured_choice (list, id);

-- When an item joined a list and left it, and why; rows are only added.
CREATE TABLE featured_move (
  id {{KEY}},
  list TEXT NOT NULL,
  item_id BIGINT NOT NULL REFERENCES item (id),
  joined BOOLEAN NOT NULL,
  cause TEXT NOT NULL,
  rule_no BIGINT NOT NULL,
  choice_id BIGINT NOT NULL,
  version_id BIGINT NOT NULL,
  at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX featured_move_list ON featured_move (list, at, id);
CREATE INDEX featured_move_item ON featured_move (item_id, list, at);
