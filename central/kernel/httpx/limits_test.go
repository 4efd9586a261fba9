package httpx_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/obs"
)

// hall is a server with limits and a few operations of several audiences.
type hall struct {
	*httpx.Server
	hold chan struct{} // slow operations wait for it
	busy atomic.Int32
}

type listOut struct {
	Body struct {
		Rows []string `json:"rows"`
	}
}

type treeIn struct{ Body any }

func newHall(t *testing.T, change func(*httpx.Config)) *hall {
	t.Helper()
	cfg := httpx.Config{Log: obs.Discard(), Limits: httpx.DefaultLimits(1)}
	if change != nil {
		change(&cfg)
	}
	srv, err := httpx.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h := &hall{Server: srv, hold: make(chan struct{})}
	for _, audience := range []string{"public", "staff", "kiosk"} {
		srv.Authenticate(audience, func(r *http.Request) (auth.Actor, error) {
			switch {
			case audience == "kiosk":
				return auth.Actor{Kind: actor.Terminal, ID: r.Header.Get("X-Who")}.Granted("hall:read"), nil
			case r.Header.Get("X-Who") != "":
				return auth.Actor{Kind: actor.Staff, ID: r.Header.Get("X-Who")}.Granted("hall:read"), nil
			}
			return auth.Actor{}, nil
		})
		perm := "hall:read"
		if audience == "public" {
			perm = auth.Public
		}
		api := srv.API("hall", audience)
		op := func(id, method, path string) huma.Operation {
			return httpx.Repeatable(huma.Operation{OperationID: "hall-" + audience + "-" + id, Method: method, Path: path})
		}
		httpx.Register(api, perm, op("list", "GET", "/hall/list"), func(context.Context, *struct{}) (*listOut, error) {
			out := &listOut{}
			for i := range 200 {
				out.Body.Rows = append(out.Body.Rows, fmt.Sprintf("办件 %d 已受理", i))
			}
			return out, nil
		})
		httpx.Register(api, perm, op("me", "GET", "/auth/me"), func(context.Context, *struct{}) (*listOut, error) {
			out := &listOut{}
			out.Body.Rows = append(out.Body.Rows, strings.Repeat("csrf", 1000))
			return out, nil
		})
		httpx.Register(api, perm, op("slow", "GET", "/hall/slow"), func(context.Context, *struct{}) (*struct{}, error) {
			h.busy.Add(1)
			defer h.busy.Add(-1)
			<-h.hold
			return nil, nil
		})
		httpx.Register(api, perm, op("write", "POST", "/hall/tree"), func(context.Context, *treeIn) (*struct{}, error) { return nil, nil })
	}
	return h
}

