-- +goose Up
-- Records are only added. Whoever means to change one must remove these first,
-- and then the hash chain still shows it.
-- +goose StatementBegin
CREATE TRIGGER kernel_audit_no_update BEFORE UPDATE ON kernel_audit
BEGIN SELECT RAISE(ABORT, 'audit records are only added'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER kernel_audit_no_delete BEFORE DELETE ON kernel_audit
BEGIN SELECT RAISE(ABORT, 'audit records are only added'); END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER kernel_audit_no_delete;
DROP TRIGGER kernel_audit_no_update;
