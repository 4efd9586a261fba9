package auth

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

// counter is one count of failed tries.
type counter struct {
	key   string
	limit int
}

// counters of a try at login: account and source together, the source over all
// accounts, the account over all sources. Logins are kept as digests: people
// type passwords into that box.
func (s *Service) counters(login, source string) []counter {
	return []counter{
		{digest(login + "\x00" + source), s.limits.Failures},
		{digest("source\x00" + source), s.limits.Source},
		{ownerOf(login), s.limits.Account},
	}
}

func ownerOf(login string) string { return digest("login\x00" + login) }

// claimTry counts a try before the password is looked at, so that a hundred
// guesses at once get no more checks than the limit allows.
func (s *Service) claimTry(ctx context.Context, login, source string) error {
	var locked, alarm bool
	err := s.db.Do(ctx, func(tx db.Tx) error {
		locked, alarm = false, false
		for i, c := range s.counters(login, source) {
			owner := ownerOf(login)
			if i == 1 {
				owner = "" // the source belongs to nobody
			} else if i == 2 && locked {
				break // one source alone does not lock the account for all
			}
			n, full, err := s.count(ctx, tx, c, owner)
			if err != nil {
				return err
			}
			locked = locked || full
			alarm = alarm || i > 0 && !full && n == c.limit
		}
		if !alarm {
			return nil
		}
		// Guessing from everywhere at one account, or from one place at all: somebody must look.
		return audit.Write(ctx, tx, audit.Record{Action: "auth.alarm", Object: "login:" + digest(login)[:12], Detail: map[string]string{"why": "tries"}})
	})
	if err != nil {
		return err
	}
	if alarm {
		s.alarms.Inc()
		s.log.ErrorContext(ctx, "too many failed sign-ins", "account_digest", digest(login)[:12], "source", source)
	}
	if locked {
		s.log.WarnContext(ctx, "login is locked", "account_digest", digest(login)[:12], "source", source)
		return errs.E(errs.TooMany, "auth.locked",
			fmt.Sprintf("密码错误次数太多，请 %d 分钟后再试，或请安全管理员解锁", int(s.limits.Lock.Minutes())), nil)
	}
	return nil
}

// count adds one try and reports how many there are now and whether the limit
// was used up before.
func (s *Service) count(ctx context.Context, tx db.Tx, c counter, owner string) (n int, full bool, err error) {
	now := tx.Now()
	var until int64
	err = tx.QueryRowContext(ctx, `SELECT tries, until FROM auth_try WHERE key = $1`, c.key).Scan(&n, &until)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return 0, false, fmt.Errorf("count tries: %w", err)
	}
	if until <= db.Ms(now) {
		n = 0 // the window, or the lock, is over
	}
	if n >= c.limit {
		return n, true, nil
	}
	// Each failure begins the window anew; the lock runs from the last one.
	_, err = tx.ExecContext(ctx, `INSERT INTO auth_try (key, tries, until, owner) VALUES ($1, $2, $3, $4)
		ON CONFLICT (key) DO UPDATE SET tries = excluded.tries, until = excluded.until`,
		c.key, n+1, db.Ms(now.Add(s.limits.Lock)), owner)
	if err != nil {
		return 0, false, fmt.Errorf("count tries: %w", err)
	}
	return n + 1, false, nil
}

// forgive takes the counts of a right password back: those of the account, and
// its own one of the source.
func (s *Service) forgive(ctx context.Context, tx db.Tx, login, source string) error {
	c := s.counters(login, source)
	if _, err := tx.ExecContext(ctx, `DELETE FROM auth_try WHERE key = $1 OR key = $2`, c[0].key, c[2].key); err != nil {
		return fmt.Errorf("forgive tries: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE auth_try SET tries = tries - 1 WHERE key = $1 AND tries > 0`, c[1].key); err != nil {
		return fmt.Errorf("forgive tries: %w", err)
	}
	return nil
}

// Unlock forgives the failed tries of an account from everywhere (解锁). The
// caller has asked May.
func (s *Service) Unlock(ctx context.Context, account, reason string) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		a, err := one(ctx, tx, `id = $1`, account)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM auth_try WHERE owner = $1 OR owner = $2`, ownerOf(a.Login), a.ID); err != nil {
			return fmt.Errorf("forgive tries: %w", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.unlock", Object: account, Reason: reason})
	})
}

// LockedUntil says until when an account cannot be signed in to from at least
// one place; the zero time when it can from everywhere.
func (s *Service) LockedUntil(ctx context.Context, account string) (until time.Time, err error) {
	err = s.db.View(ctx, func(q db.Query) error {
		a, err := one(ctx, q, `id = $1`, account)
		if err != nil {
			return err
		}
		var ms int64
		err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(until), 0) FROM auth_try
			WHERE owner = $1 AND until > $2 AND (key = $1 AND tries >= $3 OR key <> $1 AND tries >= $4)`,
			ownerOf(a.Login), db.Ms(s.clock.Now()), s.limits.Account, s.limits.Failures).Scan(&ms)
		if ms != 0 {
			until = db.FromMs(ms)
		}
		return err
	})
	return until, err
}

// Locked returns the accounts that cannot be signed in to from at least one place, with the time until then.
func (s *Service) Locked(ctx context.Context) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	err := s.db.View(ctx, func(q db.Query) error {
		clear(out)
		until := map[string]int64{}
		err := each(ctx, q, `SELECT owner, MAX(until) FROM auth_try WHERE owner <> '' AND until > $1
			AND (key = owner AND tries >= $2 OR key <> owner AND tries >= $3) GROUP BY owner`, func(scan func(...any) error) error {
			var owner string
			var ms int64
			err := scan(&owner, &ms)
			until[owner] = ms
			return err
		}, db.Ms(s.clock.Now()), s.limits.Account, s.limits.Failures)
		if err != nil || len(until) == 0 {
			return err
		}
		// Counters know logins by their digest only.
		return each(ctx, q, `SELECT id, login FROM auth_account`, func(scan func(...any) error) error {
			var id, login string
			err := scan(&id, &login)
			if ms, ok := until[ownerOf(login)]; ok {
				out[id] = db.FromMs(ms)
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list locked accounts: %w", err)
	}
	return out, nil
}

// window allows limit acts under key within length, counted from the first. It
// reports whether this one is allowed.
func (s *Service) window(ctx context.Context, tx db.Tx, key string, limit int, length time.Duration) (bool, error) {
	now := tx.Now()
	_, err := tx.ExecContext(ctx, `INSERT INTO auth_try (key, tries, until) VALUES ($1, 1, $2)
		ON CONFLICT (key) DO UPDATE SET
			tries = CASE WHEN auth_try.until <= $3 THEN 1 ELSE auth_try.tries + 1 END,
			until = CASE WHEN auth_try.until <= $3 THEN excluded.until ELSE auth_try.until END`,
		key, db.Ms(now.Add(length)), db.Ms(now))
	if err != nil {
		return false, fmt.Errorf("count: %w", err)
	}
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT tries FROM auth_try WHERE key = $1`, key).Scan(&n); err != nil {
		return false, fmt.Errorf("count: %w", err)
	}
	return n <= limit, nil
}

func digest(s string) string {
	sum := sm3.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}
