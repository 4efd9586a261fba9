-- +goose Up
-- A published version is never edited: cases were filled in and judged by it.
-- +goose StatementBegin
CREATE FUNCTION forms_version_guard() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'published versions are never edited'; END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER forms_version_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON forms_version
FOR EACH STATEMENT EXECUTE FUNCTION forms_version_guard();

-- +goose Down
DROP TRIGGER forms_version_guard ON forms_version;
DROP FUNCTION forms_version_guard();
