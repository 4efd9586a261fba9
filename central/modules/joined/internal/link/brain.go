package link

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/outbound"
	"tongban/central/kernel/signed"
	"tongban/central/modules/joined"
	"tongban/central/modules/joined/internal/app"
)

// Brain is the city brain (城市智脑) as deploy/docs/adapters/city-brain.md says. It is safe for concurrent use.
type Brain struct {
	keyID  string
	secret []byte
	clock  clock.Clock
	port   *adapter.Port
}

// NewBrain reads the key and declares the city brain among the outside systems.
func NewBrain(cfg Config, c clock.Clock, systems *adapter.Registry) (*Brain, error) {
	id, secret, err := cfg.Key()
	if err != nil {
		return nil, err
	}
	b := &Brain{keyID: id, secret: secret, clock: c}
	b.port, err = systems.Declare(adapter.Declaration{
		Name: joined.Brain, Title: "城市智脑", Contract: "deploy/docs/adapters/city-brain.md", Health: "/v1/health", PerSecond: 10,
		Target: outbound.Target{URL: cfg.URL, Internal: cfg.Internal, Timeout: 5 * time.Second, MaxBytes: 256 << 10},
		// One attempt: somebody waits, and goes on without it.
		Operations: []adapter.Operation{{Name: "advise", Title: "按群众的话建议事项", Method: http.MethodPost, Path: "/v1/advise", Timeout: 4 * time.Second}},
	})
	if err != nil {
		return nil, fmt.Errorf("city brain: %w", err)
	}
	return b, nil
}

// Advise implements app.Adviser.
func (b *Brain) Advise(ctx context.Context, text string) ([]app.Hint, string, error) {
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return nil, "", fmt.Errorf("encode question: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(b.port.Base(), "/")+"/v1/advise", bytes.NewReader(body))
	if err != nil {
		return nil, "", fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	signed.Sign(req, b.keyID, b.secret, body, b.clock.Now())
	res, err := b.port.Do(ctx, "advise", req)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, "", fmt.Errorf("read answer of the city brain: %w", err)
	}
	var in struct {
		Advice []struct {
			Item, Why  string
			Confidence float64
		}
		Model string
	}
	if res.StatusCode != http.StatusOK {
		return nil, "", errors.Join(app.ErrOdd, fmt.Errorf("city brain answered %d", res.StatusCode))
	}
	if err := json.Unmarshal(answer, &in); err != nil {
		return nil, "", errors.Join(app.ErrOdd, fmt.Errorf("decode answer of the city brain: %w", err))
	}
	var out []app.Hint
	for _, h := range in.Advice {
		if h.Item != "" && h.Confidence >= 0 && h.Confidence <= 1 {
			out = append(out, app.Hint{Item: clip(h.Item, 40), Why: clip(h.Why, 60), Confidence: h.Confidence})
		}
	}
	return out, clip(in.Model, 40), nil
}
