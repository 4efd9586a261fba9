package auth

import (
	"context"
	"errors"
	"fmt"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

// ErrNotLinked says that another account system knows the person and we do not.
var ErrNotLinked = errs.E(errs.Forbidden, "auth.not_linked", "您的四川政务服务账号还没有在本系统开通，请联系本单位管理员", nil)

// Link notes who a person of another account system is here (账号绑定). The
// caller has asked May.
func (s *Service) Link(ctx context.Context, issuer, subject, account, reason string) error {
	return s.change(ctx, account, audit.Record{Action: "auth.link", Reason: reason, Detail: map[string]string{"issuer": issuer}}, false, func(tx db.Tx) error {
		if _, err := one(ctx, tx, `id = $1`, account); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO auth_link (issuer, subject, account, at) VALUES ($1, $2, $3, $4)`,
			issuer, digest(subject), account, db.Ms(tx.Now()))
		if db.IsUnique(err) {
			return errs.E(errs.Conflict, "auth.linked", "这个外部账号已经绑定到本系统的一个账号", err)
		}
		return err
	})
}

// Linked returns the account of a person of another account system, or
// ErrNotLinked.
func (s *Service) Linked(ctx context.Context, issuer, subject string) (account string, err error) {
	err = s.db.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT account FROM auth_link WHERE issuer = $1 AND subject = $2`, issuer, digest(subject)).Scan(&account)
	})
	if errors.Is(err, db.ErrNoRows) {
		return "", ErrNotLinked
	}
	if err != nil {
		return "", fmt.Errorf("look up link: %w", err)
	}
	return account, nil
}

// ByPhoneNumber returns the account that has this phone, or ErrNotLinked.
func (s *Service) ByPhoneNumber(ctx context.Context, phone string) (account string, err error) {
	a, _, err := s.account(ctx, `phone_blind = $1`, s.vault.Blind(classPhone, phone))
	if errors.Is(err, db.ErrNoRows) || err == nil && phone == "" {
		return "", ErrNotLinked
	}
	return a.ID, err
}
