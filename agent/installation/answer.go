package installation

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"tongban/agent/screen"
	"tongban/agent/store"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

// Answer writes down what the technician found at one point; a number is judged by its bounds, never by whoever measured.
func (b *Book) Answer(ctx context.Context, in screen.InstallAnswer) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, err := b.point(in.Point)
	if err != nil {
		return err
	}
	if b.reading == p.ID {
		return ErrReading
	}
	if in.State == "" && in.Value == nil {
		return b.take(ctx, p.ID)
	}
	a := answer{at: b.o.Clock.Now()}
	switch state := wire.PointState(in.State); {
	case state == wire.PointAbsent:
		if p.Device == "" || b.fitted(p) {
			return ErrFitted
		}
		a.state = state
	case p.Answer == profiles.AnswerNumber:
		if in.Value == nil || math.IsNaN(*in.Value) || *in.Value < 0 || *in.Value > 1e6 {
			return ErrNumber
		}
		a.value, a.state = in.Value, judge(p.Met(*in.Value))
	case state == wire.PointFailed, state == wire.PointOK && p.Answer == profiles.AnswerConfirm:
		a.state = state // a picture or a read that cannot be had is a failure that somebody says; that it is right they say themselves
	default:
		return ErrAnswer
	}
	return b.keep(ctx, p.ID, a)
}

func judge(ok bool) wire.PointState {
	if ok {
		return wire.PointOK
	}
	return wire.PointFailed
}

// keep writes an answer. Called with mu held.
func (b *Book) keep(ctx context.Context, point string, a answer) error {
	err := b.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO installation_answer (point, state, value, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (point) DO UPDATE SET state = excluded.state, value = excluded.value, at = excluded.at`, point, a.state, a.value, store.Ms(a.at))
		return err
	})
	if err != nil {
		return err
	}
	b.answers[point] = a
	return nil
}

// take takes an answer back. Called with mu held.
func (b *Book) take(ctx context.Context, point string) error {
	if _, ok := b.answers[point]; !ok {
		return nil
	}
	err := b.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM installation_answer WHERE point = ?`, point)
		return err
	})
	if err == nil {
		delete(b.answers, point)
	}
	return err
}

// fitted reports whether the point's device has a slot; a point without a device is always there.
func (b *Book) fitted(p profiles.Point) bool {
	return p.Device == "" || b.o.Rack.Has(drivers.Kind(p.Device))
}

// state is how a point stands, "" while it is open: a picture that belongs to it must be there too. Called with mu held.
func (b *Book) state(p profiles.Point) wire.PointState {
	a := b.answers[p.ID].state
	pictures := 0
	for _, x := range b.photos {
		if x.point == p.ID {
			pictures++
		}
	}
	switch {
	case a == wire.PointFailed || a == wire.PointAbsent:
		return a
	case p.Answer == profiles.AnswerPhoto && pictures > 0:
		return wire.PointOK
	case p.Answer == profiles.AnswerPhoto, p.Photo && pictures == 0:
		return ""
	}
	return a
}

// Restart begins a new record, for a terminal that was moved: the old one must be signed, so that nothing is lost.
func (b *Book) Restart(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.record == "" {
		return nil
	}
	if b.signed.IsZero() {
		return ErrNotSigned
	}
	err := b.o.DB.Do(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"installation", "installation_answer", "installation_photo"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return kept(fmt.Errorf("begin a new installation record: %w", err))
	}
	b.record, b.revision, b.envelope, b.said = "", 0, "", ""
	clear(b.answers)
	b.photos = nil
	return nil
}
