package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

// touchAfter is how old the note of the last request may be before it is
// written again: one write a minute instead of one a request.
const touchAfter = time.Minute

// Session is one person signed in at one browser (会话). The database knows
// only a digest of the token, so that whoever reads it cannot sign in.
type Session struct {
	Token   string // secret, 256 random bits; only Login fills it
	CSRF    string // to be sent back as X-CSRF with every unsafe request
	Actor   Actor
	For     string    // the audience it opens, and no other
	Expires time.Time // absolute end

	id string
}

func token() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// open makes the new session, ends the old one and forgives the tries.
func (s *Service) open(ctx context.Context, audience string, a Account, old string, tries []string) (Session, error) {
	now := s.clock.Now()
	out := Session{Token: token(), CSRF: token(), For: audience, Expires: now.Add(s.limits.Absolute)}
	out.id = digest(out.Token)
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		if out.Actor, err = s.actorOf(ctx, tx, a); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM auth_try WHERE key = $1`, tries[0]); err != nil {
			return fmt.Errorf("forgive tries: %w", err)
		}
		// A right password takes back its own count of the source.
		if _, err := tx.ExecContext(ctx, `UPDATE auth_try SET tries = tries - 1 WHERE key = $1 AND tries > 0`, tries[1]); err != nil {
			return fmt.Errorf("forgive tries: %w", err)
		}
		if old != "" {
			if _, err := tx.ExecContext(ctx, `DELETE FROM auth_session WHERE id = $1`, digest(old)); err != nil {
				return fmt.Errorf("end old session: %w", err)
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO auth_session (id, account, audience, csrf, created, seen, expires)
			VALUES ($1, $2, $3, $4, $5, $5, $6)`, out.id, a.ID, audience, out.CSRF, db.Ms(now), db.Ms(out.Expires))
		if err != nil {
			return fmt.Errorf("insert session: %w", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.login", Object: a.ID})
	})
	if err != nil {
		return Session{}, err
	}
	return out, nil
}

// errSignedOut is the answer to a token that is unknown or over.
var errSignedOut = errs.E(errs.Unauthorised, "auth.signed_out", "登录已失效，请重新登录", nil)

// Find returns the session of a token, or an Unauthorised error when it is
// unknown, of another audience, idle too long, over, or its account is closed.
func (s *Service) Find(ctx context.Context, audience, token string) (Session, error) {
	if token == "" || len(token) > 128 {
		return Session{}, errSignedOut
	}
	var row scanned
	var seen, expires int64
	out := Session{id: digest(token), For: audience}
	err := s.db.View(ctx, func(q db.Query) error {
		err := q.QueryRowContext(ctx, `SELECT s.csrf, s.seen, s.expires, `+accountColumns+`
			FROM auth_session s JOIN auth_account a ON a.id = s.account
			WHERE s.id = $1 AND s.audience = $2`, out.id, audience).
			Scan(append([]any{&out.CSRF, &seen, &expires}, row.fields()...)...)
		if err != nil {
			return err
		}
		a, err := row.account()
		if err == nil && !a.Open(s.clock.Now()) {
			err = db.ErrNoRows
		}
		if err != nil {
			return err
		}
		out.Actor, err = s.actorOf(ctx, q, a)
		return err
	})
	if errors.Is(err, db.ErrNoRows) {
		return Session{}, errSignedOut
	}
	if err != nil {
		return Session{}, fmt.Errorf("find session: %w", err)
	}

	now := s.clock.Now()
	out.Expires = db.FromMs(expires)
	if !now.Before(out.Expires) || !now.Before(db.FromMs(seen).Add(s.limits.Idle)) {
		return Session{}, errSignedOut
	}
	if now.Sub(db.FromMs(seen)) >= touchAfter {
		s.touch(ctx, out.id, now)
	}
	return out, nil
}

// touch notes the last request. It is no part of the request's own act, must
// not hold it up when many write, and a failure only lets the session end
// earlier: the next request tries again.
func (s *Service) touch(ctx context.Context, id string, now time.Time) {
	ctx, cancel := context.WithTimeout(db.WithFirst(ctx, nil), 250*time.Millisecond)
	defer cancel()
	err := s.db.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE auth_session SET seen = $1 WHERE id = $2 AND seen < $1`, db.Ms(now), id)
		return err
	})
	if err != nil {
		s.log.WarnContext(ctx, "session could not be touched", "cause", err.Error())
	}
}

// ValidCSRF compares in constant time.
func (s Session) ValidCSRF(sent string) bool {
	return sent != "" && subtle.ConstantTimeCompare([]byte(sent), []byte(s.CSRF)) == 1
}

// Logout ends the session of a token; an unknown one is no error.
func (s *Service) Logout(ctx context.Context, token string) error {
	return s.end(ctx, "auth.logout", `id = $1`, digest(token))
}

// LogoutAll ends every session of an account (在所有地方退出).
func (s *Service) LogoutAll(ctx context.Context, account string) error {
	return s.end(ctx, "auth.logout_all", `account = $1`, account)
}

func (s *Service) end(ctx context.Context, action, where string, arg any) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM auth_session WHERE `+where, arg)
		if err != nil {
			return fmt.Errorf("end session: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: action, Object: tx.Actor().ID})
	})
}

// Sweep removes sessions and counters that are over.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		now := tx.Now()
		if _, err := tx.ExecContext(ctx, `DELETE FROM auth_session WHERE expires < $1 OR seen < $2`,
			db.Ms(now), db.Ms(now.Add(-s.limits.Idle))); err != nil {
			return fmt.Errorf("sweep sessions: %w", err)
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM auth_try WHERE until < $1`, db.Ms(now))
		return err
	})
}
