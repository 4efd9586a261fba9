package web_test

import (
	"context"
	"sync"
	"testing"

	"tongban/agent/devices"
	"tongban/agent/screen"
	"tongban/drivers"
	"tongban/fleet/wire"
)

// box is a speaker that remembers how loud it was set.
type box struct {
	mu      sync.Mutex
	percent int
}

func (*box) Info() drivers.Info {
	return drivers.Info{Kind: drivers.KindSpeaker, Driver: "speaker/test"}
}
func (*box) Status(context.Context) (drivers.Status, error) {
	return drivers.Status{State: drivers.StateOnline}, nil
}
func (*box) Reset(context.Context) error        { return nil }
func (*box) Close() error                       { return nil }
func (*box) Play(context.Context, []byte) error { return nil }
func (b *box) SetVolume(n int) error            { b.mu.Lock(); defer b.mu.Unlock(); b.percent = n; return nil }
func (b *box) Volume() int                      { b.mu.Lock(); defer b.mu.Unlock(); return b.percent }

func withSpeaker(s *box) []devices.Slot {
	return []devices.Slot{{Kind: drivers.KindSpeaker, Name: "speaker", Port: "test", Open: func(context.Context) (drivers.Device, error) { return s, nil }}}
}

// How loud the terminal speaks is set once and is so after every start, as often as the speaker is plugged in.
func TestVolumeIsKept(t *testing.T) {
	first := &box{percent: 80}
	b := newBed(t, bedOptions{offline: true, more: withSpeaker(first)})
	b.until("the speaker is there", func() bool { return b.rack.Status(drivers.KindSpeaker).Ready() })
	if c := b.code("service/volume", screen.SetVolume{Percent: 50}); c != "service.closed" || first.Volume() != 80 {
		t.Errorf("from outside: %s", c)
	}
	b.do("service/open", b.pass(41, 0))
	if v := b.state().Service.Volume; v != 0 {
		t.Errorf("before anybody set it: %d", v)
	}
	for _, n := range []int{0, 5, 101} { // mute would be a fault that nobody sees
		if c := b.code("service/volume", screen.SetVolume{Percent: n}); c != "service.value" {
			t.Errorf("%d: %s", n, c)
		}
	}
	if s := b.do("service/volume", screen.SetVolume{Percent: 40}); s.Service.Volume != 40 || first.Volume() != 40 {
		t.Errorf("set: %d on the screen, %d at the speaker", s.Service.Volume, first.Volume())
	}
	b.stop()

	second := &box{percent: 80}
	again := newBed(t, bedOptions{offline: true, dir: b.dir, keys: b.options.keys, more: withSpeaker(second)})
	again.until("the speaker is there", func() bool { return again.rack.Status(drivers.KindSpeaker).Ready() })
	if second.Volume() != 40 {
		t.Errorf("after a restart: %d", second.Volume())
	}
}

// What the touch test saw stands among the computer's checks and goes to the centre with the result; reading all anew forgets it.
func TestTouchTestIsKept(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.do("service/open", b.pass(42, 0))
	if c := b.code("service/touch", screen.TouchResult{Points: 2, Fields: 0}); c != "service.value" {
		t.Errorf("no fields: %s", c)
	}
	check := func(label string) screen.ServiceCheck {
		for _, c := range b.state().Service.Machine.Checks {
			if c.Label == label {
				return c
			}
		}
		return screen.ServiceCheck{}
	}
	b.do("service/touch", screen.TouchResult{Points: 1, Fields: 45, Hit: 44})
	if p, a := check("同时触点"), check("触摸各格"); p.State != "below" || a.State != "below" || a.Got != "44 格" || b.state().Service.Machine.State != "fault" {
		t.Errorf("a dead corner: %+v %+v", p, a)
	}
	b.do("service/touch", screen.TouchResult{Points: 5, Fields: 45, Hit: 45})
	if p, a := check("同时触点"), check("触摸各格"); p.State != "ok" || a.State != "ok" || p.Got != "5 点" {
		t.Errorf("mended: %+v %+v", p, a)
	}
	b.do("service/finish", nil)
	b.until("the result at the centre", func() bool { return len(b.centre.diagnoses()) == 1 })
	var got wire.MachineCheck
	for _, c := range b.centre.diagnoses()[0].Machine {
		if c.Property == "touch_points" {
			got = c
		}
	}
	if got.Got != "5 点" || got.State != "ok" {
		t.Errorf("at the centre: %+v", got)
	}
	b.do("service/again", nil)
	if a := check("触摸各格"); a.Got != "" {
		t.Errorf("after reading anew: %+v", a)
	}
}
