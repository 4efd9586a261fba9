-- +goose Up
-- What a hall of the organisation has beyond its name; a hall without a row has no queue.
CREATE TABLE hall_hall (
  id        TEXT PRIMARY KEY,
  region    TEXT NOT NULL,
  promise   INTEGER NOT NULL,
  board     TEXT NOT NULL UNIQUE
);

CREATE TABLE hall_zone (
  id     TEXT PRIMARY KEY,
  hall   TEXT NOT NULL,
  code   TEXT NOT NULL,
  name   TEXT NOT NULL,
  ord    INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  UNIQUE (hall, code)
);

-- A window is a desk of the organisation: its label and department are there, under the same id.
CREATE TABLE hall_window (
  id       TEXT PRIMARY KEY,
  hall     TEXT NOT NULL,
  zone     TEXT NOT NULL,
  no       TEXT NOT NULL,
  label    TEXT NOT NULL,
  kind     TEXT NOT NULL,
  ord      INTEGER NOT NULL,
  closed   INTEGER NOT NULL,
  helps    TEXT NOT NULL,
  helps_on TEXT NOT NULL,
  display  TEXT NOT NULL UNIQUE,
  UNIQUE (hall, no)
);
CREATE INDEX hall_window_zone ON hall_window (zone);

CREATE TABLE hall_category (
  id      TEXT PRIMARY KEY,
  hall    TEXT NOT NULL,
  zone    TEXT NOT NULL,
  code    TEXT NOT NULL,
  name    TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  ord     INTEGER NOT NULL,
  closed  INTEGER NOT NULL,
  UNIQUE (hall, code)
);

-- What a window takes, a person can do, a ticket category stands for.
CREATE TABLE hall_take (
  owner_kind TEXT NOT NULL,
  owner      TEXT NOT NULL,
  kind       TEXT NOT NULL,
  code       TEXT NOT NULL,
  PRIMARY KEY (owner_kind, owner, kind, code)
);

CREATE TABLE hall_staff (
  hall    TEXT NOT NULL,
  win     TEXT NOT NULL,
  account TEXT NOT NULL,
  PRIMARY KEY (win, account)
);
CREATE INDEX hall_staff_account ON hall_staff (account);

CREATE TABLE hall_shift (
  id         TEXT PRIMARY KEY,
  hall       TEXT NOT NULL,
  win        TEXT NOT NULL,
  account    TEXT NOT NULL,
  weekdays   TEXT NOT NULL,
  from_min   INTEGER NOT NULL,
  until_min  INTEGER NOT NULL,
  from_day   TEXT NOT NULL,
  until_day  TEXT NOT NULL
);
CREATE INDEX hall_shift_hall ON hall_shift (hall);

CREATE TABLE hall_leave (
  id        TEXT PRIMARY KEY,
  hall      TEXT NOT NULL,
  account   TEXT NOT NULL,
  from_day  TEXT NOT NULL,
  until_day TEXT NOT NULL,
  note      TEXT NOT NULL
);
CREATE INDEX hall_leave_hall ON hall_leave (hall, until_day);

CREATE TABLE hall_seat (
  win     TEXT PRIMARY KEY,
  hall    TEXT NOT NULL,
  account TEXT NOT NULL UNIQUE,
  state   TEXT NOT NULL,
  reason  TEXT NOT NULL,
  day     TEXT NOT NULL,
  since   BIGINT NOT NULL
);

CREATE TABLE hall_number (
  hall TEXT NOT NULL,
  day  TEXT NOT NULL,
  code TEXT NOT NULL,
  n    INTEGER NOT NULL,
  PRIMARY KEY (hall, day, code)
);

