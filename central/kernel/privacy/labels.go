package privacy

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
)

// PermLabel lets somebody change labels (调整安全标记).
const PermLabel = "privacy:label"

// SetLabel labels one row (安全标记) with a reason, audited. Rows without a label of their own have that of their class.
func (s *Service) SetLabel(ctx context.Context, table, object string, level Level, reason string) error {
	if err := auth.May(ctx, PermLabel); err != nil {
		return err
	}
	if len([]rune(reason)) < 4 {
		return ErrReason
	}
	return s.DB.Do(ctx, func(tx db.Tx) error {
		old, found, err := s.label(ctx, tx, table, object)
		tampered := errors.Is(err, ErrLabel)
		if err != nil && !tampered { // a tampered label may be set right, and the record says so
			return err
		}
		key, mac, err := s.labelMAC(ctx, "", table, object, level.String())
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO kernel_label (tbl, object, level, mac_key, mac, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (tbl, object) DO UPDATE SET level = $3, mac_key = $4, mac = $5, at = $6`,
			table, object, level.String(), key, mac, db.Ms(tx.Now()))
		if err != nil {
			return fmt.Errorf("keep label: %w", err)
		}
		before := "class"
		switch {
		case tampered:
			before = "tampered"
		case found:
			before = old.String()
		}
		return audit.Write(ctx, tx, audit.Record{
			Action: "privacy.label", Object: object, Reason: reason,
			Detail: map[string]string{"table": table, "from": before, "to": level.String()},
		})
	})
}

// Label returns the label of one row; found is false where it has none of its own. A label that was changed in the database
// by hand is ErrLabel.
func (s *Service) Label(ctx context.Context, table, object string) (level Level, found bool, err error) {
	err = s.DB.View(ctx, func(q db.Query) error {
		level, found, err = s.label(ctx, q, table, object)
		return err
	})
	return level, found, err
}

func (s *Service) label(ctx context.Context, q db.Query, table, object string) (Level, bool, error) {
	var name, key, mac string
	err := q.QueryRowContext(ctx, `SELECT level, mac_key, mac FROM kernel_label WHERE tbl = $1 AND object = $2`, table, object).Scan(&name, &key, &mac)
	if errors.Is(err, db.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("read label: %w", err)
	}
	level, err := ParseLevel(name)
	if err != nil {
		return Personal, true, fmt.Errorf("label of %s %s: %w", table, object, ErrLabel)
	}
	_, want, err := s.labelMAC(ctx, crypto.KeyID(key), table, object, name)
	if err != nil {
		return 0, false, err
	}
	if subtle.ConstantTimeCompare([]byte(want), []byte(mac)) != 1 {
		return Personal, true, fmt.Errorf("label of %s %s: %w", table, object, ErrLabel)
	}
	return level, true, nil
}

// labelMAC is HMAC-SM3 over table, row and label, so that neither can be exchanged.
func (s *Service) labelMAC(ctx context.Context, key crypto.KeyID, table, object, level string) (crypto.KeyID, string, error) {
	p := s.Vault.Provider()
	if key == "" {
		var err error
		if key, err = p.Active(ctx, crypto.Integrity); err != nil {
			return "", "", fmt.Errorf("label key: %w", err)
		}
	}
	text := []byte("tongban.label")
	for _, part := range []string{table, object, level} {
		text = fmt.Appendf(text, "\x00%d:%s", len(part), part)
	}
	mac, err := p.MAC(ctx, key, text)
	if errors.Is(err, crypto.ErrNoKey) {
		return "", "", ErrLabel
	}
	if err != nil {
		return "", "", fmt.Errorf("compute label: %w", err)
	}
	return key, hex.EncodeToString(mac), nil
}

// VerifyLabels checks every label and returns those that do not hold, as "table object".
func (s *Service) VerifyLabels(ctx context.Context) (bad []string, count int, err error) {
	err = s.DB.View(ctx, func(q db.Query) error {
		rows, err := q.QueryContext(ctx, `SELECT tbl, object FROM kernel_label ORDER BY tbl, object`)
		if err != nil {
			return fmt.Errorf("list labels: %w", err)
		}
		var all [][2]string
		for rows.Next() {
			var r [2]string
			if err := rows.Scan(&r[0], &r[1]); err != nil {
				return errors.Join(fmt.Errorf("read label: %w", err), rows.Close())
			}
			all = append(all, r)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return fmt.Errorf("list labels: %w", err)
		}
		for _, r := range all {
			_, _, err := s.label(ctx, q, r[0], r[1])
			if errors.Is(err, ErrLabel) {
				bad = append(bad, r[0]+" "+r[1])
				continue
			}
			if err != nil {
				return err
			}
		}
		count = len(all)
		return nil
	})
	return bad, count, err
}
