-- +goose Up
-- Records are only added. Whoever means to change one must remove this first,
-- and then the hash chain still shows it.
-- +goose StatementBegin
CREATE FUNCTION kernel_audit_guard() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'audit records are only added'; END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER kernel_audit_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel_audit
FOR EACH STATEMENT EXECUTE FUNCTION kernel_audit_guard();

-- +goose Down
DROP TRIGGER kernel_audit_guard ON kernel_audit;
DROP FUNCTION kernel_audit_guard();
