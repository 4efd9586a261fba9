package auth

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

var roleName = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// PutRole makes a role by hand, or gives one that was made by hand another title, note and permissions. Its kind is fixed
// when it is made, and a permission goes only to the kinds of role that hold it in the release: no role can join what the
// three administrators keep apart. Built-in roles change with a release only.
func (s *Service) PutRole(ctx context.Context, role Role, reason string) error {
	if !roleName.MatchString(role.Name) || strings.TrimSpace(role.Title) == "" {
		return errs.E(errs.Invalid, "auth.bad_role", "角色代码用小写字母、数字和连字符，2–40 个；还要填写名称", nil)
	}
	slices.Sort(role.Grants)
	role.Grants = slices.Compact(role.Grants)
	return s.db.Do(ctx, func(tx db.Tx) error {
		r, err := s.current(ctx, tx)
		if err != nil {
			return err
		}
		before, err := r.mayPut(role)
		if err != nil {
			return err
		}
		if err := s.putRole(ctx, tx, role); err != nil {
			return err
		}
		return audit.Write(ctx, tx, roleRecord(role, before, reason))
	})
}

func roleRecord(role, before Role, reason string) audit.Record {
	return audit.Record{Action: "auth.role_put", Object: role.Name, Reason: reason, Detail: map[string]string{
		"kind": string(role.Kind), "added": strings.Join(less(role.Grants, before.Grants), ","), "removed": strings.Join(less(before.Grants, role.Grants), ","),
	}}
}

// mayPut refuses what the rules forbid and returns the role as it is.
func (r *rights) mayPut(role Role) (before Role, err error) {
	before, known := r.roles.Find(role.Name)
	switch {
	case known && before.Builtin:
		return before, errs.E(errs.Conflict, "auth.role_builtin", "内置角色随版本更新，不能改；可以另建一个角色", nil)
	case known && before.Kind != role.Kind:
		return before, errs.E(errs.Conflict, "auth.role_apart", "角色的类别定了不能改，请另建一个角色", nil)
	case role.Kind == KindTerminal || role.Kind.Title() == "":
		return before, errs.E(errs.Invalid, "auth.bad_role", "请选择角色的类别：业务、系统管理、安全管理或审计管理", nil)
	}
	for _, perm := range role.Grants {
		i := slices.IndexFunc(r.roles.permissions, func(p Permission) bool { return p.Name == perm })
		if i < 0 {
			return before, errs.E(errs.Invalid, "auth.unknown_permission", "没有这项权限，请刷新后再选", fmt.Errorf("permission %q", perm))
		}
		if p := r.roles.permissions[i]; !slices.Contains(p.kinds, role.Kind) {
			words := fmt.Sprintf("“%s”不能给%s类的角色：三员分立", p.Title, role.Kind.Title())
			return before, errs.E(errs.Invalid, "auth.role_apart", words, fmt.Errorf("permission %q, kind %q", perm, role.Kind))
		}
	}
	return before, nil
}

func (s *Service) putRole(ctx context.Context, tx db.Tx, role Role) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO auth_role (name, title, note, kind, builtin, changed) VALUES ($1, $2, $3, $4, 0, $5)
		ON CONFLICT (name) DO UPDATE SET title = excluded.title, note = excluded.note, changed = excluded.changed`,
		role.Name, role.Title, role.Note, string(role.Kind), db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("put role: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM auth_role_grant WHERE role = $1`, role.Name); err != nil {
		return fmt.Errorf("empty role: %w", err)
	}
	for _, perm := range role.Grants {
		if _, err := tx.ExecContext(ctx, `INSERT INTO auth_role_grant (role, permission) VALUES ($1, $2)`, role.Name, perm); err != nil {
			return fmt.Errorf("fill role: %w", err)
		}
	}
	return bump(ctx, tx)
}

// DropRole removes a role that was made by hand and that nobody holds.
func (s *Service) DropRole(ctx context.Context, name, reason string) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		r, err := s.current(ctx, tx)
		if err != nil {
			return err
		}
		role, ok := r.roles.Find(name)
		if !ok {
			return errNoRole
		}
		if role.Builtin {
			return errs.E(errs.Conflict, "auth.role_builtin", "内置角色不能删除", nil)
		}
		held, err := grants(ctx, tx, `g.role = $1`, name)
		if err != nil {
			return err
		}
		if len(held) > 0 {
			return errs.E(errs.Conflict, "auth.role_held", fmt.Sprintf("还有 %d 条授权用着这个角色，先收回再删除", len(held)), nil)
		}
		for _, statement := range []string{`DELETE FROM auth_role_grant WHERE role = $1`, `DELETE FROM auth_role WHERE name = $1`} {
			if _, err := tx.ExecContext(ctx, statement, name); err != nil {
				return fmt.Errorf("drop role: %w", err)
			}
		}
		if err := bump(ctx, tx); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.role_drop", Object: name, Reason: reason})
	})
}

// less returns what a has and b has not.
func less(a, b []string) []string {
	var out []string
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}
