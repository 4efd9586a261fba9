// Package laser emulates an A4 page printer (激光打印机) that speaks IPP over HTTP, and PJL with PCL or PDF on raw lines: it counts the pages of what it is given,
// lays them sheet by sheet into its tray and keeps every document. It is written from the standard alone and shares
// nothing with any driver.
package laser

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/usb"
	"tongban/deploy/sim/wire"
)

// Kind names the device.
const Kind = "laser"

// Path is where the printer is found on its host.
const Path = "/ipp/print"

// Config is how the printer is built.
type Config struct {
	Addr     string        // loopback address, default 127.0.0.1:0
	Page     time.Duration // for one side; 0: 5 ms
	WarmUp   time.Duration // before the first page of a job
	Out      string        // folder for the documents; empty: only counted
	Tray     int           // sheets in the tray; 0 = 250
	NoDuplex bool
	Markers  bool // supplies as the older marker attributes

	Formats []string    // of documents; empty: PDF and JPEG. Without PDF it takes image/pwg-raster or image/urf
	DPI     int         // of raster pages; 0 = 600
	Grey    bool        // raster pages in grey only
	Bus     usb.Sockets // where it is plugged in as well, speaking IPP over USB; nil: only on the net
	Back    string      // how it wants the backs of raster sheets; empty: normal

	Languages []string // after PJL, on its raw lines; empty: PCL and PDF
	OneWay    bool     // nothing ever comes back on them
	NoPages   bool     // it does not tell each page, only what it counted in its life
	KeepsJam  bool     // it knows no JAMRECOVERY and prints a jammed sheet again
}

// Device is one printer.
type Device struct {
	cfg    Config
	log    *trace.Log
	faults *fault.Set

	mu     sync.Mutex
	wake   *sync.Cond
	addr   string
	server *http.Server // nil while the cable is out
	ended  bool
	jobs   []*printJob
	tray   int
	toner  int       // percent
	sides  int       // printed in its life
	due    time.Time // when the engine has finished its last side; its own
	wg     sync.WaitGroup

	raw   []*wire.Port // on which it speaks PJL
	lines []*pjlLine   // that are open on them
	life  int          // sides, as it counts them itself
	told  int          // code of its state that was told last
}

// lifeBefore is what it had printed when it came here.
const lifeBefore = 1200

// New makes a printer, with raw lines for those that speak PJL to it; Start puts it on the net.
func New(cfg Config, log *trace.Log, raw ...*wire.Port) *Device {
	if cfg.Addr == "" {
		cfg.Addr = "127.0.0.1:0"
	}
	if cfg.Page <= 0 {
		cfg.Page = 5 * time.Millisecond
	}
	if len(cfg.Formats) == 0 {
		cfg.Formats = []string{"application/pdf", "image/jpeg"}
	}
	if cfg.DPI == 0 {
		cfg.DPI = 600
	}
	if cfg.Back == "" {
		cfg.Back = "normal"
	}
	if cfg.Tray == 0 {
		cfg.Tray = 250
	}
	if len(cfg.Languages) == 0 {
		cfg.Languages = []string{"PCL", "PDF"}
	}
	d := &Device{cfg: cfg, log: log, addr: cfg.Addr, tray: cfg.Tray, toner: 80, raw: raw, life: lifeBefore, told: codeReady}
	d.wake = sync.NewCond(&d.mu)
	d.faults = fault.New(faultSpecs(), d.pressed)
	return d
}

// Start puts the printer on the net and its engine to work.
func (d *Device) Start() error {
	if err := d.plug(); err != nil {
		return err
	}
	for _, p := range d.raw {
		if err := p.Start(d.serveRaw); err != nil {
			return err
		}
	}
	d.wg.Add(1)
	go func() {
		defer d.wg.Done()
		d.run()
	}()
	return nil
}

// Close takes it off.
func (d *Device) Close() error {
	d.mu.Lock()
	d.ended = true
	d.wake.Broadcast()
	d.mu.Unlock()
	d.unplug()
	var errs []error
	for _, p := range d.raw {
		errs = append(errs, p.Close())
	}
	d.wg.Wait()
	return errors.Join(errs...)
}

func (d *Device) plug() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.server != nil {
		return nil
	}
	l, err := control.Listen(d.addr)
	if err != nil {
		return err
	}
	d.addr = l.Addr().String()
	if d.cfg.Bus != nil {
		if err := d.plugUSB(); err != nil {
			_ = l.Close()
			return err
		}
	}
	srv := &http.Server{Handler: d.handler(), ReadHeaderTimeout: 5 * time.Second}
	d.server = srv
	d.wg.Add(1)
	go func() {
		defer d.wg.Done()
		_ = srv.Serve(l)
	}()
	return nil
}

// unplug pulls the network cable; the engine goes on with what it has.
func (d *Device) unplug() {
	d.mu.Lock()
	srv := d.server
	d.server = nil
	d.mu.Unlock()
	if srv != nil && d.cfg.Bus != nil {
		d.cfg.Bus.Unplug(Socket)
	}
	if srv != nil {
		_ = srv.Close()
	}
}

// URL is where the printer is.
func (d *Device) URL() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return "http://" + d.addr + Path
}

// Kind implements control.Device.
func (d *Device) Kind() string { return Kind }

// Faults implements control.Device.
func (d *Device) Faults() *fault.Set { return d.faults }

// State implements control.Device.
func (d *Device) State() control.State {
	seen := d.Printed()
	d.mu.Lock()
	defer d.mu.Unlock()
	s := control.State{Kind: Kind, Name: "激光打印机", Protocol: "IPP", Word: "好", Level: "good"}
	for _, j := range d.jobs {
		if !j.over() {
			s.Word, s.Level = "正在打", "busy"
		}
	}
	if why := d.reasons(); len(why) > 0 {
		s.Word, s.Level = word(why[0]), "warn"
		if d.halted() {
			s.Level = "bad"
		}
	}
	if d.server == nil {
		s.Word, s.Level = "线拔掉了", "bad"
	}
	s.Ports = []control.PortState{{Kind: "http", Path: "http://" + d.addr + Path, Plugged: d.server != nil}}
	for _, p := range d.raw {
		s.Protocol = "IPP，PJL"
		s.Ports = append(s.Ports, control.PortState{Kind: p.Kind(), Path: p.Path(), Plugged: p.Plugged()})
	}
	s.Detail = map[string]any{"tray_sheets": d.tray, "toner_percent": d.toner, "sides": d.sides, "jobs": seen}
	return s
}

// Papers implements control.PaperTaker.
func (d *Device) Papers() []control.PaperChoice {
	d.mu.Lock()
	defer d.mu.Unlock()
	return []control.PaperChoice{{Key: "full", Label: "装满纸", On: d.tray > 0}, {Key: "none", Label: "拿走纸", On: d.tray == 0}}
}

// Paper implements control.PaperTaker.
func (d *Device) Paper(o control.PaperOrder) error {
	if o.MM != 0 {
		return fmt.Errorf("paper: mm is for rolls")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch o.Paper {
	case "full":
		d.tray = d.cfg.Tray
	case "none":
		d.tray = 0
	default:
		return fmt.Errorf("paper %q: have full, none", o.Paper)
	}
	d.tellCode()
	d.wake.Broadcast()
	return nil
}
