-- +goose Up
-- The separation of the three administrators (三员分立) holds whoever writes: the program refuses first, these refuse last.
-- The account's row is locked, so that two grants at once do not overlook each other.
-- +goose StatementBegin
CREATE FUNCTION auth_grant_apart() RETURNS trigger AS $$
BEGIN
    PERFORM 1 FROM auth_account WHERE id = NEW.account FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM auth_grant g JOIN auth_role r ON r.name = g.role
        WHERE g.account = NEW.account AND r.kind <> (SELECT kind FROM auth_role WHERE name = NEW.role))
    THEN RAISE EXCEPTION 'auth_apart: this account holds roles of another kind';
    END IF;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER auth_grant_apart BEFORE INSERT ON auth_grant FOR EACH ROW EXECUTE FUNCTION auth_grant_apart();
-- +goose StatementBegin
CREATE FUNCTION auth_fixed() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'auth_apart: grants are given and taken, not changed'; END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER auth_grant_fixed BEFORE UPDATE ON auth_grant FOR EACH STATEMENT EXECUTE FUNCTION auth_fixed();
CREATE TRIGGER auth_role_grant_fixed BEFORE UPDATE ON auth_role_grant FOR EACH STATEMENT EXECUTE FUNCTION auth_fixed();
-- +goose StatementBegin
CREATE FUNCTION auth_role_fixed() RETURNS trigger AS $$
BEGIN
    IF NEW.kind <> OLD.kind OR NEW.name <> OLD.name
    THEN RAISE EXCEPTION 'auth_apart: the kind of a role does not change';
    END IF;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER auth_role_fixed BEFORE UPDATE ON auth_role FOR EACH ROW EXECUTE FUNCTION auth_role_fixed();
-- +goose StatementBegin
CREATE FUNCTION auth_role_grant_apart() RETURNS trigger AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM auth_role r, auth_permission p
        WHERE r.name = NEW.role AND p.name = NEW.permission AND strpos(p.kinds, ',' || r.kind || ',') > 0)
    THEN RAISE EXCEPTION 'auth_apart: this permission is not for roles of this kind';
    END IF;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER auth_role_grant_apart BEFORE INSERT ON auth_role_grant FOR EACH ROW EXECUTE FUNCTION auth_role_grant_apart();

INSERT INTO auth_grant (id, account, role, scope, place, given_by, reason, at)
SELECT a.id || '.' || j.value, a.id, CASE j.value WHEN 'auditor' THEN 'audit-admin' ELSE j.value END, 'all', '', 'migration', '升级前已有', a.created
FROM auth_account a, jsonb_array_elements_text(a.roles::jsonb) AS j(value);
ALTER TABLE auth_account DROP COLUMN roles;

-- +goose Down
ALTER TABLE auth_account ADD COLUMN roles TEXT NOT NULL DEFAULT '[]';
DROP TRIGGER auth_role_grant_apart ON auth_role_grant;
DROP TRIGGER auth_role_fixed ON auth_role;
DROP TRIGGER auth_role_grant_fixed ON auth_role_grant;
DROP TRIGGER auth_grant_fixed ON auth_grant;
DROP TRIGGER auth_grant_apart ON auth_grant;
DROP FUNCTION auth_role_grant_apart();
DROP FUNCTION auth_role_fixed();
DROP FUNCTION auth_fixed();
DROP FUNCTION auth_grant_apart();
