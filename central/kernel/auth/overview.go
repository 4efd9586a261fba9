package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

// Numbers are what there is of accounts.
type Numbers struct{ All, Active, Disabled, MustChange, Expiring int }

// Count returns the numbers over all accounts; one whose validity ends within soon is expiring.
func (s *Service) Count(ctx context.Context, soon time.Duration) (n Numbers, err error) {
	now := s.clock.Now()
	err = s.db.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT COUNT(*),
			COALESCE(SUM(CASE WHEN disabled = 0 AND (valid_until = 0 OR valid_until > $1) THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(disabled), 0),
			COALESCE(SUM(CASE WHEN disabled = 0 THEN must_change ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN disabled = 0 AND valid_until > $1 AND valid_until <= $2 THEN 1 ELSE 0 END), 0)
			FROM auth_account`, db.Ms(now), db.Ms(now.Add(soon))).Scan(&n.All, &n.Active, &n.Disabled, &n.MustChange, &n.Expiring)
	})
	if err != nil {
		return n, fmt.Errorf("count accounts: %w", err)
	}
	return n, nil
}

// PerDepartment counts the accounts in use of each department, without those below it.
func (s *Service) PerDepartment(ctx context.Context) (map[string]int, error) {
	return s.per(ctx, `SELECT department_id, COUNT(*) FROM auth_account WHERE disabled = 0 GROUP BY department_id`)
}

// PerRole counts the people who hold each role.
func (s *Service) PerRole(ctx context.Context) (map[string]int, error) {
	return s.per(ctx, `SELECT g.role, COUNT(DISTINCT g.account) FROM auth_grant g JOIN auth_account a ON a.id = g.account
		WHERE a.disabled = 0 GROUP BY g.role`)
}

func (s *Service) per(ctx context.Context, query string) (map[string]int, error) {
	out := map[string]int{}
	err := s.db.View(ctx, func(q db.Query) error {
		clear(out)
		return each(ctx, q, query, func(scan func(...any) error) error {
			var key string
			var n int
			err := scan(&key, &n)
			out[key] = n
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("count people: %w", err)
	}
	return out, nil
}

// GrantsOf returns what each of several accounts holds.
func (s *Service) GrantsOf(ctx context.Context, accounts []string) (map[string][]Grant, error) {
	out := map[string][]Grant{}
	if len(accounts) == 0 {
		return out, nil
	}
	marks, args := make([]string, len(accounts)), make([]any, len(accounts))
	for i, a := range accounts {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), a
	}
	err := s.db.View(ctx, func(q db.Query) error {
		clear(out)
		found, err := grants(ctx, q, `g.account IN (`+strings.Join(marks, ", ")+`)`, args...)
		for _, g := range found {
			out[g.Account] = append(out[g.Account], g)
		}
		return err
	})
	return out, err
}

// PasswordEnds returns when the password of a must be changed at the latest.
func (s *Service) PasswordEnds(a Account) time.Time {
	if !a.PasswordUntil.IsZero() {
		return a.PasswordUntil
	}
	return a.PasswordChanged.Add(s.limits.Age)
}

// ChangeRole adds permissions to a role made by hand and takes others away; the rules are those of PutRole.
func (s *Service) ChangeRole(ctx context.Context, name string, add, remove []string, reason string) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		r, err := s.current(ctx, tx)
		if err != nil {
			return err
		}
		role, ok := r.roles.Find(name)
		if !ok {
			return errNoRole
		}
		before := role
		role.Grants = less(append(slices.Clone(role.Grants), less(add, role.Grants)...), remove)
		slices.Sort(role.Grants)
		if _, err := r.mayPut(role); err != nil {
			return err
		}
		if err := s.putRole(ctx, tx, role); err != nil {
			return err
		}
		return audit.Write(ctx, tx, roleRecord(role, before, reason))
	})
}

var errNoRole = errs.E(errs.NotFound, "auth.no_role", "没有这个角色，请刷新后再看", nil)
