-- +goose Up
-- What lies in archives: records 1 to count, ending in hash, signed.
CREATE TABLE kernel_audit_base (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    count     BIGINT NOT NULL,
    hash      TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    key_id    TEXT   NOT NULL,
    signature TEXT   NOT NULL
);

-- +goose Down
DROP TABLE kernel_audit_base;
