package devices

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"tongban/agent/store"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
)

// Gauge counts the paper of one printer down from a new load (用纸计数), across restarts. Many printers say nothing before the
// paper ends; the count warns earlier, and it never stops a printer that still has paper: it can only be as right as
// whoever loads the paper tells it.
type Gauge struct {
	db    *store.DB
	kind  drivers.Kind
	media profiles.Media
	log   *slog.Logger

	mu     sync.Mutex
	used   int64 // in the terminal's life; tenths of a millimetre, or sheets
	loaded int64 // of used, when the present load was new
}

// PaperLeft is what a gauge shows.
type PaperLeft struct {
	Roll       bool
	Used, Left float64 // of the present load, metres or sheets; an estimate
	Full, Warn float64
}

// Low reports whether it is time to bring paper.
func (p PaperLeft) Low() bool { return p.Left <= p.Warn }

// ErrNotCounted means that nobody counts the paper of a device.
var ErrNotCounted = errors.New("paper of this device is not counted")

// perMM is how fine a roll is counted.
const perMM = 10

// Gauges gives every printer whose profile says what a load is a gauge, with what it counted before.
func Gauges(ctx context.Context, db *store.DB, set profiles.Set, slots []Slot, log *slog.Logger) error {
	for i, s := range slots {
		d, err := set.Device(s.Profile)
		if err != nil || d.Media == nil {
			continue
		}
		g := &Gauge{db: db, kind: s.Kind, media: *d.Media, log: log}
		for name, to := range map[string]*int64{g.usedName(): &g.used, g.loadedName(): &g.loaded} {
			err := db.Read().QueryRowContext(ctx, `SELECT coalesce(max(value), 0) FROM counter WHERE name = ?`, name).Scan(to)
			if err != nil {
				return fmt.Errorf("read paper count: %w", err)
			}
		}
		open := s.Open
		slots[i].Gauge = g
		slots[i].Open = func(ctx context.Context) (drivers.Device, error) {
			dev, err := open(ctx)
			if err != nil {
				return nil, err
			}
			return g.around(dev), nil
		}
	}
	return nil
}

func (g *Gauge) usedName() string   { return "paper used " + string(g.kind) }
func (g *Gauge) loadedName() string { return "paper loaded " + string(g.kind) }

// around lets everything that is printed pass the gauge, whoever prints it.
func (g *Gauge) around(dev drivers.Device) drivers.Device {
	switch p := dev.(type) {
	case drivers.ReceiptPrinter:
		return countedSlips{p, g}
	case drivers.LaserPrinter:
		return countedSheets{p, g}
	}
	return dev
}

// spend counts before the paper moves: after a crash in between it is the warning that comes early, not the end.
func (g *Gauge) spend(ctx context.Context, n int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.used += n
	if err := g.keep(context.WithoutCancel(ctx), g.usedName(), g.used); err != nil {
		g.log.Warn("paper count not kept", "kind", g.kind, "err", err) // a slip matters more than its count
	}
}

// renew begins a new load.
func (g *Gauge) renew(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.keep(ctx, g.loadedName(), g.used); err != nil {
		return err
	}
	g.loaded = g.used
	return nil
}

func (g *Gauge) keep(ctx context.Context, name string, value int64) error {
	err := g.db.Do(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO counter (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep paper count: %w", err)
	}
	return nil
}

// left is what the gauge shows, nil without a gauge.
func (g *Gauge) left() *PaperLeft {
	if g == nil {
		return nil
	}
	g.mu.Lock()
	used := float64(g.used - g.loaded)
	g.mu.Unlock()
	out := &PaperLeft{Roll: g.media.Roll(), Full: g.media.Full(), Warn: g.media.Low()}
	if out.Roll {
		used, out.Full, out.Warn = used/perMM/1000, out.Full/1000, out.Warn/1000
	}
	out.Used, out.Left = used, max(0, out.Full-used)
	return out
}

// warn adds the gauge's warning to what the printer says of its paper; whether it is out only the printer knows.
func (g *Gauge) warn(st drivers.Status) drivers.Status {
	if g.left().Low() && st.Paper != drivers.SupplyOut && st.Paper != drivers.SupplyJammed {
		st.Paper = drivers.SupplyLow
	}
	return st
}

// countedSlips is a receipt printer behind its gauge.
type countedSlips struct {
	drivers.ReceiptPrinter
	gauge *Gauge
}

// Print implements drivers.ReceiptPrinter.
func (p countedSlips) Print(ctx context.Context, s drivers.Slip) (drivers.PrintResult, error) {
	rows := 0 // of an eighth of a millimetre
	if s.Image != nil {
		rows = s.Image.Rect.Dy()
	}
	for _, l := range s.Lines {
		rows += 32 * max(1, l.Size)
	}
	if s.QR != "" {
		rows += p.Dots()
	}
	p.gauge.spend(ctx, int64((float64(rows)/8+p.gauge.media.Knife)*perMM))
	return p.ReceiptPrinter.Print(ctx, s) //nolint:wrapcheck // the driver's own words
}

// Status implements drivers.Device.
func (p countedSlips) Status(ctx context.Context) (drivers.Status, error) {
	st, err := p.ReceiptPrinter.Status(ctx)
	if err != nil {
		return st, err //nolint:wrapcheck // the driver's own words
	}
	return p.gauge.warn(st), nil
}

// countedSheets is a page printer behind its gauge.
type countedSheets struct {
	drivers.LaserPrinter
	gauge *Gauge
}

// Print implements drivers.LaserPrinter.
func (p countedSheets) Print(ctx context.Context, j drivers.PrintJob) (drivers.JobAccount, error) {
	asked := j.Pages
	if j.Duplex {
		asked = (asked + 1) / 2
	}
	asked *= max(1, j.Copies)
	p.gauge.spend(ctx, int64(asked))
	acc, err := p.LaserPrinter.Print(ctx, j)
	if more := acc.Sheets - asked; more > 0 { // nobody said how many pages it has
		p.gauge.spend(ctx, int64(more))
	}
	return acc, err //nolint:wrapcheck // the driver's own words
}

// Status implements drivers.Device.
func (p countedSheets) Status(ctx context.Context) (drivers.Status, error) {
	st, err := p.LaserPrinter.Status(ctx)
	if err != nil {
		return st, err //nolint:wrapcheck // the driver's own words
	}
	return p.gauge.warn(st), nil
}

// Loaded tells the gauge of a kind that somebody has put in a new roll or filled the tray (换纸).
func (r *Rack) Loaded(ctx context.Context, k drivers.Kind) error {
	s := r.find(k)
	if s == nil || s.Gauge == nil {
		return ErrNotCounted
	}
	if err := s.Gauge.renew(ctx); err != nil {
		return err
	}
	r.stir()
	r.ring()
	return nil
}