CREATE TABLE hall_ticket (
  id          TEXT PRIMARY KEY,
  hall        TEXT NOT NULL,
  region      TEXT NOT NULL,
  day         TEXT NOT NULL,
  no          TEXT NOT NULL,
  category    TEXT NOT NULL,
  zone        TEXT NOT NULL,
  wanted      TEXT NOT NULL,
  priority    TEXT NOT NULL,
  rank        INTEGER NOT NULL,
  ord         BIGINT NOT NULL,
  channel     TEXT NOT NULL,
  state       TEXT NOT NULL,
  win         TEXT NOT NULL,
  win_no      TEXT NOT NULL,
  account     TEXT NOT NULL,
  taken_at    BIGINT NOT NULL,
  called_at   BIGINT NOT NULL,
  started_at  BIGINT NOT NULL,
  ended_at    BIGINT NOT NULL,
  since       BIGINT NOT NULL,
  calls       INTEGER NOT NULL,
  reason      TEXT NOT NULL,
  waited_ms   BIGINT NOT NULL,
  handled_ms  BIGINT NOT NULL,
  held_ms     BIGINT NOT NULL,
  UNIQUE (hall, day, no)
);
CREATE INDEX hall_ticket_queue ON hall_ticket (hall, day, state, zone, rank, ord);
CREATE INDEX hall_ticket_account ON hall_ticket (account, day, state);
CREATE INDEX hall_ticket_ended ON hall_ticket (ended_at);

-- One row for each time that a ticket was in one state at one place: waiting and handling times are sums of these.
CREATE TABLE hall_period (
  id       TEXT PRIMARY KEY,
  ticket   TEXT NOT NULL,
  state    TEXT NOT NULL,
  zone     TEXT NOT NULL,
  win      TEXT NOT NULL,
  account  TEXT NOT NULL,
  from_at  BIGINT NOT NULL,
  until_at BIGINT NOT NULL
);
CREATE INDEX hall_period_ticket ON hall_period (ticket, from_at);

CREATE TABLE hall_visit (
  id            TEXT PRIMARY KEY,
  ticket        TEXT NOT NULL UNIQUE,
  ticket_no     TEXT NOT NULL,
  hall          TEXT NOT NULL,
  region        TEXT NOT NULL,
  day           TEXT NOT NULL,
  win           TEXT NOT NULL,
  win_no        TEXT NOT NULL,
  account       TEXT NOT NULL,
  state         TEXT NOT NULL,
  way           TEXT NOT NULL,
  reason        TEXT NOT NULL,
  name_masked   TEXT NOT NULL,
  id_masked     TEXT NOT NULL,
  phone_masked  TEXT NOT NULL,
  agent_masked  TEXT NOT NULL,
  agent_id_masked TEXT NOT NULL,
  relation      TEXT NOT NULL,
  person_sealed TEXT NOT NULL,
  opened_at     BIGINT NOT NULL,
  ended_at      BIGINT NOT NULL
);
CREATE INDEX hall_visit_account ON hall_visit (account, state);

CREATE TABLE hall_visit_case (
  visit     TEXT NOT NULL,
  no        TEXT NOT NULL,
  item      TEXT NOT NULL,
  item_name TEXT NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (visit, no)
);

-- What the queue machine reported, by the machine's own ids: each counts once.
CREATE TABLE hall_machine_event (
  id     TEXT PRIMARY KEY,
  hall   TEXT NOT NULL,
  no     TEXT NOT NULL,
  answer TEXT NOT NULL,
  at     BIGINT NOT NULL
);
CREATE INDEX hall_machine_event_at ON hall_machine_event (at);

-- +goose Down
DROP TABLE hall_machine_event;
DROP TABLE hall_visit_case;
DROP TABLE hall_visit;
DROP TABLE hall_period;
DROP TABLE hall_ticket;
DROP TABLE hall_number;
DROP TABLE hall_seat;
DROP TABLE hall_leave;
DROP TABLE hall_shift;
DROP TABLE hall_staff;
DROP TABLE hall_take;
DROP TABLE hall_category;
DROP TABLE hall_window;
DROP TABLE hall_zone;
DROP TABLE hall_hall;
