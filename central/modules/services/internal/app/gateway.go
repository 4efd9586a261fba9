package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/signed"
	"tongban/central/modules/services"
	"tongban/central/modules/services/internal/store"
)

// maxCall is the longest body of a call through the gateway.
const maxCall = 1 << 20

// Authenticate proves who sent a request of the open audience: signature, time, nonce, then the consumer's limit per minute,
// counted over all copies of the centre.
func (a *App) Authenticate(r *http.Request) (auth.Actor, error) {
	ctx := r.Context()
	stamp, err := signed.Read(r.Header)
	if err != nil {
		return auth.Actor{}, nil //nolint:nilerr // nobody: what is public stays public, everything else answers 401
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxCall+1))
	if err != nil || len(body) > maxCall {
		return auth.Actor{}, errs.E(errs.TooLarge, "services.too_large", errs.TooLarge.Words(), err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))

	c, there, err := a.consumerByKey(ctx, stamp.Key)
	if err != nil {
		return auth.Actor{}, err
	}
	unknown := "key:" + clip(stamp.Key) + "@" + actor.OriginFrom(ctx).Source
	secret := ""
	if there {
		if secret, err = a.Vault.Open(classSecret, c.Secret); err != nil {
			return auth.Actor{}, err
		}
	}
	now := a.Clock.Now()
	if err := signed.Check(r, r.URL.RequestURI(), []byte(secret), body, now); err != nil || !there {
		return auth.Actor{}, errors.Join(a.refuse(ctx, unknown, pathService(r), services.ErrUnsigned), err)
	}
	if !c.On {
		return auth.Actor{}, a.refuse(ctx, c.ID, pathService(r), services.ErrStopped)
	}
	if err := a.count(ctx, c, stamp.Nonce, now); err != nil {
		return auth.Actor{}, a.refuse(ctx, c.ID, pathService(r), err)
	}
	return auth.Actor{Kind: actor.Consumer, ID: c.ID, Name: c.Title}.Granted(services.PermCall), nil
}

func (a *App) consumerByKey(ctx context.Context, key string) (c services.Consumer, there bool, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		c, there, err = store.FindConsumer(ctx, q, "", key)
		return err
	})
	return c, there, err
}

// count takes the nonce and one call of this minute.
func (a *App) count(ctx context.Context, c services.Consumer, nonce string, now time.Time) error {
	var refusal error
	err := a.DB.Do(db.WithFirst(ctx, nil), func(tx db.Tx) error {
		refusal = nil
		fresh, err := store.UseNonce(ctx, tx, c.KeyID, nonce, now.Add(2*signed.Window))
		if err != nil {
			return err
		}
		if !fresh {
			refusal = services.ErrReplayed
			return nil
		}
		n, err := store.CountCall(ctx, tx, c.ID)
		if n > c.PerMinute {
			refusal = services.ErrRate
		}
		return err
	})
	return errors.Join(err, refusal)
}

// refuse counts a refusal and audits the first of each minute and cause: all are on record, and nobody can fill the audit.
func (a *App) refuse(ctx context.Context, who, service string, refusal error) error {
	code := errs.CodeOf(refusal)
	if !strings.HasPrefix(code, "services.") {
		return refusal // no refusal, a fault of ours
	}
	err := a.DB.Do(db.WithFirst(ctx, nil), func(tx db.Tx) error {
		first, err := store.CountRefusal(ctx, tx, who, clip(service), code)
		if err != nil || !first {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "services.refused", Object: clip(service), Detail: map[string]string{"cause": code, "consumer": who}})
	})
	return errors.Join(refusal, err)
}

// pathService is the service that a gateway address names.
func pathService(r *http.Request) string {
	_, rest, _ := strings.Cut(r.URL.Path, "/open/v1/services/")
	name, _, _ := strings.Cut(rest, "/")
	return name
}

func clip(s string) string { return s[:min(len(s), 40)] }

