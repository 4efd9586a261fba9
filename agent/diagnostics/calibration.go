package diagnostics

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/agent/screen"
	"tongban/agent/store"
	"tongban/drivers"
	"tongban/fleet/wire"
)

// ErrValue means that what was measured or set is out of range.
var ErrValue = errors.New("value is out of range")

// Calibration keeps what was set at this terminal (校准值).
type Calibration struct {
	DB    *store.DB
	Clock clock.Clock
	Log   *slog.Logger
}

const nameVolume = "volume"

// Volume is how loud the speaker was set, false where nobody did.
func (c Calibration) Volume(ctx context.Context) (percent int, set bool, err error) {
	return c.value(ctx, drivers.KindSpeaker, nameVolume)
}

// value reads one value, false where nobody set it.
func (c Calibration) value(ctx context.Context, kind drivers.Kind, name string) (value int, set bool, err error) {
	err = c.DB.Read().QueryRowContext(ctx, `SELECT value FROM calibration WHERE kind = ? AND name = ?`, string(kind), name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("read calibration: %w", err)
	}
	return value, true, nil
}

// keep writes one value.
func (c Calibration) keep(ctx context.Context, kind drivers.Kind, name string, value int) error {
	err := c.DB.Do(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO calibration (kind, name, value, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (kind, name) DO UPDATE SET value = excluded.value, at = excluded.at`, string(kind), name, value, store.Ms(c.Clock.Now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep calibration: %w", err)
	}
	return nil
}

// Apply makes each opening of a calibrated device set what was kept. A value that cannot be set is logged: a speaker that is too loud
// is better than none.
func (c Calibration) Apply(slots []devices.Slot) []devices.Slot {
	out := slices.Clone(slots)
	for i := range out {
		if out[i].Kind != drivers.KindSpeaker && out[i].Kind != drivers.KindCamera {
			continue
		}
		open := out[i].Open
		out[i].Open = func(ctx context.Context) (drivers.Device, error) {
			dev, err := open(ctx)
			if err != nil {
				return nil, err
			}
			if err := c.set(ctx, dev); err != nil {
				c.Log.Warn("device keeps its own settings", "driver", dev.Info().Driver, "err", err)
			}
			return dev, nil
		}
	}
	return out
}

// set gives a device that was just opened what was kept of its kind.
func (c Calibration) set(ctx context.Context, dev drivers.Device) error {
	switch x := dev.(type) {
	case drivers.Speaker:
		percent, set, err := c.Volume(ctx)
		if err != nil || !set {
			return err
		}
		return x.SetVolume(percent)
	case drivers.FaceCamera:
		return c.eyes(ctx, x)
	}
	return nil
}

// volumeLeast: 0 is mute, and a terminal that nobody hears is a fault for those who cannot read.
const volumeLeast = 10

// SetVolume sets how loud the terminal speaks, now and after each start.
func (d *Desk) SetVolume(ctx context.Context, percent int) error {
	if percent < volumeLeast || percent > 100 {
		return ErrValue
	}
	d.mu.Lock()
	v := d.visit
	if v != nil {
		v.touched = d.o.Clock.Now()
	}
	d.mu.Unlock()
	if v == nil {
		return ErrClosed
	}
	err := lent(ctx, d.o.Rack, drivers.KindSpeaker, func(dev drivers.Speaker) error { return dev.SetVolume(percent) })
	if err != nil {
		return err
	}
	return d.o.Calibration.keep(ctx, drivers.KindSpeaker, nameVolume, percent)
}

// volume is what is kept, 0 where nobody set it, -1 where there is no speaker.
func (d *Desk) volume(ctx context.Context) int {
	if !d.o.Rack.Has(drivers.KindSpeaker) || d.o.Calibration.DB == nil {
		return -1
	}
	percent, _, err := d.o.Calibration.Volume(ctx)
	if err != nil {
		d.o.Log.Warn("volume cannot be read", "err", err)
	}
	return percent
}

// Properties of the touch test.
const (
	propertyTouchPoints = "touch_points"
	propertyTouchArea   = "touch_area"
	mostPoints          = 10
	leastPoints         = 2
)

// Touched takes what the touch test saw (触摸测试): how many fingers at once, and which fields of the screen answered. The page counts,
// since only the window sees fingers; what it counted stands among the computer's own checks and goes with the result.
func (d *Desk) Touched(in screen.TouchResult) error {
	if in.Fields < 1 || in.Hit < 0 || in.Hit > in.Fields || in.Points < 0 || in.Points > mostPoints {
		return ErrValue
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.visit
	if v == nil {
		return ErrClosed
	}
	v.touched, v.result = d.o.Clock.Now(), nil
	points := wire.MachineCheck{Property: propertyTouchPoints, Want: "≥ " + strconv.Itoa(leastPoints) + " 点", Got: strconv.Itoa(in.Points) + " 点", State: checkBelow}
	for _, t := range d.o.Model.Tender {
		if t.Property == propertyTouchPoints {
			points.Clause, points.Want = t.Clause, bound(t)
			if t.Met(float64(in.Points)) {
				points.State = checkOK
			}
		}
	}
	if points.Clause == "" && in.Points >= leastPoints {
		points.State = checkOK
	}
	area := wire.MachineCheck{Property: propertyTouchArea, Want: fmt.Sprintf("%d 格都有反应", in.Fields), Got: fmt.Sprintf("%d 格", in.Hit), State: checkBelow}
	if in.Hit == in.Fields {
		area.State = checkOK
	}
	v.machine = replaced(replaced(v.machine, points), area)
	return nil
}

// replaced puts a check in the place of the one of its property, or behind the others.
func replaced(checks []wire.MachineCheck, c wire.MachineCheck) []wire.MachineCheck {
	out := slices.Clone(checks)
	if i := slices.IndexFunc(out, func(x wire.MachineCheck) bool { return x.Property == c.Property }); i >= 0 {
		out[i] = c
		return out
	}
	return append(out, c)
}
