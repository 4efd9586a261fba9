-- +goose Up
-- Whom the work on a bad rating was given to, by account: only they call and answer. Tasks of before have nobody by account; they
-- are assigned anew.
ALTER TABLE issuing_task ADD COLUMN assignee_id TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE issuing_task DROP COLUMN assignee_id;
