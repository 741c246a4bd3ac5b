-- +goose Up
-- 缴费期限: the day by which a bill is to be paid; empty: none
ALTER TABLE fee_bill ADD COLUMN pay_by TEXT NOT NULL DEFAULT '';
