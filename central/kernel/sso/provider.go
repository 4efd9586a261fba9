package sso

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
	"golang.org/x/text/language"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
)

var chinese = language.SimplifiedChinese

// browserCookie ties a request to the browser that began it: a person sent to
// the middle of somebody else's request gives that one nothing.
const browserCookie = "tb_sso_way"

func (s *Service) makeProvider() (err error) {
	cfg := &op.Config{
		CodeMethodS256: true, DefaultLogoutRedirectURI: "/sso/",
		SupportedScopes:            []string{oidc.ScopeOpenID, oidc.ScopeProfile, scopeTongban},
		SupportedClaims:            []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "amr", "sid", "name", "preferred_username", "department", "department_id", "region", "roles"},
		SupportedUILocales:         []language.Tag{chinese},
		BackChannelLogoutSupported: true, BackChannelLogoutSessionSupported: true,
	}
	// The key of opaque tokens comes out of the vault: every copy has it, and no file more.
	raw, err := hex.DecodeString(s.o.Vault.Blind("sso.token", "key of opaque tokens"))
	if err != nil || len(raw) < 32 {
		return fmt.Errorf("derive key: %w", err)
	}
	copy(cfg.CryptoKey[:], raw)
	options := []op.Option{
		op.WithCORSOptions(nil), // servers call us, and our own pages
		op.WithCustomTokenEndpoint(op.NewEndpoint("token")),
	}
	if !strings.HasPrefix(s.issuer, "https://") {
		options = append(options, op.WithAllowInsecure())
	}
	s.provider, err = op.NewProvider(cfg, storage{s}, op.StaticIssuer(s.issuer), options...)
	return err
}

// Routes adds the provider's routes below the issuer.
func (s *Service) Routes(srv *httpx.Server) {
	inner := http.StripPrefix("/sso", s.provider)
	add := func(method, path, summary string, h http.HandlerFunc) {
		srv.Raw(auth.ForOIDC, method, path, auth.Public, h, httpx.Summary(summary), httpx.MaxBody(64<<10))
	}
	add(http.MethodGet, oidc.DiscoveryEndpoint, "统一登录：发现", s.discovery)
	add(http.MethodGet, "/keys", "统一登录：验签公钥", inner.ServeHTTP)
	add(http.MethodGet, "/authorize", "统一登录：来自其他系统的登录请求", s.authorize(inner))
	add(http.MethodGet, "/continue", "统一登录：登录后回到其他系统", s.goOn)
	add(http.MethodGet, "/authorize/callback", "统一登录：带着一次性代码回去", s.own(inner))
	add(http.MethodPost, "/token", "统一登录：用代码换令牌", inner.ServeHTTP)
	add(http.MethodGet, "/userinfo", "统一登录：当前是谁", inner.ServeHTTP)
	add(http.MethodPost, "/revoke", "统一登录：作废令牌", inner.ServeHTTP)
	add(http.MethodGet, "/end_session", "统一登录：从其他系统退出", inner.ServeHTTP)
	s.provinceRoutes(srv)
}

// discovery says what we do, and nothing that the library could do besides.
func (s *Service) discovery(w http.ResponseWriter, r *http.Request) {
	d := op.CreateDiscoveryConfig(op.ContextWithIssuer(r.Context(), s.issuer), s.provider, storage{s})
	d.IntrospectionEndpoint, d.DeviceAuthorizationEndpoint, d.CheckSessionIframe = "", "", ""
	d.ResponseTypesSupported, d.ResponseModesSupported = []string{string(oidc.ResponseTypeCode)}, []string{"query"}
	d.GrantTypesSupported = []oidc.GrantType{oidc.GrantTypeCode}
	d.TokenEndpointAuthMethodsSupported = []oidc.AuthMethod{oidc.AuthMethodBasic}
	d.RevocationEndpointAuthMethodsSupported = []oidc.AuthMethod{oidc.AuthMethodBasic}
	d.IntrospectionEndpointAuthMethodsSupported, d.IntrospectionEndpointAuthSigningAlgValuesSupported = nil, nil
	d.TokenEndpointAuthSigningAlgValuesSupported, d.RevocationEndpointAuthSigningAlgValuesSupported = nil, nil
	d.RequestObjectSigningAlgValuesSupported = nil
	op.Discover(w, d)
}

