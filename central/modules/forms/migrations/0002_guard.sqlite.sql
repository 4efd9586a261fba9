-- +goose Up
-- A published version is never edited: cases were filled in and judged by it.
-- +goose StatementBegin
CREATE TRIGGER forms_version_no_update BEFORE UPDATE ON forms_version
BEGIN SELECT RAISE(ABORT, 'published versions are never edited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER forms_version_no_delete BEFORE DELETE ON forms_version
BEGIN SELECT RAISE(ABORT, 'published versions are never edited'); END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER forms_version_no_delete;
DROP TRIGGER forms_version_no_update;
