-- +goose Up
-- '' stands in records from before this column; their hash does not know it.
ALTER TABLE kernel_audit ADD COLUMN result TEXT NOT NULL DEFAULT '';
CREATE INDEX kernel_audit_when ON kernel_audit (at, action, result);
CREATE INDEX kernel_audit_action ON kernel_audit (action, seq);
CREATE INDEX kernel_audit_source ON kernel_audit (source, seq);
CREATE INDEX kernel_audit_name ON kernel_audit (actor_name, seq);
CREATE INDEX kernel_audit_result ON kernel_audit (result, seq);

-- +goose Down
DROP INDEX kernel_audit_result;
DROP INDEX kernel_audit_name;
DROP INDEX kernel_audit_source;
DROP INDEX kernel_audit_action;
DROP INDEX kernel_audit_when;
ALTER TABLE kernel_audit DROP COLUMN result;
