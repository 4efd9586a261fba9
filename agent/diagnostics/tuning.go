package diagnostics

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tongban/agent/screen"
	"tongban/drivers"
)

// tuned are the settings of the face camera that a technician may change (校准项): what depends on the place where the terminal stands. All
// others stay as the camera does them by itself.
var tuned = []struct{ name, word string }{{"brightness", "亮度"}, {"exposure", "曝光"}}

// presses are how many presses lead from one end of a setting to the other.
const presses = 16

// control is one setting as it stands.
type control struct {
	stream drivers.Stream
	drivers.CameraControl
}

// controlsOf reads what may be changed.
func controlsOf(ctx context.Context, dev drivers.FaceCamera) ([]control, error) {
	var out []control
	for _, s := range dev.Streams() {
		all, err := dev.Controls(ctx, s)
		if err != nil {
			return nil, err
		}
		for _, t := range tuned {
			if i := slices.IndexFunc(all, func(c drivers.CameraControl) bool { return c.Name == t.name }); i >= 0 {
				out = append(out, control{s, all[i]})
			}
		}
	}
	return out, nil
}

func controlViews(all []control) []screen.ServiceControl {
	out := []screen.ServiceControl{}
	for _, c := range all {
		word := ""
		for _, t := range tuned {
			if t.name == c.Name {
				word = t.word
			}
		}
		out = append(out, screen.ServiceControl{
			Stream: string(c.stream), Name: c.Name, Label: streamWords[c.stream] + word, Value: c.Value, Min: c.Min, Max: c.Max, Auto: c.Auto,
			Step: max((c.Max-c.Min)/presses, 1),
		})
	}
	return out
}

// SetControl sets one setting of the face camera, now and after each start, and takes new pictures, so that whoever sets it sees what it does.
func (d *Desk) SetControl(ctx context.Context, in screen.SetControl) error {
	v, f, err := d.tuning()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(f.controls, func(c control) bool { return string(c.stream) == in.Stream && c.Name == in.Name })
	if i < 0 || in.Value < f.controls[i].Min || in.Value > f.controls[i].Max {
		return ErrValue
	}
	err = d.tune(ctx, v, f, func(ctx context.Context, dev drivers.FaceCamera) error {
		return dev.SetControl(ctx, f.controls[i].stream, in.Name, in.Value)
	})
	if err != nil {
		return err
	}
	return d.o.Calibration.keep(ctx, drivers.KindCamera, in.Stream+"."+in.Name, in.Value)
}

// Automatic leaves the face camera to itself again, now and after each start.
func (d *Desk) Automatic(ctx context.Context) error {
	v, f, err := d.tuning()
	if err != nil {
		return err
	}
	if err := d.tune(ctx, v, f, func(ctx context.Context, dev drivers.FaceCamera) error { return dev.Automatic(ctx) }); err != nil {
		return err
	}
	return d.o.Calibration.forget(ctx, drivers.KindCamera)
}

// tuning is the visit with what its test of the camera found; before a test nobody has seen what there is to change.
func (d *Desk) tuning() (*visit, finding, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.visit
	switch {
	case v == nil:
		return nil, finding{}, ErrClosed
	case v.testing != "":
		return nil, finding{}, ErrTesting
	}
	f := v.findings[drivers.KindCamera]
	if len(f.controls) == 0 {
		return nil, finding{}, ErrValue
	}
	v.touched = d.o.Clock.Now()
	return v, f, nil
}

// tune changes the camera's settings and looks through it again.
func (d *Desk) tune(ctx context.Context, v *visit, f finding, change func(ctx context.Context, dev drivers.FaceCamera) error) error {
	ctx, stop := context.WithTimeout(ctx, testLimit)
	defer stop()
	err := lent(ctx, d.o.Rack, drivers.KindCamera, func(dev drivers.FaceCamera) (err error) {
		if err := change(ctx, dev); err != nil {
			return err
		}
		if f.pictures, err = faces(ctx, dev); err != nil {
			return err
		}
		f.controls, err = controlsOf(ctx, dev)
		return err
	})
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	f.at = d.o.Clock.Now()
	v.findings[drivers.KindCamera] = f
	return nil
}

// forget drops what was kept of a kind.
func (c Calibration) forget(ctx context.Context, kind drivers.Kind) error {
	err := c.DB.Do(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM calibration WHERE kind = ?`, string(kind))
		return err
	})
	if err != nil {
		return fmt.Errorf("forget calibration: %w", err)
	}
	return nil
}

// eyes sets what was kept of a face camera. A value that it does not take, since another camera was put in its place, leaves the others alone.
func (c Calibration) eyes(ctx context.Context, dev drivers.FaceCamera) error {
	kept, err := c.kept(ctx, drivers.KindCamera)
	if err != nil {
		return err
	}
	var errs []error
	for name, value := range kept {
		stream, setting, _ := strings.Cut(name, ".")
		if !slices.Contains(dev.Streams(), drivers.Stream(stream)) {
			continue
		}
		if err := dev.SetControl(ctx, drivers.Stream(stream), setting, value); err != nil {
			errs = append(errs, fmt.Errorf("set %s to %d: %w", name, value, err))
		}
	}
	return errors.Join(errs...)
}

// kept is all that was set of a kind.
func (c Calibration) kept(ctx context.Context, kind drivers.Kind) (map[string]int, error) {
	rows, err := c.DB.Read().QueryContext(ctx, `SELECT name, value FROM calibration WHERE kind = ?`, string(kind))
	if err != nil {
		return nil, fmt.Errorf("read calibration: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := map[string]int{}
	for rows.Next() {
		var name string
		var value int
		if err := rows.Scan(&name, &value); err != nil {
			return nil, fmt.Errorf("read calibration: %w", err)
		}
		out[name] = value
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read calibration: %w", err)
	}
	return out, nil
}
