// Package fingerprint emulates a fingerprint module (指纹模块) of the EF 01 family on a serial line. Its finger is grown
// (package skin) and nobody's; laid down well, dry, or with its edge only.
package fingerprint

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
const Kind = "fingerprint"

// Config is how the module is built.
type Config struct {
	Bytes int // a second; 0: as fast as it goes; 5760 is 57600 baud
}

// Device is one module.
type Device struct {
	log    *trace.Log
	faults *fault.Set
	ports  []*wire.Port
	speed  wire.Speed

	mu     sync.Mutex
	finger string
	image  []byte // in the module's memory
	ready  bool   // features are in buffer 1
	taken  int
}

// New makes a module on the given lines; Start opens them.
func New(cfg Config, log *trace.Log, ports ...*wire.Port) *Device {
	d := &Device{log: log, ports: ports, finger: "none"}
	d.speed.Set(cfg.Bytes)
	d.faults = fault.New(faultSpecs(), d.pressed)
	return d
}

// Start opens the lines.
func (d *Device) Start() error {
	Warm(width, height)
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
	s := control.State{Kind: Kind, Name: "指纹仪", Protocol: "EF01", Word: "等着按手指", Level: "idle"}
	if d.finger != "none" {
		s.Word, s.Level = "手指在上面", "good"
	}
	s.Detail = map[string]any{"finger": d.finger, "pictures": d.taken}
	return s.WithPorts(d.ports)
}

// fingers by key, with their label.
var fingers = []struct{ key, label string }{{"good", "好手指"}, {"dry", "干手指"}, {"edge", "只按了边"}}

// Papers implements control.PaperTaker: the fingers that can be laid down.
func (d *Device) Papers() []control.PaperChoice {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []control.PaperChoice
	for _, f := range fingers {
		out = append(out, control.PaperChoice{Key: f.key, Label: f.label, On: d.finger == f.key})
	}
	return append(out, control.PaperChoice{Key: "none", Label: "拿开", On: d.finger == "none"})
}

// Paper implements control.PaperTaker.
func (d *Device) Paper(o control.PaperOrder) error {
	known := o.Paper == "none"
	for _, f := range fingers {
		known = known || f.key == o.Paper
	}
	if !known {
		return fmt.Errorf("unknown finger %q", o.Paper)
	}
	d.mu.Lock()
	d.finger = o.Paper
	d.mu.Unlock()
	return nil
}

func faultSpecs() []fault.Spec {
	return []fault.Spec{
		{Name: "silent", Label: "不回话"}, {Name: "checksum", Label: "校验不对"}, {Name: "half", Label: "数据只发一半"},
		{Name: "garbage", Label: "回乱码"}, {Name: "password", Label: "口令不对"}, {Name: "cut", Label: "拔线"},
	}
}

func (d *Device) pressed(p fault.Press, on bool) error {
	if p.Name != "cut" {
		return nil
	}
	for _, port := range d.ports {
		if on {
			port.Cut()
		} else if err := port.Plug(); err != nil {
			return err
		}
	}
	return nil
}

// serve answers one line until it ends.
func (d *Device) serve(conn io.ReadWriter) {
	var got []byte
	buf := make([]byte, 256)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		got = append(got, buf[:n]...)
		for len(got) >= 12 {
			if got[0] != 0xEF || got[1] != 0x01 {
				got = got[1:]
				continue
			}
			size := 9 + int(got[7])<<8 + int(got[8])
			if len(got) < size {
				break
			}
			if err := d.answer(conn, got[:size]); err != nil {
				return
			}
			got = got[size:]
		}
	}
}
