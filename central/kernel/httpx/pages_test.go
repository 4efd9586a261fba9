package httpx_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/obs"
)

func server(t *testing.T, cfg httpx.Config) (*httpx.Server, *client) {
	t.Helper()
	if cfg.Log == nil {
		cfg.Log = obs.Discard()
	}
	s, err := httpx.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, &client{t: t, h: s.Handler()}
}

func TestPages(t *testing.T) {
	s, c := server(t, httpx.Config{})
	script := strings.Repeat("console.log('你好');", 200)
	console := fstest.MapFS{
		"index.html":              {Data: []byte("<!doctype html><title>console</title>")},
		"assets/app-1a2b.js":      {Data: []byte(script)},
		"assets/made-3c4d.css":    {Data: []byte(strings.Repeat("a{}", 500))},
		"assets/made-3c4d.css.br": {Data: []byte("compressed by the build")},
		"assets/font-5e6f.woff2":  {Data: bytes.Repeat([]byte{1}, 2000)},
		"data.json":               {Data: []byte("{}")},
		"x.mjs":                   {Data: []byte("1")},
	}
	root := fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>root</title>")}}
	if err := s.SPA("/console/", console); err != nil {
		t.Fatal(err)
	}
	if err := s.SPA("/", root); err != nil {
		t.Fatal(err)
	}
	if err := s.SPA("/empty/", fstest.MapFS{}); err == nil {
		t.Error("an app without index.html")
	}

	tests := []struct {
		method, path, accept       string
		status                     int
		mime, cache, encoding, has string
	}{
		{"GET", "/console/", "", 200, "text/html; charset=utf-8", "no-cache", "", "console"},
		{"GET", "/console/cases/123?x=1", "", 200, "text/html; charset=utf-8", "no-cache", "", "console"},
		{"GET", "/console", "", 302, "", "", "", ""},
		{"GET", "/", "", 200, "text/html; charset=utf-8", "no-cache", "", "root"},
		{"GET", "/anything", "", 200, "text/html; charset=utf-8", "no-cache", "", "root"},
		{"GET", "/consoles", "", 200, "text/html; charset=utf-8", "no-cache", "", "root"},
		{"GET", "/console/assets/app-1a2b.js", "", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "", "你好"},
		{"GET", "/console/assets/app-1a2b.js", "gzip, deflate, br", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "br", ""},
		{"GET", "/console/assets/app-1a2b.js", "gzip, br;q=0", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "gzip", ""},
		{"GET", "/console/assets/made-3c4d.css", "br", 200, "text/css; charset=utf-8", "public, max-age=31536000, immutable", "br", "compressed by the build"},
		{"GET", "/console/assets/font-5e6f.woff2", "br", 200, "font/woff2", "public, max-age=31536000, immutable", "", ""},
		{"GET", "/console/assets/gone-0000.js", "", 404, "application/problem+json", "no-store", "", "刷新"},
		{"GET", "/console/x.mjs", "", 200, "text/javascript; charset=utf-8", "no-cache", "", "1"},
		{"HEAD", "/console/data.json", "", 200, "application/json", "no-cache", "", ""},
		{"POST", "/console/", "", 405, "application/problem+json", "no-store", "", ""},
		{"GET", "/api/staff/v1/nothing", "", 404, "application/problem+json", "no-store", "", ""},
		{"GET", "/console/assets/made-3c4d.css.br", "", 404, "application/problem+json", "no-store", "", ""},
	}
	for _, tt := range tests {
		r := c.do(tt.method, tt.path, "", "Accept-Encoding", tt.accept)
		h := r.Header()
		got := []any{r.Code, h.Get("Content-Type"), h.Get("Cache-Control"), h.Get("Content-Encoding")}
		want := []any{tt.status, tt.mime, tt.cache, tt.encoding}
		if tt.status == 302 {
			got, want = got[:1], want[:1]
		}
		if d := cmp.Diff(want, got); d != "" || !strings.Contains(r.Body.String(), tt.has) {
			t.Errorf("%s %s %q: %s\n%.80s", tt.method, tt.path, tt.accept, d, r.Body)
		}
	}

	r := c.do("GET", "/console/assets/app-1a2b.js", "", "Accept-Encoding", "br")
	if v := r.Header().Get("Vary"); v != "Accept-Encoding" {
		t.Errorf("vary %q", v)
	}
	if r2 := c.do("GET", "/console/assets/app-1a2b.js", "", "Accept-Encoding", "br", "If-None-Match", r.Header().Get("ETag")); r2.Code != 304 || r2.Body.Len() != 0 {
		t.Errorf("%d", r2.Code)
	}
	if r2 := c.do("GET", "/console/assets/app-1a2b.js", "", "If-None-Match", r.Header().Get("ETag")); r2.Code != 200 {
		t.Errorf("the tag of one form answers for another: %d", r2.Code)
	}
}

