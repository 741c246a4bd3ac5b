-- +goose Up

-- Centres whose name is not the one that their level asks for, and why.
CREATE TABLE hall_name (
  unit_id {{KEY}},
  reason TEXT NOT NULL,
  said_at BIGINT NOT NULL
){{STRICT}};
