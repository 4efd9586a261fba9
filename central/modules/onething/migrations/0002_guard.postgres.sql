-- +goose Up
-- A published version is never edited: cases were filed and decided by it.
-- +goose StatementBegin
CREATE FUNCTION onething_version_guard() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'published versions are never edited'; END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER onething_version_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON onething_theme_version
FOR EACH STATEMENT EXECUTE FUNCTION onething_version_guard();

-- +goose Down
DROP TRIGGER onething_version_guard ON onething_theme_version;
DROP FUNCTION onething_version_guard();
