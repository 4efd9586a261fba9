package sso_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	authweb "tongban/central/kernel/auth/web"
	"tongban/central/kernel/db"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/obs"
	"tongban/central/kernel/sso"
	"tongban/central/kernel/sso/web"
)

const password = "Correct-Horse-9"

// scene is a centre with the provider, one account, one other system, one browser.
type scene struct {
	t       *testing.T
	kit     *kerneltest.Kit
	sso     *sso.Service
	base    string
	client  *otherSystem
	browser *http.Client
	csrf    string
	account string
}

// otherSystem is a system that joins, written by the notes in deploy/docs/signon.md and with nothing of ours.
type otherSystem struct {
	t        *testing.T
	srv      *httptest.Server
	id       string
	secret   string
	issuer   string
	verifier string

	mu   sync.Mutex
	got  url.Values
	outs []string // logout tokens
	fail int      // answer so many notices with 500 first
}

func (o *otherSystem) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch r.URL.Path {
	case "/back":
		o.got = r.URL.Query()
	case "/out":
		if o.fail > 0 {
			o.fail--
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_ = r.ParseForm()
		o.outs = append(o.outs, r.PostForm.Get("logout_token"))
	}
	_, _ = io.WriteString(w, "ok")
}

func (o *otherSystem) notices() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.outs)
}

