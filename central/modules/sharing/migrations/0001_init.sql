-- +goose Up
-- One code that an applicant scans. Keys, tokens and codes are blinded: what lies here opens nothing.
CREATE TABLE sharing_code (
  id            TEXT PRIMARY KEY,
  draft         TEXT NOT NULL,
  item_name     TEXT NOT NULL,
  region        TEXT NOT NULL,
  department    TEXT NOT NULL,
  handler       TEXT NOT NULL,
  state         TEXT NOT NULL,
  version       INTEGER NOT NULL,
  key_blind     TEXT NOT NULL UNIQUE,
  token_blind   TEXT NOT NULL,
  person_blind  TEXT NOT NULL,
  code_blind    TEXT NOT NULL,
  code_until    BIGINT NOT NULL,
  sent_at       BIGINT NOT NULL,
  sends         INTEGER NOT NULL,
  tries         INTEGER NOT NULL,
  papers        INTEGER NOT NULL,
  photos        INTEGER NOT NULL,
  offers_sealed TEXT NOT NULL,
  made_by       TEXT NOT NULL,
  made_at       BIGINT NOT NULL,
  until_at      BIGINT NOT NULL,
  ended_at      BIGINT NOT NULL,
  case_no       TEXT NOT NULL
);
CREATE INDEX sharing_code_draft ON sharing_code (draft, made_at);
CREATE INDEX sharing_code_person ON sharing_code (person_blind);
CREATE INDEX sharing_code_made ON sharing_code (made_at);

-- What somebody agreed to, for what, when and how it was proved; a later agreement is a row of its own.
CREATE TABLE sharing_consent (
  id         TEXT PRIMARY KEY,
  code       TEXT NOT NULL,
  purpose    TEXT NOT NULL,
  what       TEXT NOT NULL,
  how        TEXT NOT NULL,
  wording    TEXT NOT NULL,
  at         BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL,
  revoked_by TEXT NOT NULL
);
CREATE INDEX sharing_consent_code ON sharing_consent (code, at);

-- +goose Down
DROP TABLE sharing_consent;
DROP TABLE sharing_code;
