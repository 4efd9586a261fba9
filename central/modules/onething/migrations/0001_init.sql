-- +goose Up
CREATE TABLE onething_theme (
    code      TEXT    PRIMARY KEY,
    version   INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL
);

-- Rows are added, never changed: bundles keep the theme they were put together by.
CREATE TABLE onething_theme_version (
    code      TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    digest    TEXT    NOT NULL,
    body      TEXT    NOT NULL,
    published BIGINT  NOT NULL,
    PRIMARY KEY (code, version)
);

-- +goose Down
DROP TABLE onething_theme_version;
DROP TABLE onething_theme;
