-- +goose Up
CREATE TABLE window_case (
  no            TEXT PRIMARY KEY,
  envelope_id   TEXT NOT NULL UNIQUE,
  item          TEXT NOT NULL,
  item_version  INTEGER NOT NULL,
  item_name     TEXT NOT NULL,
  state         TEXT NOT NULL,
  version       INTEGER NOT NULL,
  channel       TEXT NOT NULL,
  terminal      TEXT NOT NULL,
  place         TEXT NOT NULL,
  name_sealed   TEXT NOT NULL,
  name_masked   TEXT NOT NULL,
  id_sealed     TEXT NOT NULL,
  id_blind      TEXT NOT NULL,
  id_masked     TEXT NOT NULL,
  body_sealed   TEXT NOT NULL,
  lookup_blind  TEXT NOT NULL UNIQUE,
  check_blind   TEXT NOT NULL,
  materials     INTEGER NOT NULL,
  submitted_at  BIGINT NOT NULL,
  received_at   BIGINT NOT NULL,
  accepted_on   TEXT NOT NULL,
  closed_at     BIGINT NOT NULL,
  due           TEXT NOT NULL,
  statutory_due TEXT NOT NULL,
  notice_due    TEXT NOT NULL,
  calendar      TEXT NOT NULL,
  seen_by       TEXT NOT NULL,
  rating        INTEGER NOT NULL,
  seq           BIGINT NOT NULL
);
CREATE INDEX window_case_inbox ON window_case (state, received_at);
CREATE INDEX window_case_person ON window_case (id_blind, received_at);
CREATE INDEX window_case_due ON window_case (state, due);
CREATE INDEX window_case_seen ON window_case (received_at);

CREATE TABLE window_page (
  id         TEXT PRIMARY KEY,
  case_no    TEXT NOT NULL,
  material   TEXT NOT NULL,
  ord        INTEGER NOT NULL,
  digest     TEXT NOT NULL,
  size       BIGINT NOT NULL,
  mime       TEXT NOT NULL,
  key_sealed TEXT NOT NULL
);
CREATE INDEX window_page_case ON window_page (case_no, material, ord);

CREATE TABLE window_signature (
  case_no     TEXT NOT NULL,
  role        TEXT NOT NULL,
  name_sealed TEXT NOT NULL,
  statement   TEXT NOT NULL,
  digest      TEXT NOT NULL,
  size        BIGINT NOT NULL,
  mime        TEXT NOT NULL,
  key_sealed  TEXT NOT NULL,
  at          BIGINT NOT NULL,
  PRIMARY KEY (case_no, role)
);

CREATE TABLE window_point (
  case_no TEXT NOT NULL,
  point   TEXT NOT NULL,
  ticked  INTEGER NOT NULL,
  note    TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (case_no, point)
);

CREATE TABLE window_document (
  id           TEXT PRIMARY KEY,
  no           TEXT NOT NULL UNIQUE,
  case_no      TEXT NOT NULL,
  kind         TEXT NOT NULL,
  title        TEXT NOT NULL,
  code         TEXT NOT NULL UNIQUE,
  state        TEXT NOT NULL,
  state_note   TEXT NOT NULL,
  office       TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  plain_digest TEXT NOT NULL,
  digest       TEXT NOT NULL,
  size         BIGINT NOT NULL,
  key_sealed   TEXT NOT NULL,
  facts_sealed TEXT NOT NULL
);
CREATE INDEX window_document_case ON window_document (case_no, created_at);
CREATE INDEX window_document_plain ON window_document (plain_digest);

CREATE TABLE window_counter (
  name TEXT PRIMARY KEY,
  n    BIGINT NOT NULL
);

CREATE TABLE window_history (
  id       TEXT PRIMARY KEY,
  case_no  TEXT NOT NULL,
  at       BIGINT NOT NULL,
  kind     TEXT NOT NULL,
  title    TEXT NOT NULL,
  note     TEXT NOT NULL,
  actor    TEXT NOT NULL
);
CREATE INDEX window_history_case ON window_history (case_no, at);

CREATE TABLE window_rating (
  envelope_id TEXT PRIMARY KEY,
  case_no     TEXT NOT NULL,
  item        TEXT NOT NULL,
  level       INTEGER NOT NULL,
  terminal    TEXT NOT NULL,
  at          BIGINT NOT NULL
);

CREATE TABLE window_help (
  envelope_id TEXT PRIMARY KEY,
  terminal    TEXT NOT NULL,
  place       TEXT NOT NULL,
  screen      TEXT NOT NULL,
  at          BIGINT NOT NULL
);

-- +goose Down
DROP TABLE window_help;
DROP TABLE window_rating;
DROP TABLE window_history;
DROP TABLE window_counter;
DROP TABLE window_document;
DROP TABLE window_point;
DROP TABLE window_signature;
DROP TABLE window_page;
DROP TABLE window_case;
