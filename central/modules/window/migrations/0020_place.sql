-- +goose Up
-- Where a case belongs: the region it was handed in at, the department that decides it, the account that works on it.
ALTER TABLE window_case ADD COLUMN region TEXT NOT NULL DEFAULT '';
ALTER TABLE window_case ADD COLUMN department TEXT NOT NULL DEFAULT '';
ALTER TABLE window_case ADD COLUMN handler TEXT NOT NULL DEFAULT '';
CREATE INDEX window_case_region ON window_case (region, state);
CREATE INDEX window_case_department ON window_case (department, state);

-- +goose Down
DROP INDEX window_case_department;
DROP INDEX window_case_region;
ALTER TABLE window_case DROP COLUMN handler;
ALTER TABLE window_case DROP COLUMN department;
ALTER TABLE window_case DROP COLUMN region;
