-- +goose Up

-- What was asked of terminals from afar (远程诊断), one row an order; body is the newest part of the wire.RemoteReport, which names no person.
CREATE TABLE fleet_remote (
    id          TEXT PRIMARY KEY,
    terminal    TEXT NOT NULL REFERENCES fleet_terminal (code),
    task        TEXT NOT NULL,
    asked_by    TEXT NOT NULL,
    asked_at    BIGINT NOT NULL,
    state       TEXT NOT NULL,
    part        INTEGER NOT NULL DEFAULT 0,
    body        TEXT NOT NULL DEFAULT '',
    answered_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX fleet_remote_terminal ON fleet_remote (terminal, asked_at);

-- +goose Down
DROP TABLE fleet_remote;
