-- +goose Up
-- 业务办理项: a unit may split its list of a matter; each part is a list of its own.
ALTER TABLE guide_draft ADD COLUMN handling TEXT NOT NULL DEFAULT '';
DROP INDEX guide_draft_open;
CREATE UNIQUE INDEX guide_draft_open ON guide_draft (basic_id, unit_id, kind, handling) WHERE state <> 'published' AND state <> 'discarded';
