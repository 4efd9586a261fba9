-- +goose Up
-- Roles are of one kind: business, one of the three administrators, or terminal. An account holds roles of one kind only.
CREATE TABLE auth_role (
    name    TEXT    PRIMARY KEY,
    title   TEXT    NOT NULL,
    note    TEXT    NOT NULL,
    kind    TEXT    NOT NULL CHECK (kind IN ('business', 'system', 'security', 'audit', 'terminal')),
    builtin INTEGER NOT NULL,
    changed BIGINT  NOT NULL
);
INSERT INTO auth_role (name, title, note, kind, builtin, changed) VALUES
    ('clerk', '窗口人员', '', 'business', 1, 0),
    ('supervisor', '窗口负责人', '', 'business', 1, 0),
    ('approver', '审批人员', '', 'business', 1, 0),
    ('fleet-admin', '终端管理员', '', 'business', 1, 0),
    ('system-admin', '系统管理员', '', 'system', 1, 0),
    ('security-admin', '安全管理员', '', 'security', 1, 0),
    ('audit-admin', '审计管理员', '', 'audit', 1, 0),
    ('terminal', '自助终端', '', 'terminal', 1, 0);

-- What the modules let people do, and to roles of which kinds it may be given, such as ",business,security,".
CREATE TABLE auth_permission (
    name  TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    kinds TEXT NOT NULL
);

CREATE TABLE auth_role_grant (
    role       TEXT NOT NULL REFERENCES auth_role (name),
    permission TEXT NOT NULL REFERENCES auth_permission (name),
    PRIMARY KEY (role, permission)
);

-- Who holds which role, and where: place is a region's code or a department's id. Nobody gives to themselves.
CREATE TABLE auth_grant (
    id       TEXT   PRIMARY KEY,
    account  TEXT   NOT NULL REFERENCES auth_account (id),
    role     TEXT   NOT NULL REFERENCES auth_role (name),
    scope    TEXT   NOT NULL CHECK (scope IN ('all', 'region', 'department', 'own')),
    place    TEXT   NOT NULL,
    given_by TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    UNIQUE (account, role, scope, place),
    CHECK (given_by <> account),
    CHECK ((scope IN ('all', 'own')) = (place = ''))
);
CREATE INDEX auth_grant_role ON auth_grant (role);

-- Counts every change of roles, so that each copy of the program sees it with the next request.
CREATE TABLE auth_version (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    n  BIGINT  NOT NULL
);
INSERT INTO auth_version (id, n) VALUES (1, 1);

-- Hashes of the passwords an account had, the present one too.
CREATE TABLE auth_password (
    id      TEXT   PRIMARY KEY,
    account TEXT   NOT NULL REFERENCES auth_account (id),
    hash    TEXT   NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX auth_password_account ON auth_password (account, at);

ALTER TABLE auth_account ADD COLUMN region TEXT NOT NULL DEFAULT '';
ALTER TABLE auth_account ADD COLUMN department_id TEXT NOT NULL DEFAULT '';
ALTER TABLE auth_account ADD COLUMN hall TEXT NOT NULL DEFAULT '';
ALTER TABLE auth_account ADD COLUMN posts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE auth_account ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE auth_account ADD COLUMN password_changed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE auth_account ADD COLUMN password_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE auth_account ADD COLUMN valid_until BIGINT NOT NULL DEFAULT 0;
UPDATE auth_account SET password_changed = changed;

-- +goose Down
ALTER TABLE auth_account DROP COLUMN valid_until;
ALTER TABLE auth_account DROP COLUMN password_until;
ALTER TABLE auth_account DROP COLUMN password_changed;
ALTER TABLE auth_account DROP COLUMN must_change;
ALTER TABLE auth_account DROP COLUMN posts;
ALTER TABLE auth_account DROP COLUMN hall;
ALTER TABLE auth_account DROP COLUMN department_id;
ALTER TABLE auth_account DROP COLUMN region;
DROP TABLE auth_password;
DROP TABLE auth_version;
DROP TABLE auth_grant;
DROP TABLE auth_role_grant;
DROP TABLE auth_permission;
DROP TABLE auth_role;
