package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"tongban/central/console"
	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	authweb "tongban/central/kernel/auth/web"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/httpx"
	challengeweb "tongban/central/kernel/httpx/challenge/web"
	"tongban/central/kernel/notify"
	"tongban/central/kernel/obs"
	"tongban/central/kernel/sso"
	ssoweb "tongban/central/kernel/sso/web"
	"tongban/central/kernel/tracing"
	audit "tongban/central/modules/audit/module"
	bulletin "tongban/central/modules/bulletin/module"
	catalogue "tongban/central/modules/catalogue/module"
	desk "tongban/central/modules/desk/module"
	forms "tongban/central/modules/forms/module"
	hall "tongban/central/modules/hall/module"
	"tongban/central/modules/issuing"
	messages "tongban/central/modules/messages/module"
	onething "tongban/central/modules/onething/module"
	people "tongban/central/modules/people/module"
	privacy "tongban/central/modules/privacy/module"
	province "tongban/central/modules/province/module"
	running "tongban/central/modules/running/module"
	services "tongban/central/modules/services/module"
	sharing "tongban/central/modules/sharing/module"
	statistics "tongban/central/modules/statistics/module"
	supervision "tongban/central/modules/supervision/module"
	windowcontract "tongban/central/modules/window"
	window "tongban/central/modules/window/module"
	"tongban/central/public"
	"tongban/fleet"
	fleetmodule "tongban/fleet/module"
	"tongban/fleet/wire"
)

// centre is everything, wired.
type centre struct {
	sso       *sso.Service
	kernel    *kernel.Kernel
	fleet     *fleetmodule.Fleet
	audit     *audit.Audit
	catalogue *catalogue.Catalogue
	forms     *forms.Forms
	onething  *onething.OneThing
	window    *window.Window
	running   *running.Running

	supervision *supervision.Supervision
	hall        *hall.Hall
	post        issuing.Carrier // nil without a post
	across      func(ctx context.Context, target, item string) (windowcontract.CrossingTarget, error)
	numbers     *statistics.Statistics
}

// sample opens up to n values of each sealed column.
func (c *centre) sample(ctx context.Context, n int) (int, error) {
	return c.kernel.Privacy.Sample(ctx, n)
}

