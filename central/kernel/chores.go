package kernel

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/db"
)

//go:embed migrations/*.sql
var files embed.FS

func migrations() db.Migrations { return db.Migrations{Name: "kernel", FS: files} }

// abandoned is how long an upload may lie untouched: a terminal may be offline
// for a week.
const abandoned = 8 * 24 * time.Hour

func (k *Kernel) sweep(ctx context.Context, _ json.RawMessage) error {
	_, err := k.Blobs.Sweep(k.Clock.Now().Add(-abandoned))
	return errors.Join(err, k.Auth.Sweep(ctx), k.HTTP.SweepAnswers(ctx), k.SMS.Sweep(ctx), k.Challenge.Sweep(ctx), k.Adapters.Sweep(ctx))
}

// proveKeys opens a value that was sealed at the very first start. A wrong key
// file is then an error at start, and not unreadable cases an hour later.
func (k *Kernel) proveKeys(ctx context.Context) error {
	const name, class, plain = "vault_proof", "kernel.proof", "tongban"
	var sealed string
	err := k.DB.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT value FROM kernel_meta WHERE name = $1`, name).Scan(&sealed)
	})
	switch {
	case errors.Is(err, db.ErrNoRows):
		if sealed, err = k.Vault.Seal(class, plain); err != nil {
			return err
		}
		return k.DB.Do(ctx, func(tx db.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO kernel_meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, sealed)
			return err
		})
	case err != nil:
		return fmt.Errorf("prove keys: %w", err)
	}
	if got, err := k.Vault.Open(class, sealed); err != nil || got != plain {
		return fmt.Errorf("key file %s does not belong to this database: %w", k.Config.KeyFile, err)
	}
	return nil
}
