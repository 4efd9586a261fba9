package outbound_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tongban/central/kernel/outbound"
)

func get(t *testing.T, c *outbound.Client, url string) (string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(r)
	if err != nil {
		return "", err
	}
	defer res.Body.Close() //nolint:errcheck // test
	b, err := io.ReadAll(res.Body)
	return string(b), err
}

func TestAddressesByTheirText(t *testing.T) {
	for _, c := range []struct {
		url              string
		outside, inwards bool // may be declared so
	}{
		{"https://api.example.gov.cn/v1", true, true},
		{"https://198.51.100.7/", false, false}, // documentation
		{"https://8.8.8.8:8443", true, true},
		{"http://api.example.gov.cn", false, true},
		{"http://127.0.0.1:8080", false, true},
		{"https://127.0.0.1", false, true},
		{"https://[::1]", false, true},
		{"https://10.1.2.3", false, true},
		{"https://172.31.0.1", false, true},
		{"https://192.168.0.1", false, true},
		{"https://100.64.0.1", false, true},
		{"https://[fd00::1]", false, true},
		{"https://[::ffff:127.0.0.1]", false, true},
		{"https://[::ffff:169.254.169.254]", false, false},
		{"http://169.254.169.254/latest/meta-data", false, false},
		{"https://[fd00:ec2::254]", false, false},
		{"https://0.0.0.0", false, false},
		{"https://[::]", false, false},
		{"https://[fe80::1]", false, false},
		{"https://[64:ff9b::7f00:1]", false, false},
		{"https://[2002:7f00:1::]", false, false},
		{"https://224.0.0.1", false, false},
		{"https://user:pass@example.gov.cn", false, false},
		{"https://example.gov.cn/#a", false, false},
		{"https://example.gov.cn/?to=1", false, false},
		{"ftp://example.gov.cn", false, false},
		{"file:///etc/passwd", false, false},
		{"gopher://127.0.0.1", false, false},
		{"https://", false, false},
		{"//example.gov.cn", false, false},
		{"https:example.gov.cn", false, false},
		{":", false, false},
	} {
		if _, err := outbound.Check(c.url, false); (err == nil) != c.outside || (err != nil && !errors.Is(err, outbound.ErrAddress)) {
			t.Errorf("%s from outside: %v", c.url, err)
		}
		if _, err := outbound.Check(c.url, true); (err == nil) != c.inwards {
			t.Errorf("%s from inside: %v", c.url, err)
		}
	}
}

// rebinding is a name that is harmless when looked at and loopback when called.
type rebinding struct{ asked atomic.Int32 }

func (r *rebinding) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if r.asked.Add(1) == 1 {
		return []netip.Addr{netip.MustParseAddr("93.184.216.34")}, nil
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

func TestANameThatTurnsInwards(t *testing.T) {
	reached := false
	srv := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer srv.Close()
	port := srv.URL[strings.LastIndexByte(srv.URL, ':'):]
	r := &rebinding{}
	r.asked.Add(1) // the look before the call has happened
	c, err := outbound.New(outbound.Target{URL: "https://harmless.example.gov.cn" + port, Resolve: r, Timeout: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := get(t, c, "https://harmless.example.gov.cn"+port); !errors.Is(err, outbound.ErrAddress) {
		t.Errorf("err = %v", err)
	}
	if reached {
		t.Error("the call reached this machine")
	}
}

func internal(t *testing.T, url string, more func(*outbound.Target)) *outbound.Client {
	t.Helper()
	target := outbound.Target{URL: url, Internal: true, Timeout: 2 * time.Second}
	if more != nil {
		more(&target)
	}
	c, err := outbound.New(target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestOnlyTheDeclaredHost(t *testing.T) {
	secret := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") }))
	defer secret.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, secret.URL, http.StatusFound)
		case "/metadata":
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/home":
			http.Redirect(w, r, "/", http.StatusFound)
		default:
			_, _ = io.WriteString(w, "ok")
		}
	}))
	defer srv.Close()
	c := internal(t, srv.URL, nil)
	if got, err := get(t, c, srv.URL+"/home"); err != nil || got != "ok" {
		t.Errorf("redirect at home: %q, %v", got, err)
	}
	for _, bad := range []string{srv.URL + "/away", srv.URL + "/metadata", srv.URL + "/round", secret.URL, strings.Replace(srv.URL, "http:", "https:", 1)} {
		if got, err := get(t, c, bad); err == nil {
			t.Errorf("%s answered %q", bad, got)
		}
	}
	also := internal(t, srv.URL, func(x *outbound.Target) { x.Also = []string{strings.TrimPrefix(secret.URL, "http://")} })
	if got, err := get(t, also, srv.URL+"/away"); err != nil || got != "secret" {
		t.Errorf("a declared second host: %q, %v", got, err)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			select {
			case <-r.Context().Done():
			case <-time.After(5 * time.Second):
			}
			return
		}
		if r.URL.Path == "/told" {
			w.Header().Set("Content-Length", "4096")
		}
		for range 64 {
			_, _ = io.WriteString(w, strings.Repeat("x", 64))
			_ = http.NewResponseController(w).Flush()
		}
	}))
	defer srv.Close()
	for path, max := range map[string]int64{"/told": 1024, "/untold": 1024} {
		c := internal(t, srv.URL, func(x *outbound.Target) { x.MaxBytes = max })
		if got, err := get(t, c, srv.URL+path); err == nil {
			t.Errorf("%s: %d bytes came through", path, len(got))
		}
	}
	c := internal(t, srv.URL, func(x *outbound.Target) { x.MaxBytes = 4096 })
	if got, err := get(t, c, srv.URL+"/untold"); err != nil || len(got) != 4096 {
		t.Errorf("exactly as long as allowed: %d, %v", len(got), err)
	}
	hurried := internal(t, srv.URL, func(x *outbound.Target) { x.Timeout = 200 * time.Millisecond })
	if _, err := get(t, hurried, srv.URL+"/slow"); err == nil {
		t.Error("a call without an end was waited for")
	}
}

func TestACertificateFromNobody(t *testing.T) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	if _, err := get(t, internal(t, srv.URL, nil), srv.URL); err == nil {
		t.Error("a certificate that no authority signed was believed")
	}
}
