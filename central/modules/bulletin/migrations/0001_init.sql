-- +goose Up

-- News and convenience services. seq rises with every change over all rows, so that a terminal notices any of them.
CREATE TABLE bulletin_entry (
    code      TEXT    PRIMARY KEY,
    kind      TEXT    NOT NULL, -- news, service
    title     TEXT    NOT NULL,
    body      TEXT    NOT NULL,
    source    TEXT    NOT NULL,
    on_day    TEXT    NOT NULL,
    phone     TEXT    NOT NULL, -- of an office
    place     TEXT    NOT NULL,
    hours     TEXT    NOT NULL,
    published INTEGER NOT NULL,
    seq       BIGINT  NOT NULL
);

-- +goose Down
DROP TABLE bulletin_entry;
