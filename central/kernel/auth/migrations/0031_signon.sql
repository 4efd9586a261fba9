-- +goose Up
-- One person signed on at one browser: the parent of the sessions there. token is a digest, as in auth_session. factors
-- is what was proven, such as ["pwd","otp"].
CREATE TABLE auth_signon (
    id      TEXT   PRIMARY KEY,
    token   TEXT   NOT NULL UNIQUE,
    account TEXT   NOT NULL REFERENCES auth_account (id),
    csrf    TEXT   NOT NULL,
    factors TEXT   NOT NULL,
    source  TEXT   NOT NULL,
    created BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX auth_signon_account ON auth_signon (account);

ALTER TABLE auth_session ADD COLUMN signon TEXT NOT NULL DEFAULT '';
CREATE INDEX auth_session_signon ON auth_session (signon);

-- Whose tries these are (a digest of the login), so that they can be forgiven.
ALTER TABLE auth_try ADD COLUMN owner TEXT NOT NULL DEFAULT '';
CREATE INDEX auth_try_owner ON auth_try (owner);

-- The second factor of an account. confirmed is 0 until the first right code; step is the last time step that was used.
CREATE TABLE auth_totp (
    account   TEXT   PRIMARY KEY REFERENCES auth_account (id),
    secret    TEXT   NOT NULL,
    confirmed BIGINT NOT NULL,
    step      BIGINT NOT NULL
);
CREATE TABLE auth_recovery (
    account TEXT NOT NULL REFERENCES auth_account (id),
    code    TEXT NOT NULL,
    PRIMARY KEY (account, code)
);

-- Codes sent to phones, by blind index of purpose and number.
CREATE TABLE auth_code (
    key     TEXT    PRIMARY KEY,
    code    TEXT    NOT NULL,
    tries   INTEGER NOT NULL,
    expires BIGINT  NOT NULL
);

ALTER TABLE auth_account ADD COLUMN phone_sealed TEXT NOT NULL DEFAULT '';
ALTER TABLE auth_account ADD COLUMN phone_blind TEXT NOT NULL DEFAULT '';
CREATE INDEX auth_account_phone ON auth_account (phone_blind);

-- People of other account systems: who they are here.
CREATE TABLE auth_link (
    issuer  TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    account TEXT   NOT NULL REFERENCES auth_account (id),
    at      BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX auth_link_account ON auth_link (account);

-- Citizens signed in at the portal by their phone, known by its blind index.
CREATE TABLE auth_citizen (
    id           TEXT   PRIMARY KEY,
    phone_blind  TEXT   NOT NULL,
    phone_sealed TEXT   NOT NULL,
    csrf         TEXT   NOT NULL,
    seen         BIGINT NOT NULL,
    expires      BIGINT NOT NULL
);

-- Sessions of before have no parent.
DELETE FROM auth_session;

-- +goose Down
DROP TABLE auth_citizen;
DROP TABLE auth_link;
DROP INDEX auth_account_phone;
ALTER TABLE auth_account DROP COLUMN phone_blind;
ALTER TABLE auth_account DROP COLUMN phone_sealed;
DROP TABLE auth_code;
DROP TABLE auth_recovery;
DROP TABLE auth_totp;
DROP INDEX auth_try_owner;
ALTER TABLE auth_try DROP COLUMN owner;
DROP INDEX auth_session_signon;
ALTER TABLE auth_session DROP COLUMN signon;
DROP TABLE auth_signon;
