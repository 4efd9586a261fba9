package sso

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/client/rp"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/oauth2"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/outbound"
)

// Province says where the provincial account system is (省统一身份认证). It is an
// OpenID provider like any other; nothing here is special to Sichuan.
type Province struct {
	Issuer   string // none when empty
	KeyFile  string // one line "client id:secret", readable by its owner alone
	Internal bool   // it stands in our own network
}

// ProvinceStart is where the sign-in by the provincial account begins.
const ProvinceStart = "/sso/province/start"

const (
	outingCookie  = "tb_sso_out"
	outingLife    = 10 * time.Minute
	classUpstream = "sso.upstream"
)

// upstream is the provincial account system as we use it.
type upstream struct {
	cfg        Province
	id, secret string
	redirect   string
	client     *http.Client

	mu sync.Mutex
	rp rp.RelyingParty // made at the first use: the other side may be down when we start
}

func newUpstream(cfg Province, public string) (*upstream, error) {
	text, err := os.ReadFile(cfg.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("read key of the provincial account system: %w", err)
	}
	id, secret, ok := strings.Cut(strings.TrimSpace(string(text)), ":")
	if !ok || id == "" || len(secret) < 16 {
		return nil, errors.New("key of the provincial account system: want one line \"id:secret\", the secret of 16 characters or more")
	}
	out, err := outbound.New(outbound.Target{URL: cfg.Issuer, Internal: cfg.Internal, Timeout: 8 * time.Second})
	if err != nil {
		return nil, err
	}
	return &upstream{cfg: cfg, id: id, secret: secret, redirect: public + "/sso/province/callback", client: &http.Client{Transport: through{out}}}, nil
}

// through makes every call of the library one of the one way out.
type through struct{ *outbound.Client }

func (t through) RoundTrip(r *http.Request) (*http.Response, error) { return t.Do(r) }

type nonceKey struct{}

// party returns the library's relying party, asking the other side's discovery
// until it has answered once.
func (u *upstream) party(ctx context.Context) (rp.RelyingParty, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.rp != nil {
		return u.rp, nil
	}
	p, err := rp.NewRelyingPartyOIDC(ctx, u.cfg.Issuer, u.id, u.secret, u.redirect, []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopePhone},
		rp.WithHTTPClient(u.client),
		rp.WithVerifierOpts(rp.WithNonce(func(ctx context.Context) string {
			nonce, _ := ctx.Value(nonceKey{}).(string)
			return nonce
		}), rp.WithIssuedAtMaxAge(10*time.Minute), rp.WithIssuedAtOffset(time.Minute)))
	if err != nil {
		return nil, fmt.Errorf("ask provincial account system: %w", err)
	}
	u.rp = p
	return p, nil
}

func (s *Service) provinceRoutes(srv *httpx.Server) {
	if s.up == nil {
		return
	}
	add := func(method, path, summary string, h http.HandlerFunc) {
		srv.Raw(auth.ForOIDC, method, path, auth.Public, h, httpx.Summary(summary), httpx.MaxBody(64<<10))
	}
	add(http.MethodGet, "/province/start", "四川政务服务账号登录：去省平台", s.provinceStart)
	add(http.MethodGet, "/province/callback", "四川政务服务账号登录：回来", s.provinceBack)
	add(http.MethodPost, "/province/logout", "四川政务服务账号退出通知", s.provinceLogout)
}

// here returns the page of ours to come back to; anything else becomes the
// sign-on's own.
func here(to string) string {
	for _, prefix := range []string{"/console/", "/admin/", "/sso/"} {
		if strings.HasPrefix(to, prefix) && !strings.ContainsAny(to, "\\\r\n") && len(to) < 500 {
			return to
		}
	}
	return "/sso/"
}

// refuse brings the person back with a reason that the page has words for.
func refuse(w http.ResponseWriter, r *http.Request, back, why string) {
	path, hash, _ := strings.Cut(back, "#")
	u, err := url.Parse(path)
	if err != nil {
		u = &url.URL{Path: "/sso/"}
	}
	q := u.Query()
	q.Set("refused", why)
	u.RawQuery, u.Fragment = q.Encode(), hash
	http.Redirect(w, r, u.String(), http.StatusFound) // #nosec G710 -- back is one of our own pages, see here
}

