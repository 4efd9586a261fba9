-- +goose Up
CREATE TABLE kernel_audit (
    seq        BIGINT PRIMARY KEY,
    at         BIGINT NOT NULL,
    actor_kind TEXT   NOT NULL,
    actor_id   TEXT   NOT NULL,
    actor_name TEXT   NOT NULL,
    desk       TEXT   NOT NULL,
    department TEXT   NOT NULL,
    source     TEXT   NOT NULL,
    request    TEXT   NOT NULL,
    action     TEXT   NOT NULL,
    object     TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    detail     TEXT   NOT NULL,
    prev       TEXT   NOT NULL,
    hash       TEXT   NOT NULL
);
CREATE INDEX kernel_audit_object ON kernel_audit (object, seq);
CREATE INDEX kernel_audit_actor ON kernel_audit (actor_id, seq);

-- The head stands apart, so that cutting the tail of the chain shows.
CREATE TABLE kernel_audit_head (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    count BIGINT NOT NULL,
    hash  TEXT   NOT NULL
);
INSERT INTO kernel_audit_head (id, count, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- +goose Down
DROP TABLE kernel_audit_head;
DROP TABLE kernel_audit;