func TestHeaders(t *testing.T) {
	_, c := server(t, httpx.Config{Secure: true})
	h := c.do("GET", "/api/openapi.json", "").Header()
	csp := h.Get("Content-Security-Policy")
	for _, part := range []string{"script-src 'self';", "style-src 'self';", "object-src 'none'", "frame-ancestors 'self'", "base-uri 'none'"} {
		if !strings.Contains(csp, part) {
			t.Errorf("csp lacks %q: %s", part, csp)
		}
	}
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
		t.Errorf("csp %s", csp)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "same-origin",
		"Strict-Transport-Security": "max-age=31536000",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if id := h.Get("X-Request-Id"); len(id) != 36 {
		t.Errorf("request id %q", id)
	}
	if id := c.do("GET", "/", "", "X-Request-Id", "from-the-proxy-1").Header().Get("X-Request-Id"); id != "from-the-proxy-1" {
		t.Errorf("request id %q", id)
	}
	if id := c.do("GET", "/", "", "X-Request-Id", "bad id\x00").Header().Get("X-Request-Id"); len(id) != 36 {
		t.Errorf("request id %q", id)
	}
}

func TestAPanicIsAnswered(t *testing.T) {
	var log bytes.Buffer
	l, _ := obs.NewLog(&log, "info")
	s, c := server(t, httpx.Config{Log: l})
	s.Raw("public", "GET", "/boom", auth.Public, func(http.ResponseWriter, *http.Request) { panic("number 510799199001010018") })
	r := c.do("GET", "/api/public/v1/boom", "")
	if p := problem(t, r); r.Code != 500 || p.Code != "internal" {
		t.Errorf("%d %+v", r.Code, p)
	}
	if !strings.Contains(log.String(), "handler panicked") || strings.Contains(log.String(), "510799199001010018") {
		t.Errorf("log %s", log.String())
	}
}

// Requests are logged by the pattern of their path, and without the query.
func TestTheRequestLogKeepsPeopleOut(t *testing.T) {
	var log bytes.Buffer
	l, _ := obs.NewLog(&log, "info")
	s, c := server(t, httpx.Config{Log: l})
	s.Raw("public", "GET", "/cases/{no}", auth.Public, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.PathValue("no"))
	})
	if r := c.do("GET", "/api/public/v1/cases/510799199001010018?phone=13800000026", ""); r.Body.String() != "510799199001010018" {
		t.Errorf("path value %q", r.Body)
	}
	if s := log.String(); strings.Contains(s, "5107") || strings.Contains(s, "138") || !strings.Contains(s, `"route":"/api/public/v1/cases/:no"`) {
		t.Error(s)
	}
	var m bytes.Buffer
	if err := s.Metrics().WriteText(&m); err != nil || !strings.Contains(m.String(), `http_request_duration_seconds_count{method="GET",route="/api/public/v1/cases/:no",status="200"} 1`) {
		t.Error(m.String())
	}
}

