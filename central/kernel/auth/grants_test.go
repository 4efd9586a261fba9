package auth_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel"
	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
)

// duties is a module with one permission of each kind.
func duties() kernel.Module {
	return kernel.Module{Name: "duties", Permissions: []kernel.Permission{
		{Name: "window:accept", Title: "受理", Roles: []string{"clerk", "supervisor"}},
		{Name: "window:assign", Title: "派件", Roles: []string{"supervisor"}},
		{Name: "people:create", Title: "建账号", Roles: []string{"system-admin"}},
		{Name: "people:grant", Title: "授权", Roles: []string{"security-admin"}},
		{Name: "people:read", Title: "查看人员", Roles: []string{"system-admin", "security-admin"}},
	}}
}

// security is a security administrator who is nobody's account but her own.
func security(t *testing.T, k *kerneltest.Kit) context.Context {
	t.Helper()
	id := create(t, k, "secadmin", "security-admin")
	return auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: id, Name: "安全"}.Granted("people:grant"))
}

func give(ctx context.Context, k *kerneltest.Kit, account, role string) error {
	_, err := k.Auth.Give(ctx, auth.Grant{Account: account, Role: role, Reach: actor.ReachAll, Reason: "调岗"})
	return err
}

// raw writes a grant past every rule of the program, as somebody at the database would.
func raw(t *testing.T, k *kerneltest.Kit, account, role, by string) error {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	return k.DB.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO auth_grant (id, account, role, scope, place, given_by, reason, at)
			VALUES ($1, $2, $3, 'all', '', $4, '', 1)`, account+role+by, account, role, by)
		return err
	})
}

// The nine combinations that 三员分立 forbids, each by the service and by SQL, on both databases.
func TestNineForbiddenCombinations(t *testing.T) {
	nine := []struct{ name, has, more string }{
		{"1 system and security", "system-admin", "security-admin"},
		{"2 system and audit", "system-admin", "audit-admin"},
		{"3 security and audit", "security-admin", "audit-admin"},
		{"4 system and business", "system-admin", "clerk"},
		{"5 security and business", "security-admin", "clerk"},
		{"6 audit and business", "audit-admin", "clerk"},
	}
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		k.Use(t, duties())
		sec := security(t, k)
		for i, c := range nine {
			for j, pair := range [][2]string{{c.has, c.more}, {c.more, c.has}} {
				id := create(t, k, fmt.Sprintf("p%d%d", i, j), pair[0])
				if err := give(sec, k, id, pair[1]); errs.CodeOf(err) != "auth.roles_apart" {
					t.Errorf("%s (%v): %v", c.name, pair, err)
				}
				if err := raw(t, k, id, pair[1], "somebody"); !auth.Apart(err) {
					t.Errorf("%s (%v) by SQL: %v", c.name, pair, err)
				}
				if n := k.Count(t, `SELECT count(*) FROM auth_grant WHERE account = $1`, id); n != 1 {
					t.Errorf("%s (%v): %d grants", c.name, pair, n)
				}
			}
		}

		t.Run("7 self-grant", func(t *testing.T) {
			me := auth.Who(sec).ID
			if err := give(sec, k, me, "security-admin"); errs.CodeOf(err) != "auth.self_grant" {
				t.Error(err)
			}
			id := create(t, k, "own")
			if err := raw(t, k, id, "clerk", id); err == nil {
				t.Error("the database lets people give to themselves")
			}
		})
		t.Run("8 a system administrator's role that reads the audit", func(t *testing.T) { refusedRole(t, k, sec, auth.KindSystem, "audit:read") })
		t.Run("9 an auditor's role that changes things", func(t *testing.T) { refusedRole(t, k, sec, auth.KindAudit, "people:create") })
		t.Run("and a security administrator's that works at the window", func(t *testing.T) { refusedRole(t, k, sec, auth.KindSecurity, "window:accept") })
		t.Run("and a clerk's that grants", func(t *testing.T) { refusedRole(t, k, sec, auth.KindBusiness, "people:grant") })
	})
}

// refusedRole: neither the service nor the database makes a role of a kind with a permission of another.
func refusedRole(t *testing.T, k *kerneltest.Kit, ctx context.Context, kind auth.RoleKind, perm string) {
	t.Helper()
	err := k.Auth.PutRole(ctx, auth.Role{Name: "odd-" + string(kind), Title: "怪角色", Kind: kind, Grants: []string{perm}}, "试试")
	if errs.CodeOf(err) != "auth.role_apart" {
		t.Errorf("the service: %v", err)
	}
	do := func(statement string, args ...any) error {
		ctx := context.WithoutCancel(t.Context())
		return k.DB.Do(ctx, func(tx db.Tx) error { _, err := tx.ExecContext(ctx, statement, args...); return err })
	}
	role := map[auth.RoleKind]string{auth.KindSystem: "system-admin", auth.KindAudit: "audit-admin", auth.KindSecurity: "security-admin", auth.KindBusiness: "clerk"}[kind]
	if err := do(`INSERT INTO auth_role_grant (role, permission) VALUES ($1, $2)`, role, perm); !auth.Apart(err) {
		t.Errorf("the database: %v", err)
	}
	if err := do(`UPDATE auth_role_grant SET permission = $1 WHERE role = $2`, perm, role); !auth.Apart(err) {
		t.Errorf("the database, by change: %v", err)
	}
	if err := do(`UPDATE auth_role SET kind = 'audit' WHERE name = 'clerk'`); !auth.Apart(err) {
		t.Errorf("the database, by the role's kind: %v", err)
	}
}

// A grant cannot be turned into another one either.
func TestGrantsAreNotChanged(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		create(t, k, "wang", "clerk")
		ctx := context.WithoutCancel(t.Context())
		err := k.DB.Do(ctx, func(tx db.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE auth_grant SET role = 'audit-admin'`)
			return err
		})
		if !auth.Apart(err) {
			t.Error(err)
		}
	})
}

