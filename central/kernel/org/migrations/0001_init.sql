-- +goose Up
CREATE TABLE org_region (
    code   TEXT PRIMARY KEY,
    parent TEXT NOT NULL,
    name   TEXT NOT NULL
);

-- parent is '' for a department right below its region; usc is its unified social credit code where it has one.
CREATE TABLE org_department (
    id     TEXT    PRIMARY KEY,
    region TEXT    NOT NULL REFERENCES org_region (code),
    parent TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    short  TEXT    NOT NULL,
    usc    TEXT    NOT NULL,
    closed INTEGER NOT NULL,
    UNIQUE (region, name)
);
CREATE INDEX org_department_usc ON org_department (usc);

CREATE TABLE org_post (
    id    TEXT PRIMARY KEY,
    title TEXT NOT NULL UNIQUE,
    note  TEXT NOT NULL
);

CREATE TABLE org_hall (
    id      TEXT    PRIMARY KEY,
    region  TEXT    NOT NULL REFERENCES org_region (code),
    name    TEXT    NOT NULL UNIQUE,
    address TEXT    NOT NULL,
    closed  INTEGER NOT NULL
);

CREATE TABLE org_desk (
    id         TEXT    PRIMARY KEY,
    hall       TEXT    NOT NULL REFERENCES org_hall (id),
    label      TEXT    NOT NULL,
    department TEXT    NOT NULL,
    closed     INTEGER NOT NULL,
    UNIQUE (hall, label)
);

-- +goose Down
DROP TABLE org_desk;
DROP TABLE org_hall;
DROP TABLE org_post;
DROP TABLE org_department;
DROP TABLE org_region;
