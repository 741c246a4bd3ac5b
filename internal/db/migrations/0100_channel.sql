-- +goose Up

-- Windows of centres and stations, as the city publishes them.
CREATE TABLE service_window (
  id {{KEY}},
  key TEXT NOT NULL UNIQUE,
  centre_id BIGINT NOT NULL,
  no TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  hours TEXT NOT NULL,
  address TEXT NOT NULL,
  phone TEXT NOT NULL,
  updated_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX service_window_centre ON service_window (centre_id, no);

-- A place in the queue of one centre for one item. A slot has as many seats as
-- people are served at the same time; a cancelled row gives its seat free.
CREATE TABLE appointment (
  id {{KEY}},
  centre_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  item_name TEXT NOT NULL,
  day TEXT NOT NULL,
  slot TEXT NOT NULL,
  seat BIGINT NOT NULL,
  party_kind TEXT NOT NULL,
  party_id BIGINT NOT NULL,
  party_name TEXT NOT NULL,
  maker_id BIGINT NOT NULL,
  maker_name TEXT NOT NULL,
  case_no TEXT NOT NULL,
  booked_at BIGINT NOT NULL,
  cancelled_at BIGINT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX appointment_seat ON appointment (centre_id, day, slot, item_id, seat) WHERE cancelled_at = 0;
CREATE UNIQUE INDEX appointment_once ON appointment (party_kind, party_id, item_id, day) WHERE cancelled_at = 0;
CREATE INDEX appointment_party ON appointment (party_kind, party_id, day, slot, id);
CREATE INDEX appointment_case ON appointment (case_no, id) WHERE case_no <> '';
