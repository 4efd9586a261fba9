-- +goose Up
-- A published version is never edited: cases were filed and decided by it.
-- +goose StatementBegin
CREATE FUNCTION catalogue_version_guard() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'published versions are never edited'; END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER catalogue_version_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON catalogue_item_version
FOR EACH STATEMENT EXECUTE FUNCTION catalogue_version_guard();

-- +goose Down
DROP TRIGGER catalogue_version_guard ON catalogue_item_version;
DROP FUNCTION catalogue_version_guard();
