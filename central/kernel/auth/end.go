package auth

import (
	"context"
	"fmt"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

// OnEnd is told in the same act which sign-ons of whom end, so that other
// systems can be told after the commit.
type OnEnd func(ctx context.Context, tx db.Tx, signon, account string) error

// WhenEnded sets who is told of ended sign-ons. Call it before the first
// request.
func (s *Service) WhenEnded(f OnEnd) { s.onEnd = f }

// endSignOns ends sign-ons with all sessions that came of them, and returns how
// many there were. Every end of a person's being signed in passes here.
func (s *Service) endSignOns(ctx context.Context, tx db.Tx, where string, arg any) (int, error) {
	type ended struct{ id, account string }
	var all []ended
	err := each(ctx, tx, `SELECT id, account FROM auth_signon WHERE `+where, func(scan func(...any) error) error {
		var e ended
		err := scan(&e.id, &e.account)
		all = append(all, e)
		return err
	}, arg)
	if err != nil {
		return 0, fmt.Errorf("find sign-ons: %w", err)
	}
	for _, e := range all {
		if _, err := tx.ExecContext(ctx, `DELETE FROM auth_session WHERE signon = $1`, e.id); err != nil {
			return 0, fmt.Errorf("end sessions: %w", err)
		}
		if s.onEnd != nil {
			if err := s.onEnd(ctx, tx, e.id, e.account); err != nil {
				return 0, err
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM auth_signon WHERE id = $1`, e.id); err != nil {
			return 0, fmt.Errorf("end sign-on: %w", err)
		}
	}
	return len(all), nil
}

// Logout ends the sign-on that a session came of, and with it everything that
// was opened by it here and elsewhere (单点退出). An unknown one is no error.
func (s *Service) Logout(ctx context.Context, session Session) error {
	return s.end(ctx, "auth.logout", session.Actor.ID, `id = $1`, session.SignOn)
}

// LogoutAll ends every sign-on of an account (在所有地方退出).
func (s *Service) LogoutAll(ctx context.Context, account string) error {
	return s.end(ctx, "auth.logout_all", account, `account = $1`, account)
}

// EndSignOn ends one sign-on by its id, as another system asks for it.
func (s *Service) EndSignOn(ctx context.Context, id string) error {
	return s.end(ctx, "auth.logout", "", `id = $1`, id)
}

func (s *Service) end(ctx context.Context, action, object, where string, arg any) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		n, err := s.endSignOns(ctx, tx, where, arg)
		if err != nil || n == 0 {
			return err
		}
		if object == "" {
			object = tx.Actor().ID
		}
		return audit.Write(ctx, tx, audit.Record{Action: action, Object: object})
	})
}

// Listed is one sign-on as its owner and the administrators see it (在线会话).
type Listed struct {
	ID       string
	Account  string
	Source   string // address it was made from
	Factors  []string
	Consoles []string // audiences that are open
	Created  time.Time
	Seen     time.Time
	Expires  time.Time
}

// Sessions lists the sign-ons of an account that are not over, newest first.
func (s *Service) Sessions(ctx context.Context, account string) ([]Listed, error) {
	out := []Listed{}
	now := db.Ms(s.clock.Now())
	err := s.db.View(ctx, func(q db.Query) error {
		out = out[:0]
		err := each(ctx, q, `SELECT id, account, source, factors, created, seen, expires FROM auth_signon
			WHERE account = $1 AND expires > $2 ORDER BY created DESC, id DESC`, func(scan func(...any) error) error {
			l := Listed{Consoles: []string{}}
			var factors string
			var created, seen, expires int64
			if err := scan(&l.ID, &l.Account, &l.Source, &factors, &created, &seen, &expires); err != nil {
				return err
			}
			l.Created, l.Seen, l.Expires = db.FromMs(created), db.FromMs(seen), db.FromMs(expires)
			out = append(out, l)
			return decode(factors, &out[len(out)-1].Factors)
		}, account, now)
		if err != nil {
			return err
		}
		for i := range out {
			err := each(ctx, q, `SELECT DISTINCT audience FROM auth_session WHERE signon = $1 AND expires > $2 ORDER BY audience`,
				func(scan func(...any) error) error {
					var audience string
					err := scan(&audience)
					out[i].Consoles = append(out[i].Consoles, audience)
					return err
				}, out[i].ID, now)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list sign-ons: %w", err)
	}
	return out, nil
}

// Revoke ends one sign-on of an account by hand. The caller has asked May.
func (s *Service) Revoke(ctx context.Context, account, id, reason string) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		var whose string
		err := tx.QueryRowContext(ctx, `SELECT account FROM auth_signon WHERE id = $1`, id).Scan(&whose)
		if err != nil || whose != account {
			return errs.E(errs.NotFound, "auth.no_session", "这个会话已经结束了，请刷新", err)
		}
		if _, err := s.endSignOns(ctx, tx, `id = $1`, id); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.revoke", Object: account, Reason: reason, Detail: map[string]string{"signon": id}})
	})
}

// RevokeAll ends every sign-on of an account by hand. The caller has asked May.
func (s *Service) RevokeAll(ctx context.Context, account, reason string) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := s.endSignOns(ctx, tx, `account = $1`, account); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.revoke", Object: account, Reason: reason, Detail: map[string]string{"signon": "all"}})
	})
}

// Sweep removes what is over: sessions, sign-ons, codes and counters.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		now := db.Ms(tx.Now())
		if _, err := s.endSignOns(ctx, tx, `expires < $1`, now); err != nil {
			return err
		}
		for _, what := range []string{
			`DELETE FROM auth_session WHERE expires < $1`,
			`DELETE FROM auth_try WHERE until < $1`,
			`DELETE FROM auth_code WHERE expires < $1`,
			`DELETE FROM auth_citizen WHERE expires < $1`,
		} {
			if _, err := tx.ExecContext(ctx, what, now); err != nil {
				return fmt.Errorf("sweep: %w", err)
			}
		}
		for _, audience := range []string{ForStaff, ForAdmin} {
			_, err := tx.ExecContext(ctx, `DELETE FROM auth_session WHERE audience = $1 AND seen < $2`,
				audience, db.Ms(tx.Now().Add(-s.Idle(audience))))
			if err != nil {
				return fmt.Errorf("sweep sessions: %w", err)
			}
		}
		return nil
	})
}
