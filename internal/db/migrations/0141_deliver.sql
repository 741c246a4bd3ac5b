-- +goose Up
-- what a case's result is handed over as: one parcel for a case
CREATE TABLE deliver_parcel (
  id {{KEY}},
  case_id BIGINT NOT NULL UNIQUE,
  case_no TEXT NOT NULL,
  item_name TEXT NOT NULL,
  party_kind TEXT NOT NULL,
  party_id BIGINT NOT NULL,
  receiving_unit_id BIGINT NOT NULL,
  state TEXT NOT NULL,
  provider TEXT NOT NULL,
  order_no TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  cabinet TEXT NOT NULL,
  compartment BIGINT NOT NULL,
  code_hash TEXT NOT NULL,
  code_until BIGINT NOT NULL,
  shown_to BIGINT NOT NULL,
  shown_at BIGINT NOT NULL,
  data {{BLOB}} NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  moved_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX deliver_parcel_code ON deliver_parcel (code_hash) WHERE code_hash <> '';
CREATE UNIQUE INDEX deliver_parcel_compartment ON deliver_parcel (cabinet, compartment) WHERE cabinet <> '';
CREATE INDEX deliver_parcel_until ON deliver_parcel (code_until) WHERE state = 'cabinet';

-- what was asked of a courier; a parcel that came back is ordered again
CREATE TABLE deliver_order (
  no TEXT PRIMARY KEY,
  parcel_id BIGINT NOT NULL,
  at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX deliver_order_parcel ON deliver_order (parcel_id);

-- where it was; news that comes again has the same mark
CREATE TABLE deliver_track (
  id {{KEY}},
  parcel_id BIGINT NOT NULL,
  order_no TEXT NOT NULL,
  at BIGINT NOT NULL,
  news TEXT NOT NULL,
  mark TEXT NOT NULL,
  data {{BLOB}} NOT NULL,
  UNIQUE (parcel_id, mark)
){{STRICT}};

-- wrong pick-up codes, by who tried
CREATE TABLE deliver_try (
  id {{KEY}},
  who TEXT NOT NULL,
  at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX deliver_try_who ON deliver_try (who, at);
