// Package control is the hand on the emulators (仿真控制): one loopback HTTP port per terminal, with state, fault buttons,
// cards, paper, the byte stream and the printed slips.
package control

import (
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/wire"
)

// Device is what every emulator offers.
type Device interface {
	Kind() string
	State() State
	Faults() *fault.Set
}

// State is one device as the bench shows it: a word, a level for its glyph, and details by kind.
type State struct {
	Kind     string        `json:"kind"`
	Name     string        `json:"name"`
	Protocol string        `json:"protocol"`
	Ports    []PortState   `json:"ports"`
	Word     string        `json:"word"`
	Level    string        `json:"level"` // idle, good, busy, warn, bad
	Detail   any           `json:"detail"`
	Pressed  []fault.Press `json:"pressed"`
	Faults   []fault.Spec  `json:"faults"`
	Cards    []Card        `json:"cards,omitempty"`
	Papers   []PaperChoice `json:"papers,omitempty"`
}

// PortState is one line of a device.
type PortState struct {
	Kind    string `json:"kind"`
	Path    string `json:"path"`
	Plugged bool   `json:"plugged"`
}

// WithPorts fills in the lines; a cut line outweighs every other state.
func (s State) WithPorts(ports []*wire.Port) State {
	s.Ports = make([]PortState, len(ports))
	for i, p := range ports {
		s.Ports[i] = PortState{Kind: p.Kind(), Path: p.Path(), Plugged: p.Plugged()}
		if !s.Ports[i].Plugged {
			s.Word, s.Level = "线拔掉了", "bad"
		}
	}
	return s
}

// Card is a person's card beside the reader.
type Card struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Name  string `json:"name"`
	Tail  string `json:"tail"`
	Sex   string `json:"sex"`
	Birth string `json:"birth"`
	Type  string `json:"type"`
	On    bool   `json:"on"`
}

// CardTaker is a device that takes cards.
type CardTaker interface {
	Cards() []Card
	PutCard(key string) error
}

// PaperChoice is a sheet that can be laid under a camera, or a roll that can be put into a printer.
type PaperChoice struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	On    bool   `json:"on"`
}

// PaperOrder is the body of POST /paper.
type PaperOrder struct {
	Device string `json:"device"`
	Paper  string `json:"paper"`        // printer: roll, none, tear; camera: a sheet's key or none
	MM     int    `json:"mm,omitempty"` // printer: what is left on the roll
}

// PaperTaker is a device with paper in it or under it.
type PaperTaker interface {
	Papers() []PaperChoice
	Paper(PaperOrder) error
}

// Slip is one printed slip.
type Slip struct {
	N        int    `json:"n"`
	Bytes    int    `json:"bytes"`
	Cut      bool   `json:"cut"`
	Complete bool   `json:"complete"`
	Torn     bool   `json:"torn"`
	At       string `json:"at"`
	WidthPx  int    `json:"width_px"`
	HeightPx int    `json:"height_px"`
	Why      string `json:"why,omitempty"` // why it is not complete
}

// SlipKeeper is a device that prints.
type SlipKeeper interface {
	Slips() []Slip
	SlipPNG(n int) ([]byte, error)
}
