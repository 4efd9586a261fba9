// Package post speaks to the local post (邮政对接) as deploy/docs/adapters/post.md says.
package post

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/outbound"
	"tongban/central/kernel/signed"
	"tongban/central/modules/issuing"
)

// Config says where the post is.
type Config struct {
	URL      string // base; none when empty
	KeyFile  string // one line "key id:secret", readable by its owner alone
	Internal bool   // it stands in our own network
}

// Post is the carrier. It is safe for concurrent use.
type Post struct {
	keyID  string
	secret []byte
	clock  clock.Clock
	port   *adapter.Port
}

// New reads the key and declares the post among the outside systems.
func New(cfg Config, c clock.Clock, systems *adapter.Registry) (*Post, error) {
	id, secret, err := signed.ReadKey(cfg.KeyFile, "the post")
	if err != nil {
		return nil, err
	}
	p := &Post{keyID: id, secret: secret, clock: c}
	p.port, err = systems.Declare(adapter.Declaration{
		Name: "post", Title: "邮政寄递", Contract: "deploy/docs/adapters/post.md", Health: "/v1/health", PerSecond: 20,
		Target: outbound.Target{URL: cfg.URL, Internal: cfg.Internal, Timeout: 10 * time.Second, MaxBytes: 1 << 20},
		Operations: []adapter.Operation{
			// One attempt each: the queue tries again, with the same id, and the feed is asked again anyway.
			{Name: "order", Title: "寄件下单", Method: http.MethodPost, Path: "/v1/orders"},
			{Name: "events", Title: "取物流轨迹", Method: http.MethodGet, Path: "/v1/events"},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("post: %w", err)
	}
	return p, nil
}

func (p *Post) ask(ctx context.Context, op, method, path string, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(p.port.Base(), "/")+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	signed.Sign(req, p.keyID, p.secret, body, p.clock.Now())
	res, err := p.port.Do(ctx, op, req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil, fmt.Errorf("read answer of the post: %w", err)
	}
	return res.StatusCode, answer, nil
}

// Order implements issuing.Carrier.
func (p *Post) Order(ctx context.Context, o issuing.Order) (string, error) {
	body, err := json.Marshal(map[string]any{
		"id": o.ID, "from": o.Office, "goods": o.Goods,
		"to": map[string]string{"name": o.Name, "phone": o.Phone.Reveal(), "address": o.Address.Reveal()},
	})
	if err != nil {
		return "", fmt.Errorf("encode order: %w", err)
	}
	status, answer, err := p.ask(ctx, "order", http.MethodPost, "/v1/orders", body)
	if err != nil {
		return "", err
	}
	switch status {
	case http.StatusOK, http.StatusCreated:
		var out struct {
			Parcel string `json:"parcel"`
		}
		if err := json.Unmarshal(answer, &out); err != nil || out.Parcel == "" || len(out.Parcel) > 40 {
			return "", fmt.Errorf("post gave no parcel number")
		}
		return out.Parcel, nil
	case http.StatusUnprocessableEntity:
		return "", issuing.ErrOrderRefused
	}
	return "", fmt.Errorf("post answered %d", status)
}

// Events implements issuing.Carrier.
func (p *Post) Events(ctx context.Context, after int64) ([]issuing.Tracked, error) {
	status, answer, err := p.ask(ctx, "events", http.MethodGet, fmt.Sprintf("/v1/events?after=%d", after), nil)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("post answered %d", status)
	}
	var out struct {
		Events []struct {
			Seq                           int64
			ID, Parcel, Code, Text, Place string
			At                            time.Time
		}
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, fmt.Errorf("decode events of the post: %w", err)
	}
	var all []issuing.Tracked
	for _, e := range out.Events {
		if e.Seq <= after || e.ID == "" || e.Parcel == "" {
			continue // told twice, or not told at all
		}
		all = append(all, issuing.Tracked{Seq: e.Seq, ID: clip(e.ID, 60), Parcel: clip(e.Parcel, 40), Code: clip(e.Code, 20), Text: clip(e.Text, 80), Place: clip(e.Place, 60), At: e.At})
	}
	return all, nil
}

// clip keeps what others send short.
func clip(s string, most int) string {
	r := []rune(s)
	return string(r[:min(len(r), most)])
}