// authorize notes the browser before the library takes the request.
func (s *Service) authorize(next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var browser string
		if c, err := r.Cookie(browserCookie); err == nil && len(c.Value) == len(random()) {
			browser = c.Value
		} else {
			browser = random()
			http.SetCookie(w, &http.Cookie{Name: browserCookie, Value: browser, Path: "/sso/", HttpOnly: true, Secure: s.o.Secure, SameSite: http.SameSiteLaxMode}) // #nosec G124 -- Secure follows the configuration: on wherever TLS stands before us
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), browserKey{}, browser)))
	}
}

// asking returns the request of r when this browser began it.
func (s *Service) asking(r *http.Request, param string) (*request, error) {
	req, err := s.request(r.Context(), r.URL.Query().Get(param))
	if err != nil {
		return nil, err
	}
	c, err := r.Cookie(browserCookie)
	if err != nil || subtle.ConstantTimeCompare([]byte(digest(c.Value)), []byte(req.browser)) != 1 {
		return nil, fmt.Errorf("request %s was begun by another browser", req.id)
	}
	return req, nil
}

// own lets only the browser that began a request end it.
func (s *Service) own(next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.asking(r, "id"); err != nil {
			s.lost(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	}
}

// lost sends a person whose way has ended to our page.
func (s *Service) lost(w http.ResponseWriter, r *http.Request, err error) {
	s.o.Log.InfoContext(r.Context(), "sign-on for another system has no way back", "cause", err.Error())
	http.Redirect(w, r, "/sso/?refused=way", http.StatusFound)
}

// goOn is where the library sends people who must sign in: back at once when
// they are signed on, to our page otherwise.
func (s *Service) goOn(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	req, err := s.asking(r, "request")
	if err != nil {
		s.lost(w, r, err)
		return
	}
	sso, fresh, err := s.signedOn(r, req)
	switch {
	case err != nil:
		op.AuthRequestError(w, r, req, oidc.ErrServerError().WithParent(err), s.provider)
	case !fresh && req.None:
		op.AuthRequestError(w, r, req, oidc.ErrLoginRequired(), s.provider)
	case !fresh:
		q := url.Values{"request": {req.id}}
		if sso.SignOn != "" {
			q.Set("again", "1") // signed on, but not as lately as the other system wants it
		}
		http.Redirect(w, r, "/sso/?"+q.Encode(), http.StatusFound)
	default:
		if err := s.answer(ctx, req, sso); err != nil {
			s.lost(w, r, err)
			return
		}
		http.Redirect(w, r, "/sso/authorize/callback?id="+url.QueryEscape(req.id), http.StatusFound)
	}
}

// signedOn finds who is at this browser, and whether that is enough for req.
func (s *Service) signedOn(r *http.Request, req *request) (sso auth.Session, fresh bool, err error) {
	kept, _ := auth.CookieOf(auth.ForSSO)
	c, err := r.Cookie(kept.Name)
	if err != nil {
		return sso, false, nil //nolint:nilerr // no cookie: nobody is signed on, which is no error
	}
	if sso, err = s.o.Auth.Find(r.Context(), auth.ForSSO, c.Value); err != nil {
		return auth.Session{}, false, nil //nolint:nilerr // signed out, or as good as
	}
	step, err := s.o.Auth.Next(r.Context(), sso, auth.ForSSO)
	if err != nil || step != auth.StepDone {
		return auth.Session{}, false, err
	}
	if req.MaxAge != nil {
		oldest := s.o.Clock.Now().Add(-secondsOf(*req.MaxAge))
		if *req.MaxAge == 0 {
			oldest = req.created
		}
		return sso, !sso.Proven.Before(oldest), nil
	}
	return sso, true, nil
}

// secondsOf bounds what another system asks for: a day is as good as for ever.
func secondsOf(n uint) time.Duration { return time.Duration(min(n, 86400)) * time.Second }
