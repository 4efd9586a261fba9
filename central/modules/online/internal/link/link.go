// Package link speaks to an online channel (线上渠道对接) as deploy/docs/adapters/online-channels.md says.
package link

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/outbound"
	"tongban/central/kernel/signed"
	"tongban/central/modules/online"
	"tongban/central/modules/online/internal/app"
)

// Config says where a channel is.
type Config struct {
	URL      string // base, where states are told; the channel is not connected when empty
	KeyFile  string // one line "id:secret", readable by its owner alone; both sides sign with it
	Internal bool   // it stands in our own network
}

// Link is one channel. It is safe for concurrent use.
type Link struct {
	code, keyID string
	secret      []byte
	clock       clock.Clock
	port        *adapter.Port
}

// New reads the key and declares the channel among the outside systems.
func New(code string, cfg Config, c clock.Clock, systems *adapter.Registry) (*Link, error) {
	id, secret, err := signed.ReadKey(cfg.KeyFile, "a channel")
	if err != nil {
		return nil, err
	}
	l := &Link{code: code, keyID: id, secret: secret, clock: c}
	l.port, err = systems.Declare(adapter.Declaration{
		Name: code, Title: online.Titles[code], Contract: "deploy/docs/adapters/online-channels.md", Health: "/v1/health", PerSecond: 20,
		Target: outbound.Target{URL: cfg.URL, Internal: cfg.Internal, Timeout: 5 * time.Second, MaxBytes: 64 << 10},
		// One attempt: what is not taken is told again anyway.
		Operations: []adapter.Operation{{Name: "state", Title: "回传办件状态", Method: http.MethodPut, Path: "/v1/submissions/{id}/state"}},
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", code, err)
	}
	return l, nil
}

// Code implements app.Channel.
func (l *Link) Code() string { return l.code }

// Key implements app.Channel.
func (l *Link) Key() (string, []byte) { return l.keyID, l.secret }

// Tell implements app.Channel.
func (l *Link) Tell(ctx context.Context, ref string, s app.Standing) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode state: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, strings.TrimSuffix(l.port.Base(), "/")+"/v1/submissions/"+url.PathEscape(ref)+"/state", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	signed.Sign(req, l.keyID, l.secret, body, l.clock.Now())
	res, err := l.port.Do(ctx, "state", req)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	if res.StatusCode >= http.StatusMultipleChoices {
		return errors.Join(app.ErrNotTaken, fmt.Errorf("%s answered %d", l.code, res.StatusCode))
	}
	return nil
}
