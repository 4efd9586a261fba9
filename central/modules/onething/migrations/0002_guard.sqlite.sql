-- +goose Up
-- A published version is never edited: cases were filed and decided by it.
-- +goose StatementBegin
CREATE TRIGGER onething_version_no_update BEFORE UPDATE ON onething_theme_version
BEGIN SELECT RAISE(ABORT, 'published versions are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER onething_version_no_delete BEFORE DELETE ON onething_theme_version
BEGIN SELECT RAISE(ABORT, 'published versions are never edited'); END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER onething_version_no_delete;
DROP TRIGGER onething_version_no_update;
