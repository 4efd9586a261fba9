package devices_test

import (
	"context"
	"fmt"
	"image"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/agent/store"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
)

// What reading cards and printing slips may leave behind in memory, however often it is done; all that the terminal holds of
// its devices beside it is far less than the limit of the whole program.
const (
	leftBehind = 4 << 20
	wholeHeap  = 128 << 20
)

// Cards are read and slips printed again and again, 2000 times under make soak: the memory in use after the last is what it
// was after the first tenth.
func TestMemoryStaysFlat(t *testing.T) {
	rounds := 100
	if os.Getenv("SOAK") != "" {
		rounds = 2000
	}
	b := simtest.Start(t, simtest.IDCard, simtest.Receipt)
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "agent.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	model := profiles.Terminal{Devices: []profiles.Place{{Kind: "idcard", Profile: "ga450"}, {Kind: "receipt", Profile: "escpos-58"}}}
	slots, err := devices.Slots(set, model, map[string]string{"idcard": "serial:" + b.IDCard, "receipt": "serial:" + b.Receipt})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if err := devices.Gauges(t.Context(), db, set, slots, log); err != nil {
		t.Fatal(err)
	}
	r := devices.New(slots, clock.System(), log)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	shown(t, r, drivers.KindIDCard, true, backWithin)
	shown(t, r, drivers.KindReceipt, true, backWithin)

	img := image.NewGray(image.Rect(0, 0, 384, 80)) // a black bar
	var early runtime.MemStats
	late, misses := runtime.MemStats{}, 0 // a machine that is very busy answers too late now and then; that is not what is asked here
	for i := range rounds {
		b.PutCard("zhou")
		card, err := use(t, r, drivers.KindIDCard, func(ctx context.Context, d drivers.IDCardReader) (drivers.IDCard, error) { return d.Read(ctx, nil) })
		if err != nil || card.Name == "" {
			misses++
			t.Logf("read %d: %v", i, err)
			shown(t, r, drivers.KindIDCard, true, backWithin)
		}
		b.TakeCard()
		_, err = use(t, r, drivers.KindReceipt, func(ctx context.Context, d drivers.ReceiptPrinter) (drivers.PrintResult, error) {
			return d.Print(ctx, drivers.Slip{Key: fmt.Sprint("memory-", i), Image: img})
		})
		if err != nil {
			misses++
			t.Logf("slip %d: %v", i, err)
			shown(t, r, drivers.KindReceipt, true, backWithin)
		}
		if i == rounds/10 {
			runtime.GC()
			runtime.ReadMemStats(&early)
		}
	}
	if misses > 1+rounds/200 {
		t.Errorf("%d cards and slips of %d failed", misses, rounds)
	}
	runtime.GC()
	runtime.ReadMemStats(&late)
	grown := int64(late.HeapAlloc) - int64(early.HeapAlloc)
	t.Logf("%d rounds: %d kB then, %d kB now", rounds, early.HeapAlloc>>10, late.HeapAlloc>>10)
	if grown > leftBehind || late.HeapAlloc > wholeHeap {
		t.Errorf("memory grew by %d kB to %d kB in %d rounds", grown>>10, late.HeapAlloc>>10, rounds)
	}
}

// use borrows a device for one thing.
func use[D drivers.Device, R any](t *testing.T, r *devices.Rack, k drivers.Kind, f func(context.Context, D) (R, error)) (R, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	l, err := devices.Take[D](ctx, r, k)
	if err != nil {
		var none R
		return none, err
	}
	out, err := f(ctx, l.Device)
	l.Done(err)
	return out, err
}
