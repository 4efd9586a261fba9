// Package relay emulates a board with four relays and four inputs (继电器板) that speaks Modbus RTU on a serial line. Lights hang on its
// relays, the contact of a cabinet's door on its first input.
package relay

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/wire"
)

// Kind names the device.
const Kind = "relay"

// Config is how the board is set up.
type Config struct {
	Unit  byte // its address, default 1
	Bytes int  // a second; 0: as fast as it goes; 960 is 9600 baud
}

// How many there are of each.
const places = 4

// Device is one board.
type Device struct {
	unit   byte
	log    *trace.Log
	faults *fault.Set
	ports  []*wire.Port
	speed  wire.Speed

	mu     sync.Mutex
	relays [places]bool
	inputs [places]bool
}

// New makes a board on the given lines; Start opens them. Its door is closed.
func New(cfg Config, log *trace.Log, ports ...*wire.Port) *Device {
	d := &Device{unit: max(cfg.Unit, 1), log: log, ports: ports}
	d.inputs[0] = true
	d.speed.Set(cfg.Bytes)
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

// State implements control.Device.
func (d *Device) State() control.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := control.State{Kind: Kind, Name: "继电器板", Protocol: "Modbus RTU", Word: "门关着", Level: "good"}
	if !d.inputs[0] {
		s.Word, s.Level = "门开着", "warn"
	}
	s.Detail = map[string]any{"relays": d.relays, "inputs": d.inputs}
	return s.WithPorts(d.ports)
}

// Papers implements control.PaperTaker: what a hand does at the cabinet.
func (d *Device) Papers() []control.PaperChoice {
	d.mu.Lock()
	defer d.mu.Unlock()
	return []control.PaperChoice{{Key: "closed", Label: "关上柜门", On: d.inputs[0]}, {Key: "open", Label: "打开柜门", On: !d.inputs[0]}}
}

// Paper implements control.PaperTaker.
func (d *Device) Paper(o control.PaperOrder) error {
	if o.Paper != "open" && o.Paper != "closed" {
		return fmt.Errorf("unknown state of the door %q: have open, closed", o.Paper)
	}
	d.mu.Lock()
	d.inputs[0] = o.Paper == "closed"
	d.mu.Unlock()
	d.log.Add(Kind, trace.Act, nil, trace.Good, map[string]string{"open": "柜门打开", "closed": "柜门关上"}[o.Paper])
	return nil
}

func faultSpecs() []fault.Spec {
	return []fault.Spec{
		{Name: "silent", Label: "不回话"}, {Name: "checksum", Label: "校验不对"}, {Name: "half", Label: "只回一半"}, {Name: "garbage", Label: "回乱码"},
		{Name: "other", Label: "别的板回话"}, {Name: "busy", Label: "板说正忙"}, {Name: "stuck", Label: "继电器不动"},
		{Name: "slow", Label: "字节慢", Value: "每秒多少字节", Min: 10, Max: 100000, Def: 100}, {Name: "cut", Label: "拔线"},
	}
}

func (d *Device) pressed(p fault.Press, on bool) error {
	switch p.Name {
	case "slow":
		d.speed.Set(map[bool]int{true: p.Value, false: 0}[on])
	case "cut":
		for _, port := range d.ports {
			if on {
				port.Cut()
			} else if err := port.Plug(); err != nil {
				return err
			}
		}
	}
	return nil
}

// serve answers one line until it ends. All questions that the board knows have eight bytes.
func (d *Device) serve(conn io.ReadWriter) {
	const question = 8
	var got []byte
	buf := make([]byte, 64)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		got = append(got, buf[:n]...)
		for len(got) >= question {
			if sum(got[:question]) != 0 { // not the beginning of a question: the next byte may be
				got = got[1:]
				continue
			}
			if err := d.answer(conn, got[:question]); err != nil {
				return
			}
			got = got[question:]
		}
	}
}
