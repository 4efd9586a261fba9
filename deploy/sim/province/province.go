// Package province is the emulated provincial account system (省统一身份认证仿真): an OpenID provider of its own with a page
// to choose a made-up person, and faults. It shares no code with the centre.
package province

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tongban/deploy/sim/control"
)

//go:embed web/*.html
var pages embed.FS

// Person is somebody who has an account with the province; all are made up.
type Person struct {
	Subject string
	Name    string
	Phone   string
}

// People are those one can be.
var People = []Person{
	{"SC-0001", "周敏", "13900000012"},
	{"SC-0002", "何志远", "13900000013"},
	{"SC-0009", "未开通的人", "13900000099"},
}

// The faults one can press.
const (
	FaultDown      = "down"      // every request is answered with 503
	FaultSlow      = "slow"      // tokens take 15 s
	FaultNonce     = "nonce"     // the ID token answers another question
	FaultExpired   = "expired"   // the ID token is an hour too old
	FaultSignature = "signature" // the ID token is signed by a key that nobody published
	FaultAudience  = "audience"  // the ID token is for another system
)

var faults = []string{FaultDown, FaultSlow, FaultNonce, FaultExpired, FaultSignature, FaultAudience}

// Config is what New needs.
type Config struct {
	Issuer      string // address of this provider
	Client      string // the one system that may ask
	Secret      string
	Redirect    string // exact
	Backchannel string // told when a person leaves the province; "" when nobody is
}

// Provider is the account system.
type Provider struct {
	cfg        Config
	key, other *rsa.PrivateKey
	page       *template.Template

	mu    sync.Mutex
	codes map[string]grant
	sids  map[string]Person // who is signed in here, by session
	fault string
	calls map[string]int
}

type grant struct {
	person    Person
	sid       string
	nonce     string
	challenge string
	scope     string
}

// New returns a provider.
func New(cfg Config) (*Provider, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	page, err := template.ParseFS(pages, "web/*.html")
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	return &Provider{cfg: cfg, key: key, other: other, page: page, codes: map[string]grant{}, sids: map[string]Person{}, calls: map[string]int{}}, nil
}

// Press presses one fault, "" none.
func (p *Provider) Press(fault string) error {
	if fault != "" && !slices.Contains(faults, fault) {
		return fmt.Errorf("no fault %q, have %s", fault, strings.Join(faults, ", "))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = fault
	return nil
}

// SignedIn lists who is signed in with the province.
func (p *Provider) SignedIn() map[string]Person {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]Person{}
	for sid, person := range p.sids {
		out[sid] = person
	}
	return out
}

func (p *Provider) pressed(fault string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault == fault
}

// Handler is the provider, and on the side its faults and a way to leave.
func (p *Provider) Handler() http.Handler {
	open := http.NewServeMux()
	open.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	open.HandleFunc("GET /jwks", p.jwks)
	open.HandleFunc("GET /authorize", p.authorize)
	open.HandleFunc("POST /choose", p.choose)
	open.HandleFunc("POST /token", p.token)
	open.HandleFunc("GET /end_session", p.endSession)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		answer(w, http.StatusOK, map[string]any{"fault": p.fault, "have": faults})
	})
	mux.HandleFunc("POST /faults", p.press)
	mux.HandleFunc("GET /signed-in", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, p.SignedIn()) })
	mux.HandleFunc("POST /leave", p.leave)
	mux.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.pressed(FaultDown) {
			http.Error(w, "out of service", http.StatusServiceUnavailable)
			return
		}
		open.ServeHTTP(w, r)
	}))
	return control.Loopback(mux)
}

func (p *Provider) press(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Fault string `json:"fault"`
	}
	err := json.NewDecoder(io.LimitReader(r.Body, 1<<10)).Decode(&in)
	if err == nil {
		err = p.Press(in.Fault)
	}
	if err != nil {
		answer(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	at := func(path string) string { return p.cfg.Issuer + path }
	answer(w, http.StatusOK, map[string]any{
		"issuer": p.cfg.Issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"), "jwks_uri": at("/jwks"),
		"end_session_endpoint": at("/end_session"), "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"}, "code_challenge_methods_supported": []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic"}, "backchannel_logout_supported": true, "backchannel_logout_session_supported": true,
	})
}

func (p *Provider) jwks(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &p.key.PublicKey, KeyID: "p1", Algorithm: "RS256", Use: "sig"}}})
}

