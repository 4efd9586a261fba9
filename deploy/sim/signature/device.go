// Package signature emulates a signature pad (电子签名板) of the HID digitizer class on USB: a hand that is nobody's writes on it.
package signature

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/wire"
)

// Kind names the device.
const Kind = "signature"

// pace is the time between two reports of the pen.
const pace = 4 * time.Millisecond

// Device is one pad.
type Device struct {
	log    *trace.Log
	faults *fault.Set
	ports  []*wire.Port
	base   context.Context
	stop   context.CancelFunc
	wg     sync.WaitGroup
	turn   sync.Mutex // one hand at a time

	mu      sync.Mutex
	conns   map[io.Writer]bool
	resting bool // the pen lies on the pad
	strokes int
	closed  bool
}

// New makes a pad on the given lines; Start opens them.
func New(log *trace.Log, ports ...*wire.Port) *Device {
	d := &Device{log: log, ports: ports, conns: map[io.Writer]bool{}}
	d.base, d.stop = context.WithCancel(context.Background())
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

// Close ends the hand and the lines.
func (d *Device) Close() error {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.stop()
	var errs []error
	for _, p := range d.ports {
		errs = append(errs, p.Close())
	}
	d.wg.Wait()
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
	s := control.State{Kind: Kind, Name: "签名板", Protocol: "HID 数位板", Word: "没有人写", Level: "idle"}
	if d.resting {
		s.Word, s.Level = "笔压在板上", "busy"
	}
	s.Detail = map[string]any{"strokes": d.strokes}
	return s.WithPorts(d.ports)
}

// serve keeps a connection until its plug is pulled: the host sends nothing.
func (d *Device) serve(conn io.ReadWriter) {
	d.mu.Lock()
	d.conns[conn] = true
	d.mu.Unlock()
	_, _ = conn.Read(nil)
	d.mu.Lock()
	delete(d.conns, conn)
	d.mu.Unlock()
}

// Papers implements control.PaperTaker: what the hand can do.
func (d *Device) Papers() []control.PaperChoice {
	d.mu.Lock()
	defer d.mu.Unlock()
	return []control.PaperChoice{
		{Key: "name", Label: "写一个样例签名"}, {Key: "dot", Label: "点一下"}, {Key: "rest", Label: "笔压着不动", On: d.resting}, {Key: "lift", Label: "把笔拿开"},
	}
}

// Paper implements control.PaperTaker. The hand writes in its own time.
func (d *Device) Paper(o control.PaperOrder) error {
	var do func()
	switch o.Paper {
	case "name":
		do = func() { d.write(name()) }
	case "dot":
		do = func() { d.write([][]point{{{0.5, 0.5, 0.4}}}) }
	case "rest":
		do = func() { d.rest(true) }
	case "lift", "none":
		do = func() { d.rest(false) }
	default:
		return fmt.Errorf("unknown hand %q: have name, dot, rest, lift", o.Paper)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return errors.New("pad is closed")
	}
	d.wg.Go(func() {
		d.turn.Lock()
		defer d.turn.Unlock()
		do()
	})
	return nil
}

// write moves the pen along strokes: it comes near, touches, leaves.
func (d *Device) write(strokes [][]point) {
	d.log.Add(Kind, trace.Act, nil, trace.Good, "写字，内容不写在这里")
	for _, s := range strokes {
		d.pen(s[0], false, true)
		for _, p := range s {
			d.pen(p, true, true)
		}
		d.pen(s[len(s)-1], false, true)
		d.mu.Lock()
		d.strokes++
		d.mu.Unlock()
	}
	d.pen(point{}, false, false)
}

// rest lays the pen down, or takes it away.
func (d *Device) rest(down bool) {
	d.mu.Lock()
	d.resting = down
	d.mu.Unlock()
	if !down {
		d.pen(point{0.3, 0.3, 0}, false, true)
		return
	}
	for range 10 {
		d.pen(point{0.3, 0.3, 0.5}, true, true)
	}
}

// pen sends one report.
func (d *Device) pen(p point, touches, near bool) {
	if _, yes := d.faults.Strike("silent", ""); yes {
		clock.Sleep(d.base, pace)
		return
	}
	out := report(p, touches, near)
	if touches {
		if _, yes := d.faults.Strike("garbage", ""); yes {
			out = report(point{math.Round(1 - p.x), math.Round(1 - p.y), 1}, true, true) // the corner across
			d.log.Add(Kind, trace.Act, nil, trace.Bad, "笔点乱跳")
		}
		if _, yes := d.faults.Strike("half", ""); yes {
			out = out[:len(out)/2]
			d.log.Add(Kind, trace.Act, nil, trace.Bad, "报告只发一半")
		}
		if _, yes := d.faults.Strike("outside", ""); yes {
			out[4], out[5] = 0xFF, 0xFF // beyond the range that the descriptor tells
		}
	}
	pause := pace
	if f, yes := d.faults.Strike("slow", ""); yes {
		pause = time.Duration(f.Value) * time.Millisecond
	}
	d.say(out)
	clock.Sleep(d.base, pause)
}

func (d *Device) say(b []byte) {
	d.mu.Lock()
	var to []io.Writer
	for c := range d.conns {
		to = append(to, c)
	}
	d.mu.Unlock()
	for _, c := range to {
		_, _ = c.Write(b)
	}
}

func faultSpecs() []fault.Spec {
	return []fault.Spec{
		{Name: "silent", Label: "不报笔"},
		{Name: "garbage", Label: "笔点乱跳"},
		{Name: "half", Label: "报告只发一半"},
		{Name: "outside", Label: "坐标超出范围"},
		{Name: "slow", Label: "报告慢", Value: "两个报告之间多少毫秒", Min: 1, Max: 1000, Def: 30},
		{Name: "cut", Label: "拔线"},
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
