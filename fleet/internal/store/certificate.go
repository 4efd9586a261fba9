package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/db"
	"tongban/fleet"
)

// States of a certificate, as fleet.Certificate tells them.
const (
	CertNext     = "next"
	CertActive   = "active"
	CertReplaced = "replaced"
	CertRevoked  = "revoked"
)

// Cert is one certificate with what only the fleet itself needs.
type Cert struct {
	fleet.Certificate
	PEM    string
	Public []byte // PKIX DER
}

const certColumns = `serial, terminal, epoch, public_key, pem, from_at, until_at, state, ended_at, ended_by, reason`

func scanCert(s scanner) (c Cert, err error) {
	var from, until, ended int64
	err = s.Scan(&c.Serial, &c.Terminal, &c.Epoch, &c.Public, &c.PEM, &from, &until, &c.State, &ended, &c.EndedBy, &c.Reason)
	c.From, c.Until, c.EndedAt = db.FromMs(from), db.FromMs(until), db.FromMs(ended)
	return c, err
}

// Certificates returns those of one terminal, or of all (""), newest first.
func Certificates(ctx context.Context, q db.Query, code string) ([]Cert, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+certColumns+` FROM fleet_certificate WHERE $1 = '' OR terminal = $1 ORDER BY terminal, from_at DESC, until_at DESC, serial`, code)
	if err != nil {
		return nil, fmt.Errorf("list certificates: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []Cert
	for rows.Next() {
		c, err := scanCert(rows)
		if err != nil {
			return nil, fmt.Errorf("list certificates: %w", err)
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list certificates: %w", err)
	}
	return out, nil
}

// CertBySerial returns one; false where it was never given out.
func CertBySerial(ctx context.Context, q db.Query, serial string) (Cert, bool, error) {
	c, err := scanCert(q.QueryRowContext(ctx, `SELECT `+certColumns+` FROM fleet_certificate WHERE serial = $1`, serial))
	if errors.Is(err, db.ErrNoRows) {
		return Cert{}, false, nil
	}
	if err != nil {
		return Cert{}, false, fmt.Errorf("load certificate: %w", err)
	}
	return c, true, nil
}

// AddCert keeps a certificate that was just signed.
func AddCert(ctx context.Context, tx db.Tx, c Cert) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO fleet_certificate (serial, terminal, epoch, public_key, pem, from_at, until_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.Serial, c.Terminal, c.Epoch, c.Public, c.PEM, db.Ms(tx.Now()), db.Ms(c.Until), c.State)
	if err != nil {
		return fmt.Errorf("keep certificate: %w", err)
	}
	return nil
}

// EndCerts puts a terminal's certificates that are in one of the states from into state to. What was revoked stays so.
func EndCerts(ctx context.Context, tx db.Tx, code, to, by, reason string, from ...string) error {
	for _, state := range from {
		_, err := tx.ExecContext(ctx, `UPDATE fleet_certificate SET state = $3, ended_at = $4, ended_by = $5, reason = $6 WHERE terminal = $1 AND state = $2`,
			code, state, to, db.Ms(tx.Now()), by, reason)
		if err != nil {
			return fmt.Errorf("end certificates: %w", err)
		}
	}
	return nil
}

// Activate makes a next certificate the terminal's current one.
func Activate(ctx context.Context, tx db.Tx, c Cert) error {
	if _, err := tx.ExecContext(ctx, `UPDATE fleet_certificate SET state = 'active' WHERE serial = $1`, c.Serial); err != nil {
		return fmt.Errorf("activate certificate: %w", err)
	}
	_, err := tx.ExecContext(ctx, `UPDATE fleet_terminal SET cert_serial = $2, cert_until = $3, cert_pem = $4, public_key = $5, renew_wanted = 0 WHERE code = $1`,
		c.Terminal, c.Serial, db.Ms(c.Until), c.PEM, c.Public)
	if err != nil {
		return fmt.Errorf("activate certificate: %w", err)
	}
	return nil
}

// Shut puts a terminal into state revoked: nothing of it is taken before it is enrolled again.
func Shut(ctx context.Context, tx db.Tx, code string) error {
	_, err := tx.ExecContext(ctx, `UPDATE fleet_terminal SET state = $2, cert_serial = '', online = 0 WHERE code = $1`, code, fleet.Revoked)
	if err != nil {
		return fmt.Errorf("shut terminal out: %w", err)
	}
	return nil
}

// WantRenewal asks a terminal for a new certificate before its time.
func WantRenewal(ctx context.Context, tx db.Tx, code string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE fleet_terminal SET renew_wanted = 1 WHERE code = $1`, code); err != nil {
		return fmt.Errorf("ask for renewal: %w", err)
	}
	return nil
}

// RenewalWanted reports whether somebody asked.
func RenewalWanted(ctx context.Context, q db.Query, code string) (bool, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT renew_wanted FROM fleet_terminal WHERE code = $1`, code).Scan(&n); err != nil {
		return false, fmt.Errorf("look for renewal: %w", err)
	}
	return n == 1, nil
}

// Roll returns for each enrolled or shut terminal the serials that may connect, with a space between two.
func Roll(ctx context.Context, q db.Query) (map[string]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT t.code, coalesce(c.serial, '') FROM fleet_terminal t
		LEFT JOIN fleet_certificate c ON c.terminal = t.code AND c.state IN ('active', 'next') AND t.state = 'active'
		WHERE t.state IN ('active', 'revoked') ORDER BY t.code, c.from_at`)
	if err != nil {
		return nil, fmt.Errorf("read roll: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := map[string]string{}
	for rows.Next() {
		var code, serial string
		if err := rows.Scan(&code, &serial); err != nil {
			return nil, fmt.Errorf("read roll: %w", err)
		}
		out[code] = strings.TrimSpace(out[code] + " " + serial)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read roll: %w", err)
	}
	return out, nil
}

// Line is one terminal's line of the roll.
func Line(ctx context.Context, q db.Query, code string) (string, error) {
	all, err := Roll(ctx, q)
	return all[code], err
}

// grace is how long a replaced certificate is still taken over HTTPS: connections that were open stay useful.
const grace = 10 * time.Minute

// Takes reports whether a certificate may be used for HTTPS now.
func (c Cert) Takes(now time.Time) bool {
	return c.State == CertActive || c.State == CertNext || c.State == CertReplaced && c.Reason == "" && now.Before(c.EndedAt.Add(grace))
}
