-- +goose Up
-- One person's way from us to the other account system and back; id is a digest of the cookie, verifier and nonce are ours.
CREATE TABLE sso_outing (
    id       TEXT   PRIMARY KEY,
    state    TEXT   NOT NULL,
    nonce    TEXT   NOT NULL,
    verifier TEXT   NOT NULL,
    back     TEXT   NOT NULL,
    expires  BIGINT NOT NULL
);

-- Which sign-on of ours came of which session there: either side's end is the other's. token is the sealed ID token.
CREATE TABLE sso_upstream (
    signon  TEXT   PRIMARY KEY,
    sid     TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    token   TEXT   NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX sso_upstream_sid ON sso_upstream (sid);

-- +goose Down
DROP TABLE sso_upstream;
DROP TABLE sso_outing;
