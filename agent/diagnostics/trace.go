package diagnostics

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tongban/agent/clock"
	"tongban/agent/screen"
	"tongban/drivers"
	"tongban/drivers/hal/tap"
)

// How a trace is shown.
const (
	traceLines = 40 // the newest
	traceHex   = 24 // bytes of one line
	tracePause = 250 * time.Millisecond
)

// trace is the one line that is listened to, or was (线路记录). It lives as long as the visit.
type trace struct {
	kind   drivers.Kind
	ear    *tap.Ear
	hidden bool
	head   map[string]string
}

// Trace begins to listen to the line of a device; what was recorded before is forgotten. The supervision asks each device every two
// seconds, so that a line on which nothing passes is dead.
func (d *Desk) Trace(background context.Context, kind drivers.Kind) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.visit
	switch {
	case v == nil:
		return ErrClosed
	case !d.o.Rack.HasLine(kind):
		return ErrNoLine
	}
	if v.trace != nil {
		v.trace.ear.Stop()
	}
	stir := make(chan struct{}, 1)
	ear := d.o.Rack.Tap(kind, func() {
		select {
		case stir <- struct{}{}:
		default:
		}
	})
	s := d.o.Rack.Status(kind)
	v.touched, v.result = d.o.Clock.Now(), nil
	v.trace = &trace{kind: kind, ear: ear, hidden: !d.o.Rack.Redacts(kind), head: map[string]string{
		"driver": s.Info.Driver, "profile": s.Profile, "note": "recorded during service visit " + fmt.Sprint(v.pass.Nonce),
	}}
	go func() {
		for ear.Over() == "" {
			select {
			case <-background.Done():
				ear.Stop()
			case <-stir:
			case <-d.o.Clock.After(time.Second):
			}
			d.o.Changed()
			_ = clock.Sleep(background, d.o.Clock, tracePause) // many pieces are one picture
		}
		d.o.Changed()
	}()
	return nil
}

// StopTrace ends the listening and keeps what was heard.
func (d *Desk) StopTrace() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.visit == nil {
		return ErrClosed
	}
	d.visit.touched = d.o.Clock.Now()
	if d.visit.trace != nil {
		d.visit.trace.ear.Stop()
	}
	return nil
}

// Tape is what was heard, as a tape file.
func (d *Desk) Tape() (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.visit == nil:
		return "", ErrClosed
	case d.visit.trace == nil:
		return "", ErrNoTrace
	}
	return d.visit.trace.text()
}

func (t *trace) text() (string, error) {
	var b strings.Builder
	if _, err := t.ear.Tape(t.head).WriteTo(&b); err != nil {
		return "", err
	}
	return b.String(), nil
}

var traceEnds = map[string]string{tap.EndStopped: "已停止", tap.EndTime: "满一分钟，自己停了", tap.EndSize: "记满了，自己停了"}

// view is what the screen shows of it, nil without one.
func (t *trace) view() *screen.ServiceTrace {
	if t == nil {
		return nil
	}
	over := t.ear.Over()
	pieces := t.ear.Pieces()
	out := &screen.ServiceTrace{Kind: string(t.kind), On: over == "", End: traceEnds[over], Hidden: t.hidden, Count: len(pieces), Lines: []screen.ServiceTraceLine{}}
	for _, p := range pieces[max(0, len(pieces)-traceLines):] {
		l := screen.ServiceTraceLine{At: fmt.Sprintf("%.2f", p.At.Seconds()), To: p.ToDevice, Size: p.Size, Name: p.Name}
		if p.Lost != "" {
			l.Lost, l.Name = true, "线断了或没有应答"
		}
		if len(p.Bytes) > 0 {
			l.Hex = fmt.Sprintf("% X", p.Bytes[:min(len(p.Bytes), traceHex)])
			if len(p.Bytes) > traceHex {
				l.Hex += " …"
			}
		}
		out.Lines = append(out.Lines, l)
	}
	return out
}
