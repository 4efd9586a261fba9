-- +goose Up
-- Received here for another region. body_sealed is the application with the keys of its files. Times are milliseconds, dates
-- YYYY-MM-DD; a time of 0 has not come.
CREATE TABLE region_case (
  no              TEXT PRIMARY KEY,
  target          TEXT NOT NULL, -- of the directory
  home            TEXT NOT NULL, -- code of the region that decides
  home_name       TEXT NOT NULL,
  home_office     TEXT NOT NULL,
  mode            TEXT NOT NULL,
  paper           INTEGER NOT NULL,
  item            TEXT NOT NULL,
  item_version    INTEGER NOT NULL,
  item_name       TEXT NOT NULL,
  state           TEXT NOT NULL,
  outcome         TEXT NOT NULL, -- granted, denied, declined
  version         INTEGER NOT NULL,
  name_masked     TEXT NOT NULL,
  id_masked       TEXT NOT NULL,
  id_blind        TEXT NOT NULL,
  agent           INTEGER NOT NULL,
  body_sealed     TEXT NOT NULL,
  region          TEXT NOT NULL, -- where it was received
  department      TEXT NOT NULL,
  handler         TEXT NOT NULL,
  clerk_name      TEXT NOT NULL,
  hall            TEXT NOT NULL,
  counter_window  TEXT NOT NULL,
  ticket          TEXT NOT NULL,
  draft           TEXT NOT NULL,
  send_days       INTEGER NOT NULL,
  answer_days     INTEGER NOT NULL,
  promise_days    INTEGER NOT NULL,
  home_no         TEXT NOT NULL, -- number over there
  registered_at   BIGINT NOT NULL,
  sent_at         BIGINT NOT NULL,
  posted_at       BIGINT NOT NULL,
  arrived_at      BIGINT NOT NULL,
  asked_at        BIGINT NOT NULL, -- for what is missing
  accepted_on     TEXT NOT NULL,
  due             TEXT NOT NULL, -- as the home authority says
  decided_at      BIGINT NOT NULL,
  landed_at       BIGINT NOT NULL,
  ended_at        BIGINT NOT NULL,
  gaps            TEXT NOT NULL, -- JSON: what is missing
  gaps_due        TEXT NOT NULL,
  result          TEXT NOT NULL, -- in words
  parcel_out      TEXT NOT NULL,
  parcel_out_at   TEXT NOT NULL, -- where it is, in words
  parcel_order    TEXT NOT NULL, -- of the post, while it was not taken
  parcel_back     TEXT NOT NULL,
  parcel_back_at  TEXT NOT NULL,
  odd             TEXT NOT NULL  -- what was told and does not fit, '' when all fits
);
CREATE INDEX region_case_open ON region_case (state, registered_at);
CREATE INDEX region_case_person ON region_case (id_blind);
CREATE INDEX region_case_parcel ON region_case (parcel_out);
CREATE INDEX region_case_ended ON region_case (ended_at);

-- What other regions received for us. body_sealed is kept until it became a case of the window.
CREATE TABLE region_arrival (
  id           TEXT PRIMARY KEY, -- number over there
  region       TEXT NOT NULL,
  region_name  TEXT NOT NULL,
  item         TEXT NOT NULL,
  item_name    TEXT NOT NULL,
  mode         TEXT NOT NULL,
  paper        INTEGER NOT NULL,
  state        TEXT NOT NULL, -- paper_due, taken, unfit
  reason       TEXT NOT NULL, -- why it does not fit
  parcel       TEXT NOT NULL,
  parcel_at    TEXT NOT NULL,
  case_no      TEXT NOT NULL,
  name_masked  TEXT NOT NULL,
  id_blind     TEXT NOT NULL,
  body_sealed  TEXT NOT NULL,
  told         TEXT NOT NULL, -- state that was told last
  at           BIGINT NOT NULL,
  paper_at     BIGINT NOT NULL
);
CREATE INDEX region_arrival_case ON region_arrival (case_no);
CREATE INDEX region_arrival_state ON region_arrival (state, at);

-- One history for both sides, the post and the applicant; each thing that is told is one line, however often it comes.
CREATE TABLE region_step (
  id     TEXT PRIMARY KEY,
  no     TEXT NOT NULL,
  at     BIGINT NOT NULL,
  side   TEXT NOT NULL, -- here, home, post
  title  TEXT NOT NULL,
  text   TEXT NOT NULL,
  by_name TEXT NOT NULL
);
CREATE INDEX region_step_no ON region_step (no, at);

CREATE TABLE region_part (
  no      TEXT NOT NULL,
  ord     INTEGER NOT NULL,
  region  TEXT NOT NULL,
  name    TEXT NOT NULL,
  what    TEXT NOT NULL,
  done_at BIGINT NOT NULL,
  PRIMARY KEY (no, ord)
);

CREATE TABLE region_message (
  id          TEXT    PRIMARY KEY,
  no          TEXT    NOT NULL,
  seq         INTEGER NOT NULL, -- within the case
  kind        TEXT    NOT NULL, -- APPLY, SUPPLEMENT, PARCEL, WITHDRAW, STATUS, PART
  title       TEXT    NOT NULL,
  target      TEXT    NOT NULL, -- code of the region
  state       TEXT    NOT NULL,
  revision    INTEGER NOT NULL,
  facts       TEXT    NOT NULL, -- JSON, no personal data
  body_sealed TEXT    NOT NULL, -- as it goes on the line; '' before it was built
  digest      TEXT    NOT NULL,
  attempts    INTEGER NOT NULL,
  next_at     BIGINT  NOT NULL,
  created_at  BIGINT  NOT NULL,
  sent_at     BIGINT  NOT NULL,
  settled_at  BIGINT  NOT NULL,
  answer      TEXT    NOT NULL, -- in words
  receipt     TEXT    NOT NULL, -- JSON, signed by the other side
  UNIQUE (no, seq)
);
CREATE INDEX region_message_due ON region_message (state, next_at);

CREATE TABLE region_cursor (
  name TEXT PRIMARY KEY,
  seq  BIGINT NOT NULL
);

-- +goose Down
DROP TABLE region_cursor;
DROP TABLE region_message;
DROP TABLE region_part;
DROP TABLE region_step;
DROP TABLE region_arrival;
DROP TABLE region_case;
