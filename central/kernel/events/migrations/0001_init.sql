-- +goose Up
CREATE TABLE kernel_event (
    seq   BIGINT PRIMARY KEY,
    topic TEXT   NOT NULL,
    key   TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    data  TEXT   NOT NULL
);

-- The row whose lock puts the writers in order.
CREATE TABLE kernel_event_head (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL
);
INSERT INTO kernel_event_head (id, seq) VALUES (1, 0);

-- +goose Down
DROP TABLE kernel_event_head;
DROP TABLE kernel_event;
