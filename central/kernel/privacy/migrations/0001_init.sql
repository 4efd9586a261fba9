-- +goose Up
-- Labels of single rows. mac binds table, row and level: changed by hand, a label no longer holds.
CREATE TABLE kernel_label (
    tbl     TEXT   NOT NULL,
    object  TEXT   NOT NULL,
    level   TEXT   NOT NULL,
    mac_key TEXT   NOT NULL,
    mac     TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (tbl, object)
);

-- How far re-sealing of a column has come. after is the key of the last row that was looked at.
CREATE TABLE kernel_reseal (
    col        TEXT    PRIMARY KEY,
    class      TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    after      TEXT    NOT NULL,
    done       BIGINT  NOT NULL,
    changed    BIGINT  NOT NULL,
    damaged    BIGINT  NOT NULL,
    total      BIGINT  NOT NULL,
    running    INTEGER NOT NULL,
    started_at BIGINT  NOT NULL,
    ended_at   BIGINT  NOT NULL
);

-- Days that a security administrator has set in place of the built-in ones.
CREATE TABLE kernel_retention (
    rule   TEXT    PRIMARY KEY,
    days   INTEGER NOT NULL,
    reason TEXT    NOT NULL,
    by_id  TEXT    NOT NULL,
    at     BIGINT  NOT NULL
);

CREATE TABLE kernel_retention_run (
    id     TEXT    PRIMARY KEY,
    at     BIGINT  NOT NULL,
    dry    INTEGER NOT NULL,
    by_id  TEXT    NOT NULL,
    counts TEXT    NOT NULL,
    ms     BIGINT  NOT NULL,
    state  TEXT    NOT NULL
);
CREATE INDEX kernel_retention_run_at ON kernel_retention_run (at);

-- What must not be deleted while a dispute is open.
CREATE TABLE kernel_hold (
    id        TEXT   PRIMARY KEY,
    rule      TEXT   NOT NULL,
    object    TEXT   NOT NULL,
    reason    TEXT   NOT NULL,
    by_id     TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    lifted_at BIGINT NOT NULL,
    lifted_by TEXT   NOT NULL,
    lift_reason TEXT NOT NULL
);
CREATE INDEX kernel_hold_object ON kernel_hold (object);

-- +goose Down
DROP TABLE kernel_hold;
DROP TABLE kernel_retention_run;
DROP TABLE kernel_retention;
DROP TABLE kernel_reseal;
DROP TABLE kernel_label;
