-- +goose Up
-- From when a version is in force (milliseconds, 00:00 of a day in China), and who made it so: the seed, or people by a draft.
ALTER TABLE catalogue_item_version ADD COLUMN effective BIGINT NOT NULL DEFAULT 0;
ALTER TABLE catalogue_item_version ADD COLUMN origin TEXT NOT NULL DEFAULT 'seed';
ALTER TABLE catalogue_item_version ADD COLUMN by_name TEXT NOT NULL DEFAULT '';
ALTER TABLE catalogue_item_version ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- Goes up with everything that may change what is shown, so that a reader asks one row whether its copy is still true.
CREATE TABLE catalogue_revision (
    id INTEGER PRIMARY KEY,
    n  BIGINT  NOT NULL
);
INSERT INTO catalogue_revision (id, n) VALUES (1, 1);

-- One adjustment of an item (动态调整), from a day on. Rows are added, never changed; what counts is the last one whose day has come.
CREATE TABLE catalogue_operation (
    id        TEXT   PRIMARY KEY,
    code      TEXT   NOT NULL,
    kind      TEXT   NOT NULL, -- add, change, suspend, resume, cancel, split, merge
    reason    TEXT   NOT NULL,
    effective BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    by_id     TEXT   NOT NULL,
    by_name   TEXT   NOT NULL,
    running   INTEGER NOT NULL -- cases under way at that moment, which keep their version
);
CREATE INDEX catalogue_operation_code ON catalogue_operation (code, at);

-- Which item came from which (拆分、合并沿革).
CREATE TABLE catalogue_lineage (
    id         TEXT   PRIMARY KEY,
    kind       TEXT   NOT NULL, -- split, merge
    from_code  TEXT   NOT NULL,
    to_code    TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    wanted     BIGINT NOT NULL, -- the day it was planned for
    at         BIGINT NOT NULL,
    done       BIGINT NOT NULL  -- when the old item ends; 0 while a successor is not published
);
CREATE INDEX catalogue_lineage_from ON catalogue_lineage (from_code);
CREATE INDEX catalogue_lineage_to ON catalogue_lineage (to_code);

CREATE TABLE catalogue_draft (
    id          TEXT    PRIMARY KEY,
    code        TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    kind        TEXT    NOT NULL, -- change, new, claim, import, split, merge
    base        INTEGER NOT NULL, -- version it was started from, 0 = none
    state       TEXT    NOT NULL,
    revision    INTEGER NOT NULL, -- goes up with every change of the row
    body        TEXT    NOT NULL, -- the entry as JSON
    reason      TEXT    NOT NULL,
    effective   TEXT    NOT NULL, -- planned day, YYYY-MM-DD or ""
    author      TEXT    NOT NULL,
    author_name TEXT    NOT NULL,
    hands       TEXT    NOT NULL, -- accounts that saved it, parted by spaces: none of them may review it
    reviewer_name TEXT  NOT NULL,
    region      TEXT    NOT NULL,
    department  TEXT    NOT NULL,
    started     BIGINT  NOT NULL,
    changed     BIGINT  NOT NULL
);
-- One draft of an item at a time.
CREATE UNIQUE INDEX catalogue_draft_open ON catalogue_draft (code) WHERE state NOT IN ('published', 'discarded');
CREATE INDEX catalogue_draft_code ON catalogue_draft (code, started);

CREATE TABLE catalogue_draft_history (
    id    TEXT   PRIMARY KEY,
    draft TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    actor TEXT   NOT NULL,
    title TEXT   NOT NULL,
    note  TEXT   NOT NULL
);
CREATE INDEX catalogue_draft_history_draft ON catalogue_draft_history (draft, at);

CREATE TABLE catalogue_comment (
    id      TEXT   PRIMARY KEY,
    draft   TEXT   NOT NULL,
    element TEXT   NOT NULL, -- PROMISE_DAY, materials/hukou
    text    TEXT   NOT NULL,
    state   TEXT   NOT NULL, -- open, answered, resolved
    by_id   TEXT   NOT NULL,
    by_name TEXT   NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX catalogue_comment_draft ON catalogue_comment (draft, at);

CREATE TABLE catalogue_answer (
    id      TEXT   PRIMARY KEY,
    comment TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    by_name TEXT   NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX catalogue_answer_comment ON catalogue_answer (comment, at);

-- The basic list of the province (基本目录): what offices may claim.
CREATE TABLE catalogue_basic (
    code       TEXT   PRIMARY KEY, -- 12 digits
    name       TEXT   NOT NULL,
    type       TEXT   NOT NULL,
    level      TEXT   NOT NULL,
    state      TEXT   NOT NULL, -- open, claimed
    item       TEXT   NOT NULL, -- code of the item that was made of it
    claimed_by TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX catalogue_basic_item ON catalogue_basic (item);

-- +goose Down
DROP TABLE catalogue_basic;
DROP TABLE catalogue_answer;
DROP TABLE catalogue_comment;
DROP TABLE catalogue_draft_history;
DROP TABLE catalogue_draft;
DROP TABLE catalogue_lineage;
DROP TABLE catalogue_operation;
DROP TABLE catalogue_revision;
ALTER TABLE catalogue_item_version DROP COLUMN note;
ALTER TABLE catalogue_item_version DROP COLUMN by_name;
ALTER TABLE catalogue_item_version DROP COLUMN origin;
ALTER TABLE catalogue_item_version DROP COLUMN effective;
