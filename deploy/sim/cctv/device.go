package cctv

import (
	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
)

// Device is a camera on a terminal's bench; its pictures are drawn when somebody looks.
type Device struct{ *Camera }

// Kind implements control.Device.
func (d Device) Kind() string { return Kind }

// Faults implements control.Device.
func (d Device) Faults() *fault.Set { return d.Camera.Faults() }

// State implements control.Device.
func (d Device) State() control.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := control.State{Kind: Kind, Name: "视频监控仪", Protocol: "ONVIF", Word: "在网上", Level: "good"}
	if d.server == nil {
		s.Word, s.Level = "线拔掉了", "bad"
	}
	s.Detail = map[string]any{"stills": d.shots}
	s.Ports = []control.PortState{{Kind: "http", Path: "http://" + d.addr, Plugged: d.server != nil}}
	return s
}