func newScene(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	s := &scene{t: t, kit: k}
	srv := httptest.NewServer(k.HTTP.Handler())
	t.Cleanup(srv.Close)
	s.base = srv.URL
	var err error
	s.sso, err = sso.New(sso.Options{DB: k.DB, Auth: k.Auth, Vault: k.Vault, Jobs: k.Jobs, Clock: k.Clock, Log: obs.Discard(), Public: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	for _, audience := range []string{auth.ForStaff, auth.ForAdmin} {
		authweb.Console(k.HTTP.API("auth", audience), audience, authweb.Options{Auth: k.Auth})
	}
	authweb.SignOn(k.HTTP.API("auth", auth.ForSSO), authweb.Options{Auth: k.Auth})
	k.Use(t, web.Module(s.sso))
	s.account, err = k.Auth.Create(auth.AsSystem(t.Context(), "init"),
		auth.Account{Login: "wang", Name: "王芳", Department: "市政务服务中心", Roles: []string{"clerk"}}, password)
	if err != nil {
		t.Fatal(err)
	}

	o := &otherSystem{t: t, id: "records", issuer: srv.URL + "/sso", verifier: strings.Repeat("v", 64)}
	o.srv = httptest.NewServer(o)
	t.Cleanup(o.srv.Close)
	o.secret, err = s.sso.Register(auth.AsSystem(t.Context(), "test"), sso.Client{
		ID: o.id, Name: "档案系统", Owner: "市档案馆 0816-0000000", Redirects: []string{o.srv.URL + "/back"},
		Logouts: []string{o.srv.URL + "/bye"}, Backchannel: o.srv.URL + "/out", Internal: true,
	}, "联调")
	if err != nil {
		t.Fatal(err)
	}
	s.client = o
	s.browser = s.newBrowser()
	return s
}

func (s *scene) newBrowser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// where follows the browser to where a way ends.
func (s *scene) where(address string) *url.URL {
	s.t.Helper()
	res, err := s.browser.Get(address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.Request.URL
}

func (s *scene) post(path string, body any) (int, map[string]any) {
	s.t.Helper()
	text, _ := json.Marshal(body)
	req, _ := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.base+path, strings.NewReader(string(text)))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CSRF", s.csrf)
	res, err := s.browser.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	out := map[string]any{}
	_ = json.NewDecoder(res.Body).Decode(&out)
	if csrf, ok := out["csrf"].(string); ok {
		s.csrf = csrf
	}
	return res.StatusCode, out
}

func (s *scene) signIn() {
	s.t.Helper()
	if status, out := s.post("/sso/api/v1/password", map[string]string{"login": "wang", "password": password}); status != 200 || out["step"] != "done" {
		s.t.Fatalf("%d %v", status, out)
	}
}

// begin is the address an other system sends people to.
func (o *otherSystem) begin(more url.Values) string {
	sum := sha256.Sum256([]byte(o.verifier))
	q := url.Values{
		"client_id": {o.id}, "redirect_uri": {o.srv.URL + "/back"}, "response_type": {"code"}, "scope": {"openid profile tongban"},
		"state": {"st-1"}, "nonce": {"no-1"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	for k, v := range more {
		if q[k] = v; v == nil {
			q.Del(k)
		}
	}
	return o.issuer + "/authorize?" + q.Encode()
}

// exchange trades a code for tokens.
func (o *otherSystem) exchange(code, verifier, secret string) (int, map[string]any) {
	o.t.Helper()
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {o.srv.URL + "/back"}, "code_verifier": {verifier}}
	req, _ := http.NewRequestWithContext(o.t.Context(), http.MethodPost, o.issuer+"/token", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(o.id, secret)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	out := map[string]any{}
	_ = json.NewDecoder(res.Body).Decode(&out)
	return res.StatusCode, out
}

// check verifies a token by the published keys and returns its claims.
func (o *otherSystem) check(token string) (header map[string]any, claims map[string]any) {
	o.t.Helper()
	var found struct {
		Issuer string
		JWKS   string `json:"jwks_uri"`
	}
	get(o.t, o.issuer+"/.well-known/openid-configuration", &found)
	if found.Issuer != o.issuer {
		o.t.Errorf("issuer %q", found.Issuer)
	}
	var keys jose.JSONWebKeySet
	get(o.t, found.JWKS, &keys)
	sig, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		o.t.Fatalf("%v: %s", err, token)
	}
	payload, err := sig.Verify(keys)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		o.t.Fatal(err)
	}
	header = map[string]any{}
	for k, v := range sig.Signatures[0].Header.ExtraHeaders {
		header[string(k)] = v
	}
	return header, claims
}

func get(t *testing.T, address string, into any) {
	t.Helper()
	res, err := http.Get(address) //nolint:gosec,noctx // our own address
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != 200 {
		t.Fatalf("%s: %s", address, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// arrive signs the person on where needed and returns the code the other system gets.
func (s *scene) arrive(more url.Values) string {
	s.t.Helper()
	at := s.where(s.client.begin(more))
	if at.Path == "/sso/" {
		s.signIn()
		at = s.where(s.base + "/sso/continue?request=" + url.QueryEscape(at.Query().Get("request")))
	}
	if at.Host != strings.TrimPrefix(s.client.srv.URL, "http://") || at.Query().Get("state") != "st-1" || at.Query().Get("code") == "" {
		s.t.Fatalf("ended at %s", at)
	}
	return at.Query().Get("code")
}

func TestAnOtherSystemJoins(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		o := s.client
		at := s.where(o.begin(nil))
		if at.Path != "/sso/" || at.Query().Get("request") == "" {
			t.Fatalf("whoever is not signed on ends at %s", at)
		}
		code := s.arrive(nil)
		status, tokens := o.exchange(code, o.verifier, o.secret)
		if status != 200 || tokens["token_type"] != "Bearer" || tokens["refresh_token"] != nil {
			t.Fatalf("%d %v", status, tokens)
		}
		_, claims := o.check(tokens["id_token"].(string))
		if claims["iss"] != o.issuer || claims["sub"] != s.account || claims["nonce"] != "no-1" || claims["name"] != "王芳" ||
			claims["department"] != "市政务服务中心" || claims["sid"] == "" || claims["aud"].([]any)[0] != o.id {
			t.Errorf("claims %v", claims)
		}
		if amr, _ := claims["amr"].([]any); len(amr) != 1 || amr[0] != "pwd" {
			t.Errorf("amr %v", claims["amr"])
		}

		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, o.issuer+"/userinfo", nil)
		req.Header.Set("Authorization", "Bearer "+tokens["access_token"].(string))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		var info map[string]any
		if err := json.NewDecoder(res.Body).Decode(&info); err != nil || info["sub"] != s.account || info["preferred_username"] != "wang" {
			t.Errorf("userinfo %v, %v", info, err)
		}

		// The second system needs no second login; this one comes again.
		if code := s.arrive(url.Values{"prompt": {"none"}}); code == "" {
			t.Error("no code without asking")
		}
		for _, table := range []string{"sso_request", "sso_token", "sso_client"} {
			for _, secret := range []string{code, tokens["access_token"].(string), o.secret} {
				column := map[string]string{"sso_request": "code", "sso_token": "id", "sso_client": "secret"}[table]
				if k.Count(t, `SELECT count(*) FROM `+table+` WHERE `+column+` = $1`, secret) != 0 {
					t.Errorf("%s keeps a secret as it is", table)
				}
			}
		}
	})
}

func TestCodesAreBoundAndUsedOnce(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		o := s.client
		refused := func(name, code, verifier, secret, want string) {
			t.Helper()
			status, out := o.exchange(code, verifier, secret)
			if status == 200 || out["error"] != want {
				t.Errorf("%s: %d %v, want %s", name, status, out, want)
			}
		}
		refused("unknown", "no-such-code", o.verifier, o.secret, "invalid_grant")
		refused("wrong verifier", s.arrive(nil), strings.Repeat("w", 64), o.secret, "invalid_grant")
		refused("wrong secret", s.arrive(nil), o.verifier, "wrong", "invalid_client")

		code := s.arrive(nil)
		_, tokens := o.exchange(code, o.verifier, o.secret)
		refused("replayed", code, o.verifier, o.secret, "invalid_grant")
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, o.issuer+"/userinfo", nil)
		req.Header.Set("Authorization", "Bearer "+tokens["access_token"].(string))
		if res, err := http.DefaultClient.Do(req); err != nil || res.StatusCode == 200 {
			t.Errorf("the token of a replayed code still works: %v", err)
		} else {
			_ = res.Body.Close()
		}

		code = s.arrive(nil)
		k.Clock.Advance(61 * time.Second)
		refused("expired", code, o.verifier, o.secret, "invalid_grant")

		code = s.arrive(nil)
		if err := s.sso.Disable(auth.AsSystem(t.Context(), "test"), o.id, "停用"); err != nil {
			t.Fatal(err)
		}
		refused("closed system", code, o.verifier, o.secret, "invalid_client")
	})
}

