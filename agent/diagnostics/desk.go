// Package diagnostics is the field technician's visit to a terminal (现场维护): a code from the centre opens it without a
// network, the citizens' business rests meanwhile, each device is tested with what to do next in plain words, the computer
// is compared with the tender, and a short code that a telephone can carry says how it ended.
package diagnostics

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/agent/outbox"
	"tongban/agent/seal"
	"tongban/agent/store"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

// Why a technician is not let in, or may not go on.
var (
	ErrNotEnrolled = errors.New("terminal is not enrolled")
	ErrWrong       = errors.New("service code is wrong")
	ErrLate        = errors.New("service code has expired")
	ErrUsed        = errors.New("service code was used")
	ErrLocked      = errors.New("too many wrong codes")
	ErrClosed      = errors.New("no technician is here")
	ErrTesting     = errors.New("a test is under way")
	ErrNoTest      = errors.New("this device has no test")
	ErrNoLine      = errors.New("no bytes pass on this device's line")
	ErrNoTrace     = errors.New("nothing was recorded")
)

// Bounds of a visit.
const (
	wrongInARow = 5
	lockedFor   = 10 * time.Minute
	idleLimit   = 15 * time.Minute // without a touch: a terminal that was left open serves citizens again
)

// Station is what enrolment told.
type Station struct {
	Terminal string
	Label    string
	Key      func() ([]byte, error) // of the service codes
	Sealer   *seal.Sealer
}

// Options of a Desk.
type Options struct {
	DB      *store.DB
	Rack    *devices.Rack
	Set     profiles.Set
	Model   profiles.Terminal
	Root    fs.FS // of this computer, to read what it is made of
	Version string
	Clock   clock.Clock
	Log     *slog.Logger
	Box     *outbox.Box

	Calibration Calibration
	Panel       *Panel      // the terminal's own screen, nil: not looked at
	Changed     func()      // the screen has to be drawn anew; never called under the desk's lock
	Serving     func() bool // a citizen is here; nil = never; not called under the desk's lock either
}

// Desk holds the one visit. It is safe for concurrent use.
type Desk struct {
	o Options

	mu      sync.Mutex
	station *Station
	visit   *visit
	wrong   int
	until   time.Time // locked
	remote  bool      // an order of the centre is being carried out
}

// visit is one technician's visit.
type visit struct {
	pass     wire.ServicePass
	begun    time.Time
	touched  time.Time
	findings map[drivers.Kind]finding
	machine  []wire.MachineCheck
	testing  drivers.Kind
	stop     context.CancelFunc // of the test
	result   *result
	trace    *trace
}

// New makes a desk; nobody is there.
func New(o Options) *Desk { return &Desk{o: o} }

// Enrolled tells the desk who the terminal is; before that no code can be checked.
func (d *Desk) Enrolled(s Station) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.station = &s
}

// Here reports whether a technician has the terminal.
func (d *Desk) Here() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.visit != nil
}

// Open lets in whoever holds a code. A code opens once, also after a restart: what was used is on the disk before the
// door is open.
func (d *Desk) Open(ctx context.Context, code string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.o.Clock.Now()
	switch {
	case d.visit != nil:
		return nil // pressed twice
	case d.station == nil:
		return ErrNotEnrolled
	case now.Before(d.until):
		return ErrLocked
	}
	key, err := d.station.Key()
	if err != nil {
		return err
	}
	pass, err := wire.ReadServiceCode(key, code, now)
	switch {
	case errors.Is(err, wire.ErrServiceLate):
		return ErrLate
	case err != nil:
		if d.wrong++; d.wrong >= wrongInARow {
			d.wrong, d.until = 0, now.Add(lockedFor)
		}
		return ErrWrong
	}
	if err := d.use(ctx, pass, now); err != nil {
		return err
	}
	d.wrong = 0
	d.visit = &visit{pass: pass, begun: now, touched: now, findings: map[drivers.Kind]finding{}, machine: Machine(d.o.Root, d.o.Model)}
	d.o.Log.Info("service visit began", "code_number", pass.Nonce)
	d.lookAtPanel()
	return nil
}

