-- +goose Up
CREATE INDEX appointment_item ON appointment (item_id, day) WHERE cancelled_at = 0;
