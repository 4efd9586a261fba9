package auth

import (
	"context"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
)

// ChangePassword changes the password of whoever is signed in; all their
// sessions end. A wrong old password counts as a failed try.
func (s *Service) ChangePassword(ctx context.Context, old, next string) error {
	a, kept, err := s.account(ctx, `id = $1`, Who(ctx).ID)
	if err != nil {
		return fmt.Errorf("load account: %w", orNoAccount(err))
	}
	if err := s.claimTry(ctx, a.Login, actor.OriginFrom(ctx).Source); err != nil {
		return err
	}
	ok, err := s.hasher.check(ctx, kept, old)
	if err != nil {
		return fmt.Errorf("check password: %w", err)
	}
	if !ok {
		return errs.E(errs.Invalid, "auth.old_password", "现在的密码不对，请重新填写", nil)
	}
	return s.newPassword(ctx, a, next, audit.Record{Action: "auth.change_password"}, false)
}

// SetPassword changes the password of an account and ends all its sessions.
func (s *Service) SetPassword(ctx context.Context, id, password string) error {
	a, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	return s.newPassword(ctx, a, password, audit.Record{Action: "auth.set_password"}, false)
}

// ResetPassword gives an account a one-time password, which opens nothing but the change to one of the person's own, and
// ends all sessions. It is returned this once and kept nowhere.
func (s *Service) ResetPassword(ctx context.Context, id, reason string) (string, error) {
	if Who(ctx).ID == id {
		return "", errs.E(errs.Conflict, "auth.self_reset", "自己的密码请用“修改密码”", nil)
	}
	a, err := s.Get(ctx, id)
	if err != nil {
		return "", err
	}
	password := RandomPassword()
	return password, s.newPassword(ctx, a, password, audit.Record{Action: "auth.reset_password", Reason: reason}, true)
}

// newPassword checks and keeps a password. oneTime says that somebody else made it.
func (s *Service) newPassword(ctx context.Context, a Account, password string, r audit.Record, oneTime bool) error {
	if err := CheckPassword(a.Login, password); err != nil {
		return err
	}
	if err := s.notBefore(ctx, a.ID, password); err != nil {
		return err
	}
	kept, err := s.hasher.hash(ctx, password)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	return s.change(ctx, a.ID, r, true, func(tx db.Tx) error {
		until := int64(0)
		if oneTime {
			until = db.Ms(tx.Now().Add(s.limits.OneTime))
		}
		err := s.set(ctx, tx, a.ID, `password = $3, must_change = $4, password_changed = $1, password_until = $5`, kept, db.Int(oneTime), until)
		if err != nil {
			return err
		}
		return s.remember(ctx, tx, a.ID, kept)
	})
}

// notBefore refuses a password that the account had lately, the present one too.
func (s *Service) notBefore(ctx context.Context, account, password string) error {
	var former []string
	err := s.db.View(ctx, func(q db.Query) error {
		former = former[:0]
		return each(ctx, q, `SELECT hash FROM auth_password WHERE account = $1 ORDER BY at DESC, id DESC`, func(scan func(...any) error) error {
			var hash string
			err := scan(&hash)
			former = append(former, hash)
			return err
		}, account)
	})
	if err != nil {
		return fmt.Errorf("load former passwords: %w", err)
	}
	for _, hash := range former[:min(len(former), s.limits.History)] {
		same, err := s.hasher.check(ctx, hash, password)
		if err != nil {
			return fmt.Errorf("check former password: %w", err)
		}
		if same {
			return errs.E(errs.Invalid, "auth.used_password", fmt.Sprintf("最近 %d 次用过的密码不能再用，请换一个", s.limits.History), nil)
		}
	}
	return nil
}

// remember keeps a password's hash among the former ones and forgets the oldest.
func (s *Service) remember(ctx context.Context, tx db.Tx, account, hash string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO auth_password (id, account, hash, at) VALUES ($1, $2, $3, $4)`, ids.New(), account, hash, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("remember password: %w", err)
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM auth_password WHERE account = $1 AND id NOT IN
		(SELECT id FROM auth_password WHERE account = $1 ORDER BY at DESC, id DESC LIMIT $2)`, account, s.limits.History)
	if err != nil {
		return fmt.Errorf("forget old passwords: %w", err)
	}
	return nil
}
