-- +goose Up
-- A case as the exchange knows it. values_sealed is what the province should hold: field → value, JSON.
CREATE TABLE province_case (
    no            TEXT    PRIMARY KEY,
    item          TEXT    NOT NULL,
    item_name     TEXT    NOT NULL,
    region        TEXT    NOT NULL,
    department    TEXT    NOT NULL,
    prov_no       TEXT    NOT NULL,
    values_sealed TEXT    NOT NULL,
    id_blind      TEXT    NOT NULL,
    last_seq      INTEGER NOT NULL,
    handler       TEXT    NOT NULL, -- account that acted last
    changed_at    BIGINT  NOT NULL,
    returned      TEXT    NOT NULL, -- state that flowed back last, in words
    settled_at    BIGINT  NOT NULL, -- of the last message
    at            BIGINT  NOT NULL
);
CREATE INDEX province_case_person ON province_case (id_blind);
CREATE INDEX province_case_at ON province_case (at);

CREATE TABLE province_message (
    id            TEXT    PRIMARY KEY,
    case_no       TEXT    NOT NULL,
    seq           INTEGER NOT NULL, -- within the case
    direction     TEXT    NOT NULL, -- out, in
    kind          TEXT    NOT NULL, -- APPLY, STATUS, CORRECT; RETURN
    title         TEXT    NOT NULL,
    item          TEXT    NOT NULL,
    item_name     TEXT    NOT NULL,
    region        TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    revision      INTEGER NOT NULL, -- of the content; the id on the line is id-revision
    event         TEXT    NOT NULL, -- JSON of what happened, no personal data
    body_sealed   TEXT    NOT NULL, -- as it goes on the line; '' before it was built
    digest        TEXT    NOT NULL,
    attempts      INTEGER NOT NULL,
    next_at       BIGINT  NOT NULL,
    created_at    BIGINT  NOT NULL,
    sent_at       BIGINT  NOT NULL,
    settled_at    BIGINT  NOT NULL,
    code          TEXT    NOT NULL, -- of the answer
    answer        TEXT    NOT NULL, -- in words
    prov_no       TEXT    NOT NULL,
    receipt       TEXT    NOT NULL, -- JSON
    UNIQUE (case_no, direction, seq)
);
CREATE INDEX province_message_due ON province_message (state, next_at);
CREATE INDEX province_message_at ON province_message (created_at);

CREATE TABLE province_proof (
    n         BIGINT PRIMARY KEY,
    at        BIGINT NOT NULL,
    message   TEXT   NOT NULL,
    step      INTEGER NOT NULL,
    case_no   TEXT   NOT NULL,
    direction TEXT   NOT NULL,
    what      TEXT   NOT NULL,
    state     TEXT   NOT NULL,
    digest    TEXT   NOT NULL,
    answer    TEXT   NOT NULL,
    facts     TEXT   NOT NULL,
    prev      TEXT   NOT NULL,
    hash      TEXT   NOT NULL,
    signer    TEXT   NOT NULL,
    signature TEXT   NOT NULL
);
CREATE INDEX province_proof_message ON province_proof (message, n);

-- What flowed back; the tray holds what matched no case.
CREATE TABLE province_return (
    id       TEXT   PRIMARY KEY, -- the province's
    seq      BIGINT NOT NULL,
    said_no  TEXT   NOT NULL,    -- number as it came
    case_no  TEXT   NOT NULL,    -- of ours, '' in the tray
    prov_no  TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    code     TEXT   NOT NULL,
    words    TEXT   NOT NULL,
    facts    TEXT   NOT NULL,    -- JSON: text, by, licence code and name
    state    TEXT   NOT NULL,    -- matched, tray, dismissed
    digest   TEXT   NOT NULL,
    happened BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    by_name  TEXT   NOT NULL,
    reason   TEXT   NOT NULL
);
CREATE INDEX province_return_state ON province_return (state, at);
CREATE INDEX province_return_case ON province_return (case_no, at);

CREATE TABLE province_cursor (
    name TEXT   PRIMARY KEY,
    n    BIGINT NOT NULL,
    at   BIGINT NOT NULL
);

