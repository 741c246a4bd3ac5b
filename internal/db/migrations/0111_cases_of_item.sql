-- +goose Up
CREATE INDEX cases_item ON cases (item_id, id);
