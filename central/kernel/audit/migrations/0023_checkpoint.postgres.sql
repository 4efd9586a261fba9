-- +goose Up
CREATE TRIGGER kernel_audit_checkpoint_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel_audit_checkpoint
FOR EACH STATEMENT EXECUTE FUNCTION kernel_audit_guard();

-- +goose Down
DROP TRIGGER kernel_audit_checkpoint_guard ON kernel_audit_checkpoint;
