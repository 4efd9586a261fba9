package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/outbound"
	"tongban/central/kernel/signed"
)

// GatewayConfig says where the short-message gateway is.
type GatewayConfig struct {
	URL      string // base, such as https://sms.example.gov.cn; none when empty
	KeyFile  string // one line "key id:secret", readable by its owner alone
	Internal bool   // the gateway stands in our own network
}

// Gateway is the carrier that speaks deploy/docs/adapters/sms.md.
type Gateway struct {
	keyID  string
	secret []byte
	clock  clock.Clock
	port   *adapter.Port
}

// NewGateway reads the key and declares the gateway among the outside systems.
func NewGateway(cfg GatewayConfig, c clock.Clock, systems *adapter.Registry) (*Gateway, error) {
	id, secret, err := signed.ReadKey(cfg.KeyFile, "the short-message gateway")
	if err != nil {
		return nil, err
	}
	g := &Gateway{keyID: id, secret: secret, clock: c}
	g.port, err = systems.Declare(adapter.Declaration{
		Name: "sms", Title: "短信网关", Contract: "deploy/docs/adapters/sms.md", Health: "/v1/health", PerSecond: 20,
		Target: outbound.Target{URL: cfg.URL, Internal: cfg.Internal, Timeout: 10 * time.Second, MaxBytes: 64 << 10},
		// One attempt: the queue tries again, with the same id.
		Operations: []adapter.Operation{
			{Name: "send", Title: "发送短信", Method: http.MethodPost, Path: "/v1/messages"},
			{Name: "receipt", Title: "查短信回执", Method: http.MethodGet, Path: "/v1/messages/{id}"},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("short-message gateway: %w", err)
	}
	return g, nil
}

// Deliver implements Carrier.
func (g *Gateway) Deliver(ctx context.Context, m Message) (string, error) {
	body, err := json.Marshal(map[string]string{
		"id": m.ID, "phone": m.Phone.Reveal(), "template": m.Template, "text": m.Text, "until": m.Until.UTC().Format(time.RFC3339),
	})
	if err != nil {
		return "", fmt.Errorf("encode short message: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(g.port.Base(), "/")+"/v1/messages", bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	signed.Sign(req, g.keyID, g.secret, body, g.clock.Now())
	res, err := g.port.Do(ctx, "send", req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return "", fmt.Errorf("read answer of the gateway: %w", err)
	}

	switch {
	case res.StatusCode == http.StatusAccepted, res.StatusCode == http.StatusOK:
		var ok struct {
			Ref string `json:"ref"`
		}
		_ = json.Unmarshal(answer, &ok) // without a ref the message is sent all the same
		return ok.Ref, nil
	case res.StatusCode == http.StatusConflict: // it has this id already
		return "", nil
	case res.StatusCode == http.StatusUnprocessableEntity:
		return "", ErrRefused
	}
	return "", fmt.Errorf("short-message gateway answered %d", res.StatusCode)
}

// Receipt implements Tracker.
func (g *Gateway) Receipt(ctx context.Context, id string) (Receipt, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(g.port.Base(), "/")+"/v1/messages/"+url.PathEscape(id), http.NoBody)
	if err != nil {
		return Receipt{}, fmt.Errorf("make request: %w", err)
	}
	signed.Sign(req, g.keyID, g.secret, nil, g.clock.Now())
	res, err := g.port.Do(ctx, "receipt", req)
	if err != nil {
		return Receipt{}, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return Receipt{}, fmt.Errorf("short-message gateway answered %d to the question for a receipt", res.StatusCode)
	}
	var r struct {
		State string `json:"state"`
		Note  string `json:"note"`
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 4<<10)).Decode(&r); err != nil {
		return Receipt{}, fmt.Errorf("read receipt: %w", err)
	}
	return Receipt{State: r.State, Note: r.Note}, nil
}
