package idcard

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/wire"
)

// Kind names the device.
const Kind = "idcard"

// Config holds the timing of the card side. Zero values of Find, Select and Read mean no delay.
type Config struct {
	Find, Select, Read time.Duration
	BytesPerSecond     int // 0: as fast as the line goes
	People             []Person
	SAM                SAM
}

// SAM is the number of the security module (安全模块号).
type SAM struct {
	Vendor, Model uint16
	Date          uint32
	Serial, Rest  uint32
}

// Real is the timing of a good reader at 115200 baud.
func Real() Config {
	return Config{Find: 12 * time.Millisecond, Select: 30 * time.Millisecond, Read: 350 * time.Millisecond, BytesPerSecond: 11520}
}

// Device is one reader.
type Device struct {
	cfg    Config
	log    *trace.Log
	faults *fault.Set
	ports  []*wire.Port
	speed  wire.Speed

	mu       sync.Mutex
	card     *Person
	consumed bool // read once: the same card is not found again until lifted
	found    bool
	selected bool
	last     []byte // last reply, for the stale-reply fault
	reads    int
	replug   uint64
	sent     int // bytes since the garbage button was pressed
}

// New makes a reader on the given lines; Start opens them.
func New(cfg Config, log *trace.Log, ports ...*wire.Port) *Device {
	if cfg.People == nil {
		cfg.People = People()
	}
	if cfg.SAM == (SAM{}) {
		cfg.SAM = SAM{Vendor: 5, Model: 3, Date: 20230101, Serial: 12345, Rest: 987654321}
	}
	d := &Device{cfg: cfg, log: log, ports: ports}
	d.speed.Set(cfg.BytesPerSecond)
	d.faults = fault.New(faultSpecs(), d.pressed)
	return d
}

// Start opens the lines.
func (d *Device) Start() error {
	for _, p := range d.ports {
		if err := p.Start(d.serve); err != nil {
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

// serve answers one line until it ends.
func (d *Device) serve(conn io.ReadWriter) {
	const gap = 300 * time.Millisecond // the module forgets half a frame after this
	var df deframer
	buf, lastByte := make([]byte, 512), clock.Now()
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		now := clock.Now()
		if df.pending() && now.Sub(lastByte) > gap {
			df.reset()
		}
		lastByte = now
		for _, r := range df.feed(buf[:n]) {
			level := ""
			if r.bad != 0 {
				level = trace.Bad
			}
			d.log.Add(Kind, trace.ToDevice, r.raw, level, r.word())
			if err := d.answer(conn, r); err != nil {
				return
			}
		}
	}
}

// PutCard lays a person's card down, or lifts what lies there with "none".
func (d *Device) PutCard(key string) error {
	if key == "none" {
		d.lift("拿走了卡")
		return nil
	}
	for i := range d.cfg.People {
		if p := d.cfg.People[i]; p.is(key) {
			d.mu.Lock()
			d.card, d.consumed, d.found, d.selected = &p, false, false, false
			d.mu.Unlock()
			d.log.Add(Kind, trace.Act, nil, trace.Good, "放上"+p.Label)
			return nil
		}
	}
	keys := make([]string, len(d.cfg.People))
	for i, p := range d.cfg.People {
		keys[i] = p.Key
	}
	return fmt.Errorf("unknown person, have none, %v", keys)
}

func (d *Device) lift(why string) {
	d.mu.Lock()
	was := d.card != nil
	d.card, d.consumed, d.found, d.selected = nil, false, false, false
	d.mu.Unlock()
	if was {
		d.log.Add(Kind, trace.Act, nil, "", why)
	}
}

// Cards implements control.CardTaker.
func (d *Device) Cards() []control.Card {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]control.Card, len(d.cfg.People))
	for i, p := range d.cfg.People {
		out[i] = control.Card{Key: p.Key, Label: p.Label, Name: p.Name, Tail: p.Tail(), Sex: p.SexWord(), Birth: p.Birth, Type: p.Type,
			On: d.card != nil && d.card.Key == p.Key}
	}
	return out
}

// State implements control.Device.
func (d *Device) State() control.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := control.State{Kind: Kind, Name: "身份证机", Protocol: "SAM", Word: "等着放卡", Level: "idle"}
	detail := map[string]any{"card": "none", "reads": d.reads, "bytes_per_second": d.speed.Get()}
	if d.card != nil {
		detail["card"] = d.card.Key
		s.Word, s.Level = "卡在上面", "good"
		if d.consumed {
			s.Word = "卡在上面，已读过"
		}
	}
	s.Detail = detail
	return s.WithPorts(d.ports)
}
