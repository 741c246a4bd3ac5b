-- +goose Up

-- 银行网点: what a window takes when it does not take all that its centre takes;
-- basic codes of matters, apart by spaces.
ALTER TABLE service_window ADD COLUMN items TEXT NOT NULL DEFAULT '';
