package module

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// listen opens the terminals' HTTPS. It serves the centre's own handler, but only the part that is for terminals: staff
// pages are not to be reached from the halls' network. A certificate is asked for and, when given, must be ours; whether
// it is the current one is asked at each request.
func (f *Fleet) listen(ctx context.Context) error {
	if f.cfg.Kiosk == "" {
		return nil
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.cfg.Kiosk)
	if err != nil {
		return fmt.Errorf("listen for terminals: %w", err)
	}
	f.kiosk = &http.Server{
		Handler:           onlyKiosk(f.k.HTTP.Handler(), f.k.HTTP.Draining),
		TLSConfig:         f.keys.ServerTLS(tls.VerifyClientCertIfGiven),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(f.k.Log.Handler(), slog.LevelDebug),
	}
	f.mu.Lock()
	f.addrs.kiosk = ln.Addr().String()
	f.mu.Unlock()
	f.wg.Go(func() {
		if err := f.kiosk.ServeTLS(ln, "", ""); !errors.Is(err, http.ErrServerClosed) {
			f.k.Log.ErrorContext(ctx, "terminal listener stopped", "cause", err.Error())
		}
	})
	return nil
}

func onlyKiosk(h http.Handler, draining func() bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/kiosk/") {
			http.NotFound(w, r)
			return
		}
		if draining() {
			w.Header().Set("Connection", "close") // see httpx.Server.Drain
		}
		h.ServeHTTP(w, r)
	})
}
