package mrz

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/control"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/wire"
)

// Kind is the emulator's kind on the control port.
const Kind = "mrz"

// Config is how the reader is set up.
type Config struct {
	STX   bool   // before a zone
	Line  string // behind each line, default CR; "none": all in one run
	End   string // behind a zone, such as ETX
	Bytes int    // a second; 0: as fast as it goes
}

// Device is one reader.
type Device struct {
	cfg    Config
	log    *trace.Log
	faults *fault.Set
	ports  []*wire.Port
	speed  wire.Speed

	mu    sync.Mutex
	conns map[io.Writer]bool
	reads int
}

var (
	_ control.Device     = (*Device)(nil)
	_ control.PaperTaker = (*Device)(nil)
)

// New makes a reader on the given lines; Start opens them.
func New(cfg Config, log *trace.Log, ports ...*wire.Port) *Device {
	switch cfg.Line {
	case "":
		cfg.Line = "\r"
	case "none":
		cfg.Line = ""
	}
	d := &Device{cfg: cfg, log: log, ports: ports, conns: map[io.Writer]bool{}}
	d.speed.Set(cfg.Bytes)
	d.faults = fault.New([]fault.Spec{
		{Name: "silent", Label: "读不出来"},
		{Name: "garbage", Label: "弄脏字节"},
		{Name: "half", Label: "只发一半"},
		{Name: "split", Label: "分两段发", Value: "中间停多少毫秒", Min: 1, Max: 5000, Def: 200},
		{Name: "misread", Label: "认错一位"},
		{Name: "cut", Label: "拔线"},
	}, d.pressed)
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
	s := control.State{Kind: Kind, Name: "机读区阅读器", Protocol: "串口", Word: "等着刷证件", Level: "good", Detail: map[string]any{"reads": d.reads}}
	return s.WithPorts(d.ports)
}

// serve keeps one connection; what the host sends is not listened to.
func (d *Device) serve(conn io.ReadWriter) {
	d.mu.Lock()
	d.conns[conn] = true
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		delete(d.conns, conn)
		d.mu.Unlock()
	}()
	_, _ = io.Copy(io.Discard, conn)
}

// Papers implements control.PaperTaker: the documents that a hand can draw through.
func (d *Device) Papers() []control.PaperChoice {
	var out []control.PaperChoice
	for _, doc := range Documents() {
		out = append(out, control.PaperChoice{Key: doc.Key, Label: doc.Label})
	}
	return out
}

// Paper implements control.PaperTaker.
func (d *Device) Paper(o control.PaperOrder) error { return d.Draw(o.Paper) }

// Draw draws a document through.
func (d *Device) Draw(key string) error {
	for _, doc := range Documents() {
		if doc.Key == key {
			d.send(doc)
			return nil
		}
	}
	return fmt.Errorf("unknown document %q", key)
}

func (d *Device) send(doc Document) {
	if _, yes := d.faults.Strike("silent", ""); yes {
		return
	}
	level, word := trace.Good, "读到"+doc.Label
	body := strings.Join(doc.Lines, d.cfg.Line) + d.cfg.Line
	if _, yes := d.faults.Strike("misread", ""); yes {
		body = strings.Replace(body, doc.Number[1:], "0"+doc.Number[2:], 1)
		level, word = trace.Bad, "认错了一位"
	}
	out := []byte(body + d.cfg.End)
	if d.cfg.STX {
		out = append([]byte{0x02}, out...)
	}
	if _, yes := d.faults.Strike("garbage", ""); yes {
		out[len(out)/2] = 0x7F
		level, word = trace.Bad, "弄脏了一个字节"
	}
	if _, yes := d.faults.Strike("half", ""); yes {
		out, level, word = out[:len(out)/2], trace.Bad, "只发了一半"
	}
	pause := time.Duration(0)
	if p, yes := d.faults.Strike("split", ""); yes {
		pause = time.Duration(p.Value) * time.Millisecond
	}
	d.mu.Lock()
	d.reads++
	var to []io.Writer
	for c := range d.conns {
		to = append(to, c)
	}
	d.mu.Unlock()
	d.log.Add(Kind, trace.FromDevice, fmt.Appendf(nil, "%d", len(out)), level, word) // the content names a person
	for i, part := range [][]byte{out[:len(out)/2], out[len(out)/2:]} {
		if i > 0 {
			clock.Sleep(context.Background(), pause)
		}
		for _, c := range to {
			_ = d.speed.Write(c, part)
		}
	}
}

// pressed carries out what a button does at once.
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