// What is given or taken counts from the next request on, in every copy of the program, without signing in anew.
func TestGrantsCountAtOnceInEveryCopy(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		k.Use(t, duties())
		twin := k.Twin(t)
		twin.Use(t, duties())
		sec := security(t, k)
		id := create(t, k, "wang", "clerk")
		s := login(t, k, "wang", "")
		can := func(k *kerneltest.Kit, perm string) bool {
			found, err := k.Auth.Find(t.Context(), auth.ForStaff, s.Token)
			if err != nil {
				t.Fatal(err)
			}
			return found.Actor.Can(perm)
		}
		if !can(twin, "window:accept") || can(twin, "window:assign") {
			t.Fatal("the clerk begins with other rights")
		}

		g, err := k.Auth.Give(sec, auth.Grant{Account: id, Role: "supervisor", Reach: actor.ReachRegion, Place: "510703000000", Reason: "代班"})
		if err != nil {
			t.Fatal(err)
		}
		if !can(k, "window:assign") || !can(twin, "window:assign") {
			t.Error("given, but not held")
		}
		if err := k.Auth.Take(sec, g.ID, "代班结束"); err != nil {
			t.Fatal(err)
		}
		if can(k, "window:assign") || can(twin, "window:assign") {
			t.Error("taken, but still held")
		}

		role := auth.Role{Name: "night", Title: "夜班", Kind: auth.KindBusiness, Grants: []string{"window:assign"}}
		if err := twin.Auth.PutRole(sec, role, "夜班试行"); err != nil {
			t.Fatal(err)
		}
		if err := give(sec, k, id, "night"); err != nil {
			t.Fatal(err)
		}
		if !can(k, "window:assign") {
			t.Error("a role made by the other copy gives nothing")
		}
		role.Grants = nil
		if err := k.Auth.PutRole(sec, role, "夜班停"); err != nil {
			t.Fatal(err)
		}
		if can(twin, "window:assign") {
			t.Error("a role that was emptied still gives")
		}
		if err := k.Auth.DropRole(sec, "night", "不用了"); errs.CodeOf(err) != "auth.role_held" {
			t.Errorf("dropped while held: %v", err)
		}
		if n := k.Count(t, `SELECT count(*) FROM kernel_audit WHERE action IN ('auth.grant', 'auth.ungrant', 'auth.role_put')`); n != 5 {
			t.Errorf("%d changes of rights are on record", n)
		}
		k.AuditCount(t)
	})
}

// A new release takes nothing from roles made by hand, and a command beside a running centre takes nothing from anybody.
func TestReleasesKeepRolesMadeByHand(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		k.Use(t, duties())
		sec := security(t, k)
		if err := k.Auth.PutRole(sec, auth.Role{Name: "night", Title: "夜班", Kind: auth.KindBusiness, Grants: []string{"window:assign"}}, "夜班试行"); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"clerk", "security-admin"} {
			err := k.Auth.PutRole(sec, auth.Role{Name: name, Title: "改内置", Kind: auth.KindBusiness}, "试试")
			if errs.CodeOf(err) != "auth.role_builtin" {
				t.Errorf("built-in role %s: %v", name, err)
			}
		}

		beside := k.Twin(t) // opened, but no modules yet
		_ = beside
		if n := k.Count(t, `SELECT count(*) FROM auth_role_grant WHERE role = 'clerk'`); n != 1 {
			t.Errorf("a copy that only opened the database left %d permissions to the clerk", n)
		}

		next := k.Twin(t)
		m := duties()
		m.Permissions = append(m.Permissions, kernel.Permission{Name: "window:print", Title: "打印", Roles: []string{"clerk"}})
		next.Use(t, m)
		r := next.Auth.Roles()
		if d := cmp.Diff([]string{"window:accept", "window:print"}, r.Grants("clerk")); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]string{"window:assign"}, r.Grants("night")); d != "" {
			t.Error(d)
		}
	})
}

