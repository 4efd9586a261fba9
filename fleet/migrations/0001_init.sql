-- +goose Up
CREATE TABLE fleet_terminal (
    code        TEXT PRIMARY KEY,
    number      INTEGER NOT NULL UNIQUE,
    epoch       INTEGER NOT NULL DEFAULT 0,
    model       TEXT NOT NULL,
    place       TEXT NOT NULL,
    label       TEXT NOT NULL,
    region      TEXT NOT NULL DEFAULT '',
    state       TEXT NOT NULL,
    hardware    TEXT NOT NULL DEFAULT '',
    cert_serial TEXT NOT NULL DEFAULT '',
    cert_until  BIGINT NOT NULL DEFAULT 0,
    cert_pem    TEXT NOT NULL DEFAULT '',
    public_key  BLOB,
    enrolled_at BIGINT NOT NULL DEFAULT 0,
    online      INTEGER NOT NULL DEFAULT 0,
    last_seen   BIGINT NOT NULL DEFAULT 0,
    status      TEXT NOT NULL DEFAULT '',
    created_at  BIGINT NOT NULL
);

-- One-time codes, by hash. A used row stays: it is the proof of who was enrolled by which code.
CREATE TABLE fleet_enrol_code (
    hash       TEXT PRIMARY KEY,
    terminal   TEXT NOT NULL REFERENCES fleet_terminal (code),
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL DEFAULT 0,
    used_key   TEXT NOT NULL DEFAULT '',
    epoch      INTEGER NOT NULL DEFAULT 0
);

-- Every envelope that was taken: the primary key is what makes it happen once.
CREATE TABLE fleet_envelope (
    id          TEXT PRIMARY KEY,
    terminal    TEXT NOT NULL,
    epoch       INTEGER NOT NULL,
    lane        TEXT NOT NULL,
    seq         BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    digest      TEXT NOT NULL,
    status      TEXT NOT NULL,
    code        TEXT NOT NULL DEFAULT '',
    case_no     TEXT NOT NULL DEFAULT '',
    made_at     BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX fleet_envelope_case ON fleet_envelope (terminal, case_no);

-- What was refused, without its content. The same bytes refused again for the same reason only count.
CREATE TABLE fleet_refused (
    terminal    TEXT NOT NULL,
    code        TEXT NOT NULL,
    head        TEXT NOT NULL,
    envelope_id TEXT NOT NULL,
    lane        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    size        BIGINT NOT NULL,
    count       BIGINT NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    PRIMARY KEY (terminal, code, head)
);

CREATE TABLE fleet_file (
    terminal   TEXT NOT NULL,
    digest     TEXT NOT NULL,
    size       BIGINT NOT NULL,
    state      TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    done_at    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (terminal, digest)
);
CREATE INDEX fleet_file_started ON fleet_file (terminal, started_at);

-- +goose Down
DROP TABLE fleet_file;
DROP TABLE fleet_refused;
DROP TABLE fleet_envelope;
DROP TABLE fleet_enrol_code;
DROP TABLE fleet_terminal;
