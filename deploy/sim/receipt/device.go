// Package receipt emulates a thermal receipt printer (凭条打印机) that speaks ESC/POS over a pty or TCP.
package receipt

import (
	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/wire"
)

// Kind names the device.
const Kind = "receipt"

// Config is how the printer is built.
type Config struct {
	Dots        int    // 384 (58 mm) or 576 (80 mm); 0 = 384
	MMPerSecond int    // 0: as fast as the bytes come
	Out         string // folder for the slips
	StateFile   string // counters
}

// Device is one printer.
type Device struct {
	faults *fault.Set
	ports  []*wire.Port
}

// New makes a printer.
func New(cfg Config, log *trace.Log, ports ...*wire.Port) *Device {
	return &Device{faults: fault.New(nil, nil), ports: ports}
}

func (d *Device) Start() error         { return nil }
func (d *Device) Close() error         { return nil }
func (d *Device) Kind() string         { return Kind }
func (d *Device) Faults() *fault.Set   { return d.faults }
func (d *Device) State() control.State { return control.State{Kind: Kind} }
