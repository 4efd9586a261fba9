// Package app is what can be done with services (服务集成用例).
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/outbound"
	"tongban/central/kernel/vault"
	"tongban/central/modules/services"
	"tongban/central/modules/services/internal/store"
)

// Needs is what New needs.
type Needs struct {
	DB       *db.DB
	Clock    clock.Clock
	Vault    *vault.Vault
	Adapters *adapter.Registry
	Log      *slog.Logger
	Platform Platform // nil when not connected
}

// App is the service integration. It is safe for concurrent use.
type App struct {
	Needs
	mu       sync.Mutex
	declared map[string]int // service → revision that this copy has declared
}

// New returns the app; systems that were registered are declared at the first probe or call.
func New(n Needs) *App {
	a := &App{Needs: n, declared: map[string]int{}}
	n.Adapters.BeforeProbe(a.declareAll)
	return a
}

// declareAll brings this copy up to date with the table.
func (a *App) declareAll(ctx context.Context) error {
	var all []services.Service
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		all, err = store.Services(ctx, q)
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range all {
		if _, err := a.declare(s); err != nil {
			a.Log.WarnContext(ctx, "registered service cannot be declared", "service", s.Name, "cause", err.Error())
		}
	}
	return nil
}

const anyCall = "call"

// declare makes s a system of this copy, once per revision.
func (a *App) declare(s services.Service) (*adapter.Port, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p, ok := a.Adapters.Find(s.Name); ok && a.declared[s.Name] == s.Revision {
		return p, nil
	}
	d := adapter.Declaration{
		Name: s.Name, Title: s.Title, Health: "/", PerSecond: float64(s.PerMinute) / 60,
		Target: outbound.Target{URL: s.Address, Internal: s.Internal, Timeout: time.Duration(s.TimeoutMs) * time.Millisecond},
	}
	for _, o := range s.Contract {
		op := adapter.Operation{Name: o.Name, Title: o.Title, Method: o.Method, Path: o.Path}
		if o.Method == http.MethodGet && !s.Platform { // a signature is good once
			op.Attempts = 2
		}
		d.Operations = append(d.Operations, op)
	}
	if len(d.Operations) == 0 {
		d.Operations = []adapter.Operation{{Name: anyCall, Title: "调用", Path: "/"}}
	}
	p, err := a.Adapters.Declare(d)
	if err != nil {
		return nil, err
	}
	a.declared[s.Name] = s.Revision
	return p, nil
}

// Draft is what is registered.
type Draft struct {
	Name      string               `json:"name" minLength:"2" maxLength:"31" pattern:"^[a-z][a-z0-9-]{1,30}$" doc:"代号，网关地址里用，以后不能改"`
	Title     string               `json:"title" minLength:"2" maxLength:"40"`
	Owner     string               `json:"owner" required:"false" maxLength:"60" doc:"对接单位"`
	Address   string               `json:"address" minLength:"8" maxLength:"200" doc:"地址，http(s)://主机[:端口][/路径]"`
	Version   string               `json:"version" minLength:"1" maxLength:"20"`
	Internal  bool                 `json:"internal" required:"false" doc:"在本单位内网里；否则内网地址一律不连"`
	TimeoutMs int                  `json:"timeout_ms" required:"false" minimum:"100" maximum:"60000" default:"3000"`
	PerMinute int                  `json:"limit_per_minute" required:"false" minimum:"1" maximum:"60000" default:"600"`
	Contract  []services.Operation `json:"contract" required:"false" maxItems:"100" doc:"操作；不填时任何地址都可调用"`
	Reason    string               `json:"reason" minLength:"2" maxLength:"200"`
}

// reserved are names of systems that are built in, configured or not.
var reserved = []string{"sms", "post", "province", "services", "consumers", "platform"}

// Register takes a service into the directory (服务接入) and asks it at once how it is.
func (a *App) Register(ctx context.Context, d Draft) (Row, error) {
	s, err := a.checked(d)
	if err != nil {
		return Row{}, err
	}
	s.Revision = 1
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		_, there, err := store.FindService(ctx, tx, s.Name)
		if err != nil {
			return err
		}
		if _, builtin := a.Adapters.Find(s.Name); there || builtin || slices.Contains(reserved, s.Name) {
			return errs.E(errs.Conflict, "services.name_taken", "这个代号已经有了，请换一个", nil)
		}
		if err := store.SaveService(ctx, tx, s, d.Reason); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{
			Action: "services.register", Object: s.Name, Reason: d.Reason,
			Detail: map[string]string{"title": s.Title, "host": host(s.Address), "version": s.Version},
		})
	})
	if err != nil {
		return Row{}, err
	}
	if err := a.probe(ctx, s); err != nil {
		return Row{}, err
	}
	return a.row(ctx, s.Name)
}

