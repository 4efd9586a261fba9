-- +goose Up
CREATE TABLE kernel_meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- +goose Down
DROP TABLE kernel_meta;