func TestRawObeysTheSameRules(t *testing.T) {
	k := kerneltest.New(t)
	ok := func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			k.HTTP.Fail(w, r, errs.E(errs.TooLarge, "desk.too_large", "文件太大，请压缩后再上传", err))
			return
		}
		_, _ = io.WriteString(w, auth.Who(r.Context()).Name)
	}
	k.HTTP.Raw("staff", "GET", "/desk/files/{name...}", "desk:accept", ok)
	k.HTTP.Raw("staff", "PUT", "/desk/upload", "desk:accept", ok, httpx.MaxBody(10))
	k.HTTP.Raw("staff", "GET", "/desk/secret", "desk:assign", ok)
	_, c := signedIn(t, k)
	out := &client{t: t, h: c.h}
	for _, tt := range []struct {
		c            *client
		method, path string
		body         string
		headers      []string
		status       int
	}{
		{c, "GET", "/desk/files/a/b.pdf", "", nil, 200},
		{out, "GET", "/desk/files/a/b.pdf", "", nil, 401},
		{c, "GET", "/desk/secret", "", nil, 403},
		{c, "PUT", "/desk/upload", "12345", nil, 200},
		{c, "PUT", "/desk/upload", "12345678901", nil, 413},
		{c, "PUT", "/desk/upload", "12345", []string{"X-CSRF", "guess"}, 403},
	} {
		r := tt.c.do(tt.method, "/api/staff/v1"+tt.path, tt.body, tt.headers...)
		if r.Code != tt.status || tt.status == 200 && r.Body.String() != "王芳" {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, r.Code, r.Body)
		}
	}
	if csp := c.do("GET", "/api/staff/v1/desk/files/a.pdf", "").Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("csp of a file: %s", csp)
	}
}

func TestProxiesAreBelievedOnlyWhenTrusted(t *testing.T) {
	s, _ := server(t, httpx.Config{TrustedProxies: []string{"10.0.0.0/8"}})
	var got string
	s.Raw("public", "GET", "/who", auth.Public, func(_ http.ResponseWriter, r *http.Request) { got = httpx.Source(r.Context()) })
	for _, tt := range [][3]string{ // peer, header, source
		{"192.0.2.1:99", "", "192.0.2.1"},
		{"192.0.2.1:99", "198.51.100.7", "192.0.2.1"},
		{"10.1.1.1:99", "198.51.100.7", "198.51.100.7"},
		{"10.1.1.1:99", "forged, 198.51.100.7, 10.2.2.2", "198.51.100.7"},
		{"10.1.1.1:99", "rubbish", "10.1.1.1"},
		{"[::ffff:10.1.1.1]:99", "2001:db8::1", "2001:db8::1"},
	} {
		r := httptest.NewRequest("GET", "/api/public/v1/who", nil)
		r.RemoteAddr = tt[0]
		if tt[1] != "" {
			r.Header.Set("X-Forwarded-For", tt[1])
		}
		s.Handler().ServeHTTP(httptest.NewRecorder(), r)
		if got != tt[2] {
			t.Errorf("%v: %s", tt, got)
		}
	}
	if _, err := httpx.New(httpx.Config{TrustedProxies: []string{"nonsense"}}); err == nil {
		t.Error("a proxy that is no CIDR")
	}
}