func (h *hall) ask(method, path, from, who, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr = from + ":4000"
	if who != "" {
		r.Header.Set("X-Who", who)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	h.Handler().ServeHTTP(w, r)
	return w
}

func codeOf(w *httptest.ResponseRecorder) string {
	var p struct{ Code string }
	_ = json.Unmarshal(w.Body.Bytes(), &p)
	return p.Code
}

// refusedOf asks n times and counts the 429s.
func (h *hall) refusedOf(n int, method, path, from, who, body string) (refused int) {
	for range n {
		if w := h.ask(method, path, from, who, body); w.Code == http.StatusTooManyRequests {
			refused++
			if w.Header().Get("Retry-After") == "" || codeOf(w) != "request.rate" {
				refused += 1_000_000
			}
		}
	}
	return refused
}

func TestRatesByAddressPersonAndTerminal(t *testing.T) {
	h := newHall(t, nil)
	const public, staff, kiosk = "/api/public/v1/hall/list", "/api/staff/v1/hall/list", "/api/kiosk/v1/hall/list"
	begin := time.Now()
	between := func(what string, got, low, high int) {
		t.Helper()
		low = max(min(low, 1), low-int(40*time.Since(begin).Seconds())) // a slow machine gives the allowance time to grow again
		begin = time.Now()
		if got < low || got > high {
			t.Errorf("%s: %d refused, want %d to %d", what, got, low, high)
		}
	}
	between("an address on public pages", h.refusedOf(150, "GET", public, "192.0.2.1", "", ""), 20, 50)
	between("another address", h.refusedOf(50, "GET", public, "192.0.2.2", "", ""), 0, 0)
	between("a clerk behind the same address", h.refusedOf(100, "GET", staff, "192.0.2.1", "zhou", ""), 0, 0)
	between("the same clerk from anywhere", h.refusedOf(200, "GET", staff, "192.0.2.3", "zhou", ""), 50, 100)
	between("a clerk's writes", h.refusedOf(100, "POST", "/api/staff/v1/hall/tree", "192.0.2.1", "li", "{}"), 20, 40)
	between("a terminal after an outage", h.refusedOf(300, "GET", kiosk, "192.0.2.9", "K-01", ""), 0, 0)
	between("this machine", h.refusedOf(300, "GET", public, "127.0.0.1", "", ""), 0, 0)
	between("pages from one address", h.refusedOf(2000, "GET", "/nothing", "192.0.2.77", "", ""), 300, 1000)
}

// One caller holds at most a fifth of the seats; the public steps back before the staff.
func TestSeats(t *testing.T) {
	h := newHall(t, func(c *httpx.Config) { c.Limits.InFlight = 50 })
	var wg sync.WaitGroup
	fill := func(n int, path, who string, from func(int) string) {
		want := h.busy.Load()
		for i := range n {
			wg.Go(func() { h.ask("GET", path, from(i), who, "") })
		}
		for range 2000 {
			if h.busy.Load() >= want+int32(n) {
				return
			}
			time.Sleep(time.Millisecond)
		}
		t.Fatalf("%d are being served, want %d more than %d", h.busy.Load(), n, want)
	}
	const public, staff = "/api/public/v1/hall/slow", "/api/staff/v1/hall/slow"
	fill(10, public, "", func(int) string { return "192.0.2.1" })
	if w := h.ask("GET", public, "192.0.2.1", "", ""); w.Code != 429 || codeOf(w) != "request.share" {
		t.Errorf("an eleventh from one address: %d %s", w.Code, w.Body)
	}
	fill(20, public, "", func(i int) string { return fmt.Sprintf("198.51.100.%d", i) })
	w := h.ask("GET", public, "203.0.113.1", "", "")
	if w.Code != 503 || codeOf(w) != "server.busy" || w.Header().Get("Retry-After") == "" {
		t.Errorf("the public beyond 60 %%: %d %s", w.Code, w.Body)
	}
	fill(20, staff, "zhou", func(i int) string { return fmt.Sprintf("10.0.0.%d", i) })
	if w := h.ask("GET", "/api/staff/v1/hall/list", "10.0.1.1", "li", ""); w.Code != 503 {
		t.Errorf("the staff beyond 100 %%: %d", w.Code)
	}
	close(h.hold)
	wg.Wait()
	if w := h.ask("GET", "/api/public/v1/hall/list", "203.0.113.1", "", ""); w.Code != 200 {
		t.Errorf("when it is calm again: %d", w.Code)
	}
}

func TestShapesOfBodies(t *testing.T) {
	h := newHall(t, func(c *httpx.Config) { c.Limits = httpx.Limits{} })
	tree := func(body string) *httptest.ResponseRecorder {
		return h.ask("POST", "/api/staff/v1/hall/tree", "192.0.2.1", "zhou", body)
	}
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"flat":       {`{"a":[1,2,{"b":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}]}`, 204},
		"deep":       {strings.Repeat("[", 32) + strings.Repeat("]", 32), 204},
		"too deep":   {strings.Repeat("[", 33) + strings.Repeat("]", 33), 413},
		"endless":    {strings.Repeat(`{"a":`, 100_000), 413},
		"wide":       {"[" + strings.Repeat("1,", 60_000) + "1]", 413},
		"escaped":    {`{"a":"\\","b":"\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}`, 204},
		"broken":     {`{"a"`, 400},
		"no UTF-8":   {"\"\xff\"", 400},
		"NUL":        {`{"a\\":"\u0000"}`, 400},
		"no NUL":     {`{"a":"\\u0000"}`, 204},
		"a megabyte": {`"` + strings.Repeat("a", 1<<20) + `"`, 413},
	} {
		if w := tree(c.body); w.Code != c.want {
			t.Errorf("%s: %d, want %d: %.100s", name, w.Code, c.want, w.Body)
		}
	}
	for _, path := range []string{"/api/staff/v1/hall/%00", "/api/staff/v1/hall/list?a=%ff", "/%c3%28"} {
		if w := h.ask("GET", path, "192.0.2.1", "zhou", ""); w.Code != 400 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := h.ask("GET", "/api/staff/v1/hall/list?a="+strings.Repeat("b", 5000), "192.0.2.1", "zhou", ""); w.Code != 414 {
		t.Errorf("a long address: %d", w.Code)
	}
}

func TestCompression(t *testing.T) {
	h := newHall(t, nil)
	get := func(path, accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("X-Who", "zhou")
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		h.Handler().ServeHTTP(w, r)
		return w
	}
	plain, small := get("/api/staff/v1/hall/list", ""), get("/api/staff/v1/hall/list", "br, gzip")
	if small.Header().Get("Content-Encoding") != "gzip" || small.Body.Len()*3 > plain.Body.Len() || small.Header().Get("Vary") == "" {
		t.Errorf("%d of %d bytes, %v", small.Body.Len(), plain.Body.Len(), small.Header())
	}
	z, err := gzip.NewReader(small.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || string(got) != plain.Body.String() {
		t.Errorf("the answer is another when compressed: %v", err)
	}
	for _, path := range []string{"/api/staff/v1/auth/me", "/api/staff/v1/nothing"} {
		if w := get(path, "gzip"); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed", path)
		}
	}
}

// serve starts h on a real line.
func serve(t *testing.T, h *hall) string {
	t.Helper()
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = h.Stop(ctx)
	})
	return h.Addr()
}

