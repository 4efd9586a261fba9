package httpx

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"
)

// running is the state of a started server.
type running struct {
	main, admin         *http.Server
	mainAddr, adminAddr string
	draining            context.Context // ends when Stop begins
	drain               context.CancelFunc
	failed              chan error
	started             atomic.Bool
}

func (r *running) begin() {
	r.draining, r.drain = context.WithCancel(context.Background())
	r.failed = make(chan error, 2)
}

// Start opens the listeners and serves until Stop. Addr tells the port that
// was taken.
func (s *Server) Start(ctx context.Context) error {
	var err error
	s.run.main, s.run.mainAddr, err = s.serve(ctx, s.cfg.Listen, s.Handler())
	if err != nil {
		return err
	}
	if s.cfg.AdminListen == "" {
		s.run.started.Store(true)
		return nil
	}
	s.run.admin, s.run.adminAddr, err = s.serve(ctx, s.cfg.AdminListen, s.Admin())
	if err != nil {
		return errors.Join(err, s.run.main.Close())
	}
	s.run.started.Store(true)
	return nil
}

func (s *Server) serve(ctx context.Context, listen string, h http.Handler) (*http.Server, string, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, "", fmt.Errorf("listen on %s: %w", listen, err)
	}
	addr := ln.Addr().String()
	if s.limits.Conns > 0 {
		ln = &crowd{Listener: ln, most: s.limits.Conns, n: map[netip.Addr]int{}, exempt: func(host string) bool { return s.trusted(host) || s.local(host) }}
	}
	header := s.limits.Header
	if header == 0 {
		header = 10 * time.Second
	}
	srv := &http.Server{
		Handler:           s.leaving(h),
		ReadHeaderTimeout: header,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug),
		TLSConfig:         secureTLS(),
	}
	go func() {
		var err error
		if s.cfg.CertFile != "" && listen == s.cfg.Listen {
			err = srv.ServeTLS(ln, s.cfg.CertFile, s.cfg.KeyFile)
		} else {
			err = srv.Serve(ln)
		}
		if !errors.Is(err, http.ErrServerClosed) {
			s.run.failed <- fmt.Errorf("serve on %s: %w", addr, err)
		}
	}()
	return srv, addr, nil
}

// secureTLS is TLS as we offer it: 1.3, or 1.2 with forward secrecy and authenticated encryption only.
func secureTLS() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305,
		},
	}
}

// Addr returns host and port of the main listener.
func (s *Server) Addr() string { return s.run.mainAddr }

// AdminAddr returns host and port of the admin listener; "" without one.
func (s *Server) AdminAddr() string { return s.run.adminAddr }

// Failed sends when a listener broke down while serving.
func (s *Server) Failed() <-chan error { return s.run.failed }

// Drain says in /readyz that this copy goes, ends event streams and asks callers
// to connect anew, while it still answers everything. A proxy then sends new
// requests elsewhere; wait for it to notice before Stop.
func (s *Server) Drain() { s.run.drain() }

// Draining reports whether this copy is about to stop.
func (s *Server) Draining() bool { return s.run.draining.Err() != nil }

// leaving closes each connection after its answer once this copy drains, so
// that none is cut idle at the moment its next request arrives.
func (s *Server) leaving(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Draining() {
			w.Header().Set("Connection", "close")
		}
		h.ServeHTTP(w, r)
	})
}

// Stop takes no new requests, ends event streams and waits for the others. When
// ctx ends first, they are cut.
func (s *Server) Stop(ctx context.Context) error {
	s.run.drain()
	var err error
	for _, srv := range []*http.Server{s.run.main, s.run.admin} {
		if srv == nil {
			continue
		}
		if e := srv.Shutdown(ctx); e != nil {
			err = errors.Join(err, fmt.Errorf("stop server: %w", e), srv.Close())
		}
	}
	return err
}
