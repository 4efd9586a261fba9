package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tongban/agent/app"
	"tongban/agent/clock"
	"tongban/agent/config"
	"tongban/agent/content"
	"tongban/agent/devices"
	"tongban/agent/diagnostics"
	"tongban/agent/installation"
	"tongban/agent/journal"
	"tongban/agent/outbox"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/agent/slip"
	"tongban/agent/speech"
	"tongban/agent/store"
	"tongban/agent/web"
	"tongban/drivers"
	"tongban/drivers/display/brightness"
	"tongban/drivers/hal"
	"tongban/drivers/hal/hotplug"
	profiles "tongban/firmware-profiles"
	"tongban/kioskui"
)

// What lies in the data folder.
const (
	databaseFile   = "agent.db"
	outboxFolder   = "outbox"
	visitFolder    = "visits"
	contentFolder  = "content"
	identityFolder = "identity"
	installFolder  = "installation"
)

// readyWait is how long the ready line waits for enrolment and catalogue; a terminal without a network is ready without.
const readyWait = 15 * time.Second

// agent is the running program.
type agent struct {
	config  config.Config
	log     *slog.Logger
	clock   clock.Clock
	db      *store.DB
	box     *outbox.Box
	content *content.Cache
	rack    *devices.Rack
	desk    *diagnostics.Desk
	panel   *diagnostics.Panel
	app     *app.App
	wg      sync.WaitGroup
}

// run serves until ctx ends. Its parts end in the order: screen, link, app, devices, database.
func run(ctx context.Context, c config.Config, log *slog.Logger, out io.Writer) (err error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	unlock, err := lockFolder(c.Data)
	if err != nil {
		return err
	}
	defer unlock()
	a := &agent{config: c, log: log, clock: clock.System()}
	if c.ClockFile != "" {
		if a.clock, err = clock.FromFile(c.ClockFile); err != nil {
			return err
		}
	}
	if err := a.build(ctx); err != nil {
		return errors.Join(err, a.close())
	}
	defer func() { err = errors.Join(err, a.close()) }()

	ctx, cancel := context.WithCancel(ctx)
	defer a.wg.Wait()
	defer cancel()
	a.wg.Go(func() { a.rack.Run(ctx) })
	a.wg.Go(func() { a.rack.Listen(ctx, hotplug.Watch(ctx)) })
	a.wg.Go(func() { a.panel.Restore(ctx) })
	a.wg.Go(func() { a.app.Run(ctx) })
	<-a.app.Ready()
	a.wg.Go(func() { a.desk.Run(ctx) })
	joined := make(chan struct{})
	a.wg.Go(func() { a.join(ctx, joined) })
	return a.serve(ctx, cancel, joined, out)
}

func (a *agent) close() error {
	if a.db == nil {
		return nil
	}
	return a.db.Close()
}

// build makes the parts in the order in which they lean on each other.
func (a *agent) build(ctx context.Context) (err error) {
	c := a.config
	if a.db, err = store.Open(ctx, filepath.Join(c.Data, databaseFile), store.Options{}); err != nil {
		return err
	}
	limits := outbox.Default()
	limits.FreeBytes = c.FreeMB << 20
	if a.box, err = outbox.Open(ctx, a.db, a.clock, filepath.Join(c.Data, outboxFolder), limits); err != nil {
		return err
	}
	if a.content, err = content.Open(filepath.Join(c.Data, contentFolder), a.clock, a.log); err != nil {
		return err
	}
	set, err := profiles.Load()
	if err != nil {
		return fmt.Errorf("load profiles: %w", err)
	}
	model, err := set.Terminal(c.Model)
	if err != nil {
		return err
	}
	slots, err := devices.Slots(set, model, c.Devices, site(c)...)
	if err != nil {
		return err
	}
	if err := devices.Gauges(ctx, a.db, set, slots, a.log); err != nil {
		return err
	}
	kept := diagnostics.Calibration{DB: a.db, Clock: a.clock, Log: a.log}
	if a.panel, err = panel(c, model, kept); err != nil {
		return err
	}
	a.rack = devices.New(kept.Apply(slots), a.clock, a.log)
	fonts, err := slip.New()
	if err != nil {
		a.log.Error("slips cannot be printed", "err", err) // the QR on the screen still works
	}
	a.desk = diagnostics.New(diagnostics.Options{
		DB: a.db, Rack: a.rack, Set: set, Model: model, Root: os.DirFS("/"), Version: version, Clock: a.clock, Log: a.log, Box: a.box,
		Changed: func() { a.app.Touch() }, Serving: func() bool { return a.app.Serving() }, Calibration: kept, Panel: a.panel,
	})
	book, err := a.installation(ctx, set, model)
	if err != nil {
		return err
	}
	var voice speech.Engine
	if c.Speech != "" {
		voice = speech.Espeak{Program: c.Speech}
	}
	a.app = app.New(app.Options{
		Installation: book,
		Folder:       filepath.Join(c.Data, visitFolder), Model: terminal(model, a.rack, c), Service: c.Service,
		Times: session.Times{Idle: c.Idle, SlowIdle: c.SlowIdle, Countdown: c.Countdown}, SlipGrace: c.SlipGrace,
		Box: a.box, Journal: journal.Open(a.db, a.clock), Content: a.content, Rack: a.rack, Desk: a.desk, Printer: fonts, Clock: a.clock, Log: a.log,
		Speech: voice, Volume: c.Volume, Tidy: a.db.Truncate,
	})
	return nil
}

