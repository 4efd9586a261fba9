package video

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/face"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
	"tongban/deploy/sim/wire"
	"tongban/drivers/hal/v4l2"
)

// Kind names the camera that looks at the citizen on the bench; "camera" is the document camera there.
const Kind = "face"

// Face is such a camera beside a program of its own (仿真双目摄像头): the records that the kernel's side of drivers/hal/v4l2 puts on its port go
// over TCP, because no program can plug a camera into another's kernel without rights. A driver that is opened on tcp:… finds both eyes.
type Face struct {
	dual   *Dual
	host   *Host
	log    *trace.Log
	port   *wire.Port
	faults *fault.Set

	mu    sync.Mutex
	what  string
	drawn sync.WaitGroup // its first pictures: who looks through it waits for them
	trial error
}

// What goes over the line at once, and how long its reader waits for a picture before he looks whether the line is still wanted.
const (
	pipe     = 1 << 18
	readWait = 200 * time.Millisecond
)

// eyes are the places that a button can be bound to; without one it is pressed on both.
const (
	eyeVisible  = "visible"
	eyeInfrared = "infrared"
)

// NewFace makes a camera that is reached at addr; Start puts it there.
func NewFace(addr string, log *trace.Log) *Face {
	f := &Face{dual: NewDual(), host: NewHost(), log: log, port: wire.TCP(addr), what: face.Live}
	f.dual.Visible.Modes = append(f.dual.Visible.Modes, v4l2.Mode{Layout: v4l2.MJPEG, Width: 1280, Height: 720, FPS: 30}) // for models with one eye
	f.dual.Visible.Moves, f.dual.Infrared.Moves = 1, 1                                                                    // whoever looks sees the noise move; a terminal is not to wait for more to be drawn
	board := specs()
	for i := range board {
		board[i].At = []string{eyeVisible, eyeInfrared}
	}
	f.faults = fault.New(board, f.pressed)
	return f
}

// Start puts it on the net and draws its pictures beside.
func (f *Face) Start() error {
	f.drawn.Go(func() { f.trial = f.warm() })
	f.dual.Plug(f.host)
	return f.port.Start(f.serve)
}

func (f *Face) warm() error {
	if err := f.dual.Visible.Warm(v4l2.Mode{Layout: v4l2.MJPEG, Width: 1280, Height: 720}); err != nil {
		return err
	}
	return f.dual.Warm()
}

// Close takes it off the net.
func (f *Face) Close() error {
	f.drawn.Wait()
	return f.port.Close()
}

// Path is its host and port.
func (f *Face) Path() string { return f.port.Path() }

// serve carries the records of one user both ways until he leaves or the cable is pulled.
func (f *Face) serve(conn io.ReadWriter) {
	f.drawn.Wait()
	if f.trial != nil {
		f.log.Add(Kind, trace.Act, nil, trace.Bad, f.trial.Error())
		return
	}
	port, err := v4l2.Open(context.Background(), f.host, v4l2.Wanted{Nodes: []string{nodeVisible, nodeInfrared}}, "face")
	if err != nil {
		return
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	defer func() { _ = port.Close() }()
	wg.Go(func() {
		if c, ok := conn.(io.Closer); ok { // the user, who waits for a picture, sees that the line is gone
			defer func() { _ = c.Close() }()
		}
		buf := make([]byte, pipe)
		for {
			n, err := port.Read(buf, readWait)
			if err != nil {
				return
			}
			if _, err := conn.Write(buf[:n]); err != nil {
				return
			}
		}
	})
	buf := make([]byte, pipe)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		if _, err := port.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (f *Face) pressed(p fault.Press, on bool) error {
	at := p.At
	p.At = ""
	var errs []error
	for name, c := range map[string]*Camera{eyeVisible: f.dual.Visible, eyeInfrared: f.dual.Infrared} {
		switch {
		case !on: // both: it may have been pressed on one after the other
			errs = append(errs, c.Faults().Release(p.Name))
		case at == "" || at == name:
			errs = append(errs, c.Faults().Press(p))
		}
	}
	return errors.Join(errs...)
}

// Kind implements control.Device.
func (f *Face) Kind() string { return Kind }

// Faults implements control.Device.
func (f *Face) Faults() *fault.Set { return f.faults }

// State implements control.Device.
func (f *Face) State() control.State {
	s := control.State{Kind: Kind, Name: "人像摄像头", Protocol: "UVC 记录", Word: "没有人在看", Level: "idle"}
	switch {
	case f.dual.Visible.pulled() && f.dual.Infrared.pulled():
		s.Word, s.Level = "线拔掉了", "bad"
	case f.dual.Visible.pulled() || f.dual.Infrared.pulled():
		s.Word, s.Level = "少一路", "warn"
	case f.dual.Visible.Running() || f.dual.Infrared.Running():
		s.Word, s.Level = "正在取图", "busy"
	}
	settings := map[string]int{}
	for name, c := range map[string]*Camera{eyeVisible: f.dual.Visible, eyeInfrared: f.dual.Infrared} {
		for _, x := range c.controls() {
			settings[name+"."+x.Name] = x.Value
		}
	}
	s.Detail = map[string]any{"settings": settings}
	return s.WithPorts([]*wire.Port{f.port})
}

var stands = []control.PaperChoice{{Key: face.Live, Label: "站着一个人"}, {Key: face.Screen, Label: "举着手机里的人像"}, {Key: face.Print, Label: "举着打印的人像"}}

// Papers implements control.PaperTaker: who stands before it.
func (f *Face) Papers() []control.PaperChoice {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := append([]control.PaperChoice{}, stands...)
	for i := range out {
		out[i].On = out[i].Key == f.what
	}
	return out
}

// Paper implements control.PaperTaker.
func (f *Face) Paper(o control.PaperOrder) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var keys []string
	for _, s := range stands {
		if s.Key == o.Paper {
			f.what = s.Key
			f.log.Add(Kind, trace.Act, nil, trace.Good, s.Label)
			f.dual.Stand(0, s.Key)
			return f.warm()
		}
		keys = append(keys, s.Key)
	}
	return fmt.Errorf("nobody stands there as %q: have %s", o.Paper, strings.Join(keys, ", "))
}
