-- +goose Up
-- Systems that sign people in through us. secret is a digest; redirects and logouts are JSON lists of exact addresses.
CREATE TABLE sso_client (
    id          TEXT    PRIMARY KEY,
    name        TEXT    NOT NULL,
    owner       TEXT    NOT NULL,
    secret      TEXT    NOT NULL,
    redirects   TEXT    NOT NULL,
    logouts     TEXT    NOT NULL,
    backchannel TEXT    NOT NULL,
    internal    INTEGER NOT NULL,
    disabled    INTEGER NOT NULL,
    created     BIGINT  NOT NULL,
    changed     BIGINT  NOT NULL
);

-- One person's way from another system to us and back. browser is a digest of the cookie of the browser that began it.
CREATE TABLE sso_request (
    id      TEXT    PRIMARY KEY,
    client  TEXT    NOT NULL REFERENCES sso_client (id),
    browser TEXT    NOT NULL,
    asked   TEXT    NOT NULL,
    account TEXT    NOT NULL,
    signon  TEXT    NOT NULL,
    amr     TEXT    NOT NULL,
    proven  BIGINT  NOT NULL,
    code    TEXT    NOT NULL,
    used    INTEGER NOT NULL,
    created BIGINT  NOT NULL,
    expires BIGINT  NOT NULL
);
CREATE INDEX sso_request_code ON sso_request (code);

CREATE TABLE sso_token (
    id      TEXT   PRIMARY KEY,
    request TEXT   NOT NULL,
    client  TEXT   NOT NULL,
    account TEXT   NOT NULL,
    signon  TEXT   NOT NULL,
    scopes  TEXT   NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sso_token_signon ON sso_token (signon);

-- Where a sign-on was used, to be told when it ends.
CREATE TABLE sso_visit (
    signon TEXT NOT NULL,
    client TEXT NOT NULL,
    PRIMARY KEY (signon, client)
);

-- Keys that sign tokens; private is sealed. Until the end everybody may still check with them.
CREATE TABLE sso_key (
    id      TEXT   PRIMARY KEY,
    private TEXT   NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);

-- +goose Down
DROP TABLE sso_key;
DROP TABLE sso_visit;
DROP TABLE sso_token;
DROP TABLE sso_request;
DROP TABLE sso_client;
