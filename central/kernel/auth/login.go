package auth

import (
	"context"
	"strings"

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

// LoginTo signs on by password and opens a console in one go, for programs and
// accounts whose password is enough; ErrStep otherwise. The session that old
// names ends, so that a session id set by somebody else is worth nothing after
// signing in.
func (s *Service) LoginTo(ctx context.Context, audience, login, password, old string) (Session, error) {
	sso, err := s.SignIn(ctx, Try{Login: login, Password: password})
	if err != nil {
		return Session{}, err
	}
	return s.HandOver(ctx, sso, audience, old)
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