// A console follows events over HTTP, loses nothing when it reconnects, and
// does not hold up the server's stop.
func TestFeedOverTheWire(t *testing.T) {
	k := kerneltest.New(t)
	emit := func(topic, key string) {
		t.Helper()
		err := k.DB.Do(t.Context(), func(tx db.Tx) error {
			return events.Emit(t.Context(), tx, events.Event{Topic: topic, Key: key, Data: map[string]string{"state": "accepted"}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	emit("window.received", "c-1")

	s, err := httpx.New(httpx.Config{DB: k.DB, Listen: "127.0.0.1:0", AdminListen: "127.0.0.1:0", Log: obs.Discard()})
	if err != nil {
		t.Fatal(err)
	}
	s.Hear(func(_ context.Context, e events.Event) bool { return e.Key != "secret" }, "window.")
	s.Hear(func(_ context.Context, e events.Event) bool { return e.Key == "told" }, "window.", "hall.")
	s.Raw("public", "GET", "/feed", auth.Public, s.Live(k.Events))
	s.Ready("database", k.DB.Ping)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}

	follow := func(last string) (*bufio.Reader, func()) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		r, _ := http.NewRequestWithContext(ctx, "GET", "http://"+s.Addr()+"/api/public/v1/feed", nil)
		r.Header.Set("Last-Event-ID", last)
		resp, err := http.DefaultClient.Do(r)
		if err != nil || resp.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
			t.Fatal(err, resp)
		}
		return bufio.NewReader(resp.Body), func() { cancel(); _ = resp.Body.Close() }
	}
	next := func(r *bufio.Reader) (id, name string, data struct {
		Key  string
		Data map[string]string
	},
	) {
		t.Helper()
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			line = strings.TrimSpace(line)
			switch {
			case strings.HasPrefix(line, "id: "):
				id = line[4:]
			case strings.HasPrefix(line, "event: "):
				name = line[7:]
			case strings.HasPrefix(line, "data: "):
				_ = json.Unmarshal([]byte(line[6:]), &data)
				return id, name, data
			}
		}
	}

	r, hangUp := follow("0")
	if id, name, data := next(r); id != "1" || name != "window.received" || data.Key != "c-1" || data.Data["state"] != "accepted" {
		t.Errorf("%s %s %v", id, name, data)
	}
	hangUp()
	emit("window.accepted", "c-1")
	emit("fleet.seen", "t-1")
	emit("window.received", "c-2")
	emit("window.received", "secret")
	emit("hall.ticket", "t-1")
	emit("hall.ticket", "told")
	r, hangUp = follow("1")
	defer hangUp()
	for _, want := range []string{"2", "4", "7"} { // what nobody hears, and what this caller may not hear, is not there
		if id, _, _ := next(r); id != want {
			t.Errorf("got %s, want %s", id, want)
		}
	}

	for path, want := range map[string]string{"/livez": "ok", "/readyz": `"database":"ok"`, "/metrics": "# TYPE http_request_duration_seconds histogram"} {
		resp, err := http.Get("http://" + s.AdminAddr() + path)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != 200 || !strings.Contains(string(b), want) {
			t.Errorf("%s: %d %s", path, resp.StatusCode, b)
		}
	}

	begin := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil || time.Since(begin) > 3*time.Second {
		t.Errorf("stop took %v: %v", time.Since(begin), err)
	}
}

func TestNotReady(t *testing.T) {
	s, _ := server(t, httpx.Config{})
	s.Ready("broker", func(context.Context) error { return io.ErrUnexpectedEOF })
	w := httptest.NewRecorder()
	s.Admin().ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	if w.Code != 503 || !strings.Contains(w.Body.String(), "broker") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// The pages of one app may ask one service on the reader's own computer; nobody else gets that permission.
func TestNear(t *testing.T) {
	s, c := server(t, httpx.Config{Near: map[string]string{"/desk/": "http://127.0.0.1:17653", "/none/": ""}})
	for _, mount := range []string{"/desk/", "/none/", "/other/"} {
		if err := s.SPA(mount, fstest.MapFS{"index.html": {Data: []byte("<title>page</title>")}}); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]bool{"/desk/": true, "/desk/any/page": true, "/none/": false, "/other/": false, "/api/openapi.json": false} {
		csp := c.do("GET", path, "").Header().Get("Content-Security-Policy")
		if got := strings.Contains(csp, "connect-src 'self' http://127.0.0.1:17653;"); got != want || strings.Count(csp, "http") > 1 {
			t.Errorf("%s: %s", path, csp)
		}
	}
	for path, want := range map[string]string{"/desk/near.json": `{"url":"http://127.0.0.1:17653"}`, "/none/near.json": `{"url":""}`, "/other/near.json": "<title>page</title>"} {
		if got := strings.TrimSpace(c.do("GET", path, "").Body.String()); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
	for _, wrong := range []string{"https://127.0.0.1:1", "http://localhost:1", "http://127.0.0.1", "http://127.0.0.1:1/", "http://10.0.0.1:80", "http://127.0.0.1:1 http:"} {
		if _, err := httpx.New(httpx.Config{Near: map[string]string{"/desk/": wrong}}); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}
