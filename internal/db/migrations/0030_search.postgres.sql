-- +goose Up

-- What can be found, and its words. rowid of search_index is search_doc.id,
-- named so that both engines share their statements.
CREATE TABLE search_doc (
  id BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  weight BIGINT NOT NULL
);
CREATE TABLE search_index (
  rowid BIGINT PRIMARY KEY,
  words TSVECTOR NOT NULL
);
CREATE INDEX search_index_words ON search_index USING GIN (words) WITH (fastupdate = off);