// site is what belongs to the place where the terminal stands, not to its devices' models.
func site(c config.Config) []devices.Setting {
	masks := make([][4]float64, len(c.CCTVMasks))
	for i, m := range c.CCTVMasks {
		masks[i] = m
	}
	return append(devices.Surveillance(c.CCTVUser, c.CCTVPasswordFile, masks), devices.PhotoDecoder(c.PhotoDecoder))
}

// panel is the terminal's own screen. A second one is a device of its own and is left alone.
func panel(c config.Config, model profiles.Terminal, kept diagnostics.Calibration) (*diagnostics.Panel, error) {
	own, err := c.OwnScreen()
	if err != nil {
		return nil, err
	}
	where := brightness.Machine{Root: cmp.Or(own.Root, "/"), Bus: brightness.Wires(), Connector: own.Target}
	if second, err := hal.ParseAddress(c.Devices[string(drivers.KindDisplay)]); err == nil && second.Scheme == hal.SchemeScreen {
		where.Others = []string{second.Target}
	}
	return &diagnostics.Panel{Find: where.Find, Full: model.Panel.Brightness, Calibration: kept, Log: kept.Log}, nil
}

// installation opens the record of the model's check-list, nil where it has none.
func (a *agent) installation(ctx context.Context, set profiles.Set, model profiles.Terminal) (*installation.Book, error) {
	list, err := set.Checklist(model.Model)
	if errors.Is(err, profiles.ErrNoChecklist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return installation.Open(ctx, installation.Options{
		DB: a.db, Box: a.box, Rack: a.rack, Set: set, Model: model, List: list, Folder: filepath.Join(a.config.Data, installFolder), Version: version,
		Clock: a.clock, Log: a.log, Changed: func() { a.app.Touch() },
	})
}

func terminal(model profiles.Terminal, rack *devices.Rack, c config.Config) screen.Terminal {
	t := screen.Terminal{
		Model: model.Model, Orientation: "landscape", Scale: model.Panel.Scale(), Positions: model.Positions(),
		Printer: rack.Has(drivers.KindReceipt), Travel: rack.Has(drivers.KindPassport), Helpline: c.Helpline,
	}
	if model.Panel.Portrait() {
		t.Orientation = "portrait"
	}
	return t
}

// ready is the one line that says where the screen is.
type ready struct {
	Ready    bool   `json:"ready"`
	UI       string `json:"ui,omitempty"`
	Terminal string `json:"terminal"`
	Pages    bool   `json:"pages"` // the built pages are inside
}

// serve opens the screen to browser and window and returns when ctx ends or the window is closed.
func (a *agent) serve(ctx context.Context, cancel context.CancelFunc, joined <-chan struct{}, out io.Writer) error {
	handler := web.New(a.app, a.clock, kioskui.FS(), a.log, ctx.Done())
	line := ready{Ready: true, Pages: kioskui.Built()}
	if a.config.UIListen != "" {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.config.UIListen)
		if err != nil {
			return fmt.Errorf("open screen: %w", err)
		}
		guard := web.NewGuard(l.Addr())
		line.UI = guard.URL()
		srv := &http.Server{Handler: guard.Wrap(handler), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
		a.wg.Go(func() {
			if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				a.log.Error("screen listener ended", "err", err)
				cancel()
			}
		})
		defer func() {
			stop, done := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer done()
			if srv.Shutdown(stop) != nil {
				_ = srv.Close()
			}
		}()
	}
	select {
	case <-joined:
	case <-ctx.Done():
	case <-a.clock.After(readyWait):
	}
	line.Terminal = a.app.State().Terminal.Code
	if err := json.NewEncoder(out).Encode(line); err != nil {
		return fmt.Errorf("print ready line: %w", err)
	}
	if a.config.Window {
		return window(ctx, handler, a.config.Service)
	}
	<-ctx.Done()
	return nil
}
