// Package store is the only one that names the fleet's tables (终端数据表).
package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/fleet"
	"tongban/fleet/wire"
)

// Row is a terminal with what only the fleet itself needs.
type Row struct {
	fleet.Terminal
	CertPEM string
	Public  []byte // PKIX DER of its key; nil before the first enrolment
}

const terminalColumns = `code, number, epoch, model, place, label, region, state, hardware, cert_serial, cert_until, cert_pem,
	public_key, enrolled_at, online, last_seen, status`

type scanner interface{ Scan(dest ...any) error }

func scanTerminal(s scanner) (Row, error) {
	var (
		r                         Row
		until, enrolled, lastSeen int64
		online                    int
		status                    string
	)
	err := s.Scan(&r.Code, &r.Number, &r.Epoch, &r.Model, &r.Place, &r.Label, &r.Region, &r.State, &r.Hardware, &r.CertSerial,
		&until, &r.CertPEM, &r.Public, &enrolled, &online, &lastSeen, &status)
	if err != nil {
		return Row{}, err
	}
	r.CertUntil, r.EnrolledAt, r.LastSeen = db.FromMs(until), db.FromMs(enrolled), db.FromMs(lastSeen)
	r.Online = online == 1
	if status != "" {
		if err := json.Unmarshal([]byte(status), &r.Status); err != nil {
			return Row{}, fmt.Errorf("decode kept status: %w", err)
		}
	}
	return r, nil
}

// Terminal returns one terminal, or fleet.ErrNoSuchTerminal.
func Terminal(ctx context.Context, q db.Query, code string) (Row, error) {
	r, err := scanTerminal(q.QueryRowContext(ctx, `SELECT `+terminalColumns+` FROM fleet_terminal WHERE code = $1`, code))
	if errors.Is(err, db.ErrNoRows) {
		return Row{}, fleet.ErrNoSuchTerminal
	}
	if err != nil {
		return Row{}, fmt.Errorf("load terminal: %w", err)
	}
	return r, nil
}

// Terminals returns all by code.
func Terminals(ctx context.Context, q db.Query) ([]Row, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+terminalColumns+` FROM fleet_terminal ORDER BY code`)
	if err != nil {
		return nil, fmt.Errorf("list terminals: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []Row
	for rows.Next() {
		r, err := scanTerminal(rows)
		if err != nil {
			return nil, fmt.Errorf("list terminals: %w", err)
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list terminals: %w", err)
	}
	return out, nil
}

// NumberTaken returns the code of the terminal that carries number, "" when none does.
func NumberTaken(ctx context.Context, q db.Query, number int) (string, error) {
	var code string
	err := q.QueryRowContext(ctx, `SELECT code FROM fleet_terminal WHERE number = $1`, number).Scan(&code)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return "", fmt.Errorf("look for terminal number: %w", err)
	}
	return code, nil
}

// Plan keeps a terminal that is to be enrolled, or gives a known one its new place. Its number stays what it was.
func Plan(ctx context.Context, tx db.Tx, t fleet.Terminal) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO fleet_terminal (code, number, model, place, label, region, state, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (code) DO UPDATE SET model = excluded.model, place = excluded.place, label = excluded.label, region = excluded.region`,
		t.Code, t.Number, t.Model, t.Place, t.Label, t.Region, fleet.Waiting, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("keep terminal: %w", err)
	}
	return nil
}

// Enrol writes the outcome of an enrolment: the new certificate is the only one from now on.
func Enrol(ctx context.Context, tx db.Tx, r Row) error {
	_, err := tx.ExecContext(ctx, `UPDATE fleet_terminal SET epoch = $2, state = $3, hardware = $4, cert_serial = $5, cert_until = $6,
		cert_pem = $7, public_key = $8, enrolled_at = $9, online = 0 WHERE code = $1`,
		r.Code, r.Epoch, fleet.Active, r.Hardware, r.CertSerial, db.Ms(r.CertUntil), r.CertPEM, r.Public, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("keep enrolment: %w", err)
	}
	if err := EndCerts(ctx, tx, r.Code, CertReplaced, r.Code, "enrolled again", CertActive, CertNext); err != nil {
		return err
	}
	return AddCert(ctx, tx, Cert{PEM: r.CertPEM, Public: r.Public, Certificate: fleet.Certificate{
		Serial: r.CertSerial, Terminal: r.Code, Epoch: r.Epoch, Until: r.CertUntil, State: CertActive,
	}})
}

// Seen notes that the gate has just taken something from a terminal.
func Seen(ctx context.Context, tx db.Tx, code string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE fleet_terminal SET last_seen = $2 WHERE code = $1`, code, db.Ms(tx.Now())); err != nil {
		return fmt.Errorf("note terminal seen: %w", err)
	}
	return nil
}

// SetStatus keeps a terminal's own report.
func SetStatus(ctx context.Context, tx db.Tx, code string, s wire.Status) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode status: %w", err)
	}
	_, err = tx.ExecContext(ctx, `UPDATE fleet_terminal SET online = $2, last_seen = $3, status = $4 WHERE code = $1`,
		code, db.Int(s.Online), db.Ms(tx.Now()), string(text))
	if err != nil {
		return fmt.Errorf("keep status: %w", err)
	}
	return nil
}