func TestRequestsThatAreRefused(t *testing.T) {
	k := kerneltest.New(t)
	s := newScene(t, k)
	o := s.client
	s.signIn()
	back := strings.TrimPrefix(o.srv.URL, "http://")
	for name, tt := range map[string]struct {
		more url.Values
		want string // error at the other system; "" when the person must not be sent there
	}{
		"no PKCE":          {url.Values{"code_challenge": nil, "code_challenge_method": nil}, "invalid_request"},
		"plain PKCE":       {url.Values{"code_challenge_method": {"plain"}}, "invalid_request"},
		"implicit":         {url.Values{"response_type": {"id_token"}}, ""},
		"foreign address":  {url.Values{"redirect_uri": {"https://evil.example/back"}}, ""},
		"longer address":   {url.Values{"redirect_uri": {o.srv.URL + "/back/more"}}, ""},
		"unknown system":   {url.Values{"client_id": {"nobody"}}, ""},
		"posted back":      {url.Values{"response_mode": {"form_post"}}, "invalid_request"},
		"silent, long ago": {url.Values{"prompt": {"none"}, "max_age": {"0"}}, "login_required"},
		"no scope":         {url.Values{"scope": {""}}, "invalid_request"},
	} {
		k.Clock.Advance(time.Second)
		at := s.where(o.begin(tt.more))
		if tt.want == "" && at.Host == back && at.Query().Get("error") == "" || tt.want != "" && (at.Host != back || at.Query().Get("error") != tt.want) || at.Query().Get("code") != "" {
			t.Errorf("%s: ended at %s", name, at)
		}
	}
	if at := s.where(o.begin(url.Values{"prompt": {"login"}})); at.Path != "/sso/" || at.Query().Get("again") != "1" {
		t.Errorf("prompt=login: ended at %s", at)
	}
}

