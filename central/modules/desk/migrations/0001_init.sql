-- +goose Up
-- What has to be signed for, by whom, with which papers: every version is kept, a task keeps the version it was made with.
CREATE TABLE desk_rule (
  item    TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  active  INTEGER NOT NULL
);
CREATE TABLE desk_rule_version (
  item    TEXT NOT NULL,
  version INTEGER NOT NULL,
  active  INTEGER NOT NULL,
  body    TEXT NOT NULL,
  by_name TEXT NOT NULL,
  reason  TEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (item, version)
);

CREATE TABLE desk_task (
  no           TEXT PRIMARY KEY,
  item         TEXT NOT NULL,
  item_version INTEGER NOT NULL,
  item_name    TEXT NOT NULL,
  applicant    TEXT NOT NULL,
  place        TEXT NOT NULL,
  region       TEXT NOT NULL,
  department   TEXT NOT NULL,
  handler      TEXT NOT NULL,
  handler_name TEXT NOT NULL,
  state        TEXT NOT NULL,
  version      INTEGER NOT NULL,
  named        INTEGER NOT NULL,
  rule_version INTEGER NOT NULL,
  assigned_at  BIGINT NOT NULL,
  signed_at    BIGINT NOT NULL,
  signed_by    TEXT NOT NULL,
  step_days    INTEGER NOT NULL,
  step_from    TEXT NOT NULL,
  step_due     TEXT NOT NULL,
  pauses       TEXT NOT NULL,
  due          TEXT NOT NULL,
  ticks        TEXT NOT NULL,
  missing      INTEGER NOT NULL,
  reason       TEXT NOT NULL,
  outcome      TEXT NOT NULL,
  ended_at     BIGINT NOT NULL
);
CREATE INDEX desk_task_department ON desk_task (department, state, due);
CREATE INDEX desk_task_region ON desk_task (region, state);
CREATE INDEX desk_task_handler ON desk_task (handler, state);

-- Who may see and sign a task that has to be signed for. Others in the department do not see it.
CREATE TABLE desk_signer (
  no   TEXT NOT NULL,
  kind TEXT NOT NULL,
  who  TEXT NOT NULL,
  PRIMARY KEY (no, kind, who)
);

-- A folder holds the papers of one case; where it is stands in its last hand-over.
CREATE TABLE desk_folder (
  code        TEXT PRIMARY KEY,
  no          TEXT NOT NULL UNIQUE,
  region      TEXT NOT NULL,
  department  TEXT NOT NULL,
  state       TEXT NOT NULL,
  holder_kind TEXT NOT NULL,
  holder      TEXT NOT NULL,
  holder_name TEXT NOT NULL,
  due_at      BIGINT NOT NULL,
  made_at     BIGINT NOT NULL
);
CREATE INDEX desk_folder_region ON desk_folder (region, state);
CREATE INDEX desk_folder_department ON desk_folder (department, state);
CREATE TABLE desk_paper (
  folder   TEXT NOT NULL,
  ord      INTEGER NOT NULL,
  material TEXT NOT NULL,
  name     TEXT NOT NULL,
  form     TEXT NOT NULL,
  wanted   INTEGER NOT NULL,
  got      INTEGER NOT NULL,
  state    TEXT NOT NULL,
  note     TEXT NOT NULL,
  PRIMARY KEY (folder, ord)
);
CREATE TABLE desk_handover (
  folder    TEXT NOT NULL,
  seq       INTEGER NOT NULL,
  from_kind TEXT NOT NULL,
  from_id   TEXT NOT NULL,
  from_name TEXT NOT NULL,
  from_by   TEXT NOT NULL,
  to_kind   TEXT NOT NULL,
  to_id     TEXT NOT NULL,
  to_name   TEXT NOT NULL,
  to_by     TEXT NOT NULL,
  sent_at   BIGINT NOT NULL,
  got_at    BIGINT NOT NULL,
  state     TEXT NOT NULL,
  note      TEXT NOT NULL,
  PRIMARY KEY (folder, seq)
);
CREATE TABLE desk_counter (
  name TEXT PRIMARY KEY,
  n    BIGINT NOT NULL
);

CREATE TABLE desk_opinion (
  id          TEXT PRIMARY KEY,
  no          TEXT NOT NULL,
  from_name   TEXT NOT NULL,
  department  TEXT NOT NULL,
  person      TEXT NOT NULL,
  question    TEXT NOT NULL,
  due         TEXT NOT NULL,
  asked_at    BIGINT NOT NULL,
  state       TEXT NOT NULL,
  stance      TEXT NOT NULL,
  answer      TEXT NOT NULL,
  answered_by TEXT NOT NULL,
  answered_at BIGINT NOT NULL
);
CREATE INDEX desk_opinion_task ON desk_opinion (no, asked_at);
CREATE INDEX desk_opinion_department ON desk_opinion (department, state);

-- What was done with a task, by whom.
CREATE TABLE desk_deed (
  id   TEXT PRIMARY KEY,
  no   TEXT NOT NULL,
  at   BIGINT NOT NULL,
  act  TEXT NOT NULL,
  who  TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX desk_deed_task ON desk_deed (no, at);

-- +goose Down
DROP TABLE desk_deed;
DROP TABLE desk_opinion;
DROP TABLE desk_counter;
DROP TABLE desk_handover;
DROP TABLE desk_paper;
DROP TABLE desk_folder;
DROP TABLE desk_signer;
DROP TABLE desk_task;
DROP TABLE desk_rule_version;
DROP TABLE desk_rule;
