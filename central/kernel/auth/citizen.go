package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/vault"
)

// ForCitizen is the audience of the portal (群众). At the kiosk the visit that
// the identity card opens is the session, and it never leaves the terminal.
const ForCitizen = "citizen"

// citizenIdle and citizenLife are the limits of a citizen's session.
const (
	citizenIdle = 30 * time.Minute
	citizenLife = 12 * time.Hour
)

// SendCitizenCode sends a code to any phone: a citizen needs no account.
func (s *Service) SendCitizenCode(ctx context.Context, phone vault.Phone) error {
	return s.sendCode(ctx, forCitizen, phone, func(db.Tx, string) (bool, error) { return true, nil })
}

// SignInCitizen opens a session for whoever holds the phone. The actor's id is
// the number's blind index: nothing of the person is in it.
func (s *Service) SignInCitizen(ctx context.Context, phone vault.Phone, code string) (Session, error) {
	blind := s.vault.Blind(classPhone, phone.Reveal())
	if err := s.useCode(ctx, forCitizen, blind, code); err != nil {
		return Session{}, err
	}
	sealed, err := s.vault.Seal(classPhone, phone.Reveal())
	if err != nil {
		return Session{}, err
	}
	out := Session{Token: token(), CSRF: token(), For: ForCitizen, Factors: []string{ByPhone}, Actor: Actor{Kind: Citizen, ID: blind}}
	err = s.db.Do(As(ctx, out.Actor), func(tx db.Tx) error {
		now := tx.Now()
		out.Expires = now.Add(citizenLife)
		_, err := tx.ExecContext(ctx, `INSERT INTO auth_citizen (id, phone_blind, phone_sealed, csrf, seen, expires) VALUES ($1, $2, $3, $4, $5, $6)`,
			digest(out.Token), blind, sealed, out.CSRF, db.Ms(now), db.Ms(out.Expires))
		if err != nil {
			return fmt.Errorf("insert citizen session: %w", err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.login", Object: "phone:" + blind[:12], Detail: map[string]string{"factor": ByPhone}})
	})
	if err != nil {
		return Session{}, err
	}
	return out, nil
}

// FindCitizen returns a citizen's session, or an Unauthorised error.
func (s *Service) FindCitizen(ctx context.Context, token string) (Session, error) {
	out := Session{For: ForCitizen, Factors: []string{ByPhone}}
	var seen, expires int64
	err := s.db.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT phone_blind, csrf, seen, expires FROM auth_citizen WHERE id = $1`, digest(token)).
			Scan(&out.Actor.ID, &out.CSRF, &seen, &expires)
	})
	if errors.Is(err, db.ErrNoRows) {
		return Session{}, errSignedOut
	}
	if err != nil {
		return Session{}, fmt.Errorf("find citizen session: %w", err)
	}
	now := s.clock.Now()
	out.Actor.Kind, out.Expires, out.Seen = Citizen, db.FromMs(expires), db.FromMs(seen)
	if !now.Before(out.Expires) || !now.Before(out.Seen.Add(citizenIdle)) {
		return Session{}, errSignedOut
	}
	if now.Sub(out.Seen) >= touchAfter {
		s.touch(ctx, now, mark{`UPDATE auth_citizen SET seen = $1 WHERE id = $2 AND seen < $1`, digest(token)})
	}
	return out, nil
}

// EndCitizen ends a citizen's session; an unknown one is no error.
func (s *Service) EndCitizen(ctx context.Context, token string) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM auth_citizen WHERE id = $1`, digest(token)); err != nil {
			return fmt.Errorf("end citizen session: %w", err)
		}
		return nil
	})
}
