-- +goose Up

-- Who leads a task that one process does at a time.
CREATE TABLE db_lease (
    name       TEXT PRIMARY KEY,
    owner      TEXT NOT NULL,
    expires_at BIGINT NOT NULL
) {{STRICT}};

-- The outbox: work that an act leaves behind. A row is deleted when it is done.
CREATE TABLE job (
    id          {{KEY}},
    kind        TEXT NOT NULL,
    payload     {{BLOB}},
    uniq        TEXT,
    owner       TEXT NOT NULL,
    priority    BIGINT NOT NULL CHECK (priority BETWEEN -1 AND 1),
    state       TEXT NOT NULL CHECK (state IN ('ready', 'running', 'dead')),
    attempt     BIGINT NOT NULL,
    run_at      BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    died_at     BIGINT NOT NULL,
    error       TEXT NOT NULL
) {{STRICT}};
CREATE INDEX job_due ON job (priority, run_at, id) WHERE state = 'ready';
CREATE INDEX job_running ON job (lease_until) WHERE state = 'running';
CREATE INDEX job_dead ON job (id) WHERE state = 'dead';
CREATE UNIQUE INDEX job_unique ON job (kind, uniq) WHERE uniq IS NOT NULL AND state = 'ready';

-- The last slot of every periodic job that was handed out.
CREATE TABLE job_slot (
    kind TEXT PRIMARY KEY,
    slot BIGINT NOT NULL
) {{STRICT}};
