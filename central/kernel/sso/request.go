package sso

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
)

// scopeTongban asks for department, region and roles beside the name.
const scopeTongban = "tongban"

// asked is what another system asked for, as it is kept.
type asked struct {
	Redirect  string   `json:"redirect"`
	State     string   `json:"state"`
	Nonce     string   `json:"nonce"`
	Scopes    []string `json:"scopes"`
	Challenge string   `json:"challenge"` // PKCE, S256
	None      bool     `json:"none,omitempty"`
	MaxAge    *uint    `json:"max_age,omitempty"` // 0 for prompt=login
}

// request is one way from another system to us and back (授权请求).
type request struct {
	asked
	id, client, browser, account, signon string
	amr                                  []string
	proven, created                      time.Time
}

// The request in the library's words.
func (r *request) GetID() string                      { return r.id }
func (r *request) GetACR() string                     { return "" }
func (r *request) GetAMR() []string                   { return r.amr }
func (r *request) GetAudience() []string              { return []string{r.client} }
func (r *request) GetAuthTime() time.Time             { return r.proven }
func (r *request) GetClientID() string                { return r.client }
func (r *request) GetNonce() string                   { return r.Nonce }
func (r *request) GetRedirectURI() string             { return r.Redirect }
func (r *request) GetResponseType() oidc.ResponseType { return oidc.ResponseTypeCode }
func (r *request) GetResponseMode() oidc.ResponseMode { return "" }
func (r *request) GetScopes() []string                { return r.Scopes }
func (r *request) GetState() string                   { return r.State }
func (r *request) GetSubject() string                 { return r.account }
func (r *request) Done() bool                         { return r.account != "" }

func (r *request) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: r.Challenge, Method: oidc.CodeChallengeMethodS256}
}

type browserKey struct{}

// CreateAuthRequest implements op.AuthStorage.
func (s storage) CreateAuthRequest(ctx context.Context, in *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	switch {
	case in.CodeChallenge == "" || in.CodeChallengeMethod != oidc.CodeChallengeMethodS256:
		return nil, oidc.ErrInvalidRequest().WithDescription("PKCE with code_challenge_method S256 is required")
	case !slices.Contains(in.Scopes, oidc.ScopeOpenID):
		return nil, oidc.ErrInvalidRequest().WithDescription("scope openid is required")
	case in.ResponseMode != "" && in.ResponseMode != oidc.ResponseModeQuery:
		return nil, oidc.ErrInvalidRequest().WithDescription("only response_mode query is supported")
	}
	r := &request{
		asked: asked{
			Redirect: in.RedirectURI, State: in.State, Nonce: in.Nonce, Scopes: in.Scopes, Challenge: in.CodeChallenge,
			None: slices.Contains(in.Prompt, oidc.PromptNone), MaxAge: in.MaxAge,
		},
		id: ids.New(), client: in.ClientID,
	}
	text, err := json.Marshal(r.asked)
	if err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	browser, _ := ctx.Value(browserKey{}).(string)
	err = s.o.DB.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO sso_request
			(id, client, browser, asked, account, signon, amr, proven, code, used, created, expires)
			VALUES ($1, $2, $3, $4, '', '', '[]', 0, '', 0, $5, $6)`,
			r.id, r.client, digest(browser), string(text), db.Ms(tx.Now()), db.Ms(tx.Now().Add(requestLife)))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("keep request: %w", err)
	}
	return r, nil
}

const requestColumns = `id, client, browser, asked, account, signon, amr, proven, created`

func scanRequest(scan func(...any) error) (*request, error) {
	r := &request{}
	var text, amr string
	var proven, created int64
	if err := scan(&r.id, &r.client, &r.browser, &text, &r.account, &r.signon, &amr, &proven, &created); err != nil {
		return nil, err
	}
	r.proven, r.created = db.FromMs(proven), db.FromMs(created)
	return r, errors.Join(json.Unmarshal([]byte(text), &r.asked), json.Unmarshal([]byte(amr), &r.amr))
}

// request loads a request that has not come to its end.
func (s *Service) request(ctx context.Context, id string) (r *request, err error) {
	err = s.o.DB.View(ctx, func(q db.Query) (err error) {
		r, err = scanRequest(q.QueryRowContext(ctx, `SELECT `+requestColumns+` FROM sso_request
			WHERE id = $1 AND used = 0 AND expires > $2`, id, db.Ms(s.o.Clock.Now())).Scan)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load request: %w", err)
	}
	return r, nil
}

// AuthRequestByID implements op.AuthStorage.
func (s storage) AuthRequestByID(ctx context.Context, id string) (op.AuthRequest, error) {
	return s.request(ctx, id)
}

// answer notes who came.
func (s *Service) answer(ctx context.Context, r *request, sso auth.Session) error {
	amr, err := json.Marshal(methods(sso.Factors))
	if err != nil {
		return fmt.Errorf("encode methods: %w", err)
	}
	return s.o.DB.Do(auth.As(ctx, sso.Actor), func(tx db.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE sso_request SET account = $1, signon = $2, amr = $3, proven = $4
			WHERE id = $5 AND code = '' AND used = 0`, sso.Actor.ID, sso.SignOn, string(amr), db.Ms(sso.Proven), r.id)
		if err != nil {
			return fmt.Errorf("answer request: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(errors.New("request is answered already"), err)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "auth.enter", Object: sso.Actor.ID, Detail: map[string]string{"system": r.client, "signon": sso.SignOn}})
	})
}

// methods are the proven factors in the words of RFC 8176.
func methods(factors []string) []string {
	out := []string{}
	for _, f := range factors {
		switch f {
		case auth.ByRecovery:
			f = "otp"
		case auth.ByProvince:
			f = "fed"
		}
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	if len(factors) > 1 {
		out = append(out, "mfa")
	}
	return out
}

// SaveAuthCode implements op.AuthStorage.
func (s storage) SaveAuthCode(ctx context.Context, id, code string) error {
	return s.o.DB.Do(ctx, func(tx db.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE sso_request SET code = $1, expires = $2 WHERE id = $3 AND code = '' AND used = 0`,
			digest(code), db.Ms(tx.Now().Add(codeLife)), id)
		if err != nil {
			return fmt.Errorf("keep code: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(errors.New("the request has a code already"), err)
		}
		return nil
	})
}

// AuthRequestByCode implements op.AuthStorage. It uses the code up at once: a
// second try, even one with everything right, ends the tokens of the first
// (RFC 6749, 4.1.2).
func (s storage) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	var r *request
	err := s.o.DB.Do(ctx, func(tx db.Tx) (err error) {
		r = nil
		r, err = scanRequest(tx.QueryRowContext(ctx, `UPDATE sso_request SET used = 1
			WHERE code = $1 AND used = 0 AND expires > $2 RETURNING `+requestColumns, digest(code), db.Ms(tx.Now())).Scan)
		if !errors.Is(err, db.ErrNoRows) {
			return err
		}
		var id, client string
		err = tx.QueryRowContext(ctx, `SELECT id, client FROM sso_request WHERE code = $1 AND used = 1`, digest(code)).Scan(&id, &client)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM sso_token WHERE request = $1`, id); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "sso.replay", Object: client, Detail: map[string]string{"request": id}})
	})
	if err != nil {
		return nil, fmt.Errorf("use code: %w", err)
	}
	if r == nil {
		return nil, errors.New("code is unknown, used or over")
	}
	return r, nil
}

// DeleteAuthRequest implements op.AuthStorage. The row stays until the sweep, so
// that a code that comes twice is recognised.
func (s storage) DeleteAuthRequest(context.Context, string) error { return nil }
