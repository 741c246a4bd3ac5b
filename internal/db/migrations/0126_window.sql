-- +goose Up

-- Paper that somebody in an office has in his hands: what an applicant left at
-- the window, and results made on paper. A row is where the paper is now; the
-- slips under which it travelled are never changed.
CREATE TABLE case_paper (
  id {{KEY}},
  case_id BIGINT NOT NULL,
  case_no TEXT NOT NULL,
  item_name TEXT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  copies BIGINT NOT NULL,
  unit_id BIGINT NOT NULL,
  state TEXT NOT NULL,
  slip_id BIGINT NOT NULL,
  taken_at BIGINT NOT NULL,
  taken_by BIGINT NOT NULL,
  taken_name TEXT NOT NULL,
  returned_at BIGINT NOT NULL,
  returned_by BIGINT NOT NULL,
  returned_name TEXT NOT NULL,
  returned_to {{BLOB}} NOT NULL
){{STRICT}};
CREATE INDEX case_paper_held ON case_paper (unit_id, id) WHERE state = 'held';
CREATE INDEX case_paper_case ON case_paper (case_id, id);

CREATE TABLE paper_slip (
  id {{KEY}},
  no TEXT NOT NULL UNIQUE,
  from_unit BIGINT NOT NULL,
  to_unit BIGINT NOT NULL,
  given_at BIGINT NOT NULL,
  given_by BIGINT NOT NULL,
  given_name TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  received_by BIGINT NOT NULL,
  received_name TEXT NOT NULL
){{STRICT}};
CREATE INDEX paper_slip_to ON paper_slip (to_unit, id);
CREATE INDEX paper_slip_from ON paper_slip (from_unit, id);

CREATE TABLE paper_move (
  slip_id BIGINT NOT NULL,
  paper_id BIGINT NOT NULL,
  arrived BOOLEAN NOT NULL,
  PRIMARY KEY (slip_id, paper_id)
){{STRICT}};

-- Help with an application: what somebody asked one helper to do for him, for
-- one item, until a day. It carries no fee: there is no column for one.
CREATE TABLE assist (
  id {{KEY}},
  item_id BIGINT NOT NULL,
  item_code TEXT NOT NULL,
  item_name TEXT NOT NULL,
  basic_code TEXT NOT NULL,
  party_kind TEXT NOT NULL,
  party_id BIGINT NOT NULL,
  party_name TEXT NOT NULL,
  unit_id BIGINT NOT NULL,
  helper_id BIGINT NOT NULL,
  helper_name TEXT NOT NULL,
  state TEXT NOT NULL,
  version BIGINT NOT NULL,
  acts TEXT NOT NULL,
  until_day TEXT NOT NULL,
  draft_id BIGINT NOT NULL,
  case_no TEXT NOT NULL,
  data {{BLOB}} NOT NULL,
  asked_at BIGINT NOT NULL,
  begun_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  end_reason TEXT NOT NULL
){{STRICT}};
CREATE INDEX assist_unit ON assist (unit_id, state, id);
CREATE INDEX assist_helper ON assist (helper_id, state, id);
CREATE INDEX assist_party ON assist (party_kind, party_id, id);
CREATE INDEX assist_case ON assist (case_no, helper_id) WHERE case_no <> '';
CREATE INDEX assist_open ON assist (state, until_day, id) WHERE state = 'open';

CREATE TABLE assist_event (
  id {{KEY}},
  assist_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  act TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id BIGINT NOT NULL,
  actor_name TEXT NOT NULL,
  note {{BLOB}} NOT NULL
){{STRICT}};
CREATE INDEX assist_event_assist ON assist_event (assist_id, id);
