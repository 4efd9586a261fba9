-- +goose Up
-- The separation of the three administrators (三员分立) holds whoever writes: the program refuses first, these refuse last.
-- +goose StatementBegin
CREATE TRIGGER auth_grant_apart BEFORE INSERT ON auth_grant
WHEN EXISTS (
    SELECT 1 FROM auth_grant g JOIN auth_role r ON r.name = g.role
    WHERE g.account = NEW.account AND r.kind <> (SELECT kind FROM auth_role WHERE name = NEW.role))
BEGIN SELECT RAISE(ABORT, 'auth_apart: this account holds roles of another kind'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER auth_grant_fixed BEFORE UPDATE ON auth_grant
BEGIN SELECT RAISE(ABORT, 'auth_apart: grants are given and taken, not changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER auth_role_fixed BEFORE UPDATE OF name, kind ON auth_role
WHEN NEW.kind <> OLD.kind OR NEW.name <> OLD.name
BEGIN SELECT RAISE(ABORT, 'auth_apart: the kind of a role does not change'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER auth_role_again BEFORE INSERT ON auth_role
WHEN EXISTS (SELECT 1 FROM auth_role WHERE name = NEW.name AND kind <> NEW.kind)
BEGIN SELECT RAISE(ABORT, 'auth_apart: the kind of a role does not change'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER auth_role_held BEFORE DELETE ON auth_role
WHEN EXISTS (SELECT 1 FROM auth_grant WHERE role = OLD.name)
BEGIN SELECT RAISE(ABORT, 'auth_apart: somebody holds this role'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER auth_role_grant_apart BEFORE INSERT ON auth_role_grant
WHEN NOT EXISTS (
    SELECT 1 FROM auth_role r, auth_permission p
    WHERE r.name = NEW.role AND p.name = NEW.permission AND instr(p.kinds, ',' || r.kind || ',') > 0)
BEGIN SELECT RAISE(ABORT, 'auth_apart: this permission is not for roles of this kind'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER auth_role_grant_fixed BEFORE UPDATE ON auth_role_grant
BEGIN SELECT RAISE(ABORT, 'auth_apart: grants are given and taken, not changed'); END;
-- +goose StatementEnd

INSERT INTO auth_grant (id, account, role, scope, place, given_by, reason, at)
SELECT a.id || '.' || j.value, a.id, CASE j.value WHEN 'auditor' THEN 'audit-admin' ELSE j.value END, 'all', '', 'migration', '升级前已有', a.created
FROM auth_account a, json_each(a.roles) j;
ALTER TABLE auth_account DROP COLUMN roles;

-- +goose Down
ALTER TABLE auth_account ADD COLUMN roles TEXT NOT NULL DEFAULT '[]';
DROP TRIGGER auth_role_grant_fixed;
DROP TRIGGER auth_role_grant_apart;
DROP TRIGGER auth_role_held;
DROP TRIGGER auth_role_again;
DROP TRIGGER auth_role_fixed;
DROP TRIGGER auth_grant_fixed;
DROP TRIGGER auth_grant_apart;
