package v4l2

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/record"
	"tongban/drivers/hal/usb"
)

// Open opens the wanted cameras as one port. One that cannot be opened is told to whoever asks it, as long as another can:
// a camera with two streams of which one is broken must still say so. None at all is an error.
func Open(ctx context.Context, host Host, w Wanted, address string) (drivers.Port, error) {
	nodes, err := w.nodes(host)
	if err != nil {
		return nil, Fault(err)
	}
	p := &port{host: host, wanted: w, nodes: nodes, address: address, cams: make([]Camera, len(nodes)), wants: make([]*command, len(nodes)), life: make([]life, len(nodes))}
	there := false
	for i, n := range nodes {
		c, e := host.Open(ctx, n)
		if e != nil {
			err = e
			continue
		}
		p.cams[i], there = c, true
	}
	if !there {
		return nil, Fault(fmt.Errorf("%s: %w", address, err))
	}
	return p, nil
}

// port answers commands. Pictures are only taken from a camera when one is wanted, so nothing is copied for nobody.
type port struct {
	host    Host
	wanted  Wanted
	address string

	mu     sync.Mutex
	nodes  []string
	cams   []Camera // nil: lost
	wants  []*command
	cut    record.Cutter
	out    []byte
	turn   int // whose picture is looked for first
	closed bool

	life  []life
	asked time.Time // for the last picture
	watch func() bool
}

// life is whether a camera takes pictures.
type life int

const (
	still   life = iota
	running      // it takes pictures
	resting      // it was stopped because nobody looked, and starts again with the next look
)

var errPortClosed = errors.New("camera is closed")

// Write implements drivers.Port: whole commands. A camera that is gone is told in its answer; the last one that goes is a lost line.
func (p *port) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return 0, usb.Fault(fmt.Errorf("%w: %w", usb.ErrGone, errPortClosed))
	}
	records, err := p.cut.Feed(b)
	if err != nil {
		return 0, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	for _, r := range records {
		var c command
		if err := json.Unmarshal(r.Content, &c); err != nil || r.Letter != letterCommand || int(r.Channel) >= len(p.cams) {
			return 0, &drivers.Error{Code: drivers.CodeInvalidData, Detail: "no command of this camera", Cause: err}
		}
		if err := p.do(int(r.Channel), &c); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

func (p *port) do(channel int, c *command) error {
	p.wants[channel] = nil // who asks something else waits for that picture no longer
	cam, err := p.camera(channel)
	a := answer{Number: c.Number}
	if err == nil && c.Do == doNext {
		if err = p.wake(channel, cam); err == nil {
			p.wants[channel] = c
			return nil
		}
	}
	if err == nil {
		err = act(cam, c, &a)
	}
	if err == nil && c.Do == doStart {
		p.life[channel] = running
	}
	if c.Do == doStop {
		p.life[channel] = still
	}
	return p.reply(channel, a, err)
}

// wake starts a camera again that rests, and sees to it that it will rest when nobody looks any more: its lamp must not burn before
// somebody who is not asked to look into it.
func (p *port) wake(channel int, cam Camera) error {
	if p.life[channel] == resting {
		if err := cam.Start(); err != nil {
			return err
		}
		p.life[channel] = running
	}
	p.asked = clock()
	if p.watch == nil {
		p.watch = afterFunc(restAfter, p.doze)
	}
	return nil
}

// doze stops the cameras that nobody has asked for a picture for a while.
func (p *port) doze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch = nil
	if p.closed {
		return
	}
	if left := restAfter - clock().Sub(p.asked); left > 0 {
		p.watch = afterFunc(left, p.doze)
		return
	}
	for i, c := range p.cams {
		if c == nil || p.life[i] != running {
			continue
		}
		if c.Stop() == nil { // what is wrong with one that cannot be stopped is told to who asks it next
			p.life[i], p.wants[i] = resting, nil
		}
	}
}

// act does one command.
func act(cam Camera, c *command, a *answer) error {
	switch c.Do {
	case doDescribe:
		d, err := cam.Describe()
		a.Description = &d
		return err
	case doMode:
		if c.Mode == nil {
			return ErrMode
		}
		m, err := cam.SetMode(*c.Mode)
		a.Mode = &m
		return err
	case doControl:
		v, err := cam.Control(c.Name)
		a.Value = v
		return err
	case doSet:
		return cam.SetControl(c.Name, c.Value)
	case doStart:
		return cam.Start()
	case doStop:
		return cam.Stop()
	}
	return fmt.Errorf("unknown act %q: %w", c.Do, ErrSetting)
}

// camera is the camera of a channel, opened again where it was lost.
func (p *port) camera(channel int) (Camera, error) {
	if p.cams[channel] != nil {
		return p.cams[channel], nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), openLimit)
	defer cancel()
	if nodes, err := p.wanted.nodes(p.host); err == nil { // a camera that was plugged again may have other nodes
		p.nodes = nodes
	}
	c, err := p.host.Open(ctx, p.nodes[channel])
	if err != nil {
		return nil, err
	}
	p.cams[channel] = c
	return c, nil
}

