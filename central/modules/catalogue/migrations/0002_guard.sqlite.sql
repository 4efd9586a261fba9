-- +goose Up
-- A published version is never edited: cases were filed and decided by it.
-- +goose StatementBegin
CREATE TRIGGER catalogue_version_no_update BEFORE UPDATE ON catalogue_item_version
BEGIN SELECT RAISE(ABORT, 'published versions are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER catalogue_version_no_delete BEFORE DELETE ON catalogue_item_version
BEGIN SELECT RAISE(ABORT, 'published versions are never edited'); END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER catalogue_version_no_delete;
DROP TRIGGER catalogue_version_no_update;
