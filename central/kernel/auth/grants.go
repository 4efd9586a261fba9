package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
)

// Grant is one role that a person holds, and where (授权).
type Grant struct {
	ID      string
	Account string
	Role    string
	Reach   actor.Reach
	Place   string // region code or department id; "" for all and own
	By      string // account of who gave it, or the name of the program part
	Reason  string
	At      time.Time
}

// Refusals of grants.
var (
	ErrNoGrant = errs.E(errs.NotFound, "auth.no_grant", "没有这条授权，可能已经收回，请刷新后再看", nil)
	ErrSelf    = errs.E(errs.Forbidden, "auth.self_grant", "不能给自己授权，请由另一位安全管理员办理", nil)
	ErrLast    = errs.E(errs.Conflict, "auth.last_admin", "这是最后一位这类管理员，先让另一个人担任，再收回或停用", nil)
)

// Give adds a grant to an account; it counts from the person's next request on. The caller has asked May. Nobody gives to
// themselves, and roles of two kinds never meet on one account (三员分立): the database refuses both as well.
func (s *Service) Give(ctx context.Context, g Grant) (Grant, error) {
	if g.Reach == actor.ReachAll || g.Reach == actor.ReachOwn {
		g.Place = ""
	}
	if err := s.checkGrant(g); err != nil {
		return Grant{}, err
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		g.ID, g.By, g.At = ids.New(), tx.Actor().ID, tx.Now()
		if _, err := one(ctx, tx, `id = $1`, g.Account); err != nil {
			return err
		}
		if err := s.add(ctx, tx, g); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.grant", Object: g.Account, Reason: g.Reason, Detail: g.detail()})
	})
	return g, err
}

func (g Grant) detail() map[string]string {
	return map[string]string{"role": g.Role, "scope": string(g.Reach), "place": g.Place, "grant": g.ID}
}

// checkGrant refuses what makes no sense before anything is read.
func (s *Service) checkGrant(g Grant) error {
	bad := func(words string) error { return errs.E(errs.Invalid, "auth.bad_grant", words, nil) }
	switch g.Reach {
	case actor.ReachAll, actor.ReachOwn:
	case actor.ReachRegion:
		if _, _, ok := actor.RegionSpan(g.Place); !ok {
			return bad("请选择授权的行政区划")
		}
	case actor.ReachDepartment:
		if g.Place == "" {
			return bad("请选择授权的部门")
		}
	default:
		return bad("请选择授权的范围：全部、区划、部门或本人经办")
	}
	return nil
}

