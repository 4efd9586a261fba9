-- +goose Up
-- One row per request that had an effect. Status 0: committed, answer pending.
CREATE TABLE http_idempotency (
    actor        TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    op           TEXT    NOT NULL,
    hash         TEXT    NOT NULL,
    status       INTEGER NOT NULL,
    content_type TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX http_idempotency_at ON http_idempotency (at);

-- +goose Down
DROP TABLE http_idempotency;
