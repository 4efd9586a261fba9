// Package laser emulates an A4 page printer (激光打印机) that speaks IPP over HTTP: it counts the pages of what it is given,
// lays them sheet by sheet into its tray and keeps every document. It is written from the standard alone and shares
// nothing with any driver.
package laser

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/usb"
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
}

// New makes a printer; Start puts it on the net.
func New(cfg Config, log *trace.Log) *Device {
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
	d := &Device{cfg: cfg, log: log, addr: cfg.Addr, tray: cfg.Tray, toner: 80}
	d.wake = sync.NewCond(&d.mu)
	d.faults = fault.New(faultSpecs(), d.pressed)
	return d
}

// Start puts the printer on the net and its engine to work.
func (d *Device) Start() error {
	if err := d.plug(); err != nil {
		return err
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
	d.wg.Wait()
	return nil
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
	d.wake.Broadcast()
	return nil
}
