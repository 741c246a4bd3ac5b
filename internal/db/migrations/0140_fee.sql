-- +goose Up
-- numbers of signed letters from outside systems that were read already
CREATE TABLE hook_nonce (
  nonce TEXT PRIMARY KEY,
  at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX hook_nonce_at ON hook_nonce (at);

-- money is fen everywhere
CREATE TABLE fee_bill (
  id {{KEY}},
  no TEXT NOT NULL UNIQUE,
  case_id BIGINT NOT NULL,
  case_no TEXT NOT NULL,
  item_name TEXT NOT NULL,
  party_kind TEXT NOT NULL,
  party_id BIGINT NOT NULL,
  party_name TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  receiving_unit_id BIGINT NOT NULL,
  due TEXT NOT NULL,
  state TEXT NOT NULL,
  amount BIGINT NOT NULL,
  reduced BIGINT NOT NULL,
  lines TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  settled_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX fee_bill_case ON fee_bill (case_id, id);
CREATE INDEX fee_bill_open ON fee_bill (receiving_unit_id, id) WHERE state = 'due';

CREATE TABLE fee_payment (
  id {{KEY}},
  bill_id BIGINT NOT NULL,
  order_no TEXT NOT NULL UNIQUE,
  provider TEXT NOT NULL,
  state TEXT NOT NULL,
  amount BIGINT NOT NULL,
  received BIGINT NOT NULL,
  refunded BIGINT NOT NULL,
  surplus BOOLEAN NOT NULL,
  method TEXT NOT NULL,
  pay_url TEXT NOT NULL,
  provider_ref TEXT NOT NULL,
  clerk_id BIGINT NOT NULL,
  clerk_name TEXT NOT NULL,
  day TEXT NOT NULL,
  begun_at BIGINT NOT NULL,
  paid_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX fee_payment_bill ON fee_payment (bill_id, id);
CREATE UNIQUE INDEX fee_payment_begun ON fee_payment (bill_id, provider) WHERE state = 'begun';
CREATE INDEX fee_payment_day ON fee_payment (provider, day, id);

CREATE TABLE fee_reduction (
  id {{KEY}},
  bill_id BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  ground {{BLOB}} NOT NULL,
  state TEXT NOT NULL,
  asked_kind TEXT NOT NULL,
  asked_id BIGINT NOT NULL,
  asked_name TEXT NOT NULL,
  decided_id BIGINT NOT NULL,
  decided_name TEXT NOT NULL,
  reason {{BLOB}} NOT NULL,
  created_at BIGINT NOT NULL,
  decided_at BIGINT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX fee_reduction_asked ON fee_reduction (bill_id) WHERE state = 'asked';
CREATE INDEX fee_reduction_bill ON fee_reduction (bill_id, id);

CREATE TABLE fee_refund (
  id {{KEY}},
  no TEXT NOT NULL UNIQUE,
  bill_id BIGINT NOT NULL,
  payment_id BIGINT NOT NULL,
  provider TEXT NOT NULL,
  amount BIGINT NOT NULL,
  cause TEXT NOT NULL,
  reason {{BLOB}} NOT NULL,
  state TEXT NOT NULL,
  asked_kind TEXT NOT NULL,
  asked_id BIGINT NOT NULL,
  asked_name TEXT NOT NULL,
  decided_id BIGINT NOT NULL,
  decided_name TEXT NOT NULL,
  answer {{BLOB}} NOT NULL,
  provider_ref TEXT NOT NULL,
  day TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  decided_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL
){{STRICT}};
CREATE INDEX fee_refund_bill ON fee_refund (bill_id, id);
CREATE INDEX fee_refund_day ON fee_refund (provider, day, id);
CREATE INDEX fee_refund_open ON fee_refund (id) WHERE state IN ('asked', 'approved', 'failed');

-- what a clerk took and gave on one day; closed once, then nothing is added
CREATE TABLE fee_till (
  clerk_id BIGINT NOT NULL,
  day TEXT NOT NULL,
  clerk_name TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  cash BIGINT NOT NULL,
  pos BIGINT NOT NULL,
  counted_cash BIGINT NOT NULL,
  counted_pos BIGINT NOT NULL,
  note TEXT NOT NULL,
  closed_at BIGINT NOT NULL,
  PRIMARY KEY (clerk_id, day)
){{STRICT}};
CREATE INDEX fee_till_day ON fee_till (day, clerk_id);

CREATE TABLE fee_matched (
  provider TEXT NOT NULL,
  day TEXT NOT NULL,
  at BIGINT NOT NULL,
  ours_count BIGINT NOT NULL,
  ours_sum BIGINT NOT NULL,
  theirs_count BIGINT NOT NULL,
  theirs_sum BIGINT NOT NULL,
  PRIMARY KEY (provider, day)
){{STRICT}};

CREATE TABLE fee_difference (
  id {{KEY}},
  provider TEXT NOT NULL,
  day TEXT NOT NULL,
  kind TEXT NOT NULL,
  ref TEXT NOT NULL,
  ours BIGINT NOT NULL,
  theirs BIGINT NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  by_id BIGINT NOT NULL,
  by_name TEXT NOT NULL,
  found_at BIGINT NOT NULL,
  settled_at BIGINT NOT NULL,
  UNIQUE (provider, kind, ref)
){{STRICT}};
CREATE INDEX fee_difference_open ON fee_difference (id) WHERE state = 'open';
