package devices

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/drivers"
	"tongban/drivers/hal/hotplug"
)

// fake is a reader that can be pulled out.
type fake struct {
	drivers.IDCardReader
	mu     sync.Mutex
	gone   bool
	opened int
	status drivers.Status
}

func (f *fake) Info() drivers.Info { return drivers.Info{Kind: drivers.KindIDCard, Driver: "fake"} }
func (f *fake) Close() error       { return nil }

func (f *fake) Status(context.Context) (drivers.Status, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gone {
		return drivers.Status{}, &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged}
	}
	return f.status, nil
}

func (f *fake) open(context.Context) (drivers.Device, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gone {
		return nil, &drivers.Error{Code: drivers.CodeNoDevice, Detail: "not there"}
	}
	f.opened++
	return f, nil
}

func (f *fake) pull(gone bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone = gone
}

func start(t *testing.T, f *fake) *Rack { return startOn(t, f, clock.System()) }

func startOn(t *testing.T, f *fake, c clock.Clock) *Rack {
	t.Helper()
	f.status = drivers.Status{State: drivers.StateOnline}
	r := New([]Slot{{Kind: drivers.KindIDCard, Name: "idcard", Open: f.open}}, c, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	return r
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 500 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s: not within 5 s", what)
}

func TestReopens(t *testing.T) {
	f := &fake{}
	f.pull(true)
	r := start(t, f)
	bell := r.Watch()
	until(t, "absence", func() bool { return r.Status(drivers.KindIDCard).Code == drivers.CodeNoDevice })
	if _, err := Take[drivers.IDCardReader](t.Context(), r, drivers.KindIDCard); drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("Take = %v", err)
	}
	f.pull(false)
	until(t, "opening", func() bool { return r.Status(drivers.KindIDCard).Ready() })
	select {
	case <-bell:
	case <-time.After(time.Second):
		t.Error("nobody was told")
	}
	// A user who finds it gone gets it opened again at once.
	l, err := Take[drivers.IDCardReader](t.Context(), r, drivers.KindIDCard)
	if err != nil {
		t.Fatal(err)
	}
	f.pull(true)
	l.Done(&drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged})
	l.Done(nil) // twice is fine
	until(t, "loss", func() bool { return !r.Status(drivers.KindIDCard).Ready() })
	f.pull(false)
	until(t, "second opening", func() bool { return r.Status(drivers.KindIDCard).Ready() })
	if err := r.Await(t.Context(), drivers.KindIDCard); err != nil {
		t.Error(err)
	}
}

func TestOneUserAtATime(t *testing.T) {
	r := start(t, &fake{})
	until(t, "opening", func() bool { return r.Status(drivers.KindIDCard).Ready() })
	l, err := Take[drivers.IDCardReader](t.Context(), r, drivers.KindIDCard)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Status(drivers.KindIDCard).InUse {
		t.Error("not shown as in use")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := Take[drivers.IDCardReader](ctx, r, drivers.KindIDCard); !errors.Is(err, ErrBusy) {
		t.Errorf("second Take = %v", err)
	}
	l.Done(nil)
	if _, err := Take[drivers.ReceiptPrinter](t.Context(), r, drivers.KindIDCard); drivers.Fault(err).Code != drivers.CodeUnsupported {
		t.Errorf("Take as a printer = %v", err)
	}
	if _, err := Take[drivers.ReceiptPrinter](t.Context(), r, drivers.KindReceipt); drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("Take of nothing = %v", err)
	}
}

// A cable that is pulled or put back is seen at once: here no time passes at all, so that neither the end of a pause nor the next
// question can be what shows it.
func TestAPluggingIsSeenAtOnce(t *testing.T) {
	f := &fake{}
	f.pull(true)
	r := startOn(t, f, clock.Fixed(time.Date(2026, 11, 27, 9, 0, 0, 0, clock.Shanghai)))
	r.settle = 0
	events := make(chan hotplug.Event)
	go r.Listen(t.Context(), events)
	until(t, "absence", func() bool { return r.Status(drivers.KindIDCard).Code == drivers.CodeNoDevice })
	f.pull(false)
	events <- hotplug.Event{Action: hotplug.Added, Subsystem: "usb"}
	until(t, "opening", func() bool { return r.Status(drivers.KindIDCard).Ready() })
	f.pull(true)
	events <- hotplug.Event{Action: hotplug.Removed, Subsystem: "usb"}
	until(t, "loss", func() bool { return !r.Status(drivers.KindIDCard).Ready() })
	close(events)
}
