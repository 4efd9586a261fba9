package vault

import (
	"context"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/crypto"
)

// Init makes a key file at path with mode 0600. An existing file is an error: overwriting it would lose everything sealed
// so far.
func Init(path string) error { return crypto.InitFile(path, clock.System().Now()) }

// Rotate adds a new key-encryption key and a new field root to the file at path; what was sealed before stays readable.
// Running copies take them up by themselves.
func Rotate(path string) error {
	p, err := crypto.OpenFile(path, nil)
	if err != nil {
		return err
	}
	for _, purpose := range []crypto.Purpose{crypto.Field, crypto.KEK} {
		if _, err := p.Rotate(context.Background(), purpose); err != nil {
			return err
		}
	}
	return nil
}

// Load returns a vault over the key file at path, which must be readable by its owner alone. Until Attach gives it data
// keys it seals under the file's field root.
func Load(path string) (*Vault, error) {
	p, err := crypto.OpenFile(path, nil)
	if err != nil {
		return nil, err
	}
	return New(p), nil
}
