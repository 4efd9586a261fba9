package web_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tongban/agent/screen"
	"tongban/agent/web"
)

// Strangers on the same machine reach the port and get nothing: not without the token, not from another page, not by
// another name.
func TestGuard(t *testing.T) {
	reached := 0
	s := httptest.NewUnstartedServer(nil)
	g := web.NewGuard(s.Listener.Addr())
	s.Config.Handler = g.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	s.Start()
	defer s.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	call := func(c *http.Client, method, u string, change func(*http.Request)) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, u, nil)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(req)
		}
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close() //nolint:errcheck // a test
		return res.StatusCode
	}
	for what, want := range map[string]struct {
		url    string
		change func(*http.Request)
		status int
	}{
		"no token":      {s.URL + "/api/state", nil, http.StatusUnauthorized},
		"wrong token":   {s.URL + "/?token=x", nil, http.StatusUnauthorized},
		"token on call": {s.URL + "/api/state?" + strings.Split(g.URL(), "?")[1], nil, http.StatusUnauthorized},
		"rebound name":  {g.URL(), func(r *http.Request) { r.Host = "evil.example:80" }, http.StatusMisdirectedRequest},
	} {
		if got := call(http.DefaultClient, http.MethodGet, want.url, want.change); got != want.status {
			t.Errorf("%s: %d, want %d", what, got, want.status)
		}
	}
	if reached != 0 {
		t.Fatalf("%d strangers got through", reached)
	}
	if got := call(browser, http.MethodGet, g.URL(), nil); got != http.StatusOK {
		t.Errorf("with the token: %d", got)
	}
	u, err := url.Parse(s.URL)
	if err != nil || len(jar.Cookies(u)) != 1 {
		t.Fatalf("cookies: %v, %v", jar.Cookies(u), err)
	}
	if got := call(browser, http.MethodPost, s.URL+"/api/visit/start", func(r *http.Request) { r.Header.Set("Origin", s.URL) }); got != http.StatusOK {
		t.Errorf("own page: %d", got)
	}
	for _, origin := range []string{"https://evil.example", "null", "http://127.0.0.1:1"} {
		if got := call(browser, http.MethodPost, s.URL+"/api/visit/start", func(r *http.Request) { r.Header.Set("Origin", origin) }); got != http.StatusForbidden {
			t.Errorf("from %s: %d", origin, got)
		}
	}
	if reached != 2 {
		t.Errorf("%d calls got through, want 2", reached)
	}
}

// The stream says the first state at once, and a change soon; many changes at once are few states.
func TestEvents(t *testing.T) {
	b := newBed(t, bedOptions{offline: true})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/api/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req) //nolint:bodyclose // closed below
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // a test
	states := make(chan screen.State, 1000)
	go func() {
		sc := bufio.NewScanner(res.Body)
		sc.Buffer(nil, 1<<20)
		for sc.Scan() {
			if text, ok := strings.CutPrefix(sc.Text(), "data: "); ok {
				var s screen.State
				if json.Unmarshal([]byte(text), &s) == nil {
					states <- s
				}
			}
		}
		close(states)
	}()
	first := <-states
	if first.Visit != nil || first.Terminal.Code != "K-01" {
		t.Errorf("first state: %+v", first)
	}
	for range 200 {
		b.do("visit/start", nil)
	}
	n, last := 0, first.Rev
	for end := time.After(10 * time.Second); ; {
		select {
		case s := <-states:
			if s.Rev <= last {
				t.Errorf("revision %d after %d", s.Rev, last)
			}
			last, n = s.Rev, n+1
			if s.Rev == b.state().Rev && s.Visit != nil {
				if n > 100 && !racing {
					t.Errorf("%d states for 200 changes", n)
				}
				return
			}
		case <-end:
			t.Fatal("the last state did not come")
		}
	}
}

// Bodies that are no body of this call, calls that do not exist, codes that lead elsewhere: each refused with words.
func TestWhatIsRefused(t *testing.T) {
	b := newBed(t, bedOptions{offline: true})
	b.identify("zhou")
	b.do("matter/choose", screen.Choose{Item: "glbt"})
	for _, c := range []struct {
		call string
		body any
		want string
	}{
		{"matter/choose", map[string]any{"item": "glbt", "extra": 1}, "screen.malformed"},
		{"matter/choose", screen.Choose{Item: "none"}, "screen.no_item"},
		{"matter/answer", screen.Answer{Question: "who", Option: "nobody"}, "screen.no_option"},
		{"matter/form", screen.Entries{Group: "contact", Values: map[string]any{"phone": "139081621"}}, "screen.invalid"},
		{"matter/form", screen.Entries{Group: "contact", Values: map[string]any{"name": "他人"}}, "screen.no_field"},
		{"matter/form", screen.Entries{Group: "nothing"}, "screen.no_group"},
		{"matter/sign", screen.Sign{Role: "applicant", Width: 900, Height: 400, Strokes: [][][4]float64{{{5, 5, 0, 1}, {6, 6, 1, 1}}}}, "screen.sign_small"},
		{"matter/sign", screen.Sign{Role: "applicant", Width: 9, Height: 4}, "screen.strokes"},
		{"matter/defer", screen.Defer{Material: "hukou", On: true}, "screen.not_deferrable"},
		{"matter/submit", nil, "screen.incomplete"},
		{"rate", screen.Rate{Level: 9}, "screen.level"},
		{"visit/prefs", screen.Prefs{Language: "fr"}, "screen.language"},
		{"slip/print", nil, "screen.not_now"},
		{"no/such", nil, "screen.no_call"},
	} {
		if got := b.code(c.call, c.body); got != c.want {
			t.Errorf("%s %+v: %s, want %s", c.call, c.body, got, c.want)
		}
	}
	s := b.do("matter/answer", screen.Answer{Question: "who", Option: "dead"})
	if s.Visit.Matter.Stop == "" || s.Visit.Matter.Ask != nil {
		t.Errorf("a stop goes on: %+v", s.Visit.Matter)
	}
	var pic []byte
	for path, ok := range map[string]bool{
		"/api/qr?text=https://zwfw.example.cn/p/ABC": true, "/api/qr?text=https://evil.example/p/ABC": false, "/api/qr?text=https://zwfw.example.cn.evil.example/": false,
		"/api/pages/none.jpg": false, "/api/signatures/..%2f..%2fagent.db.png": false, "/api/camera/frame?rev=1": false,
	} {
		if err := b.ask(http.MethodGet, path, nil, "", &pic); (err == nil) != ok {
			t.Errorf("%s: %v", path, err)
		}
	}
	var r screen.Revealed
	if err := b.ask(http.MethodPost, "/api/identify/reveal", struct{}{}, "reveal-key", &r); err != nil || r.ID != "510799199001010018" {
		t.Errorf("reveal: %v", err)
	}
}
