package module

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"tongban/central/kernel"
	"tongban/central/kernel/db"
	"tongban/central/kernel/health"
	"tongban/central/kernel/jobs"
	"tongban/fleet"
	"tongban/fleet/internal/app"
	"tongban/fleet/internal/broker"
	"tongban/fleet/internal/ca"
	"tongban/fleet/internal/enrol"
	"tongban/fleet/internal/files"
	"tongban/fleet/internal/gateway"
	"tongban/fleet/internal/remote"
	"tongban/fleet/internal/service"
	"tongban/fleet/internal/store"
	"tongban/fleet/internal/web"
	"tongban/fleet/migrations"
	"tongban/fleet/wire"
)

// Fleet is the wired fleet.
type Fleet struct {
	Service fleet.Service
	Module  kernel.Module

	k         *kernel.Kernel
	cfg       Config
	keys      *ca.Keys
	acceptors map[wire.Kind]fleet.Acceptor
	desk      *enrol.Desk
	visits    *service.Desk
	remote    *remote.Desk

	broker *broker.Broker // nil with a broker elsewhere
	nc     *nats.Conn
	js     jetstream.JetStream
	again  chan struct{} // the broker connection came back
	kiosk  *http.Server
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu    sync.Mutex
	told  enrol.Addresses
	addrs struct{ kiosk, mqtt, nats string }
}

// New reads the keys and wires the fleet; nothing runs before Module.Start. The map of acceptors is read at Start, so that
// a module that needs Service may be made in between and put into it then.
func New(k *kernel.Kernel, cfg Config, acceptors map[wire.Kind]fleet.Acceptor) (*Fleet, error) {
	if cfg.BrokerURL != "" && cfg.TellBroker == "" {
		return nil, errors.New("wire fleet: a broker elsewhere needs the address that terminals use")
	}
	keys, err := loadKeys(cfg.Data, cfg.Names, k.Clock.Now())
	if err != nil {
		return nil, fmt.Errorf("wire fleet: %w", err)
	}
	if keys.Centre == nil {
		return nil, errors.New("wire fleet: the centre's key is not here")
	}
	f := &Fleet{k: k, cfg: cfg, keys: keys, acceptors: acceptors, again: make(chan struct{}, 1)}
	f.told = enrol.Addresses{Broker: cfg.TellBroker, Web: cfg.TellWeb, Public: cfg.Public}
	f.desk = &enrol.Desk{DB: k.DB, Clock: k.Clock, Log: k.Log, Keys: keys, Addresses: f.addresses, Admit: f.admit}
	f.visits = &service.Desk{DB: k.DB, Clock: k.Clock, Centre: keys.Centre}
	f.remote = &remote.Desk{DB: k.DB, Clock: k.Clock, Jobs: k.Jobs, Key: f.visits.Key, Publish: f.publish}

	k.Health.Add(health.Check{Component: "broker", Title: "消息服务", Kind: health.Broker, Run: func(ctx context.Context) health.Result {
		if err := f.connected(ctx); err != nil {
			return health.Result{State: health.Bad, Text: "连不上消息服务，终端的办件暂时送不到"}
		}
		return health.Result{State: health.OK, Text: "消息服务已连接"}
	}})
	service := &app.App{DB: k.DB, Jobs: k.Jobs, Publish: f.publish}
	f.Service = service
	uploads := &files.Desk{DB: k.DB, Blobs: k.Blobs, Clock: k.Clock, Log: k.Log, Fail: k.HTTP.Fail}
	f.Module = kernel.Module{
		Name:       "fleet",
		Migrations: db.Migrations{Name: "fleet", FS: migrations.FS},
		Permissions: []kernel.Permission{
			{Name: fleet.PermRead, Title: "查看终端", Roles: []string{"fleet-admin", "supervisor", "system-admin"}},
			{Name: fleet.PermRevoke, Title: "吊销和更换终端证书", Roles: []string{"fleet-admin", "system-admin"}},
			{Name: fleet.PermService, Title: "发放维护码", Roles: []string{"fleet-admin"}},
			{Name: fleet.PermRemote, Title: "远程诊断终端", Roles: []string{"fleet-admin"}},
		},
		Routes: web.Routes(web.Parts{DB: k.DB, Auth: k.Auth, Clock: k.Clock, Service: service, Enrol: f.desk, Visits: f.visits, Remote: f.remote, Files: uploads, Broker: f.connected}),
		Jobs:   map[string]jobs.Handler{app.JobNotice: service.SendNotice, remote.JobOrder: f.remote.Send},
		Start:  f.start,
		Stop:   f.stop,
	}
	return f, nil
}

// Revoke shuts a terminal out; a running centre cuts its connections within seconds, also when another process asks.
func (f *Fleet) Revoke(ctx context.Context, code, reason string) error {
	return f.desk.Revoke(ctx, code, reason)
}

