package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/db"
	"tongban/fleet"
	"tongban/fleet/wire"
)

// AssetRow is what the office wrote of a machine.
type AssetRow struct {
	Terminal, SerialNo, Maker, ArrivedOn, WarrantyUntil, Note string
	Version                                                   int64
}

// Assets returns what was written, by terminal; all when terminal is "".
func Assets(ctx context.Context, q db.Query, terminal string) (map[string]AssetRow, error) {
	out := map[string]AssetRow{}
	err := eachRow(ctx, q, `SELECT terminal, serial_no, maker, arrived_on, warranty_until, note, version FROM fleet_asset WHERE $1 = '' OR terminal = $1`, []any{terminal}, func(s scanner) error {
		var a AssetRow
		if err := s.Scan(&a.Terminal, &a.SerialNo, &a.Maker, &a.ArrivedOn, &a.WarrantyUntil, &a.Note, &a.Version); err != nil {
			return err
		}
		out[a.Terminal] = a
		return nil
	})
	return out, err
}

// PutAsset writes a record whose version is a.Version; stale is true when somebody else was faster.
func PutAsset(ctx context.Context, tx db.Tx, a AssetRow, by string) (stale bool, err error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO fleet_asset (terminal, serial_no, maker, arrived_on, warranty_until, note, version, updated_at, updated_by)
		VALUES ($1, $2, $3, $4, $5, $6, 1, $8, $9)
		ON CONFLICT (terminal) DO UPDATE SET serial_no = excluded.serial_no, maker = excluded.maker, arrived_on = excluded.arrived_on,
			warranty_until = excluded.warranty_until, note = excluded.note, version = fleet_asset.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by
		WHERE fleet_asset.version = $7`, a.Terminal, a.SerialNo, a.Maker, a.ArrivedOn, a.WarrantyUntil, a.Note, a.Version, db.Ms(tx.Now()), by)
	if err != nil {
		return false, fmt.Errorf("keep asset: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 0, err
}

// FileRow is an attached paper with what opens it.
type FileRow struct {
	fleet.AssetFile
	Digest, KeySealed string
}

// AddAssetFile keeps an attached paper.
func AddAssetFile(ctx context.Context, tx db.Tx, f FileRow) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO fleet_asset_file (id, terminal, device, title, mime, size, digest, key_sealed, added_at, added_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, f.ID, f.Terminal, f.Device, f.Title, f.MIME, f.Size, f.Digest, f.KeySealed, db.Ms(tx.Now()), f.AddedBy)
	if err != nil {
		return fmt.Errorf("keep asset file: %w", err)
	}
	return nil
}

// RemoveAssetFile marks a paper as removed; gone is true when there was none.
func RemoveAssetFile(ctx context.Context, tx db.Tx, terminal, id string) (gone bool, err error) {
	res, err := tx.ExecContext(ctx, `UPDATE fleet_asset_file SET removed_at = $3 WHERE terminal = $1 AND id = $2 AND removed_at = 0`, terminal, id, db.Ms(tx.Now()))
	if err != nil {
		return false, fmt.Errorf("remove asset file: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 0, err
}

// AssetFiles lists the papers of a terminal, oldest first.
func AssetFiles(ctx context.Context, q db.Query, terminal string) (out []FileRow, err error) {
	err = eachRow(ctx, q, `SELECT id, terminal, device, title, mime, size, digest, key_sealed, added_at, added_by FROM fleet_asset_file
		WHERE terminal = $1 AND removed_at = 0 ORDER BY added_at, id`, []any{terminal}, func(s scanner) error {
		var f FileRow
		var at int64
		if err := s.Scan(&f.ID, &f.Terminal, &f.Device, &f.Title, &f.MIME, &f.Size, &f.Digest, &f.KeySealed, &at, &f.AddedBy); err != nil {
			return err
		}
		f.AddedAt = db.FromMs(at)
		out = append(out, f)
		return nil
	})
	return out, err
}

// AddInstallation keeps a signed record.
func AddInstallation(ctx context.Context, tx db.Tx, id, terminal string, i wire.Installation) error {
	body, err := json.Marshal(i)
	if err != nil {
		return fmt.Errorf("encode installation: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO fleet_installation (id, terminal, record, revision, made_at, pass_at, nonce, failed, absent, body, received_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, id, terminal, i.Record, i.Revision, db.Ms(i.At), db.Ms(i.PassAt), int(i.Pass),
		i.Count(wire.PointFailed), i.Count(wire.PointAbsent), string(body), db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("keep installation: %w", err)
	}
	return nil
}

// Installations lists the records of a terminal, newest first.
func Installations(ctx context.Context, q db.Query, terminal string, limit int) (out []fleet.Installation, err error) {
	err = eachRow(ctx, q, `SELECT i.id, i.terminal, i.body, i.received_at, COALESCE(c.reason, ''), COALESCE(c.made_by, '')
		FROM fleet_installation i LEFT JOIN fleet_service_code c ON c.terminal = i.terminal AND c.at = i.pass_at AND c.nonce = i.nonce
		WHERE i.terminal = $1 ORDER BY i.made_at DESC, i.revision DESC, i.id DESC LIMIT $2`, []any{terminal, limit}, func(s scanner) error {
		var r fleet.Installation
		var body string
		var at int64
		if err := s.Scan(&r.ID, &r.Terminal, &body, &at, &r.Reason, &r.MadeBy); err != nil {
			return err
		}
		r.Received = db.FromMs(at)
		out = append(out, r)
		return json.Unmarshal([]byte(body), &out[len(out)-1].Installation)
	})
	return out, err
}

// Newest is the newest record of a terminal in numbers.
type Newest struct {
	ID             string
	Failed, Absent int
	MadeAt         time.Time
	AcceptedAt     time.Time
}

// NewestInstallations returns the newest record of every terminal that has one.
func NewestInstallations(ctx context.Context, q db.Query) (map[string]Newest, error) {
	out := map[string]Newest{}
	err := eachRow(ctx, q, `SELECT i.terminal, i.id, i.failed, i.absent, i.made_at, COALESCE(a.accepted_at, 0)
		FROM fleet_installation i LEFT JOIN fleet_acceptance a ON a.id = i.id ORDER BY i.made_at, i.revision, i.id`, nil, func(s scanner) error {
		var terminal string
		var n Newest
		var made, accepted int64
		if err := s.Scan(&terminal, &n.ID, &n.Failed, &n.Absent, &made, &accepted); err != nil {
			return err
		}
		n.MadeAt, n.AcceptedAt = db.FromMs(made), db.FromMs(accepted)
		out[terminal] = n
		return nil
	})
	return out, err
}

// AddInstallPhoto keeps what opens a picture; one that came with an earlier revision stays.
func AddInstallPhoto(ctx context.Context, tx db.Tx, terminal, digest, mime, keySealed string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO fleet_installation_photo (terminal, digest, mime, key_sealed, added_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (terminal, digest) DO NOTHING`, terminal, digest, mime, keySealed, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("keep installation picture: %w", err)
	}
	return nil
}

