-- +goose Up
-- 自动分办: whether new tasks of a unit go to whoever has the least open work.
ALTER TABLE unit ADD COLUMN fair BOOLEAN NOT NULL DEFAULT FALSE;
