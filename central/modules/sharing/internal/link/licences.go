// Package link speaks to the city's own e-licence system (本地电子证照系统对接) as deploy/docs/adapters/local-licences.md says.
package link

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
	"tongban/central/modules/province"
)

// Config says where the system is.
type Config struct {
	URL      string // base; none when empty
	KeyFile  string // one line "id:secret", readable by its owner alone
	Internal bool   // it stands in our own network
}

// Licences is the system. It is safe for concurrent use.
type Licences struct {
	keyID  string
	secret []byte
	clock  clock.Clock
	port   *adapter.Port
}

// New reads the key and declares the system among the outside ones.
func New(cfg Config, c clock.Clock, systems *adapter.Registry) (*Licences, error) {
	id, secret, err := signed.ReadKey(cfg.KeyFile, "the local licences")
	if err != nil {
		return nil, err
	}
	l := &Licences{keyID: id, secret: secret, clock: c}
	l.port, err = systems.Declare(adapter.Declaration{
		Name: "licences", Title: "本地电子证照系统", Contract: "deploy/docs/adapters/local-licences.md", Health: "/v1/health", PerSecond: 20,
		Target: outbound.Target{URL: cfg.URL, Internal: cfg.Internal, Timeout: 5 * time.Second, MaxBytes: 1 << 20},
		// One attempt: somebody waits, and may ask again.
		Operations: []adapter.Operation{{Name: "query", Title: "按持证人查证照", Method: http.MethodPost, Path: "/v1/licences/query", Timeout: 4 * time.Second}},
	})
	if err != nil {
		return nil, fmt.Errorf("local licences: %w", err)
	}
	return l, nil
}

// Of returns a holder's licences. The consent is on record here before it is told there.
func (l *Licences) Of(ctx context.Context, holder, consent, purpose string) ([]province.Licence, error) {
	body, err := json.Marshal(map[string]string{"holder": holder, "consent": consent, "purpose": purpose})
	if err != nil {
		return nil, fmt.Errorf("encode question: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(l.port.Base(), "/")+"/v1/licences/query", bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	signed.Sign(req, l.keyID, l.secret, body, l.clock.Now())
	res, err := l.port.Do(ctx, "query", req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("read answer of the local licences: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("local licences answered %d", res.StatusCode)
	}
	var in struct {
		Licences []province.Licence `json:"licences"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, fmt.Errorf("decode answer of the local licences: %w", err)
	}
	out := []province.Licence{}
	for _, one := range in.Licences[:min(len(in.Licences), most)] {
		if one.ID == "" || one.Name == "" || len(one.ID) > 60 {
			continue
		}
		one.Name, one.Office, one.State = clip(one.Name, 60), clip(one.Office, 60), clip(one.State, 12)
		out = append(out, one)
	}
	return out, nil
}

// most bounds the licences of one person.
const most = 100

// clip keeps what others send short.
func clip(s string, most int) string {
	r := []rune(s)
	return string(r[:min(len(r), most)])
}
