-- +goose Up
-- What an applicant promised with an application: a material that follows later
-- (容缺受理), or a proof that a promise replaces (告知承诺).
CREATE TABLE case_promise (
  id {{KEY}},
  case_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  item_key TEXT NOT NULL,
  state TEXT NOT NULL,
  due_on TEXT NOT NULL,
  party_kind TEXT NOT NULL,
  party_id BIGINT NOT NULL,
  document_id BIGINT NOT NULL,
  signed_at BIGINT NOT NULL,
  settled_at BIGINT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX case_promise_case ON case_promise (case_id, kind, item_key);
CREATE INDEX case_promise_due ON case_promise (due_on, id) WHERE kind = 'later' AND state = 'open' AND due_on <> '';
CREATE INDEX case_promise_broken ON case_promise (party_kind, party_id) WHERE state = 'broken';