// Whoever is sent into the middle of somebody else's way must not give that one their identity.
func TestAWayBelongsToOneBrowser(t *testing.T) {
	k := kerneltest.New(t)
	s := newScene(t, k)
	attacker := s.newBrowser()
	res, err := attacker.Get(s.client.begin(nil))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	request := res.Request.URL.Query().Get("request")
	s.signIn()
	if at := s.where(s.base + "/sso/continue?request=" + request); at.Query().Get("refused") != "way" {
		t.Errorf("the victim ended at %s", at)
	}
	res, err = attacker.Get(s.base + "/sso/authorize/callback?id=" + request)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.Request.URL.Query().Get("code") != "" {
		t.Error("the attacker got a code")
	}
}

func TestOutEverywhere(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		o := s.client
		o.fail = 1
		_, tokens := o.exchange(s.arrive(nil), o.verifier, o.secret)
		_, claims := o.check(tokens["id_token"].(string))
		if err := k.Jobs.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if status, out := s.post("/sso/api/v1/console", map[string]string{"audience": "staff"}); status != 200 {
			t.Fatalf("%d %v", status, out)
		}
		if status, out := s.post("/api/staff/v1/auth/logout", nil); status != http.StatusNoContent {
			t.Fatalf("%d %v", status, out)
		}
		for range 400 {
			if len(o.notices()) > 0 {
				break
			}
			k.Clock.Advance(time.Second)
			time.Sleep(25 * time.Millisecond)
		}
		if n := o.notices(); len(n) != 1 {
			t.Fatalf("%d notices", len(n))
		}
		header, out := o.check(o.notices()[0])
		events, _ := out["events"].(map[string]any)
		if header["typ"] != "logout+jwt" || out["iss"] != o.issuer || out["aud"] != o.id || out["sub"] != s.account || out["sid"] != claims["sid"] ||
			events["http://schemas.openid.net/event/backchannel-logout"] == nil || out["nonce"] != nil || out["jti"] == "" {
			t.Errorf("logout token %v %v", header, out)
		}
		if at := s.where(o.begin(url.Values{"prompt": {"none"}})); at.Query().Get("error") != "login_required" {
			t.Errorf("after signing out: %s", at)
		}
	})
}

func TestOutFromTheOtherSystem(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		o := s.client
		_, tokens := o.exchange(s.arrive(nil), o.verifier, o.secret)
		list, err := k.Auth.Sessions(t.Context(), s.account)
		if err != nil || len(list) != 1 {
			t.Fatalf("%v, %v", list, err)
		}
		end := o.issuer + "/end_session?" + url.Values{"id_token_hint": {tokens["id_token"].(string)}, "state": {"x"}}.Encode()
		if at := s.where(end + "&post_logout_redirect_uri=" + url.QueryEscape("https://evil.example/")); at.Host == "evil.example" {
			t.Errorf("sent to %s", at)
		}
		if list, _ := k.Auth.Sessions(t.Context(), s.account); len(list) != 1 {
			t.Error("a refused logout signed out")
		}
		if at := s.where(o.issuer + "/end_session"); at.Path != "/sso/" {
			t.Errorf("without a token: %s", at)
		}
		if list, _ := k.Auth.Sessions(t.Context(), s.account); len(list) != 1 {
			t.Error("a mere link signed the person out")
		}
		if at := s.where(end + "&post_logout_redirect_uri=" + url.QueryEscape(o.srv.URL+"/bye")); at.String() != o.srv.URL+"/bye?state=x" {
			t.Errorf("ended at %s", at)
		}
		if list, _ := k.Auth.Sessions(t.Context(), s.account); len(list) != 0 {
			t.Error("the sign-on goes on")
		}
	})
}