// WantRenewal asks a terminal for a new certificate before its time.
func (f *Fleet) WantRenewal(ctx context.Context, code, reason string) error {
	return f.desk.WantRenewal(ctx, code, reason)
}

// Certificates lists all that were given out.
func (f *Fleet) Certificates(ctx context.Context) (out []fleet.Certificate, err error) {
	err = f.k.DB.View(ctx, func(q db.Query) error {
		certs, err := store.Certificates(ctx, q, "")
		for _, c := range certs {
			out = append(out, c.Certificate)
		}
		return err
	})
	return out, err
}

// ServiceCode gives out a code that opens a terminal for a technician.
func (f *Fleet) ServiceCode(ctx context.Context, terminal, reason string) (fleet.ServiceCode, error) {
	return f.visits.Issue(ctx, terminal, reason)
}

// acceptorsOf are the modules' and the fleet's own.
func (f *Fleet) acceptorsOf() map[wire.Kind]fleet.Acceptor {
	all := maps.Clone(f.acceptors)
	if all == nil {
		all = map[wire.Kind]fleet.Acceptor{}
	}
	all[wire.KindDiagnosis] = f.visits
	all[wire.KindRemote] = f.remote
	return all
}

// EnrolCode plans a terminal and returns its one-time code.
func (f *Fleet) EnrolCode(ctx context.Context, s EnrolSpec) (string, error) {
	return f.desk.Code(ctx, enrol.Spec(s))
}

// Kiosk is the address of the terminals' HTTPS listener, https://host:port; "" before Start.
func (f *Fleet) Kiosk() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return tell("https", f.addrs.kiosk, nil)
}

// MQTT is the address of the own broker for terminals, ssl://host:port; with a broker elsewhere what terminals are told.
func (f *Fleet) MQTT() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.addrs.mqtt == "" {
		return f.told.Broker
	}
	return tell("ssl", f.addrs.mqtt, nil)
}

// NATS is the address of the own broker for another process, nats://host:port; "" without one.
func (f *Fleet) NATS() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return tell("nats", f.addrs.nats, nil)
}

func (f *Fleet) start(ctx context.Context) (err error) {
	ctx, f.cancel = context.WithCancel(ctx)
	defer func() {
		if err != nil {
			_ = f.stop(ctx)
		}
	}()
	if f.cfg.BrokerURL == "" {
		f.broker, err = broker.Start(ctx, broker.Config{
			Dir: storeDir(f.cfg.Data), MQTT: f.cfg.MQTT, NATS: f.cfg.NATS, Keys: f.keys, Log: f.k.Log,
		})
		if err != nil {
			return err
		}
	}
	if err := f.connect(); err != nil {
		return err
	}
	if err := f.listen(ctx); err != nil {
		return err
	}
	f.tellAddresses()

	g := gateway.New(gateway.Config{
		DB: f.k.DB, Clock: f.k.Clock, Log: f.k.Log, Metrics: f.k.Metrics, Centre: f.keys.Centre, Acceptors: f.acceptorsOf(), Tracer: f.k.Trace,
		Replicas: f.replicas(),
	})
	f.wg.Go(func() { f.keepRoll(ctx) })
	f.wg.Go(func() { f.keepCertificate(ctx) })
	f.wg.Go(func() {
		f.k.DB.Lead(ctx, "fleet.gate", func(ctx context.Context) {
			if err := g.Run(ctx, f.js); err != nil {
				f.k.Log.ErrorContext(ctx, "gate stopped", "hop", "Gate", "cause", err.Error())
			}
		})
	})
	return nil
}

// stop ends the gate first, so that what it holds is handed back, and the broker last.
func (f *Fleet) stop(ctx context.Context) error {
	if f.cancel != nil {
		f.cancel()
	}
	var err error
	if f.kiosk != nil {
		if err = f.kiosk.Shutdown(ctx); err != nil {
			err = errors.Join(fmt.Errorf("stop terminal listener: %w", err), f.kiosk.Close())
		}
	}
	f.wg.Wait()
	if f.nc != nil {
		f.nc.Close()
	}
	if f.broker != nil {
		f.broker.Stop()
	}
	return err
}

// tellAddresses fills in what was not configured.
func (f *Fleet) tellAddresses() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broker != nil {
		f.addrs.mqtt, f.addrs.nats = f.broker.MQTT(), f.broker.NATS()
	}
	if f.told.Broker == "" {
		f.told.Broker = tell("ssl", f.addrs.mqtt, f.cfg.Names)
	}
	if f.told.Web == "" {
		f.told.Web = tell("https", f.addrs.kiosk, f.cfg.Names)
	}
}

func (f *Fleet) addresses() enrol.Addresses {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.told
}
