package vault

import (
	"context"
	"crypto/cipher"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the table of data keys.
func Migrations() db.Migrations { return db.Migrations{Name: "kernel_vault", FS: files} }

// fresh is how long a copy may seal with a data key that another copy has just retired. Opening never waits: an unknown
// version is looked up at once.
const fresh = 30 * time.Second

// ring holds the data keys of one class (数据密钥环). It does not change after it was made.
type ring struct {
	active int
	keys   map[int]cipher.AEAD
}

// DataKey is what may be known of a data key.
type DataKey struct {
	Class   string
	Version int
	Active  bool
	KEK     crypto.KeyID
	Made    time.Time
	Retired time.Time // zero while active
}

// Attach gives the vault its classes and their data keys, and makes the keys that are missing. From then on what is sealed
// of these classes is sealed with data keys.
func (v *Vault) Attach(ctx context.Context, d *db.DB, c clock.Clock, classes []Class) error {
	byName := make(map[string]Class, len(classes))
	for _, class := range classes {
		byName[class.Name] = class
	}
	reload := func(ctx context.Context) (rings map[string]ring, at time.Time, err error) {
		at = c.Now()
		err = d.View(ctx, func(q db.Query) error {
			rings, err = v.unwrapAll(ctx, q)
			return err
		})
		return rings, at, err
	}
	rings, at, err := reload(ctx)
	if err != nil {
		return fmt.Errorf("load data keys: %w", err)
	}
	for _, class := range classes {
		if _, ok := rings[class.Name]; ok {
			continue
		}
		err := d.Do(ctx, func(tx db.Tx) error { return v.first(ctx, tx, class.Name) })
		if err != nil {
			return fmt.Errorf("make data key of %s: %w", class.Name, err)
		}
		rings = nil
	}
	if rings == nil {
		if rings, at, err = reload(ctx); err != nil {
			return fmt.Errorf("load data keys: %w", err)
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.classes, v.rings, v.reload, v.now, v.loaded = byName, rings, reload, c.Now, at
	clear(v.blinds) // their names may have changed
	return nil
}

// ring returns the data keys of a class that was declared, not older than fresh.
func (v *Vault) ring(class string) (ring, bool) {
	v.mu.RLock()
	r, ok := v.rings[class]
	_, declared := v.classes[class]
	old := v.reload != nil && v.now().Sub(v.loaded) > fresh
	v.mu.RUnlock()
	if old {
		// A database that does not answer now is no reason not to seal: the keys at hand are good.
		_ = v.Refresh(context.Background())
		v.mu.RLock()
		r, ok = v.rings[class]
		v.mu.RUnlock()
	}
	return r, ok && declared && r.active > 0
}

// Refresh loads the data keys anew: what another copy has rotated is known from here on.
func (v *Vault) Refresh(ctx context.Context) error {
	v.mu.RLock()
	reload := v.reload
	v.mu.RUnlock()
	if reload == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	rings, at, err := reload(ctx)
	if err != nil {
		return fmt.Errorf("load data keys: %w", err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rings, v.loaded = rings, at
	return nil
}

// dataKey returns one key, after one more look where the version is newer than any that is known.
func (v *Vault) dataKey(class string, version int) (cipher.AEAD, error) {
	v.mu.RLock()
	r := v.rings[class]
	v.mu.RUnlock()
	if a, ok := r.keys[version]; ok {
		return a, nil
	}
	if version > len(r.keys) {
		if err := v.Refresh(context.Background()); err != nil {
			return nil, err
		}
		v.mu.RLock()
		r = v.rings[class]
		v.mu.RUnlock()
		if a, ok := r.keys[version]; ok {
			return a, nil
		}
	}
	return nil, ErrKey
}

// unwrapAll reads and unwraps every data key; a key that the provider cannot unwrap is an error, because nothing of its class
// could be read.
func (v *Vault) unwrapAll(ctx context.Context, q db.Query) (map[string]ring, error) {
	kept, err := v.read(ctx, q)
	if err != nil {
		return nil, err
	}
	out := map[string]ring{}
	for _, k := range kept {
		aead, err := v.unwrap(ctx, k)
		if err != nil {
			return nil, err
		}
		r, ok := out[k.Class]
		if !ok {
			r.keys = map[int]cipher.AEAD{}
		}
		r.keys[k.Version] = aead
		if k.Active {
			r.active = k.Version
		}
		out[k.Class] = r
	}
	return out, nil
}

// kept is a data key as it lies in the database.
type kept struct {
	DataKey
	wrapped string
}

func (v *Vault) read(ctx context.Context, q db.Query) ([]kept, error) {
	rows, err := q.QueryContext(ctx, `SELECT class, version, active, kek, wrapped, made_at, retired_at
		FROM kernel_data_key ORDER BY class, version`)
	if err != nil {
		return nil, fmt.Errorf("list data keys: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []kept
	for rows.Next() {
		var k kept
		var active int
		var made, retired int64
		if err := rows.Scan(&k.Class, &k.Version, &active, &k.KEK, &k.wrapped, &made, &retired); err != nil {
			return nil, fmt.Errorf("read data key: %w", err)
		}
		k.Active, k.Made, k.Retired = active == 1, db.FromMs(made), db.FromMs(retired)
		out = append(out, k)
	}
	return out, rows.Err()
}

// List returns what may be known of all data keys, by class and version.
func (v *Vault) List(ctx context.Context, q db.Query) ([]DataKey, error) {
	all, err := v.read(ctx, q)
	out := make([]DataKey, 0, len(all))
	for _, k := range all {
		out = append(out, k.DataKey)
	}
	return out, err
}

func (v *Vault) unwrapRaw(ctx context.Context, k kept) ([]byte, error) {
	box, err := base64.StdEncoding.DecodeString(k.wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrap data key %s %d: %w", k.Class, k.Version, ErrSealed)
	}
	raw, err := v.provider.Decrypt(ctx, k.KEK, box, keyName(k.Class, k.Version))
	switch {
	case errors.Is(err, crypto.ErrNoKey):
		return nil, fmt.Errorf("unwrap data key %s %d: %w", k.Class, k.Version, ErrKey)
	case errors.Is(err, crypto.ErrBroken):
		return nil, fmt.Errorf("unwrap data key %s %d: %w", k.Class, k.Version, ErrSealed)
	case err != nil:
		return nil, fmt.Errorf("unwrap data key %s %d: %w", k.Class, k.Version, err)
	}
	return raw, nil
}

func (v *Vault) unwrap(ctx context.Context, k kept) (cipher.AEAD, error) {
	raw, err := v.unwrapRaw(ctx, k)
	if err != nil {
		return nil, err
	}
	return crypto.NewAEAD(raw)
}

// keyName binds a wrapped key to its class and version: rows of the table cannot be swapped.
func keyName(class string, version int) []byte {
	return fmt.Appendf(nil, "tongban.data-key\x00%s\x00%d", class, version)
}
