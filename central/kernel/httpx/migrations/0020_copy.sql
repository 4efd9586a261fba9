-- +goose Up
-- Which copy of the program is to give the answer: when it is dead, nobody waits for it. '' from a copy of an older release.
ALTER TABLE http_idempotency ADD COLUMN copy TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE http_idempotency DROP COLUMN copy;
