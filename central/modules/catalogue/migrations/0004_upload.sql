-- +goose Up
-- Spreadsheets between their preview and their import. A row goes when it was imported, or a day later.
CREATE TABLE catalogue_upload (
    token   TEXT   PRIMARY KEY, -- sha-256 of who and what
    owner   TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    body    TEXT   NOT NULL,    -- the file, base64
    created BIGINT NOT NULL
);

-- +goose Down
DROP TABLE catalogue_upload;
