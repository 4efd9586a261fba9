-- +goose Up
-- What a counter knows of a hand-in, the special rules it runs under, and the ledger of its clock.
ALTER TABLE window_case ADD COLUMN counter_window TEXT NOT NULL DEFAULT '';
ALTER TABLE window_case ADD COLUMN ticket TEXT NOT NULL DEFAULT '';
ALTER TABLE window_case ADD COLUMN clerk TEXT NOT NULL DEFAULT '';
ALTER TABLE window_case ADD COLUMN clerk_name TEXT NOT NULL DEFAULT '';
ALTER TABLE window_case ADD COLUMN mode TEXT NOT NULL DEFAULT 'plain';
ALTER TABLE window_case ADD COLUMN notices INTEGER NOT NULL DEFAULT 0;
ALTER TABLE window_case ADD COLUMN deferred INTEGER NOT NULL DEFAULT 0;
ALTER TABLE window_case ADD COLUMN deferred_due TEXT NOT NULL DEFAULT '';
ALTER TABLE window_case ADD COLUMN exempt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE window_case ADD COLUMN answer_from TEXT NOT NULL DEFAULT '';
UPDATE window_case SET notices = 1 WHERE no IN (SELECT case_no FROM window_document WHERE kind = 'notice');
CREATE INDEX window_case_ticket ON window_case (ticket);
CREATE INDEX window_case_clerk ON window_case (clerk, received_at);
CREATE INDEX window_case_closed ON window_case (closed_at);

CREATE TABLE window_ledger (
  id            TEXT PRIMARY KEY,
  case_no       TEXT NOT NULL,
  kind          TEXT NOT NULL,
  special       TEXT NOT NULL,
  days          INTEGER NOT NULL,
  from_on       TEXT NOT NULL,
  to_on         TEXT NOT NULL,
  told_to       TEXT NOT NULL,
  reason        TEXT NOT NULL,
  document      TEXT NOT NULL,
  by_account    TEXT NOT NULL,
  by_name       TEXT NOT NULL,
  approver      TEXT NOT NULL,
  approver_name TEXT NOT NULL,
  at            BIGINT NOT NULL
);
CREATE INDEX window_ledger_case ON window_ledger (case_no, at);

CREATE TABLE window_awaited (
  case_no  TEXT NOT NULL,
  material TEXT NOT NULL,
  name     TEXT NOT NULL,
  due      TEXT NOT NULL,
  came_at  BIGINT NOT NULL,
  PRIMARY KEY (case_no, material)
);

ALTER TABLE window_page ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE window_page ADD COLUMN added_by TEXT NOT NULL DEFAULT '';
ALTER TABLE window_page ADD COLUMN added_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE window_page DROP COLUMN added_at;
ALTER TABLE window_page DROP COLUMN added_by;
ALTER TABLE window_page DROP COLUMN source;
DROP TABLE window_awaited;
DROP TABLE window_ledger;
DROP INDEX window_case_closed;
DROP INDEX window_case_clerk;
DROP INDEX window_case_ticket;
ALTER TABLE window_case DROP COLUMN answer_from;
ALTER TABLE window_case DROP COLUMN exempt;
ALTER TABLE window_case DROP COLUMN deferred_due;
ALTER TABLE window_case DROP COLUMN deferred;
ALTER TABLE window_case DROP COLUMN notices;
ALTER TABLE window_case DROP COLUMN mode;
ALTER TABLE window_case DROP COLUMN clerk_name;
ALTER TABLE window_case DROP COLUMN clerk;
ALTER TABLE window_case DROP COLUMN ticket;
ALTER TABLE window_case DROP COLUMN counter_window;
