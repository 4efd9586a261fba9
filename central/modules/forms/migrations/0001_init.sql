-- +goose Up
CREATE TABLE forms_form (
    id      TEXT    PRIMARY KEY,
    title   TEXT    NOT NULL,
    version INTEGER NOT NULL, -- the one in force, 0 = never published
    source  TEXT    NOT NULL, -- digest of the shipped design it was last taken from, '' = made here
    changed BIGINT  NOT NULL
);

-- One row for each version that was ever in force. Rows are added, never changed.
CREATE TABLE forms_version (
    id        TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    digest    TEXT    NOT NULL, -- sha-256 of the design without its version
    body      TEXT    NOT NULL, -- the design as JSON
    drawn     INTEGER NOT NULL, -- 1 = a person has drawn the paper, 0 = laid out by program
    words     TEXT    NOT NULL, -- JSON list: what changed against the version before
    by_id     TEXT    NOT NULL,
    by_name   TEXT    NOT NULL,
    published BIGINT  NOT NULL,
    PRIMARY KEY (id, version)
);

CREATE TABLE forms_draft (
    id      TEXT    PRIMARY KEY,
    rev     INTEGER NOT NULL,
    state   TEXT    NOT NULL, -- editing, submitted, returned
    base    INTEGER NOT NULL, -- version it was started from
    body    TEXT    NOT NULL,
    note    TEXT    NOT NULL, -- why it was returned
    by_id   TEXT    NOT NULL,
    by_name TEXT    NOT NULL,
    at      BIGINT  NOT NULL
);

-- Half-filled forms of one person each. They are personal data, sealed, and deleted after days.
CREATE TABLE forms_entry_draft (
    id          TEXT    PRIMARY KEY, -- owner, form and key, hashed
    owner       TEXT    NOT NULL,
    form        TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    body_sealed TEXT    NOT NULL,
    at          BIGINT  NOT NULL
);
CREATE INDEX forms_entry_draft_at ON forms_entry_draft (at);

-- +goose Down
DROP TABLE forms_entry_draft;
DROP TABLE forms_draft;
DROP TABLE forms_version;
DROP TABLE forms_form;
