// Package web serves the touch screen (触摸屏接口): the calls of agent/screen, the stream of states, the pictures and the built
// page, as one http.Handler for the window and for a loopback listener alike.
package web

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"tongban/agent/app"
	"tongban/agent/clock"
	"tongban/agent/screen"
)

// Bounds of a call.
const (
	maxBody = 256 << 10
	maxSign = 2 << 20 // strokes are many numbers

	maxPhoto = 6 << 20 // a picture of the installation, as base64
)

// server is one handler.
type server struct {
	app   *app.App
	clock clock.Clock
	log   *slog.Logger
	done  <-chan struct{}
}

// New returns the handler. done ends open streams, so that a listener can shut down.
func New(a *app.App, c clock.Clock, page fs.FS, log *slog.Logger, done <-chan struct{}) http.Handler {
	s := &server{app: a, clock: c, log: log, done: done}
	mux := http.NewServeMux()
	s.calls(mux)
	s.pictures(mux)
	mux.HandleFunc("GET /api/state", func(w http.ResponseWriter, _ *http.Request) { s.json(w, http.StatusOK, a.State()) })
	mux.HandleFunc("GET /api/events", s.events)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		s.json(w, http.StatusNotFound, screen.Problem{Code: "screen.no_call", Message: "没有这个功能，请回首页"})
	})
	mux.Handle("/", static(page))
	return headers(mux)
}

// headers keep a page inside its own origin: nothing it shows may come from, or go to, anywhere else. Frames are for the
// bench on the same machine.
func headers(next http.Handler) http.Handler {
	const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; " +
		"connect-src 'self'; media-src 'self' data: blob:; worker-src 'self'; base-uri 'none'; form-action 'none'; " +
		"frame-ancestors http://127.0.0.1:* http://localhost:*"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store") // a citizen's state and pictures are in no cache
		next.ServeHTTP(w, r)
	})
}

// static serves the built page; names below assets/ carry a hash and never change.
func static(page fs.FS) http.Handler {
	files := http.FileServerFS(page)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/assets/") {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		files.ServeHTTP(w, r)
	})
}

func (s *server) json(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		s.log.Error("answer cannot be encoded", "hop", "Screen", "err", err)
		http.Error(w, "internal", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// problem answers with words for the person; the cause goes to the log, the values never.
func (s *server) problem(w http.ResponseWriter, r *http.Request, err error) {
	p := app.Explain(err)
	if p.Status >= http.StatusInternalServerError {
		s.log.Error("call failed", "hop", "Screen", "call", r.Pattern, "code", p.Code, "err", err)
	} else {
		s.log.Debug("call refused", "hop", "Screen", "call", r.Pattern, "code", p.Code)
	}
	s.json(w, p.Status, p.Problem)
}

// decode reads one JSON object strictly; {} and an empty body are the same.
func decode(r *http.Request, limit int64, into any) (string, error) {
	text, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, limit))
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return "", &app.Problem{Status: http.StatusRequestEntityTooLarge, Problem: screen.Problem{Code: "screen.too_large", Message: "内容太多了，请少写一些"}}
	}
	if err != nil {
		return "", err
	}
	if len(text) == 0 {
		text = []byte("{}")
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil || d.More() {
		return "", &app.Problem{Status: http.StatusBadRequest, Problem: screen.Problem{Code: "screen.malformed", Message: "这一步没有办成，请再按一次"}, Cause: err}
	}
	return string(text), nil
}

// Pauses of the stream.
const (
	calm      = 40 * time.Millisecond // several changes at once are one state
	heartbeat = 15 * time.Second
)

// events streams whole states, the first one at once.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	rc := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no")
	bell, stop := s.app.Watch()
	defer stop()
	if _, err := io.WriteString(w, "retry: 500\n\n"); err != nil {
		return
	}
	for {
		text, err := json.Marshal(s.app.State())
		if err != nil {
			s.log.Error("state cannot be encoded", "hop", "Screen", "err", err)
			return
		}
		if _, err := io.WriteString(w, "event: state\ndata: "+string(text)+"\n\n"); err != nil || rc.Flush() != nil {
			return
		}
		if clock.Sleep(r.Context(), s.clock, calm) != nil {
			return
		}
		for waiting := true; waiting; {
			select {
			case <-r.Context().Done():
				return
			case <-s.done:
				return
			case <-bell:
				waiting = false
			case <-s.clock.After(heartbeat):
				if _, err := io.WriteString(w, ": still here\n\n"); err != nil || rc.Flush() != nil {
					return
				}
			}
		}
	}
}
