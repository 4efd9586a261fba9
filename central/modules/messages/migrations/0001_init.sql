-- +goose Up

-- Letters to one account, or to everybody who holds a role at a place. They name cases and cards, no persons.
CREATE TABLE messages_letter (
    id         TEXT PRIMARY KEY,
    source     TEXT NOT NULL,
    scene      TEXT NOT NULL,
    account    TEXT NOT NULL,
    role       TEXT NOT NULL,
    region     TEXT NOT NULL,
    department TEXT NOT NULL,
    title      TEXT NOT NULL,
    text       TEXT NOT NULL,
    link       TEXT NOT NULL,
    urgent     INTEGER NOT NULL,
    at         BIGINT NOT NULL
);
CREATE UNIQUE INDEX messages_letter_source ON messages_letter (source, account, role);
CREATE INDEX messages_letter_account ON messages_letter (account, at);
CREATE INDEX messages_letter_role ON messages_letter (role, at);

CREATE TABLE messages_read (
    account TEXT NOT NULL,
    letter  TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (account, letter)
);

-- One row for each short message to an applicant, with how far it came; number and text are the platform's.
CREATE TABLE messages_text (
    id          TEXT PRIMARY KEY,
    source      TEXT NOT NULL UNIQUE,
    sms         TEXT NOT NULL,
    scene       TEXT NOT NULL,
    case_no     TEXT NOT NULL,
    item_name   TEXT NOT NULL,
    region      TEXT NOT NULL,
    department  TEXT NOT NULL,
    handler     TEXT NOT NULL,
    state       TEXT NOT NULL,
    failed      INTEGER NOT NULL,
    note        TEXT NOT NULL,
    attempts    INTEGER NOT NULL,
    at          BIGINT NOT NULL,
    moved_at    BIGINT NOT NULL,
    followed    TEXT NOT NULL DEFAULT '',
    followed_by TEXT NOT NULL DEFAULT '',
    followed_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX messages_text_at ON messages_text (at);
CREATE INDEX messages_text_state ON messages_text (state, at);

-- Scenes that were changed by hand; the others are as the program brings them.
CREATE TABLE messages_scene (
    id      TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    letter  INTEGER NOT NULL,
    sms     INTEGER NOT NULL,
    title   TEXT NOT NULL,
    text    TEXT NOT NULL,
    by_name TEXT NOT NULL,
    reason  TEXT NOT NULL,
    at      BIGINT NOT NULL
);
