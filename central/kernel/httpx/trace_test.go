package httpx_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/central/kernel/httpx"
	"tongban/central/kernel/tracing"
)

// A caller's trace goes on here, under the pattern of the route and not the address, and a path's values stay out of it.
func TestTraceGoesOnFromTheCaller(t *testing.T) {
	dir := t.TempDir()
	tr, err := tracing.New(t.Context(), tracing.Config{Service: "test", File: dir, Ratio: 1})
	if err != nil {
		t.Fatal(err)
	}
	srv, err := httpx.New(httpx.Config{Tracer: tr})
	if err != nil {
		t.Fatal(err)
	}
	srv.Raw("public", http.MethodGet, "/thing/{no}", "public", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	r := httptest.NewRequest(http.MethodGet, "/api/public/v1/thing/13800000026", nil)
	r.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	srv.Handler().ServeHTTP(httptest.NewRecorder(), r)
	if err := tr.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "spans.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"trace_id":"0af7651916cd43dd8448eb211c80319c"`, `"parent_id":"b7ad6b7169203331"`, "/thing/:no", `"status":"502"`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s is not in %s", want, b)
		}
	}
	if strings.Contains(string(b), "1380000") {
		t.Errorf("an address is in the trace: %s", b)
	}
}

// Profiles and the start's end are on the admin listener alone.
func TestAdminListenerAlone(t *testing.T) {
	srv, err := httpx.New(httpx.Config{Listen: "127.0.0.1:0", AdminListen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(h http.Handler, path string) int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code
	}
	if got := ask(srv.Admin(), "/startupz"); got != http.StatusServiceUnavailable {
		t.Errorf("before the start: %d", got)
	}
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = srv.Stop(context.WithoutCancel(t.Context())) }()
	for _, path := range []string{"/startupz", "/debug/pprof/", "/metrics", "/livez"} {
		if in, out := ask(srv.Admin(), path), ask(srv.Handler(), path); in != http.StatusOK || out != http.StatusNotFound {
			t.Errorf("%s: %d inside, %d outside", path, in, out)
		}
	}
}
