-- +goose Up
-- Failures per purpose and per what they are counted for (by blind index).
CREATE TABLE challenge_failure (
    purpose TEXT    NOT NULL,
    who     TEXT    NOT NULL,
    count   INTEGER NOT NULL,
    at      BIGINT  NOT NULL,
    PRIMARY KEY (purpose, who)
);
CREATE INDEX challenge_failure_at ON challenge_failure (at);

-- Solved puzzles, until they expire by themselves.
CREATE TABLE challenge_used (
    id    TEXT   PRIMARY KEY,
    until BIGINT NOT NULL
);
CREATE INDEX challenge_used_until ON challenge_used (until);

-- +goose Down
DROP TABLE challenge_used;
DROP TABLE challenge_failure;
