-- +goose Up
CREATE TABLE kernel_audit_checkpoint (
    n         BIGINT PRIMARY KEY,
    first     BIGINT NOT NULL,
    last      BIGINT NOT NULL,
    hash      TEXT   NOT NULL,
    marks     TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    prev      TEXT   NOT NULL,
    key_id    TEXT   NOT NULL,
    signature TEXT   NOT NULL
);
-- How far each place elsewhere has them.
CREATE TABLE kernel_audit_ship (
    place TEXT   PRIMARY KEY,
    n     BIGINT NOT NULL,
    at    BIGINT NOT NULL,
    fault TEXT   NOT NULL,
    since BIGINT NOT NULL
);

-- +goose Down
DROP TABLE kernel_audit_ship;
DROP TABLE kernel_audit_checkpoint;
