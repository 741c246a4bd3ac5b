-- +goose Up
-- 日常用语 added by hand: what people searched without success, and the matter that was meant.
CREATE TABLE daily_word (
  id {{KEY}},
  words TEXT NOT NULL,
  basic_code TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  added_by TEXT NOT NULL,
  UNIQUE (words, basic_code)
){{STRICT}};
