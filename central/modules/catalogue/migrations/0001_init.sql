-- +goose Up
CREATE TABLE catalogue_item (
    code      TEXT    PRIMARY KEY,
    version   INTEGER NOT NULL, -- the current one
    withdrawn INTEGER NOT NULL, -- 1 = can no longer be applied for
    changed   BIGINT  NOT NULL
);

-- One row for each version that was ever in force. Rows are added, never changed.
CREATE TABLE catalogue_item_version (
    code      TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    digest    TEXT    NOT NULL, -- sha-256 of the content without version numbers
    body      TEXT    NOT NULL, -- the item as JSON
    published BIGINT  NOT NULL,
    PRIMARY KEY (code, version)
);

-- +goose Down
DROP TABLE catalogue_item_version;
DROP TABLE catalogue_item;
