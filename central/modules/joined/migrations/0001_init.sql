-- +goose Up

-- Matters of the neighbours as they were last told of, and the bundles begun here. They name no persons.
CREATE TABLE joined_matter (
    system     TEXT NOT NULL,
    no         TEXT NOT NULL,
    origin     TEXT NOT NULL,
    title      TEXT NOT NULL,
    theme      TEXT NOT NULL,
    state      TEXT NOT NULL,
    state_text TEXT NOT NULL,
    children   TEXT NOT NULL,
    updated    BIGINT NOT NULL,
    seen       BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    sent       BIGINT NOT NULL,
    PRIMARY KEY (system, no)
);
CREATE INDEX joined_matter_updated ON joined_matter (system, updated);

-- What happened to them, each line once, however often it is told.
CREATE TABLE joined_step (
    system  TEXT NOT NULL,
    id      TEXT NOT NULL,
    no      TEXT NOT NULL,
    at      BIGINT NOT NULL,
    text    TEXT NOT NULL,
    by_name TEXT NOT NULL,
    PRIMARY KEY (system, id)
);
CREATE INDEX joined_step_no ON joined_step (system, no, at);

-- Which case of this window stands for which item of a bundle.
CREATE TABLE joined_bind (
    no      TEXT NOT NULL,
    item    TEXT NOT NULL,
    case_no TEXT NOT NULL UNIQUE,
    PRIMARY KEY (no, item)
);

-- Themes that the configuration system has published.
CREATE TABLE joined_theme (
    code    TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    name    TEXT NOT NULL,
    items   TEXT NOT NULL,
    at      BIGINT NOT NULL
);

-- How far each feed was read, and the last number given to a bundle.
CREATE TABLE joined_cursor (
    name TEXT PRIMARY KEY,
    seq  BIGINT NOT NULL
);
