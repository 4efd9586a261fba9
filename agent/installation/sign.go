package installation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"tongban/agent/diagnostics"
	"tongban/agent/outbox"
	"tongban/agent/seal"
	"tongban/agent/store"
	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

// Sign closes the record as it stands: sealed, signed by the terminal's key under the number of the technician's code, and in the
// outbox with its pictures before the screen says so. A record that is changed afterwards is signed again, as the next revision.
func (b *Book) Sign(ctx context.Context, g diagnostics.Guest) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.reading != "":
		return ErrReading
	case b.record != "" && !b.signed.IsZero():
		return nil // pressed twice: one signature
	}
	for _, p := range b.o.List.Points {
		if b.state(p) == "" {
			return ErrOpen
		}
	}
	now := b.o.Clock.Now()
	id, err := seal.NewID(now)
	if err != nil {
		return err
	}
	body := b.body(g, now)
	files, err := b.adopt()
	if err != nil {
		return err
	}
	err = b.o.Box.PutRecord(ctx, outbox.Record{
		ID: id, Files: files,
		Seal: func(seq int64) (wire.Envelope, error) {
			return g.Sealer.Close(seal.Order{ID: id, Lane: wire.LaneReport, Kind: wire.KindInstallation, Seq: seq, At: now}, body)
		},
		Also: func(ctx context.Context, tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, `UPDATE installation_photo SET sent = 1`); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `UPDATE installation SET revision = ?, signed_at = ?, envelope = ? WHERE record = ?`, body.Revision, store.Ms(now), id, b.record)
			return err
		},
	})
	if err != nil {
		return errors.Join(kept(err), b.o.Box.Disown(context.WithoutCancel(ctx), id, files))
	}
	b.signed, b.revision, b.envelope, b.said = now, body.Revision, id, ""
	for i, p := range b.photos {
		b.photos[i].sent = true
		if err := os.Remove(b.path(p.Digest)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			b.o.Log.Warn("picture stays beside the outbox", "err", err) // the next start sweeps it
		}
	}
	b.o.Log.Info("installation record signed", "code_number", g.Pass.Nonce, "revision", b.revision)
	return nil
}

// adopt hands the pictures that were never signed to the outbox. Called with mu held.
func (b *Book) adopt() ([]outbox.File, error) {
	var files []outbox.File
	for _, p := range b.photos {
		if p.sent {
			continue
		}
		f := outbox.File{Digest: p.Digest, Size: p.Size}
		if err := b.o.Box.Adopt(b.path(p.Digest), f); err != nil {
			return nil, kept(fmt.Errorf("hand over pictures: %w", err))
		}
		files = append(files, f)
	}
	return files, nil
}

// body is the record as it goes to the centre. Called with mu held.
func (b *Book) body(g diagnostics.Guest, now time.Time) wire.Installation {
	out := wire.Installation{
		Record: b.record, Revision: b.revision + 1, Pass: g.Pass.Nonce, PassAt: g.Pass.At, Begun: b.begun.UTC(), At: now.UTC(),
		Version: b.o.Version, Model: b.o.Model.Model, List: b.o.List.Version, Devices: b.devices(),
	}
	for _, p := range b.o.List.Points {
		a := b.answers[p.ID]
		x := wire.InstallPoint{
			ID: p.ID, Part: p.Part, Title: p.Title, Answer: p.Answer, State: b.state(p), Value: a.value, Unit: p.Unit, Want: p.Want(), Clause: p.Clause,
			Device: p.Device, Fail: p.Fail, At: a.at.UTC(),
		}
		if p.Answer == profiles.AnswerRead {
			x.Unit, x.Want = "ms", fmt.Sprintf("离 %d 厘米读到", p.At)
		}
		for _, f := range b.photos {
			if f.point == p.ID {
				x.Photos = append(x.Photos, f.InstallPhoto)
				if a.at.IsZero() {
					x.At = f.At.UTC()
				}
			}
		}
		out.Points = append(out.Points, x)
	}
	return out
}

// devices are those of the rack as they say of themselves, then what the tender wants and nobody has connected.
func (b *Book) devices() []wire.InstallDevice {
	var out []wire.InstallDevice
	at := map[string]bool{}
	for _, s := range b.o.Rack.All() {
		k := string(s.Kind)
		at[k] = true
		out = append(out, wire.InstallDevice{Kind: k, Name: profiles.KindName(k), Profile: s.Profile, Model: s.Info.Model, Serial: s.Info.Serial, Firmware: s.Info.Firmware, Fitted: s.Counters.Opened > 0})
	}
	for _, p := range b.o.Model.Outfit {
		if !at[p.Kind] {
			out = append(out, wire.InstallDevice{Kind: p.Kind, Name: profiles.KindName(p.Kind), Profile: p.Profile})
		}
	}
	return out
}
