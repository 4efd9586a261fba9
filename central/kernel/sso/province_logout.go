package sso

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/jobs"
)

const (
	jobLeave    = "sso.province_logout"
	logoutEvent = "http://schemas.openid.net/event/backchannel-logout"
)

// left queues that the province is told of a sign-on's end, in the act that
// ends it.
func (s *Service) left(ctx context.Context, tx db.Tx, signon string) error {
	if s.up == nil {
		return nil
	}
	var token string
	err := tx.QueryRowContext(ctx, `DELETE FROM sso_upstream WHERE signon = $1 RETURNING token`, signon).Scan(&token)
	if errors.Is(err, db.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("end session of the province: %w", err)
	}
	return s.o.Jobs.Add(ctx, tx, jobLeave, token, jobs.Opts{MaxAttempts: 8}) // the token stays sealed in the queue
}

// leave asks the province to end its session. It knows which one by its own ID
// token; whether it takes that without the person's browser is its affair.
func (s *Service) leave(ctx context.Context, raw json.RawMessage) error {
	var sealed string
	if err := json.Unmarshal(raw, &sealed); err != nil || s.up == nil {
		return jobs.Cancel(fmt.Errorf("decode notice: %w", err))
	}
	token, err := s.o.Vault.Open(classUpstream, sealed)
	if err != nil {
		return jobs.Cancel(err)
	}
	party, err := s.up.party(ctx)
	if err != nil {
		return err
	}
	if party.GetEndSessionEndpoint() == "" {
		return nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, party.GetEndSessionEndpoint()+"?"+url.Values{"id_token_hint": {token}, "client_id": {s.up.id}}.Encode(), nil)
	if err != nil {
		return jobs.Cancel(fmt.Errorf("make request: %w", err))
	}
	res, err := s.up.client.Do(req)
	if err != nil {
		return fmt.Errorf("tell the province: %w", err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if res.StatusCode >= 500 {
		return fmt.Errorf("the province answered the logout with %d", res.StatusCode)
	}
	return nil
}

// provinceLogout is told by the province that somebody has left it (OpenID
// Connect Back-Channel Logout 1.0, 2.6).
func (s *Service) provinceLogout(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	sid, subject, err := s.logoutClaims(r.Context(), r.PostFormValue("logout_token"))
	if err != nil {
		s.o.Log.WarnContext(r.Context(), "logout notice of the province is refused", "cause", err.Error())
		http.Error(w, "invalid logout token", http.StatusBadRequest)
		return
	}
	ctx := auth.AsSystem(r.Context(), "province")
	var signons []string
	err = s.o.DB.View(ctx, func(q db.Query) error {
		signons = signons[:0]
		rows, err := q.QueryContext(ctx, `SELECT signon FROM sso_upstream WHERE sid = $1 AND sid <> '' OR $1 = '' AND subject = $2`, sid, digest(subject))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var one string
			if err := rows.Scan(&one); err != nil {
				return err
			}
			signons = append(signons, one)
		}
		return rows.Err()
	})
	for _, id := range signons {
		err = errors.Join(err, s.o.Auth.EndSignOn(ctx, id))
	}
	if err != nil {
		s.o.Log.ErrorContext(ctx, "logout notice of the province could not be followed", "cause", err.Error())
		http.Error(w, "try again", http.StatusServiceUnavailable)
	}
}

// logoutClaims checks a logout token: whose it is, that it is young, and that it
// is no ID token in disguise.
func (s *Service) logoutClaims(ctx context.Context, token string) (sid, subject string, err error) {
	party, err := s.up.party(ctx)
	if err != nil {
		return "", "", err
	}
	sig, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256, jose.ES256})
	if err != nil {
		return "", "", fmt.Errorf("parse logout token: %w", err)
	}
	payload, err := party.IDTokenVerifier().KeySet.VerifySignature(ctx, sig)
	if err != nil {
		return "", "", fmt.Errorf("check logout token: %w", err)
	}
	claims := &oidc.LogoutTokenClaims{}
	if err := json.Unmarshal(payload, claims); err != nil {
		return "", "", fmt.Errorf("decode logout token: %w", err)
	}
	now := time.Now() //nolint:forbidigo // the sender stamps by its own clock
	switch {
	case claims.Issuer != s.up.cfg.Issuer:
		err = errors.New("another issuer")
	case len(claims.Audience) != 1 || claims.Audience[0] != s.up.id:
		err = errors.New("for somebody else")
	case claims.IssuedAt.AsTime().After(now.Add(time.Minute)) || claims.IssuedAt.AsTime().Before(now.Add(-10*time.Minute)):
		err = errors.New("not of now")
	case claims.Events[logoutEvent] == nil:
		err = errors.New("no logout event")
	case claims.Claims["nonce"] != nil:
		err = errors.New("an ID token in disguise")
	case claims.SessionID == "" && claims.Subject == "":
		err = errors.New("nobody is named")
	}
	return claims.SessionID, claims.Subject, err
}
