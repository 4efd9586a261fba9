-- +goose Up
CREATE TABLE privacy_request (
  id          TEXT PRIMARY KEY,
  no          TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL,
  channel     TEXT NOT NULL,
  id_sealed   TEXT NOT NULL,
  id_blind    TEXT NOT NULL,
  id_masked   TEXT NOT NULL,
  name_sealed TEXT NOT NULL,
  name_masked TEXT NOT NULL,
  note_sealed TEXT NOT NULL,
  state       TEXT NOT NULL,
  version     INTEGER NOT NULL,
  extended    INTEGER NOT NULL,
  handler     TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  due_at      BIGINT NOT NULL,
  closed_at   BIGINT NOT NULL
);
CREATE INDEX privacy_request_state ON privacy_request (state, due_at);
CREATE INDEX privacy_request_person ON privacy_request (id_blind);
CREATE INDEX privacy_request_closed ON privacy_request (closed_at);

CREATE TABLE privacy_step (
  id         TEXT PRIMARY KEY,
  request_id TEXT NOT NULL,
  at         BIGINT NOT NULL,
  act        TEXT NOT NULL,
  by_name    TEXT NOT NULL,
  reason     TEXT NOT NULL
);
CREATE INDEX privacy_step_request ON privacy_step (request_id, at);

CREATE TABLE privacy_counter (
  name TEXT PRIMARY KEY,
  n    BIGINT NOT NULL
);

-- +goose Down
DROP TABLE privacy_counter;
DROP TABLE privacy_step;
DROP TABLE privacy_request;