// InstallPhoto returns a picture's type and sealed key; known is false when there is none.
func InstallPhoto(ctx context.Context, q db.Query, terminal, digest string) (mime, keySealed string, known bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT mime, key_sealed FROM fleet_installation_photo WHERE terminal = $1 AND digest = $2`, terminal, digest).Scan(&mime, &keySealed)
	if errors.Is(err, db.ErrNoRows) {
		return "", "", false, nil
	}
	if err != nil {
		return "", "", false, fmt.Errorf("look up installation picture: %w", err)
	}
	return mime, keySealed, true, nil
}

// FileArrived reports whether a terminal's upload is whole.
func FileArrived(ctx context.Context, q db.Query, terminal, digest string) (bool, error) {
	var n int
	err := q.QueryRowContext(ctx, `SELECT count(*) FROM fleet_file WHERE terminal = $1 AND digest = $2 AND state = $3`, terminal, digest, FileDone).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for upload: %w", err)
	}
	return n > 0, nil
}

// AcceptanceRow is who took a terminal over.
type AcceptanceRow struct {
	fleet.Acceptance
	Terminal, TechnicianSealed string
}

// AddAcceptance keeps it; again is true when the record was accepted before.
func AddAcceptance(ctx context.Context, tx db.Tx, a AcceptanceRow) (again bool, err error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO fleet_acceptance (id, terminal, technician_sealed, note, accepted_at, accepted_by) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO NOTHING`, a.ID, a.Terminal, a.TechnicianSealed, a.Note, db.Ms(tx.Now()), a.By)
	if err != nil {
		return false, fmt.Errorf("keep acceptance: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 0, err
}

// Acceptance returns that of a record, nil without one.
func Acceptance(ctx context.Context, q db.Query, id string) (*AcceptanceRow, error) {
	var a AcceptanceRow
	var at int64
	err := q.QueryRowContext(ctx, `SELECT id, terminal, technician_sealed, note, accepted_at, accepted_by FROM fleet_acceptance WHERE id = $1`, id).
		Scan(&a.ID, &a.Terminal, &a.TechnicianSealed, &a.Note, &at, &a.By)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up acceptance: %w", err)
	}
	a.At = db.FromMs(at)
	return &a, nil
}

func eachRow(ctx context.Context, q db.Query, query string, args []any, f func(scanner) error) (err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("list asset records: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return fmt.Errorf("read asset record: %w", err)
		}
	}
	return rows.Err()
}
