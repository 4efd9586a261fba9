package sso

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
)

// storage is the Service in the library's words.
type storage struct{ *Service }

var (
	_ op.Storage                        = storage{}
	_ op.CanSetUserinfoFromRequest      = storage{}
	_ op.CanTerminateSessionFromRequest = storage{}
)

// errNot is the answer to everything of OAuth that we do not do.
var errNot = errors.New("not supported")

// CreateAccessToken implements op.AuthStorage.
func (s storage) CreateAccessToken(ctx context.Context, in op.TokenRequest) (string, time.Time, error) {
	r, ok := in.(*request)
	if !ok {
		return "", time.Time{}, errNot
	}
	scopes, err := json.Marshal(r.Scopes)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("encode scopes: %w", err)
	}
	id := ids.Key()
	var until time.Time
	err = s.o.DB.Do(ctx, func(tx db.Tx) error {
		until = tx.Now().Add(tokenLife)
		_, err := tx.ExecContext(ctx, `INSERT INTO sso_token (id, request, client, account, signon, scopes, expires) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			digest(id), r.id, r.client, r.account, r.signon, string(scopes), db.Ms(until))
		if err != nil {
			return fmt.Errorf("keep token: %w", err)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO sso_visit (signon, client) VALUES ($1, $2) ON CONFLICT (signon, client) DO NOTHING`, r.signon, r.client)
		if err != nil {
			return fmt.Errorf("keep visit: %w", err)
		}
		return nil
	})
	// The library counts the life from the machine's clock.
	return id, time.Now().Add(tokenLife), err
}

// claims fills in what the scopes allow to say of a person.
func (s *Service) claims(ctx context.Context, info *oidc.UserInfo, account string, scopes []string) error {
	a, who, err := s.o.Auth.Person(ctx, account)
	if err != nil {
		return err
	}
	info.Subject = account
	if slices.Contains(scopes, oidc.ScopeProfile) {
		info.Name, info.PreferredUsername, info.Locale = a.Name, a.Login, oidc.NewLocale(chinese)
	}
	if slices.Contains(scopes, scopeTongban) {
		info.AppendClaims("department", who.Department)
		info.AppendClaims("department_id", a.DepartmentID)
		info.AppendClaims("region", a.Region)
		info.AppendClaims("roles", append([]string{}, who.Roles...))
	}
	return nil
}

// SetUserinfoFromRequest implements op.CanSetUserinfoFromRequest: what stands in
// the ID token. sid names the sign-on, for the logout.
func (s storage) SetUserinfoFromRequest(ctx context.Context, info *oidc.UserInfo, in op.IDTokenRequest, scopes []string) error {
	r, ok := in.(*request)
	if !ok {
		return errNot
	}
	info.AppendClaims("sid", r.signon)
	return s.claims(ctx, info, r.account, scopes)
}

// SetUserinfoFromToken implements op.OPStorage. A token is worth nothing after
// the sign-on it came of.
func (s storage) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, id, subject, _ string) error {
	var account, text string
	err := s.o.DB.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT account, scopes FROM sso_token WHERE id = $1 AND expires > $2`, digest(id), db.Ms(s.o.Clock.Now())).
			Scan(&account, &text)
	})
	if err != nil || account != subject {
		return errors.Join(errors.New("token is over"), err)
	}
	var scopes []string
	if err := json.Unmarshal([]byte(text), &scopes); err != nil {
		return fmt.Errorf("decode scopes: %w", err)
	}
	return s.claims(ctx, info, account, scopes)
}

// RevokeToken implements op.AuthStorage.
func (s storage) RevokeToken(ctx context.Context, id, _, client string) *oidc.Error {
	err := s.o.DB.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sso_token WHERE id = $1 AND client = $2`, digest(id), client)
		return err
	})
	if err != nil {
		return oidc.ErrServerError().WithParent(err)
	}
	return nil
}

// Health implements op.Storage.
func (s storage) Health(ctx context.Context) error { return s.o.DB.Ping(ctx) }

// What follows implements the rest of op.Storage: parts of OAuth that are off.

func (s storage) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil // SetUserinfoFromRequest does it
}

func (s storage) CreateAccessAndRefreshTokens(context.Context, op.TokenRequest, string) (string, string, time.Time, error) {
	return "", "", time.Time{}, errNot
}

func (s storage) TokenRequestByRefreshToken(context.Context, string) (op.RefreshTokenRequest, error) {
	return nil, errNot
}

func (s storage) GetRefreshTokenInfo(context.Context, string, string) (string, string, error) {
	return "", "", op.ErrInvalidRefreshToken
}

func (s storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errNot
}

func (s storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}

func (s storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errNot
}

func (s storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errNot
}

func (s storage) TerminateSession(context.Context, string, string) error { return errNot }
