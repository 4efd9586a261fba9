-- +goose Up

-- What the office knows of a machine (台账); what the terminal says of itself stands in the records below.
CREATE TABLE fleet_asset (
    terminal       TEXT PRIMARY KEY REFERENCES fleet_terminal (code),
    serial_no      TEXT NOT NULL,
    maker          TEXT NOT NULL,
    arrived_on     TEXT NOT NULL,
    warranty_until TEXT NOT NULL,
    note           TEXT NOT NULL,
    version        BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    updated_by     TEXT NOT NULL
);

-- Certificates and papers of a machine or of one of its devices (附件). A removed one stays as a line.
CREATE TABLE fleet_asset_file (
    id         TEXT PRIMARY KEY,
    terminal   TEXT NOT NULL,
    device     TEXT NOT NULL,
    title      TEXT NOT NULL,
    mime       TEXT NOT NULL,
    size       BIGINT NOT NULL,
    digest     TEXT NOT NULL,
    key_sealed TEXT NOT NULL,
    added_at   BIGINT NOT NULL,
    added_by   TEXT NOT NULL,
    removed_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX fleet_asset_file_terminal ON fleet_asset_file (terminal, added_at);

-- Signed installation records (安装验收记录), one row an envelope; body is the wire.Installation without the pictures' keys.
CREATE TABLE fleet_installation (
    id          TEXT PRIMARY KEY,
    terminal    TEXT NOT NULL,
    record      TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    made_at     BIGINT NOT NULL,
    pass_at     BIGINT NOT NULL,
    nonce       INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    absent      INTEGER NOT NULL,
    body        TEXT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX fleet_installation_terminal ON fleet_installation (terminal, made_at);

CREATE TABLE fleet_installation_photo (
    terminal   TEXT NOT NULL,
    digest     TEXT NOT NULL,
    mime       TEXT NOT NULL,
    key_sealed TEXT NOT NULL,
    added_at   BIGINT NOT NULL,
    PRIMARY KEY (terminal, digest)
);

-- Who took a machine over on which record (验收), and who had done it there.
CREATE TABLE fleet_acceptance (
    id              TEXT PRIMARY KEY,
    terminal        TEXT NOT NULL,
    technician_sealed TEXT NOT NULL,
    note            TEXT NOT NULL,
    accepted_at     BIGINT NOT NULL,
    accepted_by     TEXT NOT NULL
);
CREATE INDEX fleet_acceptance_terminal ON fleet_acceptance (terminal, accepted_at);

-- +goose Down
DROP TABLE fleet_acceptance;
DROP TABLE fleet_installation_photo;
DROP TABLE fleet_installation;
DROP TABLE fleet_asset_file;
DROP TABLE fleet_asset;
