package vault

import (
	"context"
	"encoding/base64"
	"fmt"

	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
)

// first makes version 1 of a class's data key, unless another copy was faster.
func (v *Vault) first(ctx context.Context, tx db.Tx, class string) error {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM kernel_data_key WHERE class = $1`, class).Scan(&n); err != nil {
		return fmt.Errorf("count data keys: %w", err)
	}
	if n > 0 {
		return nil
	}
	return v.make(ctx, tx, class, 1)
}

// RotateClass gives a class a new data key in tx and returns its version. Values sealed with older ones stay readable; this
// copy seals with the new one as soon as tx is committed, every other within half a minute.
func (v *Vault) RotateClass(ctx context.Context, tx db.Tx, class string) (version int, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM kernel_data_key WHERE class = $1`, class).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("find data key: %w", err)
	}
	if version == 0 {
		return 0, fmt.Errorf("rotate %s: %w", class, ErrKey)
	}
	_, err = tx.ExecContext(ctx, `UPDATE kernel_data_key SET active = 0, retired_at = $2 WHERE class = $1 AND active = 1`, class, db.Ms(tx.Now()))
	if err != nil {
		return 0, fmt.Errorf("retire data key: %w", err)
	}
	version++
	if err := v.make(ctx, tx, class, version); err != nil {
		return 0, err
	}
	tx.OnCommit(func() { _ = v.Refresh(context.WithoutCancel(ctx)) })
	return version, nil
}

func (v *Vault) make(ctx context.Context, tx db.Tx, class string, version int) error {
	raw, err := v.provider.Random(ctx, crypto.DataKeySize)
	if err != nil {
		return fmt.Errorf("make data key: %w", err)
	}
	kek, text, err := v.wrap(ctx, raw, class, version)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO kernel_data_key (class, version, active, kek, wrapped, made_at, retired_at)
		VALUES ($1, $2, 1, $3, $4, $5, 0)`, class, version, kek, text, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("keep data key: %w", err)
	}
	return nil
}

func (v *Vault) wrap(ctx context.Context, raw []byte, class string, version int) (crypto.KeyID, string, error) {
	kek, err := v.provider.Active(ctx, crypto.KEK)
	if err != nil {
		return "", "", fmt.Errorf("wrap data key: %w", err)
	}
	box, err := v.provider.Encrypt(ctx, kek, raw, keyName(class, version))
	if err != nil {
		return "", "", fmt.Errorf("wrap data key: %w", err)
	}
	return kek, base64.StdEncoding.EncodeToString(box), nil
}

// Rewrap wraps every data key with the active key-encryption key in tx and returns how many it changed. The data keys stay
// what they are, so nothing has to be sealed again.
func (v *Vault) Rewrap(ctx context.Context, tx db.Tx) (changed int, err error) {
	all, err := v.read(ctx, tx)
	if err != nil {
		return 0, err
	}
	now, err := v.provider.Active(ctx, crypto.KEK)
	if err != nil {
		return 0, fmt.Errorf("rewrap data keys: %w", err)
	}
	for _, k := range all {
		if k.KEK == now {
			continue
		}
		raw, err := v.unwrapRaw(ctx, k)
		if err != nil {
			return 0, err
		}
		kek, text, err := v.wrap(ctx, raw, k.Class, k.Version)
		if err != nil {
			return 0, err
		}
		_, err = tx.ExecContext(ctx, `UPDATE kernel_data_key SET kek = $3, wrapped = $4 WHERE class = $1 AND version = $2`, k.Class, k.Version, kek, text)
		if err != nil {
			return 0, fmt.Errorf("rewrap data key: %w", err)
		}
		changed++
	}
	return changed, nil
}
