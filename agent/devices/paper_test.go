package devices_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/agent/store"
	"tongban/deploy/sim/client"
	"tongban/deploy/sim/laser"
	"tongban/deploy/sim/rig"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	profiles "tongban/firmware-profiles"
)

// printers is a terminal with both printers and their gauges; it is started again on the same database.
type printers struct {
	*devices.Rack
	stop func()
}

func startPrinters(t *testing.T, path string, at rig.Ready) printers {
	t.Helper()
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	model := profiles.Terminal{Devices: []profiles.Place{{Kind: "receipt", Profile: "escpos-58"}, {Kind: "laser", Profile: "ipp-a4-colour"}}}
	slots, err := devices.Slots(set, model, map[string]string{"receipt": "tcp:" + at.ReceiptTCP, "laser": at.Laser})
	if err != nil {
		t.Fatal(err)
	}
	if err := devices.Gauges(t.Context(), db, set, slots, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	r := devices.New(slots, clock.System(), slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	for _, k := range []drivers.Kind{drivers.KindReceipt, drivers.KindLaser} {
		shown(t, r, k, true, backWithin)
	}
	return printers{r, func() {
		cancel()
		<-done
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}}
}

// wear puts down that so many millimetres of the roll were used.
func wear(t *testing.T, path string, mm int) {
	t.Helper()
	db, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Do(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO counter (name, value) VALUES ('paper used receipt', ?)`, mm*10)
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// paper waits until the rack says so of a printer's paper.
func (p printers) paper(t *testing.T, k drivers.Kind, want drivers.Supply) {
	t.Helper()
	for from := time.Now(); p.Status(k).Status.Paper != want; time.Sleep(10 * time.Millisecond) {
		if time.Since(from) > 2*backWithin {
			t.Fatalf("paper of %s is %q, want %q", k, p.Status(k).Status.Paper, want)
		}
	}
}

func (p printers) slip(t *testing.T, key string, mm int) {
	t.Helper()
	l, err := devices.Take[drivers.ReceiptPrinter](t.Context(), p.Rack, drivers.KindReceipt)
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, 384, mm*8))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	_, err = l.Device.Print(t.Context(), drivers.Slip{Key: key, Image: img})
	l.Done(err)
	if err != nil {
		t.Fatal(err)
	}
}

func (p printers) pages(t *testing.T, key string, n int) error {
	t.Helper()
	l, err := devices.Take[drivers.LaserPrinter](t.Context(), p.Rack, drivers.KindLaser)
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.Device.Print(t.Context(), drivers.PrintJob{Key: key, Document: bytes.NewReader(drivertest.TestPDF(n)), Format: drivers.FormatPDF, Pages: n})
	l.Done(err)
	return err
}

// A roll of 60 mm and a tray of 250 sheets are counted down across a restart, the terminal warns before their end, and begins
// anew when somebody loads them. That the tray is empty the printer says itself.
func TestPaperIsCountedDown(t *testing.T) {
	t.Parallel()
	tm, at, err := rig.Start(rig.Config{Name: "PAPER", Kinds: []string{"receipt", laser.Kind}, NoPTY: true, ReceiptTCP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tm.Close() })
	path := filepath.Join(t.TempDir(), "agent.db")
	p := startPrinters(t, path, at)
	if full := p.Status(drivers.KindReceipt).PaperLeft; full.Left != full.Full || full.Full < 35 || full.Full > 45 {
		t.Errorf("a new roll of 60 mm has %+v", full)
	}
	p.stop()
	wear(t, path, 35_000) // most of the roll, which would take minutes here
	p = startPrinters(t, path, at)
	p.slip(t, "slip-first", 1000)
	p.paper(t, drivers.KindReceipt, drivers.SupplyFull) // 36.0 m of 39.6
	for i := range 11 {
		if err := p.pages(t, fmt.Sprint("pages-", i), 20); err != nil {
			t.Fatal(err)
		}
	}
	p.paper(t, drivers.KindLaser, drivers.SupplyLow) // 30 left
	p.stop()

	p = startPrinters(t, path, at)
	defer func() { p.stop() }()
	if left := p.Status(drivers.KindLaser).PaperLeft; left.Left != 30 || left.Used != 220 {
		t.Errorf("after a restart the tray has %+v", left)
	}
	p.slip(t, "slip-last", 900)
	p.paper(t, drivers.KindReceipt, drivers.SupplyLow) // 2.7 m left
	if err := p.pages(t, "too-many", 31); err == nil {
		t.Error("31 pages came out of 30 sheets")
	}
	p.paper(t, drivers.KindLaser, drivers.SupplyOut)

	if err := client.New(at.Control).Paper(t.Context(), laser.Kind, "full"); err != nil {
		t.Fatal(err)
	}
	for _, k := range []drivers.Kind{drivers.KindReceipt, drivers.KindLaser} {
		if err := p.Loaded(t.Context(), k); err != nil {
			t.Fatal(err)
		}
		p.paper(t, k, drivers.SupplyFull)
	}
	if err := p.Loaded(t.Context(), drivers.KindIDCard); err == nil {
		t.Error("a reader was loaded with paper")
	}
}