// A client that sends its headers a byte at a time is cut off, and others are served meanwhile.
func TestSlowClientsAreCutOff(t *testing.T) {
	h := newHall(t, func(c *httpx.Config) { c.Listen = "127.0.0.1:0"; c.Limits.Header = 300 * time.Millisecond })
	addr := serve(t, h)
	var cut atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close() //nolint:errcheck // test
			_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
			_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
			go func() {
				for range 400 {
					if _, err := io.WriteString(conn, "a"); err != nil {
						return
					}
					time.Sleep(50 * time.Millisecond)
				}
			}()
			if _, err := bufio.NewReader(conn).ReadByte(); err == nil || !strings.Contains(err.Error(), "timeout") {
				cut.Add(1)
			}
		})
	}
	res, err := http.Get("http://" + addr + "/api/public/v1/hall/list")
	if err != nil || res.StatusCode != 200 {
		t.Errorf("meanwhile: %v %v", res, err)
	} else {
		_ = res.Body.Close()
	}
	wg.Wait()
	if cut.Load() != 50 {
		t.Errorf("%d of 50 were cut off", cut.Load())
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	h := newHall(t, func(c *httpx.Config) { c.Secure = true })
	for _, path := range []string{"/api/public/v1/hall/list", "/api/staff/v1/hall/list", "/api/nothing", "/nothing"} {
		for _, method := range []string{"GET", "OPTIONS", "POST"} {
			r := httptest.NewRequest(method, path, nil)
			r.Header.Set("Origin", "https://evil.example")
			r.Header.Set("Access-Control-Request-Method", "POST")
			w := httptest.NewRecorder()
			h.Handler().ServeHTTP(w, r)
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Strict-Transport-Security": "max-age=", "Referrer-Policy": "same-origin",
				"X-Frame-Options": "SAMEORIGIN", "Content-Security-Policy": "script-src 'self';", "Cross-Origin-Opener-Policy": "same-origin",
			} {
				if got := w.Header().Get(name); !strings.Contains(got, want) {
					t.Errorf("%s %s: %s is %q", method, path, name, got)
				}
			}
			for name := range w.Header() {
				if strings.HasPrefix(name, "Access-Control-") || name == "Server" || name == "X-Powered-By" {
					t.Errorf("%s %s: header %s", method, path, name)
				}
			}
			if csp := w.Header().Get("Content-Security-Policy"); strings.Contains(csp, "unsafe-inline") || strings.Contains(csp, "unsafe-eval") || strings.Contains(csp, "http:") {
				t.Errorf("policy %q", csp)
			}
		}
	}
}

func TestTLSOfTheWebListener(t *testing.T) {
	cert, key := selfSigned(t)
	h := newHall(t, func(c *httpx.Config) { c.Listen, c.CertFile, c.KeyFile = "127.0.0.1:0", cert, key })
	addr := serve(t, h)
	dial := func(change func(*tls.Config)) (*tls.Conn, error) {
		cfg := &tls.Config{InsecureSkipVerify: true} //nolint:gosec // our own certificate of a minute ago
		change(cfg)
		return tls.Dial("tcp", addr, cfg)
	}
	for name, change := range map[string]func(*tls.Config){
		"TLS 1.0": func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 },
		"TLS 1.1": func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS11, tls.VersionTLS11 },
		"CBC": func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}
		},
		"no forward secrecy": func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}
		},
	} {
		if conn, err := dial(change); err == nil {
			_ = conn.Close()
			t.Errorf("%s is accepted", name)
		}
	}
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		conn, err := dial(func(c *tls.Config) { c.MinVersion, c.MaxVersion = version, version })
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_ = conn.Close()
	}
}
