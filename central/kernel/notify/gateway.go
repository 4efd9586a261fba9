package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/signed"
)

// GatewayConfig says where the short-message gateway is.
type GatewayConfig struct {
	URL     string // base, such as https://sms.example.gov.cn; none when empty
	KeyFile string // one line "key id:secret", readable by its owner alone
}

// Gateway is the carrier that speaks deploy/docs/adapters/sms.md.
type Gateway struct {
	base   string
	keyID  string
	secret []byte
	clock  clock.Clock
	do     func(*http.Request) (*http.Response, error)
}

// NewGateway reads the key. do sends a request; nil takes a plain client.
func NewGateway(cfg GatewayConfig, c clock.Clock, do func(*http.Request) (*http.Response, error)) (*Gateway, error) {
	text, err := os.ReadFile(cfg.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("read key of the short-message gateway: %w", err)
	}
	id, secret, ok := strings.Cut(strings.TrimSpace(string(text)), ":")
	if !ok || id == "" || len(secret) < 16 {
		return nil, fmt.Errorf("key of the short-message gateway: want one line \"id:secret\", the secret of 16 characters or more")
	}
	if do == nil {
		do = (&http.Client{Timeout: 10 * time.Second}).Do
	}
	return &Gateway{base: strings.TrimSuffix(cfg.URL, "/"), keyID: id, secret: []byte(secret), clock: c, do: do}, nil
}

// Deliver implements Carrier.
func (g *Gateway) Deliver(ctx context.Context, m Message) (string, error) {
	body, err := json.Marshal(map[string]string{
		"id": m.ID, "phone": m.Phone.Reveal(), "template": m.Template, "text": m.Text, "until": m.Until.UTC().Format(time.RFC3339),
	})
	if err != nil {
		return "", fmt.Errorf("encode short message: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.base+"/v1/messages", bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	signed.Sign(req, g.keyID, g.secret, body, g.clock.Now())
	res, err := g.do(req)
	if err != nil {
		return "", errs.E(errs.Unavailable, "notify.gateway", "短信暂时发不出去，请稍后再试", err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
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
