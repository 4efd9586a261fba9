package sso_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	authweb "tongban/central/kernel/auth/web"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/obs"
	"tongban/central/kernel/sso"
	"tongban/central/kernel/sso/web"
	"tongban/deploy/sim/province"
)

const provinceSecret = "0123456789abcdef0123"

// outside is a centre that knows the emulated provincial account system, and a browser.
type outside struct {
	*scene
	province *province.Provider
	issuer   string
}

func newOutside(t *testing.T, k *kerneltest.Kit) *outside {
	t.Helper()
	centre := httptest.NewServer(k.HTTP.Handler())
	t.Cleanup(centre.Close)
	var p *province.Provider
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.Handler().ServeHTTP(w, r) }))
	t.Cleanup(there.Close)
	p, err := province.New(province.Config{
		Issuer: there.URL, Client: "tongban", Secret: provinceSecret,
		Redirect: centre.URL + "/sso/province/callback", Backchannel: centre.URL + "/sso/province/logout",
	})
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(t.TempDir(), "province.key")
	if err := os.WriteFile(key, []byte("tongban:"+provinceSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := &outside{scene: &scene{t: t, kit: k, base: centre.URL}, province: p, issuer: there.URL}
	o.sso, err = sso.New(sso.Options{
		DB: k.DB, Auth: k.Auth, Vault: k.Vault, Jobs: k.Jobs, Clock: k.Clock, Log: obs.Discard(), Public: centre.URL,
		Province: sso.Province{Issuer: there.URL, KeyFile: key, Internal: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	authweb.Console(k.HTTP.API("auth", auth.ForStaff), auth.ForStaff, authweb.Options{Auth: k.Auth})
	authweb.SignOn(k.HTTP.API("auth", auth.ForSSO), authweb.Options{Auth: k.Auth})
	k.Use(t, web.Module(o.sso))
	o.account, err = k.Auth.Create(auth.AsSystem(t.Context(), "init"), auth.Account{Login: "wang", Name: "王芳", Roles: []string{"clerk"}}, password)
	if err != nil {
		t.Fatal(err)
	}
	o.browser = o.newBrowser()
	return o
}

// over goes over, chooses a person and comes back; change tampers with the way back.
func (o *outside) over(person string, change func(url.Values)) *url.URL {
	o.t.Helper()
	at := o.where(o.base + "/sso/province/start?to=" + url.QueryEscape("/console/#/window"))
	if at.Path != "/authorize" {
		return at
	}
	form := url.Values{"person": {person}, "state": {at.Query().Get("state")}, "nonce": {at.Query().Get("nonce")}, "challenge": {at.Query().Get("code_challenge")}, "scope": {at.Query().Get("scope")}}
	if change != nil {
		change(form)
	}
	res, err := o.browser.PostForm(o.issuer+"/choose", form)
	if err != nil {
		o.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.Request.URL
}

func (o *outside) step() string {
	o.t.Helper()
	res, err := o.browser.Get(o.base + "/sso/api/v1/state?audience=staff")
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var at authweb.State
	decode(o.t, res, &at)
	o.csrf = at.CSRF
	return at.Step
}

func TestTheProvincesPeopleComeIn(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		o := newOutside(t, k)
		if at := o.over("SC-0001", nil); at.Query().Get("refused") != "not_linked" || at.Fragment != "/window" || o.step() != "sign-in" {
			t.Errorf("nobody's person: ended at %s", at)
		}
		if err := k.Auth.Link(auth.AsSystem(t.Context(), "test"), o.issuer, "SC-0001", o.account, "核对过本人"); err != nil {
			t.Fatal(err)
		}
		if at := o.over("SC-0001", nil); at.Query().Get("refused") != "" || at.Path != "/console/" || o.step() != "done" {
			t.Errorf("linked: ended at %s", at)
		}
		if at := o.over("", nil); at.Query().Get("refused") != "denied" {
			t.Errorf("changed their mind: ended at %s", at)
		}
		if n := k.Count(t, `SELECT count(*) FROM sso_upstream WHERE token LIKE 'ey%'`); n != 0 {
			t.Error("the province's token lies in the database")
		}
	})
}

func TestAVerifiedPhoneLinks(t *testing.T) {
	k := kerneltest.New(t)
	o := newOutside(t, k)
	if err := k.Auth.SetPhone(auth.AsSystem(t.Context(), "test"), o.account, "13900000012"); err != nil {
		t.Fatal(err)
	}
	if at := o.over("SC-0001", nil); at.Query().Get("refused") != "" || o.step() != "done" {
		t.Errorf("ended at %s", at)
	}
	if got, err := k.Auth.Linked(t.Context(), o.issuer, "SC-0001"); err != nil || got != o.account {
		t.Errorf("%s, %v", got, err)
	}
}

func TestWhatTheProvinceSaysMustHold(t *testing.T) {
	k := kerneltest.New(t)
	o := newOutside(t, k)
	if err := k.Auth.Link(auth.AsSystem(t.Context(), "test"), o.issuer, "SC-0001", o.account, ""); err != nil {
		t.Fatal(err)
	}
	for _, fault := range []string{province.FaultNonce, province.FaultExpired, province.FaultSignature, province.FaultAudience} {
		if err := o.province.Press(fault); err != nil {
			t.Fatal(err)
		}
		if at := o.over("SC-0001", nil); at.Query().Get("refused") != "denied" || o.step() != "sign-in" {
			t.Errorf("%s: ended at %s", fault, at)
		}
	}
	_ = o.province.Press(province.FaultDown)
	if at := o.over("SC-0001", nil); strings.HasPrefix(at.String(), o.base) && at.Query().Get("refused") != "province" {
		t.Errorf("down: ended at %s", at)
	}
	_ = o.province.Press("")

	// A code that somebody else was given, in a link: their state is not ours.
	if at := o.over("SC-0001", func(f url.Values) { f.Set("state", "another") }); at.Query().Get("refused") != "denied" || o.step() != "sign-in" {
		t.Errorf("state: ended at %s", at)
	}
	if at := o.where(o.base + "/sso/province/start?to=" + url.QueryEscape("//evil.example/")); at.Host == "evil.example" {
		t.Errorf("sent to %s", at)
	}
	if at := o.over("SC-0001", nil); at.Path != "/console/" {
		t.Errorf("in the end: %s", at)
	}
	if at := o.where(o.base + "/sso/province/callback?" + "code=x&state=y"); at.Query().Get("refused") != "denied" {
		t.Errorf("the way back twice: %s", at)
	}
}

func TestOutOnBothSides(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		o := newOutside(t, k)
		if err := k.Jobs.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := k.Auth.Link(auth.AsSystem(t.Context(), "test"), o.issuer, "SC-0001", o.account, ""); err != nil {
			t.Fatal(err)
		}
		o.over("SC-0001", nil)
		if o.step() != "done" || len(o.province.SignedIn()) != 1 {
			t.Fatalf("%d signed in with the province", len(o.province.SignedIn()))
		}
		if status, out := o.post("/sso/api/v1/logout", nil); status != http.StatusNoContent {
			t.Fatalf("%d %v", status, out)
		}
		for i := 0; len(o.province.SignedIn()) > 0 && i < 200; i++ {
			time.Sleep(25 * time.Millisecond)
		}
		if n := len(o.province.SignedIn()); n != 0 {
			t.Errorf("%d still signed in with the province", n)
		}

		o.over("SC-0001", nil)
		if o.step() != "done" {
			t.Fatal("not in again")
		}
		res, err := http.Post(o.issuer+"/leave", "application/json", nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusNoContent || o.step() != "sign-in" {
			t.Errorf("left the province (%d), still in here", res.StatusCode)
		}
		for _, token := range []string{"", "x.y.z"} {
			res, err := http.PostForm(o.base+"/sso/province/logout", url.Values{"logout_token": {token}})
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusBadRequest {
				t.Errorf("logout token %q: %d", token, res.StatusCode)
			}
		}
	})
}
