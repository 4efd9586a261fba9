// Package barcode emulates a barcode and QR reader (条码二维码阅读器) on a serial line: a hand holds a code before it, and it
// sends what it sees, at once or while the host has turned it on.
package barcode

import (
	"bytes"
	"context"
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
const Kind = "barcode"

// Config is how the reader is set up.
type Config struct {
	Triggered bool   // reads only between the commands SYN T CR and SYN U CR
	Suffix    string // behind each code, default CR
	NoAIM     bool
	Bytes     int // a second; 0: as fast as it goes
}

// Device is one reader.
type Device struct {
	cfg    Config
	log    *trace.Log
	faults *fault.Set
	ports  []*wire.Port
	speed  wire.Speed

	mu    sync.Mutex
	held  *sheet
	sent  bool // the held code was read: not again until it is taken away
	on    bool
	conns map[io.Writer]bool
	reads int
}

// New makes a reader on the given lines; Start opens them.
func New(cfg Config, log *trace.Log, ports ...*wire.Port) *Device {
	if cfg.Suffix == "" {
		cfg.Suffix = "\r"
	}
	d := &Device{cfg: cfg, log: log, ports: ports, on: !cfg.Triggered, conns: map[io.Writer]bool{}}
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
	s := control.State{Kind: Kind, Name: "扫码器", Protocol: "串口", Word: "灯灭着", Level: "idle"}
	if d.on {
		s.Word, s.Level = "等着扫码", "good"
	}
	s.Detail = map[string]any{"held": d.held.name(), "on": d.on, "reads": d.reads}
	return s.WithPorts(d.ports)
}

// serve watches for the trigger commands on one connection.
func (d *Device) serve(conn io.ReadWriter) {
	d.mu.Lock()
	d.conns[conn] = true
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		delete(d.conns, conn)
		d.mu.Unlock()
	}()
	var got []byte
	buf := make([]byte, 64)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		got = append(got, buf[:n]...)
		for {
			i := bytes.IndexByte(got, '\r')
			if i < 0 {
				break
			}
			d.command(got[:i+1])
			got = got[i+1:]
		}
	}
}

func (d *Device) command(c []byte) {
	word, level := "不认识的命令", trace.Bad
	if len(c) == 3 && c[0] == 0x16 && (c[1] == 'T' || c[1] == 'U') {
		word, level = map[byte]string{'T': "亮灯，请扫", 'U': "灭灯"}[c[1]], trace.Good
	}
	d.log.Add(Kind, trace.ToDevice, c, level, word)
	if level == trace.Bad || !d.cfg.Triggered {
		return
	}
	d.mu.Lock()
	d.on = c[1] == 'T'
	if d.on {
		d.sent = false
	}
	d.mu.Unlock()
	d.see()
}

// see sends the held code if the reader is on and has not sent it.
func (d *Device) see() {
	d.mu.Lock()
	s := d.held
	if s == nil || !d.on || d.sent {
		d.mu.Unlock()
		return
	}
	if _, yes := d.faults.Strike("silent", ""); yes {
		d.mu.Unlock()
		return
	}
	d.sent = true
	d.reads++
	var to []io.Writer
	for c := range d.conns {
		to = append(to, c)
	}
	d.mu.Unlock()
	parts, level, word := d.frame(s)
	pause := time.Duration(0)
	if p, yes := d.faults.Strike("split", ""); yes {
		pause = time.Duration(p.Value) * time.Millisecond
	}
	d.log.Add(Kind, trace.FromDevice, []byte(fmt.Sprintf("%d", len(s.content))), level, word) // the content may name a person
	for i, p := range parts {
		if i > 0 {
			clock.Sleep(context.Background(), pause)
		}
		for _, c := range to {
			_ = d.speed.Write(c, p)
		}
	}
}

// frame is the code as it goes over the line, in two pieces.
func (d *Device) frame(s *sheet) (parts [][]byte, level, word string) {
	out, level, word := []byte(s.content), trace.Good, "读到"+s.label
	if _, yes := d.faults.Strike("garbage", ""); yes {
		out[len(out)/2] = 0x00
		level, word = trace.Bad, "弄脏了一个字节"
	}
	if !d.cfg.NoAIM {
		out = append([]byte(s.aim), out...)
	}
	if _, yes := d.faults.Strike("no-aim", ""); yes {
		out, level, word = []byte(s.content), trace.Bad, "没带标识"
	}
	out = append(out, d.cfg.Suffix...)
	if _, yes := d.faults.Strike("half", ""); yes {
		out, level, word = out[:len(out)/2], trace.Bad, "只发了一半"
	}
	mid := len(out) / 2
	return [][]byte{out[:mid], out[mid:]}, level, word
}

func faultSpecs() []fault.Spec {
	return []fault.Spec{
		{Name: "silent", Label: "读不出来"},
		{Name: "garbage", Label: "弄脏字节"},
		{Name: "half", Label: "只发一半"},
		{Name: "split", Label: "分两段发", Value: "中间停多少毫秒", Min: 1, Max: 5000, Def: 200},
		{Name: "no-aim", Label: "不带标识"},
		{Name: "cut", Label: "拔线"},
	}
}

func (d *Device) pressed(p fault.Press, on bool) error {
	word := "放开："
	if on {
		word = "按下："
	}
	for _, s := range faultSpecs() {
		if s.Name == p.Name {
			word += s.Label
		}
	}
	d.log.Add(Kind, trace.Act, nil, "", word)
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
