package sso

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/outbound"
)

const jobTell = "sso.logout"

// gone is one notice to one system.
type gone struct {
	Client  string `json:"client"`
	SignOn  string `json:"signon"`
	Account string `json:"account"`
	ID      string `json:"id"` // the same at every try
}

// ended queues a notice to each system the sign-on was used in, in the act that
// ends it.
func (s *Service) ended(ctx context.Context, tx db.Tx, signon, account string) error {
	rows, err := tx.QueryContext(ctx, `SELECT v.client FROM sso_visit v JOIN sso_client c ON c.id = v.client
		WHERE v.signon = $1 AND c.backchannel <> '' AND c.disabled = 0 ORDER BY v.client`, signon)
	if err != nil {
		return fmt.Errorf("find visits: %w", err)
	}
	var clients []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			_ = rows.Close()
			return fmt.Errorf("find visits: %w", err)
		}
		clients = append(clients, id)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("find visits: %w", err)
	}
	for _, id := range clients {
		if err := s.o.Jobs.Add(ctx, tx, jobTell, gone{id, signon, account, ids.New()}, jobs.Opts{MaxAttempts: 12}); err != nil {
			return err
		}
	}
	for _, what := range []string{`DELETE FROM sso_visit WHERE signon = $1`, `DELETE FROM sso_token WHERE signon = $1`} {
		if _, err := tx.ExecContext(ctx, what, signon); err != nil {
			return fmt.Errorf("end tokens: %w", err)
		}
	}
	return s.left(ctx, tx, signon)
}

// tell sends one logout token (OpenID Connect Back-Channel Logout 1.0, 2.5).
func (s *Service) tell(ctx context.Context, raw json.RawMessage) error {
	var g gone
	if err := json.Unmarshal(raw, &g); err != nil {
		return jobs.Cancel(fmt.Errorf("decode notice: %w", err))
	}
	c, err := s.client(ctx, g.Client)
	if errors.Is(err, errNoClient) || err == nil && c.Backchannel == "" {
		return nil
	}
	if err != nil {
		return err
	}
	token, err := s.logoutToken(ctx, g)
	if err != nil {
		return err
	}
	out, err := outbound.New(outbound.Target{URL: c.Backchannel, Internal: c.Internal, Timeout: 10 * time.Second, MaxBytes: 64 << 10})
	if err != nil {
		return jobs.Cancel(err)
	}
	defer out.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Backchannel, strings.NewReader(url.Values{"logout_token": {token}}.Encode()))
	if err != nil {
		return jobs.Cancel(fmt.Errorf("make request: %w", err))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := out.Do(req)
	if err != nil {
		return fmt.Errorf("tell %s: %w", c.ID, err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNoContent {
		return fmt.Errorf("%s answered the logout with %d", c.ID, res.StatusCode)
	}
	return s.o.DB.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "sso.told", Object: c.ID, Detail: map[string]string{"signon": g.SignOn}})
	})
}

func (s *Service) logoutToken(ctx context.Context, g gone) (string, error) {
	k, err := s.signing(ctx)
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: &jose.JSONWebKey{Key: k.private, KeyID: k.id}},
		(&jose.SignerOptions{}).WithType("logout+jwt"))
	if err != nil {
		return "", fmt.Errorf("make signer: %w", err)
	}
	now := time.Now() //nolint:forbidigo // other systems look at their own clocks
	payload, err := json.Marshal(map[string]any{
		"iss": s.issuer, "aud": g.Client, "sub": g.Account, "sid": g.SignOn, "jti": g.ID,
		"iat": now.Unix(), "exp": now.Add(2 * time.Minute).Unix(),
		"events": map[string]any{logoutEvent: map[string]any{}},
	})
	if err != nil {
		return "", fmt.Errorf("encode logout token: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign logout token: %w", err)
	}
	return signed.CompactSerialize()
}

// TerminateSessionFromRequest implements RP-initiated logout: the sign-on that
// the ID token names ends, everywhere. Without such a token nobody is signed out
// by a mere link: the person is asked on our page.
func (s storage) TerminateSessionFromRequest(ctx context.Context, in *op.EndSessionRequest) (string, error) {
	if in.IDTokenHintClaims == nil {
		return "/sso/", nil
	}
	if sid, _ := in.IDTokenHintClaims.Claims["sid"].(string); sid != "" {
		if err := s.o.Auth.EndSignOn(ctx, sid); err != nil {
			return "", err
		}
	}
	return in.RedirectURI, nil
}
