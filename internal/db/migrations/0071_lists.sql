-- +goose Up
-- 基本目录: what every level shares of a matter.
CREATE TABLE basic_item (
  id {{KEY}},
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  state TEXT NOT NULL,
  entry TEXT NOT NULL,
  version BIGINT NOT NULL,
  template_id BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
){{STRICT}};

-- 指南模板: the city-wide guide of a matter, version by version.
CREATE TABLE guide_template (
  id {{KEY}},
  basic_id BIGINT NOT NULL REFERENCES basic_item (id),
  no BIGINT NOT NULL,
  guide TEXT NOT NULL,
  hash TEXT NOT NULL,
  published_at BIGINT NOT NULL,
  published_by TEXT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX guide_template_no ON guide_template (basic_id, no);

-- A version of an implementation list holds its template and the sections that differ.
ALTER TABLE item_version ADD COLUMN template_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item_version ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE item ADD COLUMN level TEXT NOT NULL DEFAULT '';
ALTER TABLE item ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
ALTER TABLE item ADD COLUMN next_version_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN next_from TEXT NOT NULL DEFAULT '';
ALTER TABLE item ADD COLUMN state_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE item ADD COLUMN successor TEXT NOT NULL DEFAULT '';
CREATE INDEX item_next ON item (next_from) WHERE next_from <> '';

-- 生命周期: events in the life of a person or an organisation.
CREATE TABLE life_event (
  key TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_en TEXT NOT NULL,
  audience TEXT NOT NULL,
  position BIGINT NOT NULL
){{STRICT}};

-- The catalogue's own count of changes; whoever keeps it in memory looks here.
CREATE TABLE catalog_state (
  id {{KEY}},
  version BIGINT NOT NULL
){{STRICT}};
INSERT INTO catalog_state (id, version) VALUES (1, 1);

-- What happened to published lists; positions are given after the commit.
CREATE TABLE item_change (
  id {{KEY}},
  position BIGINT,
  item_id BIGINT NOT NULL,
  code TEXT NOT NULL,
  kind TEXT NOT NULL,
  version_id BIGINT NOT NULL,
  at BIGINT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX item_change_position ON item_change (position) WHERE position IS NOT NULL;
CREATE INDEX item_change_new ON item_change (id) WHERE position IS NULL;
CREATE INDEX item_change_item ON item_change (item_id, id);

-- 编制: a guide that is being written.
CREATE TABLE guide_draft (
  id {{KEY}},
  kind TEXT NOT NULL,
  basic_id BIGINT NOT NULL REFERENCES basic_item (id),
  unit_id BIGINT NOT NULL,
  receiving_unit_id BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  base_id BIGINT NOT NULL,
  template_id BIGINT NOT NULL,
  guide TEXT NOT NULL,
  state TEXT NOT NULL,
  version BIGINT NOT NULL,
  effective_from TEXT NOT NULL,
  reason TEXT NOT NULL,
  waived TEXT NOT NULL,
  authors TEXT NOT NULL,
  reviewed_by BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX guide_draft_open ON guide_draft (basic_id, unit_id, kind) WHERE state <> 'published' AND state <> 'discarded';
CREATE INDEX guide_draft_state ON guide_draft (state, unit_id);

CREATE TABLE guide_draft_event (
  id {{KEY}},
  draft_id BIGINT NOT NULL REFERENCES guide_draft (id),
  at BIGINT NOT NULL,
  staff_id BIGINT NOT NULL,
  staff_name TEXT NOT NULL,
  act TEXT NOT NULL,
  section TEXT NOT NULL,
  note TEXT NOT NULL
){{STRICT}};
CREATE INDEX guide_draft_event_draft ON guide_draft_event (draft_id, id);

-- 变更提示: a template changed above a list; the list's keeper says yes or no.
CREATE TABLE guide_proposal (
  id {{KEY}},
  item_id BIGINT NOT NULL REFERENCES item (id),
  unit_id BIGINT NOT NULL,
  template_id BIGINT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  closed_by TEXT NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX guide_proposal_open ON guide_proposal (item_id) WHERE state = 'open';
CREATE INDEX guide_proposal_unit ON guide_proposal (unit_id, state);
