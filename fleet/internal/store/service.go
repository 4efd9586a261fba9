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

// ServiceCode is the record of a service code.
type ServiceCode struct {
	Terminal string
	Epoch    int
	Pass     wire.ServicePass
	MadeBy   string
	Reason   string
}

// AddServiceCode keeps that a code was given out; taken is true when this number was given out in the same minute.
func AddServiceCode(ctx context.Context, tx db.Tx, c ServiceCode) (taken bool, err error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO fleet_service_code (terminal, at, nonce, epoch, made_by, reason) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (terminal, at, nonce) DO NOTHING`, c.Terminal, db.Ms(c.Pass.At), int(c.Pass.Nonce), c.Epoch, c.MadeBy, c.Reason)
	if err != nil {
		return false, fmt.Errorf("keep service code: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 0, err
}

// ServiceReason finds for what the newest code of this number was given out.
func ServiceReason(ctx context.Context, q db.Query, terminal string, nonce uint16) (reason string, known bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT reason FROM fleet_service_code WHERE terminal = $1 AND nonce = $2 ORDER BY at DESC LIMIT 1`, terminal, int(nonce)).Scan(&reason)
	if errors.Is(err, db.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("look up service code: %w", err)
	}
	return reason, true, nil
}

// AddDiagnosis keeps a technician's result.
func AddDiagnosis(ctx context.Context, tx db.Tx, id, terminal string, d wire.Diagnosis) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode diagnosis: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO fleet_diagnosis (id, terminal, made_at, pass_at, nonce, faults, worst, body, received_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, id, terminal, db.Ms(d.At), db.Ms(d.PassAt), int(d.Pass), d.Faults, d.Worst, string(body), db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("keep diagnosis: %w", err)
	}
	return nil
}

// Diagnoses lists the newest results, of one terminal or of all.
func Diagnoses(ctx context.Context, q db.Query, terminal string, limit int) (out []fleet.Diagnosis, err error) {
	rows, err := q.QueryContext(ctx, `SELECT d.id, d.terminal, d.body, d.received_at, COALESCE(c.reason, ''), COALESCE(c.made_by, '')
		FROM fleet_diagnosis d LEFT JOIN fleet_service_code c ON c.terminal = d.terminal AND c.at = d.pass_at AND c.nonce = d.nonce
		WHERE $1 = '' OR d.terminal = $1 ORDER BY d.made_at DESC, d.id DESC LIMIT $2`, terminal, limit)
	if err != nil {
		return nil, fmt.Errorf("list diagnoses: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var d fleet.Diagnosis
		var body string
		var received int64
		if err := rows.Scan(&d.ID, &d.Terminal, &body, &received, &d.Reason, &d.MadeBy); err != nil {
			return nil, fmt.Errorf("read diagnosis: %w", err)
		}
		if err := json.Unmarshal([]byte(body), &d.Diagnosis); err != nil {
			return nil, fmt.Errorf("decode diagnosis: %w", err)
		}
		d.Received = db.FromMs(received)
		out = append(out, d)
	}
	return out, rows.Err()
}

// HasDiagnosis reports whether the result of a code has arrived.
func HasDiagnosis(ctx context.Context, q db.Query, terminal string, nonce uint16, since time.Time) (bool, error) {
	var n int
	err := q.QueryRowContext(ctx, `SELECT count(*) FROM fleet_diagnosis WHERE terminal = $1 AND nonce = $2 AND received_at >= $3`, terminal, int(nonce), db.Ms(since)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for diagnosis: %w", err)
	}
	return n > 0, nil
}
