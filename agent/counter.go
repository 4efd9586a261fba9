package main

import (
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

	"tongban/agent/clock"
	"tongban/agent/config"
	"tongban/agent/counter"
	"tongban/agent/devices"
	"tongban/agent/journal"
	"tongban/agent/store"
	"tongban/drivers/hal/hotplug"
	profiles "tongban/firmware-profiles"
)

// counterModel is what a counter has when nothing else is said.
const counterModel = "counter-desk"

// padFile holds the address of the citizen's screen, which changes with every start: whoever opens that screen reads it.
const padFile = "pad.url"

// counterReady is the one line that says where everything is.
type counterReady struct {
	Ready   bool   `json:"ready"`
	Counter string `json:"counter"`
	Pad     string `json:"pad"`
	Code    string `json:"code"`
}

// runCounter lends the devices to the console until ctx ends (窗口外设桥). It keeps a journal of what it prints, nothing of what it
// reads, and speaks to no centre.
func runCounter(ctx context.Context, c config.Config, log *slog.Logger, out io.Writer) (err error) {
	if len(c.Consoles) == 0 {
		return errors.New("counter needs --console, the origin of the console that may use it, such as https://zwfw.example.cn")
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	unlock, err := lockFolder(c.Data)
	if err != nil {
		return err
	}
	defer unlock()
	rack, err := counterRack(c, log)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.CounterListen)
	if err != nil {
		return fmt.Errorf("open counter: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	db, err := store.Open(ctx, filepath.Join(c.Data, "counter.db"), store.Options{})
	if err != nil {
		_ = l.Close()
		return fmt.Errorf("open journal of prints: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	desk := counter.New(counter.Options{
		Desk: c.Desk, Consoles: c.Consoles, Service: c.Service, Version: version, Rack: rack, Journal: journal.Open(db, clock.System()), Clock: clock.System(), Log: log,
	}, l.Addr(), ctx.Done())
	pad := filepath.Join(c.Data, padFile)
	if err := os.WriteFile(pad, []byte(desk.PadURL()+"\n"), 0o600); err != nil {
		_ = l.Close()
		return fmt.Errorf("write address of the citizen's screen: %w", err)
	}
	defer func() { _ = os.Remove(pad) }()

	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { rack.Run(ctx) })
	wg.Go(func() { rack.Listen(ctx, hotplug.Watch(ctx)) })
	wg.Go(func() { desk.Settle(ctx) })
	srv := &http.Server{Handler: desk.Handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	ended := make(chan error, 1)
	wg.Go(func() { ended <- srv.Serve(l) })
	defer func() {
		cancel()
		_ = srv.Close() // a page that waits for a card is not waited for
	}()
	line := counterReady{Ready: true, Counter: "http://" + l.Addr().String(), Pad: desk.PadURL(), Code: desk.Code()}
	if err := json.NewEncoder(out).Encode(line); err != nil {
		return fmt.Errorf("print ready line: %w", err)
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-ended:
		return fmt.Errorf("counter listener ended: %w", err)
	}
}

func counterRack(c config.Config, log *slog.Logger) (*devices.Rack, error) {
	if c.Model == config.Default().Model {
		c.Model = counterModel
	}
	set, err := profiles.Load()
	if err != nil {
		return nil, fmt.Errorf("load profiles: %w", err)
	}
	model, err := set.Terminal(c.Model)
	if err != nil {
		return nil, err
	}
	slots, err := devices.Slots(set, model, c.Devices, devices.PhotoDecoder(c.PhotoDecoder))
	if err != nil {
		return nil, err
	}
	return devices.New(slots, clock.System(), log), nil
}
