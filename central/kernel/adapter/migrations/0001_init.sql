-- +goose Up
CREATE TABLE adapter_state (
    name        TEXT    PRIMARY KEY,
    enabled     INTEGER NOT NULL,
    breaker     TEXT    NOT NULL CHECK (breaker IN ('closed', 'open', 'half')),
    failures    INTEGER NOT NULL, -- in a row, while closed
    trips       INTEGER NOT NULL, -- in a row: how often it opened without a success between
    epoch       BIGINT  NOT NULL, -- moves with each change, so that late results count for nothing
    retry_at    BIGINT  NOT NULL, -- open: not before; half: when the probe counts as lost
    health      TEXT    NOT NULL, -- '', 'ok', 'down'
    health_note TEXT    NOT NULL,
    health_at   BIGINT  NOT NULL
);

CREATE TABLE adapter_exchange (
    id             TEXT    PRIMARY KEY,
    adapter        TEXT    NOT NULL,
    operation      TEXT    NOT NULL,
    at             BIGINT  NOT NULL,
    actor          TEXT    NOT NULL,
    request        TEXT    NOT NULL, -- request id, the trace through our own logs
    result         TEXT    NOT NULL, -- ok, refused, failed, timeout, cut, off, limited
    status         INTEGER NOT NULL,
    attempts       INTEGER NOT NULL,
    ms             BIGINT  NOT NULL,
    sent_digest    TEXT    NOT NULL,
    sent_bytes     BIGINT  NOT NULL,
    answer_digest  TEXT    NOT NULL,
    answer_bytes   BIGINT  NOT NULL
);
CREATE INDEX adapter_exchange_adapter ON adapter_exchange (adapter, at);
CREATE INDEX adapter_exchange_at ON adapter_exchange (at);

CREATE TABLE adapter_day (
    adapter   TEXT   NOT NULL,
    operation TEXT   NOT NULL,
    day       TEXT   NOT NULL, -- YYYY-MM-DD, Beijing time
    calls     BIGINT NOT NULL,
    failed    BIGINT NOT NULL, -- failed, timeout
    refused   BIGINT NOT NULL, -- cut, off, limited: never left the house
    ms_sum    BIGINT NOT NULL,
    ms_max    BIGINT NOT NULL,
    PRIMARY KEY (adapter, operation, day)
);

-- +goose Down
DROP TABLE adapter_day;
DROP TABLE adapter_exchange;
DROP TABLE adapter_state;
