package vault

import (
	"context"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"

	"tongban/central/kernel/crypto"
)

// Values of version 1 were sealed under a root of the key file. They are read for as long as there are any: the daily
// re-sealing turns them into version 2.

func (v *Vault) sealRooted(class, plaintext string) (string, error) {
	id, err := v.provider.Active(context.Background(), crypto.Field)
	if err != nil {
		return "", fmt.Errorf("seal %s: %w", class, err)
	}
	aead, err := v.rooted(string(id), class)
	if err != nil {
		return "", fmt.Errorf("seal %s: %w", class, err)
	}
	head := rooted + "." + string(id) + "."
	return head + base64.RawURLEncoding.EncodeToString(crypto.SealWith(aead, []byte(plaintext), []byte(head+class))), nil
}

func (v *Vault) openRooted(class, id string, box []byte) (string, error) {
	v.mu.RLock()
	names := append([]string{class}, v.classes[class].Formerly...)
	v.mu.RUnlock()
	for _, name := range names {
		aead, err := v.rooted(id, name)
		if errors.Is(err, crypto.ErrNoKey) {
			return "", fmt.Errorf("open %s: key %q: %w", class, clip(id), ErrKey)
		}
		if err != nil {
			return "", fmt.Errorf("open %s: %w", class, err)
		}
		plain, err := crypto.OpenWith(aead, box, []byte(rooted+"."+id+"."+name))
		if err == nil {
			return string(plain), nil
		}
	}
	return "", fmt.Errorf("open %s: %w", class, ErrSealed)
}

// rooted returns the cipher of one root and class; both are few, so all are kept.
func (v *Vault) rooted(id, class string) (cipher.AEAD, error) {
	name := id + "\x00" + class
	v.mu.RLock()
	a, ok := v.roots[name]
	v.mu.RUnlock()
	if ok {
		return a, nil
	}
	key, err := v.root(crypto.Field, crypto.KeyID(id), "seal", class)
	if err != nil {
		return nil, err
	}
	if a, err = crypto.NewAEAD(key[:crypto.DataKeySize]); err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.roots[name] = a
	return a, nil
}

// root makes the key of one use and class: what leaks of one class says nothing about another. An empty id is the active
// key of the purpose.
func (v *Vault) root(p crypto.Purpose, id crypto.KeyID, use, class string) ([]byte, error) {
	ctx := context.Background()
	if id == "" {
		var err error
		if id, err = v.provider.Active(ctx, p); err != nil {
			return nil, err
		}
	}
	return v.provider.MAC(ctx, id, []byte("tongban."+use+"\x00"+class))
}

func clip(s string) string { return s[:min(len(s), 16)] }
