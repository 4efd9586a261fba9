-- +goose Up
-- A registration that is received here for another region: where it goes, by the directory of regions and in words.
ALTER TABLE window_draft ADD COLUMN crossing TEXT NOT NULL DEFAULT '';
ALTER TABLE window_draft ADD COLUMN crossing_name TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE window_draft DROP COLUMN crossing_name;
ALTER TABLE window_draft DROP COLUMN crossing;