func TestKeysRotate(t *testing.T) {
	k := kerneltest.New(t)
	s := newScene(t, k)
	o := s.client
	_, tokens := o.exchange(s.arrive(nil), o.verifier, o.secret)
	first := tokens["id_token"].(string)
	if err := k.Jobs.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	count := func() int { return int(k.Count(t, `SELECT count(*) FROM sso_key`)) }
	look := func(want int) {
		t.Helper()
		err := k.DB.Do(t.Context(), func(tx db.Tx) error { return k.Jobs.Add(t.Context(), tx, "sso.keys", nil, jobs.Opts{}) })
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; count() != want && i < 400; i++ {
			time.Sleep(10 * time.Millisecond)
		}
		if count() != want {
			t.Fatalf("%d keys, want %d", count(), want)
		}
	}
	k.Clock.Advance(89 * 24 * time.Hour)
	look(1)
	k.Clock.Advance(24 * time.Hour)
	look(2)
	o.check(first) // what was signed before can still be checked
	// Sealed values say so at their head; looking for a part of a key would find it in random text now and then.
	if k.Count(t, `SELECT count(*) FROM sso_key WHERE private NOT LIKE 'v2.%'`) != 0 {
		t.Error("a private key lies in the database")
	}
}

func TestTwoCopiesShareEverything(t *testing.T) {
	k := kerneltest.New(t)
	s := newScene(t, k)
	twin := k.Twin(t)
	other, err := sso.New(sso.Options{DB: twin.DB, Auth: twin.Auth, Vault: twin.Vault, Jobs: twin.Jobs, Clock: twin.Clock, Log: obs.Discard(), Public: s.base})
	if err != nil {
		t.Fatal(err)
	}
	twin.Use(t, web.Module(other))
	code := s.arrive(nil)
	// The code was made by the one, the other takes it.
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {s.client.srv.URL + "/back"}, "code_verifier": {s.client.verifier}}
	r := httptest.NewRequest(http.MethodPost, "/sso/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(s.client.id, s.client.secret)
	w := httptest.NewRecorder()
	twin.HTTP.Handler().ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestWhatCannotBeRegistered(t *testing.T) {
	k := kerneltest.New(t)
	s := newScene(t, k)
	ctx := actor.With(context.WithoutCancel(t.Context()), actor.Actor{Kind: actor.System, ID: "test"})
	good := sso.Client{ID: "maps", Name: "地图", Owner: "某局", Redirects: []string{"https://maps.example.gov.cn/back"}}
	for name, change := range map[string]func(*sso.Client){
		"code":         func(c *sso.Client) { c.ID = "A b" },
		"taken":        func(c *sso.Client) { c.ID = "records" },
		"no owner":     func(c *sso.Client) { c.Owner = "" },
		"no address":   func(c *sso.Client) { c.Redirects = nil },
		"plain http":   func(c *sso.Client) { c.Redirects = []string{"http://maps.example.gov.cn/back"} },
		"fragment":     func(c *sso.Client) { c.Redirects = []string{"https://maps.example.gov.cn/back#x"} },
		"account":      func(c *sso.Client) { c.Redirects = []string{"https://a:b@maps.example.gov.cn/"} },
		"script":       func(c *sso.Client) { c.Redirects = []string{"javascript:alert(1)"} },
		"inner notice": func(c *sso.Client) { c.Backchannel = "http://169.254.169.254/latest" },
	} {
		c := good
		change(&c)
		if _, err := s.sso.Register(ctx, c, "test"); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := s.sso.Register(ctx, good, "test"); err != nil {
		t.Error(err)
	}
}

func decode(t *testing.T, res *http.Response, into any) {
	t.Helper()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}
