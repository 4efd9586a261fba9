// Package link speaks to the micro-service platform (微服务中台对接) as deploy/docs/adapters/service-platform.md says.
package link

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/outbound"
	"tongban/central/kernel/signed"
	"tongban/central/modules/services"
	"tongban/central/modules/services/internal/app"
)

// Config says where the platform is.
type Config struct {
	URL      string // base; none when empty
	KeyFile  string // one line "id:secret", readable by its owner alone
	Internal bool   // it stands in our own network
}

// Platform is the micro-service platform. It is safe for concurrent use.
type Platform struct {
	cfg    Config
	keyID  string
	secret []byte
	clock  clock.Clock
	port   *adapter.Port
}

// New reads the key and declares the platform among the outside systems.
func New(cfg Config, c clock.Clock, systems *adapter.Registry) (*Platform, error) {
	id, secret, err := signed.ReadKey(cfg.KeyFile, "the service platform")
	if err != nil {
		return nil, err
	}
	p := &Platform{cfg: cfg, keyID: id, secret: secret, clock: c}
	p.port, err = systems.Declare(adapter.Declaration{
		Name: "platform", Title: "微服务中台", Contract: "deploy/docs/adapters/service-platform.md", Health: "/v1/health", PerSecond: 20,
		Target:     outbound.Target{URL: cfg.URL, Internal: cfg.Internal, Timeout: 5 * time.Second, MaxBytes: 4 << 20},
		Operations: []adapter.Operation{{Name: "list", Title: "取登记的服务", Method: http.MethodGet, Path: "/v1/services"}},
	})
	if err != nil {
		return nil, fmt.Errorf("service platform: %w", err)
	}
	return p, nil
}

func (p *Platform) base() string { return strings.TrimSuffix(p.cfg.URL, "/") }

// Address implements app.Platform.
func (p *Platform) Address(name string) (string, bool) {
	return p.base() + "/call/" + name, p.cfg.Internal
}

// Sign implements app.Platform.
func (p *Platform) Sign(r *http.Request, body []byte) {
	signed.Sign(r, p.keyID, p.secret, body, p.clock.Now())
}

var (
	nameShape = regexp.MustCompile(`^[a-z][a-z0-9-]{1,30}$`)
	opShape   = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)
	pathShape = regexp.MustCompile(`^/[A-Za-z0-9_./{}-]{0,199}$`)
)

// List implements app.Platform. What breaks the contract is left out: it could not be called.
func (p *Platform) List(ctx context.Context) ([]app.Listed, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base()+"/v1/services", nil)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	p.Sign(req, nil)
	res, err := p.port.Do(ctx, "list", req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("read answer of the service platform: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("service platform answered %d", res.StatusCode)
	}
	var in struct {
		Services []struct {
			Name, Title, Owner, Version string
			Operations                  []services.Operation
		}
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, fmt.Errorf("decode answer of the service platform: %w", err)
	}
	var out []app.Listed
	for _, s := range in.Services[:min(len(in.Services), 500)] {
		if !nameShape.MatchString(s.Name) || len([]rune(s.Title)) < 2 || s.Version == "" || len(s.Operations) > 100 {
			continue
		}
		l := app.Listed{Name: s.Name, Title: clip(s.Title, 40), Owner: clip(s.Owner, 60), Version: clip(s.Version, 20)}
		for _, o := range s.Operations {
			if opShape.MatchString(o.Name) && pathShape.MatchString(o.Path) && known[o.Method] && len(o.Request) <= 20000 {
				o.Title = clip(o.Title, 40)
				l.Contract = append(l.Contract, o)
			}
		}
		out = append(out, l)
	}
	return out, nil
}

var known = map[string]bool{http.MethodGet: true, http.MethodPost: true, http.MethodPut: true, http.MethodDelete: true}

// clip keeps what others send short.
func clip(s string, most int) string {
	r := []rune(s)
	return string(r[:min(len(r), most)])
}
