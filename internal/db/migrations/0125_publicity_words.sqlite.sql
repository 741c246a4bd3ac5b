-- +goose Up

-- The words of what is public. rowid is publicity.id.
CREATE VIRTUAL TABLE publicity_words USING fts5 (
  words, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii'
);
