-- +goose Up
-- 日常用语: how people call what the catalogue names otherwise.
CREATE TABLE synonym (
  id {{KEY}},
  position BIGINT NOT NULL,
  say TEXT NOT NULL,
  means TEXT NOT NULL
){{STRICT}};

-- The everyday names in a guide, for the lexicon in memory.
ALTER TABLE item_text ADD COLUMN aliases TEXT NOT NULL DEFAULT '[]';

-- Words that were searched and led to nothing, by nobody in particular.
CREATE TABLE search_miss (
  words TEXT PRIMARY KEY,
  times BIGINT NOT NULL,
  near BIGINT NOT NULL,
  last_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX search_miss_times ON search_miss (times);
