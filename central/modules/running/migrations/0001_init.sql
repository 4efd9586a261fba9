-- +goose Up

-- One row for each component that a run of the health check looked at. A run is never changed afterwards.
CREATE TABLE running_check (
    run       TEXT NOT NULL,
    ord       INTEGER NOT NULL,
    at        BIGINT NOT NULL,
    component TEXT NOT NULL,
    title     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    state     TEXT NOT NULL,
    text      TEXT NOT NULL,
    measured  TEXT NOT NULL,
    PRIMARY KEY (run, ord)
);
CREATE INDEX running_check_at ON running_check (at);

-- The plan has one row.
CREATE TABLE running_plan (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    every       TEXT NOT NULL,
    duty_person TEXT NOT NULL,
    changed_at  BIGINT NOT NULL,
    changed_by  TEXT NOT NULL
);

CREATE TABLE running_task (
    id         TEXT PRIMARY KEY,
    opens_at   BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    state      TEXT NOT NULL,
    planned    INTEGER NOT NULL,
    run        TEXT NOT NULL DEFAULT '',
    result     TEXT NOT NULL DEFAULT '',
    findings   INTEGER NOT NULL DEFAULT 0,
    note       TEXT NOT NULL DEFAULT '',
    person_id  TEXT NOT NULL DEFAULT '',
    person     TEXT NOT NULL DEFAULT '',
    done_at    BIGINT NOT NULL DEFAULT 0,
    report_at  BIGINT NOT NULL DEFAULT 0,
    report_sum TEXT NOT NULL DEFAULT '',
    report     BLOB
);
CREATE INDEX running_task_due ON running_task (due_at);

-- Measurements, the mean and the highest over one step. Older ones are kept in longer steps.
CREATE TABLE running_sample (
    host   TEXT NOT NULL,
    metric TEXT NOT NULL,
    step   INTEGER NOT NULL,
    at     BIGINT NOT NULL,
    mean   DOUBLE PRECISION NOT NULL,
    most   DOUBLE PRECISION NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (metric, step, at, host)
);

-- Times during which a system was seen to work. What lies between two of them was an outage.
CREATE TABLE running_span (
    system  TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at   BIGINT NOT NULL,
    PRIMARY KEY (system, from_at)
);

CREATE TABLE running_incident (
    id      TEXT PRIMARY KEY,
    system  TEXT NOT NULL,
    title   TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at   BIGINT NOT NULL DEFAULT 0,
    source  TEXT NOT NULL,
    cause   TEXT NOT NULL DEFAULT '',
    person  TEXT NOT NULL DEFAULT '',
    made_at BIGINT NOT NULL
);
CREATE INDEX running_incident_from ON running_incident (from_at);

CREATE TABLE running_resource (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    address    TEXT NOT NULL DEFAULT '',
    system     TEXT NOT NULL DEFAULT '',
    owner      TEXT NOT NULL DEFAULT '',
    place      TEXT NOT NULL DEFAULT '',
    note       TEXT NOT NULL DEFAULT '',
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    removed_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX running_resource_address ON running_resource (address);

CREATE TABLE running_backup (
    id       TEXT PRIMARY KEY,
    at       BIGINT NOT NULL,
    snapshot TEXT NOT NULL DEFAULT '',
    place    TEXT NOT NULL,
    size     BIGINT NOT NULL DEFAULT 0,
    rows_n   BIGINT NOT NULL DEFAULT 0,
    files    BIGINT NOT NULL DEFAULT 0,
    took_ms  BIGINT NOT NULL DEFAULT 0,
    state    TEXT NOT NULL,
    text     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX running_backup_at ON running_backup (at);

CREATE TABLE running_drill (
    id      TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    ok      INTEGER NOT NULL,
    text    TEXT NOT NULL,
    person  TEXT NOT NULL
);

-- Who is in charge of the system, since when: a named person (专人).
CREATE TABLE running_duty (
    id       TEXT PRIMARY KEY,
    duty     TEXT NOT NULL,
    person   TEXT NOT NULL,
    login    TEXT NOT NULL DEFAULT '',
    from_at  BIGINT NOT NULL,
    to_at    BIGINT NOT NULL DEFAULT 0,
    made_by  TEXT NOT NULL
);

-- +goose Down
DROP TABLE running_duty;
DROP TABLE running_drill;
DROP TABLE running_backup;
DROP TABLE running_resource;
DROP TABLE running_incident;
DROP TABLE running_span;
DROP TABLE running_sample;
DROP TABLE running_task;
DROP TABLE running_plan;
DROP TABLE running_check;