// authorize shows whom one can be.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != p.cfg.Client || q.Get("redirect_uri") != p.cfg.Redirect {
		http.Error(w, "unknown client or address", http.StatusBadRequest)
		return
	}
	if q.Get("response_type") != "code" || q.Get("code_challenge") == "" || q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" {
		http.Redirect(w, r, p.back(q.Get("state"), url.Values{"error": {"invalid_request"}}), http.StatusFound)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = p.page.ExecuteTemplate(w, "choose.html", map[string]any{
		"People": People, "State": q.Get("state"), "Nonce": q.Get("nonce"), "Challenge": q.Get("code_challenge"), "Scope": q.Get("scope"),
	})
}

func (p *Provider) back(state string, q url.Values) string {
	q.Set("state", state)
	return p.cfg.Redirect + "?" + q.Encode()
}

func (p *Provider) choose(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	state := r.FormValue("state")
	i := slices.IndexFunc(People, func(one Person) bool { return one.Subject == r.FormValue("person") })
	if i < 0 {
		http.Redirect(w, r, p.back(state, url.Values{"error": {"access_denied"}}), http.StatusSeeOther)
		return
	}
	code, sid := random(), random()
	p.mu.Lock()
	p.codes[code] = grant{People[i], sid, r.FormValue("nonce"), r.FormValue("challenge"), r.FormValue("scope")}
	p.mu.Unlock()
	http.Redirect(w, r, p.back(state, url.Values{"code": {code}}), http.StatusSeeOther)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	id, secret, ok := r.BasicAuth()
	if !ok || id != p.cfg.Client || subtle.ConstantTimeCompare([]byte(secret), []byte(p.cfg.Secret)) != 1 {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	p.mu.Lock()
	g, known := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	fault := p.fault
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !known || r.FormValue("redirect_uri") != p.cfg.Redirect || base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	if fault == FaultSlow {
		time.Sleep(15 * time.Second)
	}
	now, key, audience := time.Now(), p.key, p.cfg.Client
	switch fault {
	case FaultNonce:
		g.nonce = "another"
	case FaultExpired:
		now = now.Add(-time.Hour)
	case FaultSignature:
		key = p.other
	case FaultAudience:
		audience = "somebody-else"
	}
	claims := map[string]any{
		"iss": p.cfg.Issuer, "sub": g.person.Subject, "aud": audience, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"auth_time": now.Unix(), "nonce": g.nonce, "sid": g.sid, "name": g.person.Name,
	}
	if strings.Contains(g.scope, "phone") {
		claims["phone_number"], claims["phone_number_verified"] = g.person.Phone, true
	}
	token, err := sign(key, "JWT", claims)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p.mu.Lock()
	p.sids[g.sid] = g.person
	p.mu.Unlock()
	answer(w, http.StatusOK, map[string]any{"access_token": random(), "token_type": "Bearer", "expires_in": 300, "id_token": token})
}

// endSession ends the session that an ID token of ours names.
func (p *Provider) endSession(w http.ResponseWriter, r *http.Request) {
	sig, err := jose.ParseSigned(r.URL.Query().Get("id_token_hint"), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		http.Error(w, "no ID token", http.StatusBadRequest)
		return
	}
	payload, err := sig.Verify(&p.key.PublicKey)
	var claims struct{ SID string }
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		http.Error(w, "no ID token of ours", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	delete(p.sids, claims.SID)
	p.mu.Unlock()
	_, _ = io.WriteString(w, "bye")
}

// leave is a person who signs out with the province: the centre is told.
func (p *Provider) leave(w http.ResponseWriter, _ *http.Request) {
	for sid, person := range p.SignedIn() {
		p.mu.Lock()
		delete(p.sids, sid)
		p.mu.Unlock()
		if p.cfg.Backchannel == "" {
			continue
		}
		now := time.Now()
		token, err := sign(p.key, "logout+jwt", map[string]any{
			"iss": p.cfg.Issuer, "aud": p.cfg.Client, "sub": person.Subject, "sid": sid, "jti": random(), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
			"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
		})
		if err == nil {
			var res *http.Response
			if res, err = http.PostForm(p.cfg.Backchannel, url.Values{"logout_token": {token}}); err == nil { //nolint:gosec,noctx // #nosec G107 -- an emulator that calls the one address it was started with
				_ = res.Body.Close()
				if res.StatusCode != http.StatusOK {
					err = fmt.Errorf("the centre answered %s", res.Status)
				}
			}
		}
		if err != nil {
			answer(w, http.StatusBadGateway, map[string]string{"error": err.Error()})
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func sign(key *rsa.PrivateKey, typ jose.ContentType, claims any) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: &jose.JSONWebKey{Key: key, KeyID: "p1"}}, (&jose.SignerOptions{}).WithType(typ))
	if err != nil {
		return "", fmt.Errorf("make signer: %w", err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("encode claims: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return signed.CompactSerialize()
}

func random() string {
	b := make([]byte, 24)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