// passed are the headers of a call and of its answer that go through; everything else says something about our side or theirs.
var passed = []string{"Content-Type", "Accept", "Accept-Language", "Idempotency-Key"}

// Call is one call of a consumer through the gateway (服务调用).
type Call struct {
	Service, Method, Path, Query string
	Header                       http.Header
	Body                         []byte
}

// Forward sends a call to the service it names, if the caller was granted it and the contract knows it.
func (a *App) Forward(ctx context.Context, c Call) (*http.Response, error) {
	who := auth.Who(ctx).ID
	s, there, err := a.find(ctx, c.Service)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, a.refuse(ctx, who, c.Service, services.ErrNone)
	}
	granted, err := a.granted(ctx, s.Name, who)
	if err != nil {
		return nil, err
	}
	if !granted {
		return nil, a.refuse(ctx, who, s.Name, services.ErrGrant)
	}
	if strings.Contains(c.Path, "..") || strings.Contains(c.Path, "//") || strings.ContainsAny(c.Path, "\\\x00") {
		return nil, a.refuse(ctx, who, s.Name, services.ErrNoCall)
	}
	op, ok := match(s.Contract, c.Method, c.Path)
	if !ok {
		return nil, a.refuse(ctx, who, s.Name, services.ErrNoCall)
	}
	if err := checkRequest(op, c.Body); err != nil {
		return nil, a.refuse(ctx, who, s.Name, err)
	}
	port, err := a.declare(s)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, c.Method, s.Address+c.Path, bytes.NewReader(c.Body))
	if err != nil {
		return nil, errors.Join(services.ErrNoCall, err)
	}
	r.URL.RawQuery = c.Query
	for _, h := range passed {
		if v := c.Header.Get(h); v != "" {
			r.Header.Set(h, v)
		}
	}
	r.Header.Set("X-Tongban-Consumer", who)
	if s.Platform {
		if a.Platform == nil {
			return nil, services.ErrPlatform
		}
		a.Platform.Sign(r, c.Body)
	}
	res, err := port.Do(ctx, op.Name, r)
	if err != nil {
		return nil, fmt.Errorf("forward to %s: %w", s.Name, err)
	}
	return res, nil
}

func (a *App) granted(ctx context.Context, service, consumer string) (bool, error) {
	var grants []services.Grant
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		grants, err = store.Grants(ctx, q, service, consumer)
		return err
	})
	return len(grants) > 0, err
}

// Offer is a service as other systems see it in the directory (服务目录).
type Offer struct {
	Name     string               `json:"name"`
	Title    string               `json:"title"`
	Owner    string               `json:"owner"`
	Version  string               `json:"version"`
	State    string               `json:"state" enum:"on,off,cut"`
	Granted  bool                 `json:"granted" doc:"调用者是否已获授权"`
	Base     string               `json:"base" doc:"网关地址"`
	Contract []services.Operation `json:"contract" nullable:"false"`
}

// Directory lists what can be asked for (服务共享). Addresses behind the gateway stay inside.
func (a *App) Directory(ctx context.Context) ([]Offer, error) {
	var all []services.Service
	mine := map[string]bool{}
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if all, err = store.Services(ctx, q); err != nil {
			return err
		}
		grants, err := store.Grants(ctx, q, "", auth.Who(ctx).ID)
		for _, g := range grants {
			mine[g.Service] = true
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	states, err := a.Adapters.States(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Offer, 0, len(all))
	for _, s := range all {
		o := Offer{
			Name: s.Name, Title: s.Title, Owner: s.Owner, Version: s.Version, State: "on", Granted: mine[s.Name],
			Base: "/api/open/v1/services/" + s.Name, Contract: s.Contract,
		}
		if st, known := states[s.Name]; known && !st.Enabled {
			o.State = "off"
		} else if known && st.Breaker == "open" {
			o.State = "cut"
		}
		if o.Contract == nil {
			o.Contract = []services.Operation{}
		}
		out = append(out, o)
	}
	return out, nil
}