// add writes one grant under the rules.
func (s *Service) add(ctx context.Context, tx db.Tx, g Grant) error {
	if g.By == g.Account {
		return ErrSelf
	}
	r, err := s.current(ctx, tx)
	if err != nil {
		return err
	}
	role, ok := r.roles.Find(g.Role)
	if !ok {
		return errs.E(errs.Invalid, "auth.unknown_role", "没有这个角色，请重新选择", fmt.Errorf("role %q", g.Role))
	}
	if role.Kind == KindTerminal {
		return errs.E(errs.Invalid, "auth.machine_role", "这个角色只属于终端，不能授给人", nil)
	}
	if role.Kind != KindBusiness && g.Reach != actor.ReachAll {
		return errs.E(errs.Invalid, "auth.bad_grant", "管理员的角色管全部，不分区划和部门", nil)
	}
	if g.Reach == actor.ReachDepartment && r.names != nil && r.names[g.Place] == "" {
		return errs.E(errs.Invalid, "auth.bad_grant", "没有这个部门，请重新选择", nil)
	}
	held, err := grants(ctx, tx, `g.account = $1`, g.Account)
	if err != nil {
		return err
	}
	for _, h := range held {
		if has, ok := r.roles.Find(h.Role); ok && has.Kind != role.Kind {
			return apart(has, role)
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO auth_grant (id, account, role, scope, place, given_by, reason, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, g.ID, g.Account, g.Role, string(g.Reach), g.Place, g.By, g.Reason, db.Ms(g.At))
	switch {
	case db.IsUnique(err):
		return errs.E(errs.Conflict, "auth.granted", "已经有同样的授权，不用再给", err)
	case Apart(err):
		return errs.E(errs.Invalid, "auth.roles_apart", "管理员的角色不能和别类角色由同一人担任", err)
	case err != nil:
		return fmt.Errorf("insert grant: %w", err)
	}
	return nil
}

// Apart reports whether the database itself refused to join what must stay apart.
func Apart(err error) bool { return err != nil && strings.Contains(err.Error(), "auth_apart") }

// Take removes a grant; the person's next request is without it. The last holder of an administrator's role keeps it.
func (s *Service) Take(ctx context.Context, id, reason string) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		found, err := grants(ctx, tx, `g.id = $1`, id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return ErrNoGrant
		}
		g := found[0]
		if err := s.notLast(ctx, tx, g.Account, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM auth_grant WHERE id = $1`, id); err != nil {
			return fmt.Errorf("delete grant: %w", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.ungrant", Object: g.Account, Reason: reason, Detail: g.detail()})
	})
}

// notLast refuses to leave the centre without an administrator of a kind: grant is the one that goes, "" for all of an
// account's.
func (s *Service) notLast(ctx context.Context, tx db.Tx, account, grant string) error {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM auth_grant g JOIN auth_role r ON r.name = g.role
		WHERE g.account = $1 AND ($2 = '' OR g.id = $2) AND r.kind IN ('system', 'security', 'audit') AND r.builtin = 1
		AND NOT EXISTS (SELECT 1 FROM auth_grant o JOIN auth_account a ON a.id = o.account
			WHERE o.role = g.role AND o.id <> g.id AND a.disabled = 0 AND (o.account <> g.account OR $2 <> ''))`, account, grant).Scan(&n)
	if err != nil {
		return fmt.Errorf("look for another administrator: %w", err)
	}
	if n > 0 {
		return ErrLast
	}
	return nil
}

// Grants returns what an account holds, oldest first.
func (s *Service) Grants(ctx context.Context, account string) (out []Grant, err error) {
	err = s.db.View(ctx, func(q db.Query) (err error) {
		out, err = grants(ctx, q, `g.account = $1`, account)
		return err
	})
	return out, err
}

func grants(ctx context.Context, q db.Query, where string, args ...any) ([]Grant, error) {
	out := []Grant{}
	err := each(ctx, q, `SELECT g.id, g.account, g.role, g.scope, g.place, g.given_by, g.reason, g.at FROM auth_grant g
		WHERE `+where+` ORDER BY g.at, g.id`, func(scan func(...any) error) error {
		var g Grant
		var at int64
		if err := scan(&g.ID, &g.Account, &g.Role, &g.Reach, &g.Place, &g.By, &g.Reason, &at); err != nil {
			return err
		}
		g.At = db.FromMs(at)
		out = append(out, g)
		return nil
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("list grants: %w", err)
	}
	return out, nil
}

// Why is one answer to "why may she": the grant and what it covers (权限的来由).
type Why struct {
	Grant      Grant
	Role       Role
	Permission string
}

// Explain returns every way in which an account holds each permission, or only perm when it is not empty.
func (s *Service) Explain(ctx context.Context, account, perm string) ([]Why, error) {
	out := []Why{}
	err := s.db.View(ctx, func(q db.Query) error {
		out = out[:0]
		r, err := s.current(ctx, q)
		if err != nil {
			return err
		}
		held, err := grants(ctx, q, `g.account = $1`, account)
		if err != nil {
			return err
		}
		for _, g := range held {
			role, _ := r.roles.Find(g.Role)
			for _, p := range role.Grants {
				if perm == "" || p == perm {
					out = append(out, Why{Grant: g, Role: role, Permission: p})
				}
			}
		}
		return nil
	})
	return out, err
}

// errNoAccount is the answer to an id that was never given out.
var errNoAccount = errs.E(errs.NotFound, "auth.no_account", "没有这个账号，请核对", nil)

func orNoAccount(err error) error {
	if errors.Is(err, db.ErrNoRows) {
		return errNoAccount
	}
	return err
}
