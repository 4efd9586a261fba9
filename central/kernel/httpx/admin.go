package httpx

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/pprof" //nolint:gosec // G108: DefaultServeMux, where it registers itself, is served by nobody
	"time"
)

// Admin returns the handler of the admin listener: /livez, /startupz,
// /readyz, /metrics and profiles.
// It knows no callers and must not be reachable from outside.
func (s *Server) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("ok\n"))
	})
	// /startupz turns green once and stays so: whoever starts many copies one after the other waits for it, and not for the
	// moods of what they lean on.
	mux.HandleFunc("GET /startupz", func(w http.ResponseWriter, _ *http.Request) {
		if !s.run.started.Load() {
			http.Error(w, "starting", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", s.readyz)
	// Profiles show memory and code: on this listener only, which nobody outside reaches.
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_ = s.cfg.Metrics.WriteText(w)
	})
	return mux
}

// readyz runs every check with a limit of 2 s and names those that fail.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	checks, watched := maps.Clone(s.ready), maps.Clone(s.watched)
	s.mu.Unlock()

	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	status, out := http.StatusOK, map[string]string{}
	if s.run.draining.Err() != nil {
		status, out["server"] = http.StatusServiceUnavailable, "stopping"
	}
	for name, check := range checks {
		out[name] = "ok"
		if err := check(ctx); err != nil {
			status, out[name] = http.StatusServiceUnavailable, err.Error()
		}
	}
	for name, check := range watched {
		out[name] = "ok"
		if err := check(ctx); err != nil {
			out[name] = "degraded: " + err.Error()
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out)
}