// provinceStart sends the person over, with state, nonce and PKCE of their own.
func (s *Service) provinceStart(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	back := here(r.URL.Query().Get("to"))
	party, err := s.up.party(ctx)
	if err != nil {
		s.o.Log.WarnContext(ctx, "provincial account system does not answer", "cause", err.Error())
		refuse(w, r, back, "province")
		return
	}
	cookie, state, nonce, verifier := random(), random(), random(), random()
	err = s.o.DB.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO sso_outing (id, state, nonce, verifier, back, expires) VALUES ($1, $2, $3, $4, $5, $6)`,
			digest(cookie), state, nonce, verifier, back, db.Ms(tx.Now().Add(outingLife)))
		return err
	})
	if err != nil {
		s.o.Log.ErrorContext(ctx, "way to the provincial account system could not be kept", "cause", err.Error())
		refuse(w, r, back, "province")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: outingCookie, Value: cookie, Path: "/sso/province/", HttpOnly: true, Secure: s.o.Secure, SameSite: http.SameSiteLaxMode}) // #nosec G124 -- Secure follows the configuration: on wherever TLS stands before us
	sum := sha256.Sum256([]byte(verifier))
	http.Redirect(w, r, rp.AuthURL(state, party, rp.WithCodeChallenge(base64.RawURLEncoding.EncodeToString(sum[:])), rp.AuthURLOpt(rp.WithURLParam("nonce", nonce))), http.StatusFound)
}

// outing uses up the way that a browser was on.
type outing struct{ state, nonce, verifier, back string }

func (s *Service) outing(ctx context.Context, r *http.Request) (o outing, err error) {
	c, err := r.Cookie(outingCookie)
	if err != nil {
		return o, err
	}
	err = s.o.DB.Do(ctx, func(tx db.Tx) error {
		return tx.QueryRowContext(ctx, `DELETE FROM sso_outing WHERE id = $1 AND expires > $2 RETURNING state, nonce, verifier, back`, digest(c.Value), db.Ms(tx.Now())).
			Scan(&o.state, &o.nonce, &o.verifier, &o.back)
	})
	if err == nil && (o.state == "" || o.state != r.URL.Query().Get("state")) {
		err = errors.New("state is another one's")
	}
	return o, err
}

// provinceBack takes the person back, when everything the other side says holds.
func (s *Service) provinceBack(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	o, err := s.outing(ctx, r)
	if err != nil {
		s.o.Log.WarnContext(ctx, "somebody came from the provincial account system on a way that is not theirs", "cause", err.Error())
		refuse(w, r, "/sso/", "denied")
		return
	}
	token, err := s.provinceTokens(ctx, r.URL.Query(), o)
	if err != nil {
		s.o.Log.WarnContext(ctx, "provincial sign-in is refused", "cause", err.Error())
		why := "denied"
		if errs.KindOf(err) == errs.Unavailable {
			why = "province"
		}
		refuse(w, r, o.back, why)
		return
	}
	sso, err := s.provinceSignIn(ctx, r, token)
	switch {
	case errs.CodeOf(err) == errs.CodeOf(auth.ErrNotLinked):
		refuse(w, r, o.back, "not_linked")
	case err != nil:
		s.o.Log.WarnContext(ctx, "provincial sign-in is refused", "cause", err.Error())
		refuse(w, r, o.back, "denied")
	default:
		kept, _ := auth.CookieOf(auth.ForSSO)
		http.SetCookie(w, kept.Holding(sso.Token, s.o.Secure))
		http.Redirect(w, r, o.back, http.StatusFound)
	}
}

func (s *Service) provinceTokens(ctx context.Context, q url.Values, o outing) (*oidc.Tokens[*oidc.IDTokenClaims], error) {
	if q.Get("code") == "" {
		return nil, fmt.Errorf("no code: %s", q.Get("error"))
	}
	party, err := s.up.party(ctx)
	if err != nil {
		return nil, errs.E(errs.Unavailable, "sso.province", "", err)
	}
	ctx = context.WithValue(ctx, nonceKey{}, o.nonce)
	token, err := rp.CodeExchange[*oidc.IDTokenClaims](ctx, q.Get("code"), party, rp.WithCodeVerifier(o.verifier))
	var down *url.Error
	var said *oauth2.RetrieveError
	if errors.As(err, &down) || errors.As(err, &said) && said.Response.StatusCode >= 500 {
		return nil, errs.E(errs.Unavailable, "sso.province", "", err)
	}
	return token, err
}

// provinceSignIn finds who the person is here. Somebody whose verified phone is
// an account's is that account's person, and is noted as such.
func (s *Service) provinceSignIn(ctx context.Context, r *http.Request, token *oidc.Tokens[*oidc.IDTokenClaims]) (sso auth.Session, err error) {
	claims := token.IDTokenClaims
	account, err := s.o.Auth.Linked(ctx, s.up.cfg.Issuer, claims.Subject)
	if errs.CodeOf(err) == errs.CodeOf(auth.ErrNotLinked) && claims.PhoneNumber != "" && bool(claims.PhoneNumberVerified) {
		if account, err = s.o.Auth.ByPhoneNumber(ctx, claims.PhoneNumber); err == nil {
			err = s.o.Auth.Link(auth.AsSystem(ctx, "sso"), s.up.cfg.Issuer, claims.Subject, account, "手机号一致，首次登录时绑定")
		}
	}
	if err != nil {
		return sso, errors.Join(err, s.deniedProvince(ctx, claims.Subject))
	}
	old := ""
	kept, _ := auth.CookieOf(auth.ForSSO)
	if c, err := r.Cookie(kept.Name); err == nil {
		old = c.Value
	}
	if sso, err = s.o.Auth.SignInAs(ctx, account, auth.ByProvince, old); err != nil {
		return sso, err
	}
	sealed, err := s.o.Vault.Seal(classUpstream, token.IDToken)
	if err != nil {
		return sso, err
	}
	sid, _ := claims.Claims["sid"].(string)
	return sso, s.o.DB.Do(actor.With(ctx, sso.Actor), func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO sso_upstream (signon, sid, subject, token, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (signon) DO UPDATE SET sid = excluded.sid, subject = excluded.subject, token = excluded.token, at = excluded.at`,
			sso.SignOn, sid, digest(claims.Subject), sealed, db.Ms(tx.Now()))
		if err != nil {
			return fmt.Errorf("note session of the province: %w", err)
		}
		return nil
	})
}

func (s *Service) deniedProvince(ctx context.Context, subject string) error {
	return s.o.DB.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "auth.login_denied", Object: "province:" + digest(subject)[:12]})
	})
}
