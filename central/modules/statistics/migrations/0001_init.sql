-- +goose Up
-- One row for each case, without personal data: what every number can be counted again from.
CREATE TABLE statistics_case (
  no         TEXT PRIMARY KEY,
  item       TEXT NOT NULL,
  item_name  TEXT NOT NULL,
  region     TEXT NOT NULL,
  department TEXT NOT NULL,
  hall       TEXT NOT NULL,
  at_window  TEXT NOT NULL,
  channel    TEXT NOT NULL,
  state      TEXT NOT NULL,
  received   TEXT NOT NULL, -- days, YYYY-MM-DD, '' while it has not happened
  accepted   TEXT NOT NULL,
  closed     TEXT NOT NULL,
  promised   INTEGER NOT NULL,
  statutory  INTEGER NOT NULL,
  used       INTEGER NOT NULL,
  stopped    INTEGER NOT NULL,
  overdue    INTEGER NOT NULL,
  illegal    INTEGER NOT NULL,
  notices    INTEGER NOT NULL,
  tolerated  INTEGER NOT NULL,
  exempt     INTEGER NOT NULL
);
CREATE INDEX statistics_case_received ON statistics_case (received, no);
CREATE INDEX statistics_case_accepted ON statistics_case (accepted, no);
CREATE INDEX statistics_case_closed ON statistics_case (closed, no);

CREATE TABLE statistics_item (
  code TEXT PRIMARY KEY,
  name TEXT NOT NULL
);

-- One row for each rating and each served ticket.
CREATE TABLE statistics_rating (
  id         TEXT PRIMARY KEY,
  case_no    TEXT NOT NULL,
  day        TEXT NOT NULL,
  level      INTEGER NOT NULL
);
CREATE INDEX statistics_rating_day ON statistics_rating (day, id);
CREATE TABLE statistics_ticket (
  id        TEXT PRIMARY KEY,
  day       TEXT NOT NULL,
  region    TEXT NOT NULL,
  hall      TEXT NOT NULL,
  at_window TEXT NOT NULL,
  wait      INTEGER NOT NULL, -- seconds
  serve     INTEGER NOT NULL
);
CREATE INDEX statistics_ticket_day ON statistics_ticket (day, id);

-- The sums by day. dim says what name is: place (''), item, window, channel, hall.
CREATE TABLE statistics_day (
  dim            TEXT NOT NULL,
  day            TEXT NOT NULL,
  name           TEXT NOT NULL,
  region         TEXT NOT NULL,
  department     TEXT NOT NULL,
  received       BIGINT NOT NULL,
  remote         BIGINT NOT NULL,
  exempt         BIGINT NOT NULL,
  accepted       BIGINT NOT NULL,
  tolerated      BIGINT NOT NULL,
  ended          BIGINT NOT NULL,
  granted        BIGINT NOT NULL,
  refused        BIGINT NOT NULL,
  withdrawn      BIGINT NOT NULL,
  on_spot        BIGINT NOT NULL,
  promised       BIGINT NOT NULL,
  on_time        BIGINT NOT NULL,
  early          BIGINT NOT NULL,
  illegal        BIGINT NOT NULL,
  promised_days  BIGINT NOT NULL,
  statutory_days BIGINT NOT NULL,
  used_days      BIGINT NOT NULL,
  stopped_days   BIGINT NOT NULL,
  noticed        BIGINT NOT NULL,
  noticed_again  BIGINT NOT NULL,
  rated          BIGINT NOT NULL,
  liked          BIGINT NOT NULL,
  disliked       BIGINT NOT NULL,
  tickets        BIGINT NOT NULL,
  wait_seconds   BIGINT NOT NULL,
  serve_seconds  BIGINT NOT NULL,
  PRIMARY KEY (dim, day, name, region, department)
);

CREATE TABLE statistics_service (
  id         TEXT PRIMARY KEY,
  title      TEXT NOT NULL,
  indicator  TEXT NOT NULL,
  by_dim     TEXT NOT NULL,
  every_min  INTEGER NOT NULL,
  enabled    INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  made_by    TEXT NOT NULL,
  made_at    BIGINT NOT NULL,
  run_at     BIGINT NOT NULL,
  run_ms     BIGINT NOT NULL,
  run_rows   INTEGER NOT NULL,
  run_fault  TEXT NOT NULL,
  result     TEXT NOT NULL
);

-- +goose Down
DROP TABLE statistics_service;
DROP TABLE statistics_day;
DROP TABLE statistics_ticket;
DROP TABLE statistics_rating;
DROP TABLE statistics_item;
DROP TABLE statistics_case;
