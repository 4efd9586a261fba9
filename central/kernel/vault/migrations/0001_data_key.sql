-- +goose Up
-- wrapped is worth nothing without the key-encryption key that kek names, and that key is not in this database.
CREATE TABLE kernel_data_key (
    class      TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    active     INTEGER NOT NULL,
    kek        TEXT    NOT NULL,
    wrapped    TEXT    NOT NULL,
    made_at    BIGINT  NOT NULL,
    retired_at BIGINT  NOT NULL,
    PRIMARY KEY (class, version)
);

-- +goose Down
DROP TABLE kernel_data_key;
