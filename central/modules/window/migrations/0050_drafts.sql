-- +goose Up
-- Hand-ins at a counter that are not cases yet: being filled in, or parked. What was typed is sealed as a whole.
CREATE TABLE window_draft (
  id             TEXT PRIMARY KEY,
  revision       INTEGER NOT NULL,
  state          TEXT NOT NULL,
  item           TEXT NOT NULL,
  item_version   INTEGER NOT NULL,
  item_name      TEXT NOT NULL,
  owner          TEXT NOT NULL,
  owner_name     TEXT NOT NULL,
  hall           TEXT NOT NULL,
  counter_window TEXT NOT NULL,
  ticket         TEXT NOT NULL,
  visit          TEXT NOT NULL,
  region         TEXT NOT NULL,
  department     TEXT NOT NULL,
  reason         TEXT NOT NULL,
  name_masked    TEXT NOT NULL,
  id_blind       TEXT NOT NULL,
  body_sealed    TEXT NOT NULL,
  done           INTEGER NOT NULL,
  total          INTEGER NOT NULL,
  created_at     BIGINT NOT NULL,
  updated_at     BIGINT NOT NULL,
  expires_on     TEXT NOT NULL
);
CREATE INDEX window_draft_owner ON window_draft (owner, updated_at);
CREATE INDEX window_draft_region ON window_draft (region, updated_at);
CREATE INDEX window_draft_person ON window_draft (id_blind);
CREATE INDEX window_draft_created ON window_draft (created_at);

CREATE TABLE window_draft_page (
  id         TEXT PRIMARY KEY,
  draft_id   TEXT NOT NULL,
  material   TEXT NOT NULL,
  role       TEXT NOT NULL,
  ord        INTEGER NOT NULL,
  digest     TEXT NOT NULL,
  size       BIGINT NOT NULL,
  mime       TEXT NOT NULL,
  key_sealed TEXT NOT NULL,
  added_at   BIGINT NOT NULL
);
CREATE INDEX window_draft_page_of ON window_draft_page (draft_id, material, ord);

CREATE INDEX window_case_name ON window_case (name_masked, received_at);
CREATE INDEX window_case_accepted ON window_case (accepted_on);

-- +goose Down
DROP INDEX window_case_accepted;
DROP INDEX window_case_name;
DROP TABLE window_draft_page;
DROP TABLE window_draft;
