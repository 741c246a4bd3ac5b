-- +goose Up

-- What can be found, and its words. rowid of search_index is search_doc.id.
CREATE TABLE search_doc (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  weight INTEGER NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search_index USING fts5 (
  words, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii'
);
