// Package camera emulates a document camera (高拍仪) that speaks eSCL over HTTP.
package camera

import (
	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
)

// Kind names the device.
const Kind = "camera"

// Config is how the camera is built.
type Config struct {
	Addr string // loopback address, default 127.0.0.1:0
}

// Device is one camera.
type Device struct{ faults *fault.Set }

// New makes a camera.
func New(cfg Config, log *trace.Log) *Device { return &Device{faults: fault.New(nil, nil)} }

func (d *Device) Start() error         { return nil }
func (d *Device) Close() error         { return nil }
func (d *Device) URL() string          { return "" }
func (d *Device) Kind() string         { return Kind }
func (d *Device) Faults() *fault.Set   { return d.faults }
func (d *Device) State() control.State { return control.State{Kind: Kind} }
