package diagnostics

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	parts "tongban/deploy/sim/machine"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/deploy/sim/usb"
	"tongban/drivers"
	"tongban/drivers/display/drm"
	doors "tongban/drivers/door/relay"
	"tongban/drivers/hal"
	lights "tongban/drivers/light/relay"
	"tongban/drivers/signature/digitizer"
	"tongban/drivers/speaker/alsa"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

// desk is the small devices of a terminal, emulated.
type desk struct {
	sim     *simtest.Bench
	machine *parts.Machine
	bench   bench
}

func newDesk(t *testing.T, profile string) *desk {
	t.Helper()
	bus := usb.NewBus()
	d := &desk{sim: simtest.StartWith(t, []simtest.Option{func(c *rig.Config) { c.Bus = bus }}, simtest.Signature, simtest.Relay)}
	var err error
	if d.machine, err = parts.New(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if err := d.machine.Card(true); err != nil {
		t.Fatal(err)
	}
	if err := d.machine.Connect("HDMI-A-1", &parts.Screen{Name: "SMPL 18", WidthMM: 410, HeightMM: 230, Width: 1366, Height: 768}); err != nil {
		t.Fatal(err)
	}
	at := func(address string, open func(context.Context, drivers.Port) (drivers.Device, error)) func(context.Context) (drivers.Device, error) {
		return func(ctx context.Context) (drivers.Device, error) {
			port, err := hal.Sockets{HID: usb.HID{Bus: bus}}.Open(ctx, address)
			if err != nil {
				return nil, err
			}
			return open(ctx, port)
		}
	}
	root := "?root=" + d.machine.Root()
	board := func(ctx context.Context, p drivers.Port) (drivers.Device, error) {
		return lights.Open(ctx, p, drivers.Params{"outputs": "fill=1, card=2"})
	}
	if profile == "contact-door" {
		board = func(ctx context.Context, p drivers.Port) (drivers.Device, error) { return doors.Open(ctx, p, nil) }
	}
	kind := map[string]drivers.Kind{"relay-light": drivers.KindLight, "contact-door": drivers.KindDoor}[profile]
	slots := []devices.Slot{
		{Kind: drivers.KindSignature, Name: "signature", Open: at("hid:1209:0001?as=reports", func(ctx context.Context, p drivers.Port) (drivers.Device, error) { return digitizer.Open(ctx, p, nil) })},
		{Kind: drivers.KindSpeaker, Name: "speaker", Open: at("sound:default"+root, func(_ context.Context, p drivers.Port) (drivers.Device, error) {
			return alsa.Open(p, nil, d.machine.Aplay())
		})},
		{Kind: drivers.KindDisplay, Name: "display", Open: at("screen:HDMI-A-1"+root, func(ctx context.Context, p drivers.Port) (drivers.Device, error) { return drm.Open(ctx, p, nil) })},
	}
	if kind != "" {
		slots = append(slots, devices.Slot{Kind: kind, Name: string(kind), Open: at(d.sim.Relay, board)})
	}
	d.bench = bench{rack: devices.New(slots, clock.System(), slog.New(slog.DiscardHandler)), clock: clock.System(), want: wants(t, profile)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { d.bench.rack.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	for _, s := range slots {
		for end := time.Now().Add(10 * time.Second); !d.bench.rack.Status(s.Kind).Ready(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s is not there: %+v", s.Name, d.bench.rack.Status(s.Kind))
			}
		}
	}
	return d
}

func wants(t *testing.T, profile string) thresholds {
	t.Helper()
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	p, err := set.Device(profile)
	if err != nil {
		t.Fatal(err)
	}
	return p.Tender
}

// run tests one kind within a limit.
func (d *desk) run(t *testing.T, kind drivers.Kind, limit time.Duration) finding {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	return judged(tasks[kind].run(ctx, d.bench))
}

// The pad's size stands beside the tender's; a screen that is too small is found.
func TestPadAndScreenAreMeasured(t *testing.T) {
	d := newDesk(t, "hid-pad-12")
	time.AfterFunc(300*time.Millisecond, func() { d.sim.Paper(simtest.Signature, "name") })
	f := d.run(t, drivers.KindSignature, 20*time.Second)
	if !f.tested || f.trouble != wire.TroubleNone || len(f.timings) != 1 || f.timings[0].Got < 12 || !f.timings[0].OK {
		t.Errorf("pad: %+v", f)
	}
	if f := d.run(t, drivers.KindSignature, 300*time.Millisecond); f.tested || f.said == "" {
		t.Errorf("nobody wrote: %+v", f)
	}
	d.bench.want = wants(t, "hdmi-second")
	f = d.run(t, drivers.KindDisplay, 5*time.Second)
	if !f.tested || f.trouble != wire.TroubleBelow || len(f.timings) != 3 || f.timings[0].Got != 18.5 || f.timings[0].OK || !f.timings[1].OK || f.timings[2].OK {
		t.Errorf("screen: %+v", f)
	}
}

func TestSpeakerAndLightsAreTried(t *testing.T) {
	d := newDesk(t, "relay-light")
	if f := d.run(t, drivers.KindSpeaker, 5*time.Second); !f.tested || f.trouble != wire.TroubleNone {
		t.Errorf("speaker: %+v", f)
	}
	if b, err := d.machine.Played(); err != nil || len(b) == 0 {
		t.Errorf("nothing was played: %v", err)
	}
	if err := d.machine.Player("fail"); err != nil {
		t.Fatal(err)
	}
	if f := d.run(t, drivers.KindSpeaker, 5*time.Second); !f.tested || f.trouble == wire.TroubleNone {
		t.Errorf("a broken speaker: %+v", f)
	}
	if f := d.run(t, drivers.KindLight, 10*time.Second); !f.tested || f.trouble != wire.TroubleNone {
		t.Errorf("lights: %+v", f)
	}
	d.sim.Once(simtest.Relay, "stuck", 0)
	if f := d.run(t, drivers.KindLight, 10*time.Second); !f.tested || f.trouble == wire.TroubleNone {
		t.Errorf("a relay that is stuck: %+v", f)
	}
}

func TestDoorIsMoved(t *testing.T) {
	d := newDesk(t, "contact-door")
	if f := d.run(t, drivers.KindDoor, 600*time.Millisecond); f.tested || f.said == "" {
		t.Errorf("nobody moved it: %+v", f)
	}
	time.AfterFunc(300*time.Millisecond, func() { d.sim.Paper(simtest.Relay, "open") })
	time.AfterFunc(900*time.Millisecond, func() { d.sim.Paper(simtest.Relay, "closed") })
	if f := d.run(t, drivers.KindDoor, 10*time.Second); !f.tested || f.trouble != wire.TroubleNone {
		t.Errorf("door: %+v", f)
	}
}
