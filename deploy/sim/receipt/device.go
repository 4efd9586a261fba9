// Package receipt emulates a thermal receipt printer (凭条打印机) that speaks ESC/POS over a pty or TCP: it draws what it
// is told on paper of 8 dots per millimetre and keeps every slip as a picture. It is written from the command tables
// alone and shares nothing with any driver.
package receipt

import (
	"errors"
	"io"
	"sync"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/wire"
)

// Kind names the device.
const Kind = "receipt"

// dotsPerMM is the resolution of the head in both directions.
const dotsPerMM = 8

// Config is how the printer is built.
type Config struct {
	Dots        int    // 384 (58 mm) or 576 (80 mm); 0 = 384
	MMPerSecond int    // 0: as fast as the bytes come
	Out         string // folder for the slips; empty: kept in memory
	StateFile   string // counters; empty: forgotten at the end
	RollMM      int    // length of a new roll; 0 = 50 m
}

// Device is one printer.
type Device struct {
	cfg    Config
	log    *trace.Log
	faults *fault.Set
	ports  []*wire.Port
	store  *store

	mu    sync.Mutex
	wake  *sync.Cond
	queue []job
	gen   int // grows when the buffer is lost: what belongs to an older one is void
	ended bool
	wg    sync.WaitGroup

	// touched by the head's goroutine alone
	st   style
	line line

	// guarded by mu
	page    *strip // the slip under the head
	bytes   int    // bytes printed on it
	partial string // why the slip in work cannot be complete, "" if it can
	roll    roll
	err     mechanical
	busy    bool
	count   counters
	asb     map[*session]byte
	asbSeen [4]byte // the automatic status as last told
	power   int     // guards a delayed power-on
	mains   int     // how often the mains went
}

// job is one command on its way to the head, with the line that answers go to.
type job struct {
	op  op
	s   *session
	gen int
}

// roll is the paper.
type roll struct {
	left int // dots
	full int
	gone bool // taken out by hand
}

// session is one connection.
type session struct {
	conn  io.Writer
	mains int // as it was when the line was opened: what a line still held when the mains went reaches nobody
	mu    sync.Mutex
}

// New makes a printer on the given lines; Start opens them.
func New(cfg Config, log *trace.Log, ports ...*wire.Port) *Device {
	if cfg.Dots == 0 {
		cfg.Dots = 384
	}
	if cfg.RollMM == 0 {
		cfg.RollMM = 50_000
	}
	full := cfg.RollMM * dotsPerMM
	d := &Device{cfg: cfg, log: log, ports: ports, st: freshStyle(), line: line{at: -1}, page: newStrip(cfg.Dots, 0),
		roll: roll{left: full, full: full}, asb: map[*session]byte{}}
	d.wake = sync.NewCond(&d.mu)
	d.faults = fault.New(faultSpecs(), d.pressed)
	return d
}

// Start opens the lines and the print mechanism.
func (d *Device) Start() error {
	var err error
	if d.store, err = openStore(d.cfg.Out); err != nil {
		return err
	}
	if d.count, err = loadCounters(d.cfg.StateFile); err != nil {
		return err
	}
	d.wg.Add(1)
	go func() {
		defer d.wg.Done()
		d.run()
	}()
	for _, p := range d.ports {
		if err := p.Start(d.serve); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the lines and the mechanism.
func (d *Device) Close() error {
	d.mu.Lock()
	d.ended = true
	d.gen++
	d.wake.Broadcast()
	d.mu.Unlock()
	var errs []error
	for _, p := range d.ports {
		errs = append(errs, p.Close())
	}
	d.wg.Wait()
	return errors.Join(errs...)
}

// Kind implements control.Device.
func (d *Device) Kind() string { return Kind }

// Faults implements control.Device.
func (d *Device) Faults() *fault.Set { return d.faults }

// Slips implements control.SlipKeeper.
func (d *Device) Slips() []control.Slip { return d.store.list() }

// SlipPNG implements control.SlipKeeper.
func (d *Device) SlipPNG(n int) ([]byte, error) { return d.store.png(n) }

// State implements control.Device.
func (d *Device) State() control.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := control.State{Kind: Kind, Name: "小票机", Protocol: "ESC/POS", Word: "好", Level: "good"}
	if d.busy {
		s.Word, s.Level = "正在打", "busy"
	}
	if d.nearEnd() {
		s.Word, s.Level = "纸快用完", "warn"
	}
	if why := d.stopped(); why != "" {
		s.Word, s.Level = why, "bad"
	}
	if _, yes := d.faults.On("silent"); yes {
		s.Word, s.Level = "不回话", "bad"
	}
	s.Detail = map[string]any{
		"dots": d.cfg.Dots, "width_mm": map[bool]int{true: 80, false: 58}[d.cfg.Dots > 400], "paper_mm": d.paperLeft() / dotsPerMM,
		"paper_percent": d.paperLeft() * 100 / d.roll.full, "cuts": d.count.Cuts, "feeds": d.count.Feeds, "waiting": len(d.queue),
		"half_slip_mm": d.page.height() / dotsPerMM, "slips": len(d.store.list()),
	}
	return s.WithPorts(d.ports)
}
