-- +goose Up
-- How far each follower has come. Its row is moved in the transaction of what the follower does with the event.
CREATE TABLE kernel_event_follower (
    name TEXT   PRIMARY KEY,
    seq  BIGINT NOT NULL
);

-- +goose Down
DROP TABLE kernel_event_follower;
