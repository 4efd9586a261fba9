-- +goose Up
CREATE TABLE issuing_record (
  no               TEXT PRIMARY KEY,
  item             TEXT NOT NULL,
  item_name        TEXT NOT NULL,
  outcome          TEXT NOT NULL,
  applicant        TEXT NOT NULL,
  state            TEXT NOT NULL,
  way              TEXT NOT NULL,
  version          INTEGER NOT NULL,
  region           TEXT NOT NULL,
  department       TEXT NOT NULL,
  handler          TEXT NOT NULL,
  counter          TEXT NOT NULL,
  ready_at         BIGINT NOT NULL,
  due              TEXT NOT NULL,
  code_blind       TEXT NOT NULL,
  proof            TEXT NOT NULL,
  recipient_sealed TEXT NOT NULL,
  address_sealed   TEXT NOT NULL,
  signature_digest TEXT NOT NULL,
  signature_sealed TEXT NOT NULL,
  certificate      TEXT NOT NULL,
  document_id      TEXT NOT NULL,
  document_no      TEXT NOT NULL,
  parcel           TEXT NOT NULL,
  parcel_state     TEXT NOT NULL,
  ended_at         BIGINT NOT NULL,
  archive_no       TEXT NOT NULL
);
CREATE INDEX issuing_record_list ON issuing_record (state, due);
CREATE INDEX issuing_record_code ON issuing_record (code_blind);
CREATE INDEX issuing_record_parcel ON issuing_record (parcel);
CREATE INDEX issuing_record_ended ON issuing_record (ended_at);

CREATE TABLE issuing_parcel_event (
  id     TEXT PRIMARY KEY,
  no     TEXT NOT NULL,
  parcel TEXT NOT NULL,
  code   TEXT NOT NULL,
  text   TEXT NOT NULL,
  place  TEXT NOT NULL,
  at     BIGINT NOT NULL,
  seq    BIGINT NOT NULL
);
CREATE INDEX issuing_parcel_event_no ON issuing_parcel_event (no, seq);

CREATE TABLE issuing_cursor (
  name TEXT PRIMARY KEY,
  seq  BIGINT NOT NULL
);

CREATE TABLE issuing_try (
  who TEXT PRIMARY KEY,
  n   INTEGER NOT NULL,
  at  BIGINT NOT NULL
);

CREATE TABLE issuing_invite (
  key_blind TEXT PRIMARY KEY,
  no        TEXT NOT NULL,
  channel   TEXT NOT NULL,
  asked_at  BIGINT NOT NULL,
  until_at  BIGINT NOT NULL
);
CREATE INDEX issuing_invite_until ON issuing_invite (until_at);

CREATE TABLE issuing_rating (
  id           TEXT PRIMARY KEY,
  no           TEXT NOT NULL,
  occasion     TEXT NOT NULL,
  item         TEXT NOT NULL,
  item_name    TEXT NOT NULL,
  level        INTEGER NOT NULL,
  channel      TEXT NOT NULL,
  indicators   TEXT NOT NULL,
  words_sealed TEXT NOT NULL,
  region       TEXT NOT NULL,
  department   TEXT NOT NULL,
  handler      TEXT NOT NULL,
  counter      TEXT NOT NULL,
  at           BIGINT NOT NULL,
  UNIQUE (no, occasion)
);
CREATE INDEX issuing_rating_at ON issuing_rating (at);

CREATE TABLE issuing_task (
  id         TEXT PRIMARY KEY,
  rating     TEXT NOT NULL UNIQUE,
  no         TEXT NOT NULL,
  item_name  TEXT NOT NULL,
  level      INTEGER NOT NULL,
  state      TEXT NOT NULL,
  version    INTEGER NOT NULL,
  due        TEXT NOT NULL,
  assignee   TEXT NOT NULL,
  answered   TEXT NOT NULL,
  region     TEXT NOT NULL,
  department TEXT NOT NULL,
  handler    TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  closed_at  BIGINT NOT NULL
);
CREATE INDEX issuing_task_list ON issuing_task (state, due);

CREATE TABLE issuing_task_event (
  id          TEXT PRIMARY KEY,
  task        TEXT NOT NULL,
  act         TEXT NOT NULL,
  note        TEXT NOT NULL,
  text_sealed TEXT NOT NULL,
  by_name     TEXT NOT NULL,
  at          BIGINT NOT NULL
);
CREATE INDEX issuing_task_event_task ON issuing_task_event (task, at);

CREATE TABLE issuing_archive (
  archive_no  TEXT PRIMARY KEY,
  no          TEXT NOT NULL UNIQUE,
  item        TEXT NOT NULL,
  item_name   TEXT NOT NULL,
  outcome     TEXT NOT NULL,
  applicant   TEXT NOT NULL,
  id_blind    TEXT NOT NULL,
  region      TEXT NOT NULL,
  department  TEXT NOT NULL,
  handler     TEXT NOT NULL,
  closed_on   TEXT NOT NULL,
  archived_at BIGINT NOT NULL,
  archived_by TEXT NOT NULL,
  keep_until  TEXT NOT NULL,
  files       INTEGER NOT NULL,
  size        BIGINT NOT NULL,
  digest      TEXT NOT NULL,
  key_sealed  TEXT NOT NULL,
  sm3         TEXT NOT NULL,
  signer      TEXT NOT NULL
);
CREATE INDEX issuing_archive_at ON issuing_archive (archived_at);
CREATE INDEX issuing_archive_person ON issuing_archive (id_blind, archived_at);

CREATE TABLE issuing_counter (
  name TEXT PRIMARY KEY,
  n    BIGINT NOT NULL
);

-- +goose Down
DROP TABLE issuing_counter;
DROP TABLE issuing_archive;
DROP TABLE issuing_task_event;
DROP TABLE issuing_task;
DROP TABLE issuing_rating;
DROP TABLE issuing_invite;
DROP TABLE issuing_try;
DROP TABLE issuing_cursor;
DROP TABLE issuing_parcel_event;
DROP TABLE issuing_record;
