-- +goose Up
CREATE TABLE services_service (
    name       TEXT    PRIMARY KEY,
    title      TEXT    NOT NULL,
    owner      TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    internal   INTEGER NOT NULL,
    version    TEXT    NOT NULL,
    timeout_ms INTEGER NOT NULL,
    per_minute INTEGER NOT NULL,
    contract   TEXT    NOT NULL, -- JSON list of operations
    revision   INTEGER NOT NULL, -- moves with each edit, so that every copy notices
    updated_at BIGINT  NOT NULL
);

-- What a service was at each revision.
CREATE TABLE services_revision (
    name     TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    at       BIGINT  NOT NULL,
    actor    TEXT    NOT NULL,
    version  TEXT    NOT NULL,
    address  TEXT    NOT NULL,
    contract TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    PRIMARY KEY (name, revision)
);

CREATE TABLE services_consumer (
    id            TEXT    PRIMARY KEY,
    title         TEXT    NOT NULL,
    owner         TEXT    NOT NULL,
    state         INTEGER NOT NULL, -- 1 on, 0 off
    key_id        TEXT    NOT NULL UNIQUE,
    secret_sealed TEXT    NOT NULL, -- an HMAC key, no personal data
    per_minute    INTEGER NOT NULL,
    created_at    BIGINT  NOT NULL
);

CREATE TABLE services_grant (
    service  TEXT   NOT NULL REFERENCES services_service (name),
    consumer TEXT   NOT NULL REFERENCES services_consumer (id),
    at       BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    PRIMARY KEY (service, consumer)
);

-- Nonces within the time window of a signature, over all copies.
CREATE TABLE services_nonce (
    key_id TEXT   NOT NULL,
    nonce  TEXT   NOT NULL,
    until  BIGINT NOT NULL,
    PRIMARY KEY (key_id, nonce)
);
CREATE INDEX services_nonce_until ON services_nonce (until);

-- Calls of a consumer per minute, over all copies.
CREATE TABLE services_rate (
    consumer TEXT    NOT NULL,
    minute   BIGINT  NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (consumer, minute)
);

-- Refusals per minute and cause; the first of each is audited.
CREATE TABLE services_refusal (
    minute  BIGINT  NOT NULL,
    who     TEXT    NOT NULL, -- consumer, or key id and address where nobody was proven
    service TEXT    NOT NULL,
    cause   TEXT    NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (minute, who, service, cause)
);

-- +goose Down
DROP TABLE services_refusal;
DROP TABLE services_rate;
DROP TABLE services_nonce;
DROP TABLE services_grant;
DROP TABLE services_consumer;
DROP TABLE services_revision;
DROP TABLE services_service;
