package machine

import (
	"errors"
	"fmt"
	"sync"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
)

// Kind names the parts as one device on the bench.
const Kind = "machine"

// connector is where the bench's second screen hangs; panel is the built-in one, which has a light of the kernel.
const (
	connector = "HDMI-A-1"
	panel     = "eDP-1"
)

// Parts are a machine with a hand on it: a sound card and a second screen that can be pulled out.
type Parts struct {
	dir    string
	log    *trace.Log
	faults *fault.Set

	mu      sync.Mutex
	machine *Machine
	sound   bool
	screen  bool
}

// Bench makes the parts in a folder; Start puts them there, both plugged in.
func Bench(dir string, log *trace.Log) *Parts {
	p := &Parts{dir: dir, log: log}
	p.faults = fault.New([]fault.Spec{
		{Name: "hang", Label: "声卡不收声音"}, {Name: "fail", Label: "放音出错"}, {Name: "busy", Label: "声卡被占"}, {Name: "dark", Label: "第二屏没有画面"},
	}, p.pressed)
	return p
}

// Start puts the files there.
func (p *Parts) Start() error {
	m, err := New(p.dir)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.machine = m
	p.mu.Unlock()
	return errors.Join(p.plug("sound-in"), p.plug("screen-in"),
		m.Connect(panel, &Screen{Name: "SMPL 15", Serial: "510799-15", WidthMM: 344, HeightMM: 194, Width: 1920, Height: 1080}),
		m.Backlight("intel_backlight", "raw", panel, 840, 1200))
}

// Close leaves the files: they are the caller's folder.
func (p *Parts) Close() error { return nil }

// Root is the folder, for addresses.
func (p *Parts) Root() string { return p.dir }

// Kind implements control.Device.
func (p *Parts) Kind() string { return Kind }

// Faults implements control.Device.
func (p *Parts) Faults() *fault.Set { return p.faults }

// State implements control.Device.
func (p *Parts) State() control.State {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := control.State{Kind: Kind, Name: "整机部件", Protocol: "/proc、/sys", Word: "声卡和第二屏都在", Level: "good"}
	switch {
	case !p.sound && !p.screen:
		s.Word, s.Level = "声卡和第二屏都不在", "warn"
	case !p.sound:
		s.Word, s.Level = "没有声卡", "warn"
	case !p.screen:
		s.Word, s.Level = "没有第二屏", "warn"
	}
	s.Detail = map[string]any{"root": p.dir, "sound": p.sound, "screen": p.screen}
	return s.WithPorts(nil)
}

// Papers implements control.PaperTaker: what can be plugged in and pulled out.
func (p *Parts) Papers() []control.PaperChoice {
	p.mu.Lock()
	defer p.mu.Unlock()
	return []control.PaperChoice{
		{Key: "sound-in", Label: "插上声卡", On: p.sound}, {Key: "sound-out", Label: "拔掉声卡", On: !p.sound},
		{Key: "screen-in", Label: "接上第二屏", On: p.screen}, {Key: "screen-out", Label: "拔掉第二屏", On: !p.screen},
	}
}

// Paper implements control.PaperTaker.
func (p *Parts) Paper(o control.PaperOrder) error { return p.plug(o.Paper) }

func (p *Parts) plug(what string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log.Add(Kind, trace.Act, nil, trace.Good, what)
	switch what {
	case "sound-in", "sound-out":
		p.sound = what == "sound-in"
		return p.machine.Card(p.sound)
	case "screen-in":
		p.screen = true
		return p.machine.Connect(connector, &Screen{Name: "SMPL 21", Serial: "510799-21", WidthMM: 477, HeightMM: 268, Width: 1920, Height: 1080})
	case "screen-out":
		p.screen = false
		return p.machine.Connect(connector, nil)
	}
	return fmt.Errorf("unknown part %q: have sound-in, sound-out, screen-in, screen-out", what)
}

func (p *Parts) pressed(x fault.Press, on bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case x.Name == "dark":
		return p.machine.Dark(connector, on)
	case on:
		return p.machine.Player(x.Name)
	}
	return p.machine.Player("ok")
}
