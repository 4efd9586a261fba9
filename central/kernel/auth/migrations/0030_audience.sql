-- +goose Up
-- A session opens one audience and no other.
ALTER TABLE auth_session ADD COLUMN audience TEXT NOT NULL DEFAULT 'staff';

-- +goose Down
ALTER TABLE auth_session DROP COLUMN audience;