// Edit changes a service (服务管理); its former state stays on record by revision.
func (a *App) Edit(ctx context.Context, name string, d Draft) (Row, error) {
	d.Name = name
	s, err := a.checked(d)
	if err != nil {
		return Row{}, err
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		old, there, err := store.FindService(ctx, tx, name)
		if err != nil {
			return err
		}
		if !there {
			return services.ErrNone
		}
		s.Revision, s.Platform = old.Revision+1, old.Platform
		if err := store.SaveService(ctx, tx, s, d.Reason); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{
			Action: "services.edit", Object: name, Reason: d.Reason,
			Detail: map[string]string{"host": host(s.Address), "version": s.Version, "was_host": host(old.Address), "was_version": old.Version},
		})
	})
	if err != nil {
		return Row{}, err
	}
	if err := a.probe(ctx, s); err != nil {
		return Row{}, err
	}
	return a.row(ctx, name)
}

func (a *App) checked(d Draft) (services.Service, error) {
	if _, err := outbound.Check(d.Address, d.Internal); err != nil {
		return services.Service{}, errs.WithFields(err, errs.Field{Path: "body.address", Message: "这个地址不允许访问：外网要 https，内网要打勾"})
	}
	if err := checkContract(d.Contract); err != nil {
		return services.Service{}, err
	}
	return services.Service{
		Name: d.Name, Title: strings.TrimSpace(d.Title), Owner: strings.TrimSpace(d.Owner), Address: strings.TrimSuffix(d.Address, "/"),
		Internal: d.Internal, Version: d.Version, TimeoutMs: cmp.Or(d.TimeoutMs, 3000), PerMinute: cmp.Or(d.PerMinute, 600), Contract: d.Contract,
	}, nil
}

func (a *App) probe(ctx context.Context, s services.Service) error {
	p, err := a.declare(s)
	if err != nil {
		return err
	}
	return p.CheckHealth(ctx)
}

// Probe asks a system now how it is.
func (a *App) Probe(ctx context.Context, name string) (Row, error) {
	p, err := a.port(ctx, name)
	if err != nil {
		return Row{}, err
	}
	if p.Health != "" {
		if err := p.CheckHealth(ctx); err != nil {
			return Row{}, err
		}
	}
	return a.row(ctx, name)
}

// Switch turns a system on or off (启停).
func (a *App) Switch(ctx context.Context, name string, on bool, reason string) (Row, error) {
	if _, err := a.port(ctx, name); err != nil {
		return Row{}, err
	}
	err := a.DB.Do(ctx, func(tx db.Tx) error { return a.Adapters.Switch(ctx, tx, name, on, reason) })
	if err != nil {
		return Row{}, err
	}
	return a.row(ctx, name)
}

// port finds a system, registered or built in.
func (a *App) port(ctx context.Context, name string) (*adapter.Port, error) {
	s, there, err := a.find(ctx, name)
	if err != nil {
		return nil, err
	}
	if there {
		return a.declare(s)
	}
	if p, ok := a.Adapters.Find(name); ok {
		return p, nil
	}
	return nil, services.ErrNone
}

func (a *App) find(ctx context.Context, name string) (s services.Service, there bool, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		s, there, err = store.FindService(ctx, q, name)
		return err
	})
	return s, there, err
}

// Grant lets a consumer call a service (授权), and Take ends that.
func (a *App) Grant(ctx context.Context, service, consumer, reason string) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		_, there, err := store.FindService(ctx, tx, service)
		if err != nil {
			return err
		}
		if !there {
			return services.ErrNone
		}
		if _, there, err = store.FindConsumer(ctx, tx, consumer, ""); err != nil {
			return err
		} else if !there {
			return errNoConsumer
		}
		if new, err := store.AddGrant(ctx, tx, service, consumer, auth.Who(ctx).Name); err != nil || !new {
			return errors.Join(err, errs.E(errs.Conflict, "services.granted", "已经授权过了", nil))
		}
		return audit.Write(ctx, tx, audit.Record{Action: "services.grant", Object: service, Reason: reason, Detail: map[string]string{"consumer": consumer}})
	})
}

// Take ends a grant; the next call is refused.
func (a *App) Take(ctx context.Context, service, consumer, reason string) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if was, err := store.TakeGrant(ctx, tx, service, consumer); err != nil || !was {
			return errors.Join(err, errs.E(errs.NotFound, "services.no_grant", "没有这项授权，请刷新后再看", nil))
		}
		return audit.Write(ctx, tx, audit.Record{Action: "services.take", Object: service, Reason: reason, Detail: map[string]string{"consumer": consumer}})
	})
}

func host(address string) string {
	u, err := outbound.Check(address, true)
	if err != nil {
		return ""
	}
	return u.Host
}

// Sweep is the daily tidying.
func (a *App) Sweep(ctx context.Context) error {
	if err := a.DB.Do(ctx, func(tx db.Tx) error { return store.Sweep(ctx, tx) }); err != nil {
		return fmt.Errorf("sweep services: %w", err)
	}
	return nil
}