// modules is the one list of business modules and what each asks of others.
func (c *centre) modules(cfg Config, cal *calendar.Calendar) ([]kernel.Module, error) {
	acceptors := map[wire.Kind]fleet.Acceptor{}
	models, err := terminalModels()
	if err != nil {
		return nil, err
	}
	c.fleet, err = fleetmodule.New(c.kernel, fleetmodule.Config{
		Data: cfg.Data, Kiosk: cfg.Listen.Kiosk, MQTT: cfg.Listen.MQTT, NATS: cfg.Listen.NATS, Names: cfg.Hosts,
		BrokerURL: cfg.Broker.URL, TellBroker: cfg.Broker.Tell, TellWeb: cfg.KioskURL, Public: cfg.Public,
		Models: models,
	}, acceptors)
	if err != nil {
		return nil, err
	}
	c.audit, err = audit.New(c.kernel, audit.Config{Ship: cfg.Audit.Ship})
	if err != nil {
		return nil, err
	}
	c.forms, err = forms.New(c.kernel)
	if err != nil {
		return nil, err
	}
	c.catalogue, err = catalogue.New(c.kernel, c.outside())
	if err != nil {
		return nil, err
	}
	c.catalogue.Module.Start = c.embedded(c.catalogue.Module.Start)
	c.onething = onething.New(c.kernel, onething.Needs{Items: c.catalogue.Service, Forms: c.forms.Service})
	c.window, err = window.New(c.kernel, window.Needs{Items: c.catalogue.Service, Calendar: cal, Notify: c.fleet.Service.Notify, Public: cfg.Public, Visitor: c.visitor, Visited: c.visited, Across: c.goesTo})
	if err != nil {
		return nil, err
	}
	for kind, a := range c.window.Acceptors {
		acceptors[kind] = a
	}
	c.supervision = supervision.New(c.kernel, supervision.Needs{Window: c.window.Service, Papers: c.window.Carding, Calendar: cal})
	c.hall, err = hall.New(c.kernel, hall.Needs{
		Items: c.catalogue.Service, Calendar: cal, Machine: hall.MachineConfig{URL: cfg.Queue.URL, KeyFile: cfg.Queue.KeyFile, Internal: cfg.Queue.Internal},
	})
	if err != nil {
		return nil, err
	}
	office := desk.New(c.kernel, desk.Needs{Window: c.window.Service, Items: c.catalogue.Service, Calendar: cal, Public: cfg.Public})
	if c.numbers, err = statistics.New(c.kernel, statistics.Needs{Cases: c.window.Service}); err != nil {
		return nil, err
	}
	letters, err := messages.New(c.kernel, messages.Needs{Window: c.window.Service})
	if err != nil {
		return nil, err
	}
	provincial, err := province.New(c.kernel, province.Config{
		URL: cfg.Exchange.URL, KeyFile: cfg.Exchange.KeyFile, PeerFile: cfg.Exchange.PeerFile, Internal: cfg.Exchange.Internal, Area: cfg.Exchange.Area,
	}, province.Needs{Window: c.window.Service, Items: c.catalogue.Service})
	if err != nil {
		return nil, err
	}
	shares, err := sharing.New(c.kernel, sharing.Needs{
		Drafts: c.window.Sharing, Cases: c.window.Service, Library: provincial.Service, Public: cfg.Public,
		Local: sharing.LocalLicences{URL: cfg.Licences.URL, KeyFile: cfg.Licences.KeyFile, Internal: cfg.Licences.Internal},
	})
	if err != nil {
		return nil, err
	}
	integration, err := services.New(c.kernel, services.Platform{URL: cfg.Platform.URL, KeyFile: cfg.Platform.KeyFile, Internal: cfg.Platform.Internal})
	if err != nil {
		return nil, err
	}
	c.running = running.New(c.kernel, running.Config{
		BackupTo: cfg.Backup.To, BackupEvery: cfg.Backup.Every, BackupKeep: cfg.Backup.Keep, Program: version,
	}, running.Needs{Terminals: c.fleet.Service.List})
	titles := map[string]string{
		"kernel": "平台", "window": "综合窗口", "desk": "部门审批", "issuing": "发证归档", "sharing": "材料共享", "supervision": "督办", "messages": "消息", "privacy": "个人信息保护", "people": "人员与权限", "audit": "审计", "services": "服务集成", "joined": "相邻系统", "region": "跨域通办", "online": "线上渠道", "bulletin": "资讯", "forms": "电子表单", "fleet": "终端管理", "province": "省平台协同", "running": "运行管理", "hall": "大厅", "statistics": "统计",
	}
	handing, err := c.handing(cfg, cal)
	if err != nil {
		return nil, err
	}
	regions, err := c.regions(cfg, cal)
	if err != nil {
		return nil, err
	}
	neighbours, err := c.neighbours(cfg)
	if err != nil {
		return nil, err
	}
	channels, err := c.channels(cfg)
	if err != nil {
		return nil, err
	}
	return []kernel.Module{c.fleet.Module, c.forms.Module, c.catalogue.Module, c.onething.Module, c.window.Module, office, handing, c.supervision.Module, letters.Module, c.hall.Module, c.numbers.Module, provincial.Module, shares, c.audit.Module, integration.Module, c.running.Module, neighbours, regions, channels, bulletin.New(c.kernel), people.New(c.kernel), privacy.New(c.kernel, titles)}, nil
}

// open wires the centre without starting anything. listen says whether the listeners are wanted: a command that only
// looks something up opens none.
func open(ctx context.Context, cfg Config, listen bool) (*centre, error) {
	log, err := obs.NewLog(os.Stderr, cfg.Log)
	if err != nil {
		return nil, err
	}
	if !listen {
		log = slog.New(slog.DiscardHandler)
		cfg.Listen.Web, cfg.Listen.Admin, cfg.Limits = "", "", 0
	}
	ticking, err := cfg.clock()
	if err != nil {
		return nil, err
	}
	cal, err := calendar.Embedded()
	if err != nil {
		return nil, fmt.Errorf("read calendar: %w", err)
	}
	c := &centre{}
	spans := tracing.Config{} // a command that only looks something up records nothing
	if listen {
		spans = tracing.Config{Service: "tongban-central", Version: version, OTLP: cfg.Trace.OTLP, Ratio: cfg.Trace.Ratio, File: filepath.Join(cfg.Data, "traces")}
	}
	c.kernel, err = kernel.Open(ctx, kernel.Config{
		Trace: spans,
		Data:  cfg.Data, Database: cfg.Database, Owner: cfg.Owner, SMS: notify.GatewayConfig{URL: cfg.SMS.URL, KeyFile: cfg.SMS.KeyFile, Internal: cfg.SMS.Internal},
		BlobDir: cfg.Blobs.URL, Blobs: blobs.Options{KeyFile: cfg.Blobs.Key, CAFile: cfg.Blobs.Root},
		HTTP: httpx.Config{
			Listen: cfg.Listen.Web, AdminListen: cfg.Listen.Admin, CertFile: cfg.TLS.Cert, KeyFile: cfg.TLS.Key, Secure: cfg.TLS.Cert != "",
			TrustedProxies: cfg.Proxies, Limits: httpx.DefaultLimits(cfg.Limits),
			Near: map[string]string{"/console/": cfg.Counter},
		},
	}, ticking, log)
	if err != nil {
		return nil, err
	}
	if err := c.use(ctx, cfg, cal, ticking); err != nil {
		return nil, errors.Join(err, c.kernel.Stop(ctx))
	}
	return c, nil
}