-- Base data and items of the province, by version; the newest valid one counts.
CREATE TABLE province_entry (
    kind    TEXT    NOT NULL, -- region, department, dictionary, item
    code    TEXT    NOT NULL,
    version INTEGER NOT NULL,
    name    TEXT    NOT NULL,
    parent  TEXT    NOT NULL,
    valid   INTEGER NOT NULL,
    facts   TEXT    NOT NULL, -- JSON of an item: its version, days
    at      BIGINT  NOT NULL,
    PRIMARY KEY (kind, code, version)
);

-- What a new provincial version changes for the catalogue: shown to its people, never written for them.
CREATE TABLE province_finding (
    id      TEXT    PRIMARY KEY,
    kind    TEXT    NOT NULL,
    code    TEXT    NOT NULL,
    title   TEXT    NOT NULL,
    field   TEXT    NOT NULL,
    ours    TEXT    NOT NULL,
    theirs  TEXT    NOT NULL,
    version INTEGER NOT NULL,
    state   TEXT    NOT NULL, -- open, seen
    at      BIGINT  NOT NULL,
    by_name TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    UNIQUE (kind, code, version, field)
);

CREATE TABLE province_rule (
    item     TEXT    PRIMARY KEY, -- '*' for all that have none of their own
    sends    INTEGER NOT NULL,
    acts     TEXT    NOT NULL, -- JSON list of topics
    revision INTEGER NOT NULL,
    at       BIGINT  NOT NULL,
    by_name  TEXT    NOT NULL,
    reason   TEXT    NOT NULL
);

CREATE TABLE province_report (
    id        TEXT    PRIMARY KEY,
    at        BIGINT  NOT NULL,
    by_name   TEXT    NOT NULL, -- '' for the daily one
    cases     INTEGER NOT NULL,
    same      INTEGER NOT NULL,
    differing INTEGER NOT NULL,
    missing   INTEGER NOT NULL, -- confirmed here, not held there
    extra     INTEGER NOT NULL, -- held there, unknown here
    waiting   INTEGER NOT NULL, -- still on the way: no difference
    told      TEXT    NOT NULL, -- JSON of the counts that went up, and what the province counts
    byitem    TEXT    NOT NULL  -- JSON: item name → cases that are the same
);
CREATE INDEX province_report_at ON province_report (at);

CREATE TABLE province_difference (
    id            TEXT   PRIMARY KEY,
    report        TEXT   NOT NULL,
    case_no       TEXT   NOT NULL,
    item_name     TEXT   NOT NULL,
    region        TEXT   NOT NULL,
    kind          TEXT   NOT NULL, -- field, missing, extra
    field         TEXT   NOT NULL,
    title         TEXT   NOT NULL,
    values_sealed TEXT   NOT NULL, -- JSON {ours, theirs}
    ours_at       BIGINT NOT NULL,
    ours_by       TEXT   NOT NULL,
    theirs_at     BIGINT NOT NULL,
    theirs_by     TEXT   NOT NULL,
    theirs_why    TEXT   NOT NULL,
    state         TEXT   NOT NULL, -- open, chosen
    choice        TEXT   NOT NULL, -- ours, theirs, later, none
    reason        TEXT   NOT NULL,
    by_name       TEXT   NOT NULL,
    at            BIGINT NOT NULL,
    message       TEXT   NOT NULL, -- that carries the choice
    UNIQUE (report, case_no, field)
);
CREATE INDEX province_difference_state ON province_difference (state, report);

-- The consent with which a licence was read.
CREATE TABLE province_consent (
    id       TEXT   PRIMARY KEY,
    case_no  TEXT   NOT NULL,
    kind     TEXT   NOT NULL,
    way      TEXT   NOT NULL,
    purpose  TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    by_name  TEXT   NOT NULL,
    licences INTEGER NOT NULL -- how many were read, -1 when the answer never came
);

-- +goose Down
DROP TABLE province_consent;
DROP TABLE province_difference;
DROP TABLE province_report;
DROP TABLE province_rule;
DROP TABLE province_finding;
DROP TABLE province_entry;
DROP TABLE province_cursor;
DROP TABLE province_return;
DROP TABLE province_proof;
DROP TABLE province_message;
DROP TABLE province_case;
