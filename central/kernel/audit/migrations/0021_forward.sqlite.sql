-- +goose Up
-- A record is added behind the last one or not at all, and only this moves the
-- head: the program itself never writes the head row.
-- +goose StatementBegin
CREATE TRIGGER kernel_audit_forward AFTER INSERT ON kernel_audit
BEGIN
    SELECT RAISE(ABORT, 'an audit record follows the head') WHERE NOT EXISTS
        (SELECT 1 FROM kernel_audit_head WHERE id = 1 AND count = NEW.seq - 1 AND hash = NEW.prev);
    UPDATE kernel_audit_head SET count = NEW.seq, hash = NEW.hash WHERE id = 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER kernel_audit_head_forward BEFORE UPDATE ON kernel_audit_head
WHEN NEW.id <> OLD.id OR NEW.count <> OLD.count + 1
    OR NOT EXISTS (SELECT 1 FROM kernel_audit WHERE seq = NEW.count AND prev = OLD.hash AND hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'the audit head only moves forward'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER kernel_audit_head_stays BEFORE DELETE ON kernel_audit_head
BEGIN SELECT RAISE(ABORT, 'the audit head only moves forward'); END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER kernel_audit_head_stays;
DROP TRIGGER kernel_audit_head_forward;
DROP TRIGGER kernel_audit_forward;