// What Where finds is what Covers lets open, on rows of a real table.
func TestWhereAndCoversAgree(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		k.Exec(t, `CREATE TABLE probe (id INTEGER PRIMARY KEY, region TEXT NOT NULL, department TEXT NOT NULL, handler TEXT NOT NULL)`)
		var places []actor.Place
		for _, region := range []string{"", "510700000000", "510703000000", "510703001000", "510704000000", "510703"} {
			for _, department := range []string{"", "d1", "d2"} {
				for _, handler := range []string{"", "u1", "u2"} {
					places = append(places, actor.Place{Region: region, Department: department, Handler: handler})
					k.Exec(t, `INSERT INTO probe VALUES ($1, $2, $3, $4)`, len(places), region, department, handler)
				}
			}
		}
		scopes := map[string]actor.Scope{
			"all": actor.Everywhere(), "none": {}, "city": actor.InRegion("510700000000"), "district": actor.InRegion("510703000000"),
			"department": actor.InDepartments("d1"), "own": actor.OwnOf("u1"), "both": actor.InDepartments("d1", "d2").Join(actor.InRegion("510704000000")),
		}
		for name, s := range scopes {
			where, args := s.Where(actor.Columns{Region: "region", Department: "department", Handler: "handler"}, 2)
			for i, p := range places {
				n := k.Count(t, `SELECT count(*) FROM probe WHERE id = $1 AND `+where, append([]any{i + 1}, args...)...)
				if (n == 1) != s.Covers(p) {
					t.Errorf("%s: %+v is covered: %v, and listed %d times", name, p, s.Covers(p), n)
				}
			}
		}
	})
}

// The centre always keeps somebody who can administer it.
func TestTheLastAdministratorStays(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		k.Use(t, duties())
		sec := security(t, k)
		sys := create(t, k, "sys", "system-admin")
		held, err := k.Auth.Grants(t.Context(), sys)
		if err != nil || len(held) != 1 {
			t.Fatal(held, err)
		}
		if err := k.Auth.Disable(sec, sys, "离职"); errs.CodeOf(err) != "auth.last_admin" {
			t.Errorf("disabled: %v", err)
		}
		if err := k.Auth.Take(sec, held[0].ID, "调岗"); errs.CodeOf(err) != "auth.last_admin" {
			t.Errorf("taken: %v", err)
		}
		create(t, k, "sys2", "system-admin")
		if err := k.Auth.Take(sec, held[0].ID, "调岗"); err != nil {
			t.Error(err)
		}
	})
}

func TestExplain(t *testing.T) {
	k := kerneltest.New(t)
	k.Use(t, duties())
	sec := security(t, k)
	id := create(t, k, "wang")
	for _, g := range []auth.Grant{
		{Role: "clerk", Reach: actor.ReachRegion, Place: "510703000000", Reason: "入职"},
		{Role: "supervisor", Reach: actor.ReachOwn, Reason: "代班"},
	} {
		g.Account = id
		if _, err := k.Auth.Give(sec, g); err != nil {
			t.Fatal(err)
		}
	}
	why, err := k.Auth.Explain(t.Context(), id, "window:accept")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range why {
		got = append(got, strings.Join([]string{w.Role.Title, string(w.Grant.Reach), w.Grant.Place, w.Grant.Reason}, " "))
	}
	if d := cmp.Diff([]string{"窗口人员 region 510703000000 入职", "窗口负责人 own  代班"}, got); d != "" {
		t.Error(d)
	}
	for _, g := range []auth.Grant{
		{Role: "clerk", Reach: "galaxy"}, {Role: "clerk", Reach: actor.ReachRegion, Place: "涪城"}, {Role: "clerk", Reach: actor.ReachDepartment},
		{Role: "terminal", Reach: actor.ReachAll}, {Role: "king", Reach: actor.ReachAll},
	} {
		g.Account = id
		if _, err := k.Auth.Give(sec, g); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%+v: %v", g, err)
		}
	}
}
