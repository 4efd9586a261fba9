-- +goose Up

-- The cases as they stand, for the monitor: a projection of the window's events, made again from them at any time. It names nobody.
CREATE TABLE supervision_case (
    no          TEXT PRIMARY KEY,
    item        TEXT NOT NULL,
    item_name   TEXT NOT NULL,
    place       TEXT NOT NULL,
    region      TEXT NOT NULL,
    department  TEXT NOT NULL,
    handler     TEXT NOT NULL,
    state       TEXT NOT NULL,
    ended       INTEGER NOT NULL,
    level       TEXT NOT NULL,
    grade       INTEGER NOT NULL,
    budget      INTEGER NOT NULL,
    used        INTEGER NOT NULL,
    days_left   INTEGER NOT NULL,
    overdue     INTEGER NOT NULL,
    standing    INTEGER NOT NULL,
    clock_text  TEXT NOT NULL,
    due         TEXT NOT NULL,
    statutory   TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    accepted_on TEXT NOT NULL,
    ended_at    BIGINT NOT NULL,
    last_act    TEXT NOT NULL,
    moved_at    BIGINT NOT NULL,
    version     INTEGER NOT NULL
);
CREATE INDEX supervision_case_worst ON supervision_case (ended, grade, days_left);
CREATE INDEX supervision_case_moved ON supervision_case (moved_at);
CREATE INDEX supervision_case_ended ON supervision_case (ended_at);

-- Stretches that a rule measures: a pause of the clock, a task that nobody has signed for.
CREATE TABLE supervision_stretch (
    case_no TEXT NOT NULL,
    kind    TEXT NOT NULL,
    since   BIGINT NOT NULL,
    PRIMARY KEY (case_no, kind)
);

-- One row for each version of the rules; the highest is in force.
CREATE TABLE supervision_setting (
    version INTEGER PRIMARY KEY,
    body    TEXT NOT NULL,
    reason  TEXT NOT NULL,
    by_name TEXT NOT NULL,
    at      BIGINT NOT NULL
);

CREATE TABLE supervision_number (
    year INTEGER PRIMARY KEY,
    n    INTEGER NOT NULL
);

-- A rung is raised once: case, rule and rung are unique, whatever becomes of the card.
CREATE TABLE supervision_card (
    no         TEXT PRIMARY KEY,
    case_no    TEXT NOT NULL,
    rule       TEXT NOT NULL,
    rung       TEXT NOT NULL,
    rule_title TEXT NOT NULL,
    rule_words TEXT NOT NULL,
    setting    INTEGER NOT NULL,
    level      TEXT NOT NULL,
    grade      INTEGER NOT NULL,
    process    INTEGER NOT NULL,
    why        TEXT NOT NULL,
    item       TEXT NOT NULL,
    item_name  TEXT NOT NULL,
    region     TEXT NOT NULL,
    department TEXT NOT NULL,
    handler    TEXT NOT NULL,
    state      TEXT NOT NULL,
    issued_at  BIGINT NOT NULL,
    reply_due  BIGINT NOT NULL,
    late_told  INTEGER NOT NULL DEFAULT 0,
    read_at    BIGINT NOT NULL DEFAULT 0,
    read_by    TEXT NOT NULL DEFAULT '',
    replied_at BIGINT NOT NULL DEFAULT 0,
    replied_by TEXT NOT NULL DEFAULT '',
    replier    TEXT NOT NULL DEFAULT '',
    reply      TEXT NOT NULL DEFAULT '',
    ended_at   BIGINT NOT NULL DEFAULT 0,
    outcome    TEXT NOT NULL DEFAULT '',
    version    INTEGER NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX supervision_card_rung ON supervision_card (case_no, rule, rung);
CREATE INDEX supervision_card_state ON supervision_card (state, reply_due);
CREATE INDEX supervision_card_issued ON supervision_card (issued_at);

CREATE TABLE supervision_act (
    id      TEXT PRIMARY KEY,
    card    TEXT NOT NULL,
    at      BIGINT NOT NULL,
    act     TEXT NOT NULL,
    by_name TEXT NOT NULL,
    text    TEXT NOT NULL
);
CREATE INDEX supervision_act_card ON supervision_act (card, at);

-- How a day ended: written again at each look of that day, so that the last one stays.
CREATE TABLE supervision_day (
    day        TEXT NOT NULL,
    region     TEXT NOT NULL,
    department TEXT NOT NULL,
    level      TEXT NOT NULL,
    n          INTEGER NOT NULL,
    PRIMARY KEY (day, region, department, level)
);
