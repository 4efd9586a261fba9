package devices_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
)

// What the tender and we ask of every device: its state stands on the screen this soon after it fell silent, and it works
// again this soon after it is back. The screen shows what the rack says at the moment at which the rack says it.
const (
	stateWithin = 3 * time.Second
	backWithin  = 10 * time.Second
)

// Cables are pulled and put back, and devices fall silent, at any moment between two questions; 100 times under make soak.
func TestReplugs(t *testing.T) {
	t.Parallel() // most of it is waiting
	rounds := 2
	if os.Getenv("SOAK") != "" {
		rounds = 100
	}
	b := simtest.Start(t, simtest.IDCard, simtest.Receipt, simtest.Camera, simtest.Laser, simtest.Barcode, simtest.Face, simtest.CCTV)
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	model, err := set.Terminal("kiosk-21")
	if err != nil {
		t.Fatal(err)
	}
	slots, err := devices.Slots(set, model, map[string]string{
		"idcard": "serial:" + b.IDCard, "receipt": "serial:" + b.Receipt, "scanner": b.Camera, "laser": b.Laser, "barcode": "serial:" + b.Barcode,
		"camera": b.Face, "cctv": b.CCTV,
	})
	if err != nil {
		t.Fatal(err)
	}
	r := devices.New(slots, clock.System(), slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	for kind, sim := range map[drivers.Kind]string{
		drivers.KindIDCard: simtest.IDCard, drivers.KindReceipt: simtest.Receipt, drivers.KindScanner: simtest.Camera, drivers.KindLaser: simtest.Laser,
		drivers.KindBarcode: simtest.Barcode, drivers.KindCamera: simtest.Face, drivers.KindCCTV: simtest.CCTV,
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			shown(t, r, kind, true, backWithin)
			faults := []string{"cut", "silent"}
			switch kind {
			case drivers.KindBarcode: // it speaks only when there is a code
				faults = faults[:1]
			case drivers.KindCamera: // nobody looks through it while no citizen was told: only the test sees that no picture comes
				faults = faults[:1]
			}
			for _, fault := range faults {
				var seen, back time.Duration
				for range rounds {
					time.Sleep(time.Duration(rand.Int64N(int64(2 * time.Second))))
					b.Press(sim, fault, 0)
					seen = max(seen, shown(t, r, kind, false, stateWithin))
					b.Release(sim, fault)
					back = max(back, shown(t, r, kind, true, backWithin))
				}
				t.Logf("%s %d times: shown within %d ms, back within %d ms", fault, rounds, seen.Milliseconds(), back.Milliseconds())
			}
		})
	}
}

// shown waits until the rack says that the device is ready, or that it is not, and returns how long that took.
func shown(t *testing.T, r *devices.Rack, kind drivers.Kind, ready bool, limit time.Duration) time.Duration {
	t.Helper()
	from := time.Now()
	for r.Status(kind).Ready() != ready {
		if time.Since(from) > 2*limit {
			t.Fatalf("ready=%v not shown at all: %+v", ready, r.Status(kind))
		}
		time.Sleep(5 * time.Millisecond)
	}
	took := time.Since(from)
	if took > limit {
		t.Errorf("ready=%v shown after %v, want %v", ready, took, limit)
	}
	return took
}
