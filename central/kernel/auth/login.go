package auth

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

// errDenied is the one answer to a wrong login and a wrong password.
var errDenied = errs.E(errs.Unauthorised, "auth.denied", "登录名或密码不对，请核对后再试", nil)

func normal(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// Login opens a session of the workbench; see LoginTo.
func (s *Service) Login(ctx context.Context, login, password, old string) (Session, error) {
	return s.LoginTo(ctx, ForStaff, login, password, old)
}

// LoginTo checks a password and opens a new session of an audience. The session
// that old names (the caller's cookie, "" when there is none) ends, so that a
// session id set by somebody else is worth nothing after signing in.
func (s *Service) LoginTo(ctx context.Context, audience, login, password, old string) (Session, error) {
	login = normal(login)
	source := actor.OriginFrom(ctx).Source
	if err := s.claimTry(ctx, login, source); err != nil {
		return Session{}, err
	}

	a, kept, err := s.account(ctx, `login = $1`, login)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return Session{}, fmt.Errorf("load account: %w", err)
	}
	if now := s.clock.Now(); !a.Open(now) || !a.PasswordUntil.IsZero() && !now.Before(a.PasswordUntil) {
		kept = ""
	}
	ok, err := s.hasher.check(ctx, kept, password)
	if err != nil {
		return Session{}, fmt.Errorf("check password: %w", err)
	}
	if !ok {
		return Session{}, s.denied(ctx, a, login)
	}

	return s.open(As(ctx, a.actor()), audience, a, old, triesOf(login, source))
}

// denied records the failure; it must not fail silently, and it must not say
// whether the account exists.
func (s *Service) denied(ctx context.Context, a Account, login string) error {
	object := a.ID
	if object == "" {
		object = "unknown:" + digest(login)[:12] // people type passwords into this box
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "auth.login_denied", Object: object})
	})
	if err != nil {
		return err
	}
	return errDenied
}

// claimTry counts a try before the password is looked at, so that a hundred
// guesses at once get no more checks than the limit allows.
func (s *Service) claimTry(ctx context.Context, login, source string) error {
	var locked bool
	err := s.db.Do(ctx, func(tx db.Tx) error {
		now := tx.Now()
		locked = false
		for i, key := range triesOf(login, source) {
			limit := s.limits.Failures
			if i == 1 {
				limit = s.limits.Source
			}
			full, err := s.count(ctx, tx, key, limit, now)
			if err != nil {
				return err
			}
			locked = locked || full
		}
		return nil
	})
	if err != nil {
		return err
	}
	if locked {
		s.log.WarnContext(ctx, "login is locked", "account_digest", digest(login)[:12], "source", source)
		return errs.E(errs.TooMany, "auth.locked",
			fmt.Sprintf("密码错误次数太多，请 %d 分钟后再试", int(s.limits.Lock.Minutes())), nil)
	}
	return nil
}

// count adds one try to key and reports whether the limit was used up before.
func (s *Service) count(ctx context.Context, tx db.Tx, key string, limit int, now time.Time) (full bool, err error) {
	var n int
	var until int64
	err = tx.QueryRowContext(ctx, `SELECT tries, until FROM auth_try WHERE key = $1`, key).Scan(&n, &until)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return false, fmt.Errorf("count tries: %w", err)
	}
	if until <= db.Ms(now) {
		n = 0 // the window, or the lock, is over
	}
	if n >= limit {
		return true, nil
	}
	// Each failure begins the window anew; the lock runs from the last one.
	_, err = tx.ExecContext(ctx, `INSERT INTO auth_try (key, tries, until) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET tries = excluded.tries, until = excluded.until`,
		key, n+1, db.Ms(now.Add(s.limits.Lock)))
	if err != nil {
		return false, fmt.Errorf("count tries: %w", err)
	}
	return false, nil
}

// triesOf names the two counters of a try: account and source together, and
// the source over all accounts. Logins are kept as digests: see denied.
func triesOf(login, source string) []string {
	return []string{digest(login + "\x00" + source), digest("source\x00" + source)}
}

func digest(s string) string {
	sum := sm3.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}
