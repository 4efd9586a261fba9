// Package bench serves the bench panel (外设台架): the screen of a terminal, the hand on its emulated devices, the bytes on
// their lines and the paper that came out, in one view. It forwards to the control ports and is itself loopback only.
package bench

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"tongban/deploy/sim/control"
)

//go:embed web
var webFiles embed.FS

// Terminal is one kiosk on the bench.
type Terminal struct {
	Name    string `json:"name"`
	Control string `json:"-"`
	Screen  string `json:"screen,omitempty"`
}

// ParseTerminal reads name=controlURL[,screen=kioskURL]. A screen may be anything that the browser can show; control
// must be on this machine.
func ParseTerminal(s string) (Terminal, error) {
	name, rest, ok := strings.Cut(s, "=")
	if !ok || name == "" || strings.ContainsAny(name, "/ ?#") {
		return Terminal{}, fmt.Errorf("terminal %q: want name=controlURL[,screen=kioskURL]", s)
	}
	ctl, screen, _ := strings.Cut(rest, ",screen=")
	for _, raw := range []string{ctl, screen} {
		u, err := url.Parse(raw)
		if raw == "" && ctl != "" {
			continue
		}
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return Terminal{}, fmt.Errorf("terminal %s: %q is not an http URL", name, raw)
		}
	}
	return Terminal{Name: name, Control: ctl, Screen: screen}, nil
}

// Bench is the running panel.
type Bench struct {
	terminals []Terminal
	http      *http.Server
	addr      string
}

// Start serves the panel on a loopback address.
func Start(addr string, ts []Terminal) (*Bench, error) {
	if len(ts) == 0 {
		return nil, errors.New("bench without terminals: give --terminal")
	}
	h, err := Handler(ts)
	if err != nil {
		return nil, err
	}
	l, err := control.Listen(addr)
	if err != nil {
		return nil, err
	}
	b := &Bench{terminals: ts, addr: l.Addr().String(), http: &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}}
	go func() { _ = b.http.Serve(l) }()
	return b, nil
}

// URL is where the panel is.
func (b *Bench) URL() string { return "http://" + b.addr + "/" }

// Names lists the terminals.
func (b *Bench) Names() []string {
	out := make([]string, len(b.terminals))
	for i, t := range b.terminals {
		out[i] = t.Name
	}
	return out
}

// Close ends the panel.
func (b *Bench) Close() error { return b.http.Close() }

// Handler is the panel's pages and the way to the control ports under /t/{name}/.
func Handler(ts []Terminal) (http.Handler, error) {
	files, err := fs.Sub(webFiles, "web")
	if err != nil {
		return nil, fmt.Errorf("open pages: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServerFS(files))
	mux.HandleFunc("GET /terminals", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(ts)
	})
	var frames []string
	for _, t := range ts {
		p, err := proxy(t)
		if err != nil {
			return nil, err
		}
		mux.Handle("/t/"+t.Name+"/", http.StripPrefix("/t/"+t.Name, p))
		if u, err := url.Parse(t.Screen); err == nil && u.Host != "" {
			frames = append(frames, u.Scheme+"://"+u.Host)
		}
	}
	csp := "default-src 'self'; img-src 'self' data:; frame-src " + strings.Join(append(frames, "'self'"), " ") + "; frame-ancestors 'none'; base-uri 'none'"
	return control.Loopback(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", csp)
		w.Header().Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})), nil
}

func proxy(t Terminal) (http.Handler, error) {
	to, err := url.Parse(t.Control)
	if err != nil {
		return nil, fmt.Errorf("control of %s: %w", t.Name, err)
	}
	return &httputil.ReverseProxy{
		FlushInterval: -1, // the byte stream is live
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = to.Host
			r.Out.Header.Del("Origin") // checked here already
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(http.StatusBadGateway)
			_ = json.NewEncoder(w).Encode(map[string]string{"error": "terminal " + t.Name + " does not answer"})
		},
	}, nil
}
