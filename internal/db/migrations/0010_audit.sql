-- +goose Up

-- Who did what to what, written in the act's own transaction. body is the
-- canonical record, leaf its hash; personal and salt can be erased, body holds
-- their hash. position is given after the commit, by one process at a time.
CREATE TABLE audit_record (
    id         {{KEY}},
    at         BIGINT NOT NULL,
    act        TEXT NOT NULL,
    subject    TEXT NOT NULL,
    unit       BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id   BIGINT NOT NULL,
    outcome    TEXT NOT NULL,
    body       TEXT NOT NULL,
    personal   TEXT,
    salt       {{BLOB}},
    leaf       {{BLOB}} NOT NULL,
    position   BIGINT,
    erased_at  BIGINT NOT NULL DEFAULT 0
) {{STRICT}};
CREATE INDEX audit_record_subject ON audit_record (subject, id);
CREATE INDEX audit_record_unsealed ON audit_record (id) WHERE position IS NULL;
CREATE UNIQUE INDEX audit_record_position ON audit_record (position) WHERE position IS NOT NULL;

-- The Merkle log: tiles of 256 hashes; the last of each level is still filling.
CREATE TABLE audit_tile (
    level  BIGINT NOT NULL,
    n      BIGINT NOT NULL,
    hashes {{BLOB}} NOT NULL,
    PRIMARY KEY (level, n)
) {{STRICT}};

-- Signed checkpoints: how long the log was, and its root.
CREATE TABLE audit_checkpoint (
    size BIGINT PRIMARY KEY,
    at   BIGINT NOT NULL,
    note TEXT NOT NULL
) {{STRICT}};
