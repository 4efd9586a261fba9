-- +goose Up

-- Until which day somebody has to be answered (回复时限), where the neighbour says so.
ALTER TABLE joined_matter ADD COLUMN due TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE joined_matter DROP COLUMN due;
