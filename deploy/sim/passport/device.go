package passport

import (
	"crypto/x509"
	"errors"
	"fmt"
	"sync"
	"time"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/wire"
)

// Kind is the emulator's kind on the control port.
const Kind = "passport"

// Config is what a device needs. Zero times are as fast as it goes.
type Config struct {
	PerCommand     time.Duration // a contactless chip takes a while for every command
	BytesPerSecond int           // of the radio link, both ways; 0: without limit
	Documents      []Document    // nil: the built-in ones
	CCID           *CCID         // the lines are those of a reader of the USB class; nil: those of vpcd
}

// RealTime is a chip at 424 kbit/s as readers meet it.
func RealTime() Config { return Config{PerCommand: 6 * time.Millisecond, BytesPerSecond: 40000} }

// Device is the emulated reader.
type Device struct {
	cfg           Config
	log           *trace.Log
	ports         []*wire.Port
	faults        *fault.Set
	home, foreign *state

	mu   sync.Mutex
	chip *chip
	key  string
	hang func()                   // ends the connection to a real reader
	took map[uint16]time.Duration // by the chip and the radio link, for each file, since the document was laid down
}

var (
	_ control.Device     = (*Device)(nil)
	_ control.PaperTaker = (*Device)(nil)
)

// New makes a device on its lines. Its two test states are made anew: no key is kept anywhere.
func New(cfg Config, log *trace.Log, ports ...*wire.Port) (*Device, error) {
	if cfg.Documents == nil {
		cfg.Documents = Documents()
	}
	d := &Device{cfg: cfg, log: log, ports: ports}
	var err error
	if d.home, err = newState("Test CSCA"); err != nil {
		return nil, err
	}
	if d.foreign, err = newState("Unknown CSCA"); err != nil {
		return nil, err
	}
	d.faults = fault.New(specs(), d.pressed)
	return d, nil
}

// CSCA is the certificate of the state that a reader should trust.
func (d *Device) CSCA() *x509.Certificate { return d.home.csca }

// Start opens the lines.
func (d *Device) Start() error {
	serve := d.serve
	if d.cfg.CCID != nil {
		serve = d.serveCCID
	}
	for _, p := range d.ports {
		if err := p.Start(serve); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the lines.
func (d *Device) Close() error {
	var errs []error
	for _, p := range d.ports {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

// Kind implements control.Device.
func (d *Device) Kind() string { return Kind }

// Faults implements control.Device.
func (d *Device) Faults() *fault.Set { return d.faults }

// Put lays a document down with a chip made as the buttons say, or lifts what lies there with "none".
func (d *Device) Put(key string) error {
	if key == "none" {
		d.lift("拿走了证件")
		return nil
	}
	for _, doc := range d.cfg.Documents {
		if doc.Key != key {
			continue
		}
		on := func(name string) bool { _, yes := d.faults.On(name); return yes }
		m := making{on("tampered"), on("unknown-issuer"), on("cloned"), on("bac-only"), on("no-chip-key"), on("type-b")}
		home := d.home
		if m.unknown {
			home = d.foreign
		}
		c, err := newChip(doc, m, home)
		if err != nil {
			return err
		}
		d.mu.Lock()
		d.chip, d.key, d.took = c, key, map[uint16]time.Duration{}
		d.mu.Unlock()
		d.log.Add(Kind, trace.Act, nil, trace.Good, "放上"+doc.Label)
		return nil
	}
	return fmt.Errorf("unknown document %q", key)
}

// Papers implements control.PaperTaker: the documents that can be laid down.
func (d *Device) Papers() []control.PaperChoice {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []control.PaperChoice
	for _, doc := range d.cfg.Documents {
		out = append(out, control.PaperChoice{Key: doc.Key, Label: doc.Label, On: d.key == doc.Key})
	}
	return append(out, control.PaperChoice{Key: "none", Label: "拿开", On: d.chip == nil})
}

// Paper implements control.PaperTaker.
func (d *Device) Paper(o control.PaperOrder) error { return d.Put(o.Paper) }

// Took is how long the chip and the radio link alone took for what was said about these files since the document was laid
// down: no reader can be faster.
func (d *Device) Took(files ...uint16) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	var sum time.Duration
	for _, f := range files {
		sum += d.took[f]
	}
	return sum
}

func (d *Device) lift(why string) {
	d.mu.Lock()
	was, hang := d.chip != nil, d.hang
	d.chip, d.key = nil, ""
	d.mu.Unlock()
	if hang != nil {
		hang()
	}
	if was {
		d.log.Add(Kind, trace.Act, nil, "", why)
	}
}

// State implements control.Device.
func (d *Device) State() control.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := control.State{Kind: Kind, Name: "护照阅读器", Protocol: "ICAO 9303", Word: "等着放证件", Level: "idle"}
	s.Detail = map[string]any{"document": d.key}
	if d.chip != nil {
		s.Word, s.Level = "证件在上面", "good"
	}
	return s.WithPorts(d.ports)
}