// use keeps that a code was used, and forgets those that no clock of ours would take any more.
func (d *Desk) use(ctx context.Context, p wire.ServicePass, now time.Time) error {
	err := d.o.DB.Do(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM service_pass WHERE at < ?`, store.Ms(now.Add(-10*wire.ServiceLife))); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `INSERT INTO service_pass (at, nonce, used_at) VALUES (?, ?, ?) ON CONFLICT (at, nonce) DO NOTHING`, store.Ms(p.At), int(p.Nonce), store.Ms(now))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err == nil && n == 0 {
			err = ErrUsed
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("use service code: %w", err)
	}
	return nil
}

// Close ends the visit. One that was not finished with a result leaves one all the same: nobody takes a terminal out of
// service without a trace.
func (d *Desk) Close(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.visit == nil {
		return nil
	}
	if d.visit.result == nil {
		if err := d.finish(ctx); err != nil {
			return err
		}
	}
	d.leave("closed")
	return nil
}

// leave forgets the visit. Called with mu held.
func (d *Desk) leave(why string) {
	if d.visit.stop != nil {
		d.visit.stop()
	}
	if d.visit.trace != nil {
		d.visit.trace.ear.Stop()
	}
	d.o.Log.Info("service visit ended", "code_number", d.visit.pass.Nonce, "why", why)
	d.visit = nil
}

// Run closes a visit that nobody touches any more, until ctx ends.
func (d *Desk) Run(ctx context.Context) {
	for clock.Sleep(ctx, d.o.Clock, idleLook) == nil {
		d.mu.Lock()
		over := d.visit != nil && d.visit.testing == "" && d.o.Clock.Now().Sub(d.visit.touched) > idleLimit
		d.mu.Unlock()
		if !over {
			continue
		}
		if err := d.Close(ctx); err != nil {
			d.o.Log.Error("service visit cannot be closed", "err", err)
		}
		d.o.Changed()
	}
}

const idleLook = 5 * time.Second

// Test begins the test of a device and returns at once; the screen follows. It ends with ctx of Background at the latest.
func (d *Desk) Test(background context.Context, kind drivers.Kind) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.visit
	if v == nil {
		return ErrClosed
	}
	t, ok := tasks[kind]
	switch {
	case !ok || !d.o.Rack.Has(kind):
		return ErrNoTest
	case v.testing != "":
		return ErrTesting
	}
	ctx, stop := context.WithTimeout(background, testLimit)
	v.testing, v.stop, v.touched, v.result = kind, stop, d.o.Clock.Now(), nil
	b := bench{d.o.Rack, d.o.Clock, d.wants(kind)}
	go func() {
		defer stop()
		f := judged(t.run(ctx, b))
		d.mu.Lock()
		f.at = d.o.Clock.Now()
		if d.visit == v {
			v.testing, v.stop, v.touched = "", nil, f.at
			v.findings[kind] = f
		}
		d.mu.Unlock()
		d.o.Changed()
	}()
	return nil
}

// Stop ends a test that nobody wants to wait for.
func (d *Desk) Stop() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.visit == nil {
		return ErrClosed
	}
	d.visit.touched = d.o.Clock.Now()
	if d.visit.stop != nil {
		d.visit.stop()
	}
	return nil
}

// Again reads the computer anew and forgets the tests: after a repair everything is looked at once more.
func (d *Desk) Again() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.visit == nil:
		return ErrClosed
	case d.visit.testing != "":
		return ErrTesting
	}
	v := d.visit
	v.touched, v.result = d.o.Clock.Now(), nil
	v.findings, v.machine = map[drivers.Kind]finding{}, Machine(d.o.Root, d.o.Model)
	d.lookAtPanel()
	return nil
}

// wants are the tender's numbers for a place: of the part that the tender names, else of the profile that serves it.
func (d *Desk) wants(kind drivers.Kind) thresholds {
	for _, p := range d.o.Model.Outfit {
		if p.Kind == string(kind) {
			if dev, err := d.o.Set.Device(p.Profile); err == nil {
				return dev.Tender
			}
		}
	}
	if dev, err := d.o.Set.Device(d.o.Rack.Status(kind).Profile); err == nil {
		return dev.Tender
	}
	return nil
}
