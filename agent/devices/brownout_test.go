package devices_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
)

// The reader loses its power in the middle of a read, as on a port that gives too little: the read fails with a reason, the
// rack says that the reader is gone and opens it again, and the same card is read.
func TestBrownOut(t *testing.T) {
	t.Parallel()
	b := simtest.StartWith(t, []simtest.Option{simtest.RealTime()}, simtest.IDCard)
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	model := profiles.Terminal{Devices: []profiles.Place{{Kind: "idcard", Profile: "ga450"}}}
	slots, err := devices.Slots(set, model, map[string]string{"idcard": "serial:" + b.IDCard})
	if err != nil {
		t.Fatal(err)
	}
	r := devices.New(slots, clock.System(), slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	shown(t, r, drivers.KindIDCard, true, backWithin)

	read := func() (drivers.IDCard, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		l, err := devices.Take[drivers.IDCardReader](ctx, r, drivers.KindIDCard)
		if err != nil {
			return drivers.IDCard{}, err
		}
		card, err := l.Device.Read(ctx, nil)
		l.Done(err)
		return card, err
	}
	failed := make(chan error, 1)
	go func() {
		_, err := read()
		failed <- err
	}()
	b.Press(simtest.IDCard, "cut-mid-read", 2000)
	b.PutCard("zhou")
	if f := drivers.Fault(<-failed); f == nil || f.Reason == "" {
		t.Errorf("the read ended with %v", f)
	}
	shown(t, r, drivers.KindIDCard, false, stateWithin)
	shown(t, r, drivers.KindIDCard, true, backWithin)
	b.Release(simtest.IDCard, "cut-mid-read")
	b.PutCard("zhou")
	if card, err := read(); err != nil || card.Name == "" {
		t.Errorf("after the power came back: %v, %v", card, err)
	}
	if c := r.Status(drivers.KindIDCard).Counters; c.Lost != 1 || c.Failures != 1 {
		t.Errorf("counted %d losses, %d failed uses", c.Lost, c.Failures)
	}
}
