-- +goose Up

-- The words of what is public. rowid is publicity.id, named so that both engines
-- share their statements.
CREATE TABLE publicity_words (
  rowid BIGINT PRIMARY KEY,
  words TSVECTOR NOT NULL
);
CREATE INDEX publicity_words_words ON publicity_words USING GIN (words) WITH (fastupdate = off);
