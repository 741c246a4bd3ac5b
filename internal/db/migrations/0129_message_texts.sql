-- +goose Up

-- 消息模板: every version of a text that the city wrote in the console; the
-- newest of a kind, language and part holds, one that is off means the text
-- that came with the platform.
CREATE TABLE message_text (
  id {{KEY}},
  kind TEXT NOT NULL,
  lang TEXT NOT NULL,
  part TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  off BOOLEAN NOT NULL,
  by_id BIGINT NOT NULL,
  by_name TEXT NOT NULL,
  at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX message_text_of ON message_text (kind, lang, part, id);

-- one row: counts the changes, so that every node knows when to read the texts again
CREATE TABLE message_text_version (
  id {{KEY}},
  version BIGINT NOT NULL
){{STRICT}};
INSERT INTO message_text_version (id, version) VALUES (1, 1);