// reply puts an answer, or what went wrong, into the row.
func (p *port) reply(channel int, a answer, err error) error {
	if err != nil {
		fault := Fault(err)
		a.Error = drivers.Fault(fault)
		if p.drop(channel, err) {
			return fault
		}
	}
	b, err := encode(letterAnswer, channel, a)
	if err != nil {
		return err
	}
	p.out = append(p.out, b...)
	return nil
}

// drop closes a camera that is gone and reports whether it was the last.
func (p *port) drop(channel int, err error) bool {
	if !errors.Is(err, usb.ErrGone) {
		return false
	}
	if c := p.cams[channel]; c != nil {
		_ = c.Close()
		p.cams[channel], p.life[channel] = nil, still
	}
	for _, c := range p.cams {
		if c != nil {
			return false
		}
	}
	return true
}

// Read implements drivers.Port.
func (p *port) Read(b []byte, timeout time.Duration) (int, error) {
	end := clock().Add(timeout)
	for {
		n, err := p.take(b, min(slice, max(end.Sub(clock()), 0)))
		if n > 0 || err != nil || !clock().Before(end) {
			return n, err
		}
	}
}

// take gives what is there, and looks once at each camera whose picture is wanted.
func (p *port) take(b []byte, wait time.Duration) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return 0, usb.Fault(fmt.Errorf("%w: %w", usb.ErrGone, errPortClosed))
	}
	if len(p.out) == 0 {
		if err := p.look(wait); err != nil {
			return 0, err
		}
	}
	n := copy(b, p.out)
	if p.out = p.out[n:]; len(p.out) == 0 {
		p.out = nil // a picture is long: its memory goes at once
	}
	return n, nil
}

func (p *port) look(wait time.Duration) error {
	waiting := 0
	for _, w := range p.wants {
		if w != nil {
			waiting++
		}
	}
	if waiting == 0 {
		p.idle(wait)
		return nil
	}
	for range p.wants {
		p.turn = (p.turn + 1) % len(p.wants)
		c := p.wants[p.turn]
		if c == nil {
			continue
		}
		pic, err := p.cams[p.turn].Picture(wait/time.Duration(waiting), c.Fresh)
		c.Fresh = false // what comes from now on was taken after the command
		switch {
		case err != nil:
			p.wants[p.turn] = nil
			return p.reply(p.turn, answer{Number: c.Number}, err)
		case pic.Data != nil:
			p.wants[p.turn] = nil
			p.out = encodePicture(p.turn, c.Number, pic)
			return nil
		}
	}
	return nil
}

// idle passes the time of a reader who has asked for nothing, and lets others in.
func (p *port) idle(wait time.Duration) {
	p.mu.Unlock()
	defer p.mu.Lock()
	<-after(wait)
}

// Discard implements drivers.Port: pictures that are still to come are not taken. What has begun to be read stays, or the
// reader would take its rest for a head; answers have numbers and harm nobody.
func (p *port) Discard() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.wants)
	return nil
}

// Close implements drivers.Port.
func (p *port) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	if p.watch != nil {
		p.watch()
	}
	var errs []error
	for i, c := range p.cams {
		if c != nil {
			errs = append(errs, c.Close())
			p.cams[i] = nil
		}
	}
	return errors.Join(errs...)
}

func (p *port) String() string { return p.address }
