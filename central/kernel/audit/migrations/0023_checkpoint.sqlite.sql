-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER kernel_audit_checkpoint_no_update BEFORE UPDATE ON kernel_audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are only added'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER kernel_audit_checkpoint_no_delete BEFORE DELETE ON kernel_audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are only added'); END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER kernel_audit_checkpoint_no_delete;
DROP TRIGGER kernel_audit_checkpoint_no_update;
