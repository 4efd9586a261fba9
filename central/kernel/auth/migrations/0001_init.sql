-- +goose Up
CREATE TABLE auth_account (
    id         TEXT    PRIMARY KEY,
    login      TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    desk       TEXT    NOT NULL,
    department TEXT    NOT NULL,
    roles      TEXT    NOT NULL,
    password   TEXT    NOT NULL,
    disabled   INTEGER NOT NULL,
    created    BIGINT  NOT NULL,
    changed    BIGINT  NOT NULL
);

-- id is a digest of the token: whoever reads this table cannot sign in.
CREATE TABLE auth_session (
    id      TEXT   PRIMARY KEY,
    account TEXT   NOT NULL REFERENCES auth_account (id),
    csrf    TEXT   NOT NULL,
    created BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX auth_session_account ON auth_session (account);

-- Tries to sign in that were not (yet) right, by digest of account and source.
CREATE TABLE auth_try (
    key   TEXT    PRIMARY KEY,
    tries INTEGER NOT NULL,
    until BIGINT  NOT NULL
);

-- +goose Down
DROP TABLE auth_try;
DROP TABLE auth_session;
DROP TABLE auth_account;
