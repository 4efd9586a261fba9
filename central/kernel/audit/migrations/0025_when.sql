-- +goose Up
-- One index answers all tallies of a stretch of time, without the table.
DROP INDEX kernel_audit_when;
CREATE INDEX kernel_audit_when ON kernel_audit (at, action, result, actor_name);

-- +goose Down
DROP INDEX kernel_audit_when;
CREATE INDEX kernel_audit_when ON kernel_audit (at, action, result);