func (c *centre) use(ctx context.Context, cfg Config, cal *calendar.Calendar, ticking clock.Clock) error {
	mods, err := c.modules(cfg, cal)
	if err != nil {
		return err
	}
	challengeweb.Public(c.kernel.HTTP, c.kernel.Challenge)
	c.kernel.Auth.UseChallenge(c.kernel.Challenge)
	signing := authweb.Options{Auth: c.kernel.Auth, Today: today(cal, ticking), Secure: cfg.TLS.Cert != ""}
	if cfg.Province.Issuer != "" {
		signing.Province = sso.ProvinceStart
	}
	for _, audience := range []string{auth.ForStaff, auth.ForAdmin} {
		authweb.Console(c.kernel.HTTP.API("auth", audience), audience, signing)
	}
	authweb.SignOn(c.kernel.HTTP.API("auth", auth.ForSSO), signing)
	if c.sso, err = sso.New(sso.Options{
		DB: c.kernel.DB, Auth: c.kernel.Auth, Vault: c.kernel.Vault, Jobs: c.kernel.Jobs, Clock: ticking, Log: c.kernel.Log,
		Public: cfg.Public, Secure: cfg.TLS.Cert != "",
		Province: sso.Province{Issuer: cfg.Province.Issuer, KeyFile: cfg.Province.KeyFile, Internal: cfg.Province.Internal},
	}); err != nil {
		return err
	}
	mods = append(mods, ssoweb.Module(c.sso))
	if err := c.kernel.Use(ctx, mods...); err != nil {
		return err
	}
	if err := c.letIn(ctx, cfg); err != nil {
		return err
	}
	return errors.Join(c.serve("/console/", console.FS()), c.serve("/admin/", console.AdminFS()), c.serve("/sso/", console.SignOnFS()), c.serve("/", public.FS()))
}

// serve mounts an app's pages. A program that was built before its pages runs without them, and says so.
func (c *centre) serve(mount string, pages fs.FS) error {
	if _, err := fs.Stat(pages, "index.html"); err != nil {
		c.kernel.Log.Warn("pages are missing: run make ui and build again", "mount", mount)
		return nil //nolint:nilerr // said above; the program runs without them
	}
	if err := c.kernel.HTTP.SPA(mount, pages); err != nil {
		return fmt.Errorf("serve pages at %s: %w", mount, err)
	}
	return nil
}

// today is the day as the sign-in page shows it.
func today(cal *calendar.Calendar, ticking clock.Clock) func(context.Context) authweb.Today {
	return func(context.Context) authweb.Today {
		d := cal.Day(calendar.DateOf(ticking.Now()))
		week := "周" + string([]rune("日一二三四五六")[d.Date.Weekday()])
		words := "工作日"
		if !d.Workday {
			words = "休息日"
		}
		if d.Name != "" {
			words += "，" + d.Name
		}
		return authweb.Today{Date: d.Date.String(), Workday: d.Workday, Published: d.Published, Text: d.Date.Chinese() + " " + week + "，" + words}
	}
}

func (c *centre) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := c.kernel.Stop(ctx); err != nil {
		c.kernel.Log.ErrorContext(ctx, "centre did not stop cleanly", "cause", err.Error())
	}
}

// scratch wires a centre in a throw-away folder, for commands that only ask what the code offers.
func scratch(ctx context.Context) (*centre, func(), error) {
	dir, err := os.MkdirTemp("", "tongban-scratch-")
	if err != nil {
		return nil, nil, fmt.Errorf("make folder: %w", err)
	}
	cfg := defaults()
	cfg.Data, cfg.Database, cfg.Public = dir, "sqlite:"+dir+"/scratch.db", "http://localhost"
	if err := prepare(cfg); err != nil {
		return nil, nil, err
	}
	c, err := open(auth.AsSystem(ctx, "scratch"), cfg, false)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, func() { c.close(ctx); _ = os.RemoveAll(dir) }, nil
}
