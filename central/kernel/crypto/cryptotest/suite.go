// Package cryptotest is what every cryptographic provider must pass (密码服务符合性测试), with the example values of the
// standards where a provider can be given a key.
package cryptotest

import (
	"bytes"
	"errors"
	"testing"

	"tongban/central/kernel/crypto"
)

// Run proves p against the contract of crypto.Provider. It adds keys to p.
func Run(t *testing.T, p crypto.Provider) {
	t.Helper()
	t.Run("info", func(t *testing.T) {
		if i := p.Info(); i.Name == "" || i.Kind == "" || i.Title == "" {
			t.Errorf("says nothing about itself: %+v", i)
		}
	})
	t.Run("boxes", func(t *testing.T) { boxes(t, p) })
	t.Run("macs", func(t *testing.T) { macs(t, p) })
	t.Run("signatures", func(t *testing.T) { signatures(t, p) })
	t.Run("purposes", func(t *testing.T) { purposes(t, p) })
	t.Run("rotation", func(t *testing.T) { rotation(t, p) })
	t.Run("random", func(t *testing.T) {
		a, err := p.Random(t.Context(), 32)
		b, err2 := p.Random(t.Context(), 32)
		if err != nil || err2 != nil || len(a) != 32 || bytes.Equal(a, b) {
			t.Errorf("got %x, %x, %v, %v", a, b, err, err2)
		}
	})
}

func active(t *testing.T, p crypto.Provider, purpose crypto.Purpose) crypto.KeyID {
	t.Helper()
	id, err := p.Active(t.Context(), purpose)
	if err != nil || id == "" {
		t.Fatalf("active key for %s: %q, %v", purpose, id, err)
	}
	return id
}

func boxes(t *testing.T, p crypto.Provider) {
	key := active(t, p, crypto.KEK)
	plain, aad := []byte("数据密钥 0123456789"), []byte("person.phone\x001")
	a, err := p.Encrypt(t.Context(), key, plain, aad)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := p.Encrypt(t.Context(), key, plain, aad)
	if bytes.Equal(a, b) || len(a) != 12+len(plain)+16 || bytes.Contains(a, plain) {
		t.Errorf("boxes %x and %x", a, b)
	}
	if got, err := p.Decrypt(t.Context(), key, a, aad); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened %q, %v", got, err)
	}
	if _, err := p.Decrypt(t.Context(), key, a, []byte("person.name\x001")); !errors.Is(err, crypto.ErrBroken) {
		t.Errorf("another aad: %v", err)
	}
	for i := range a {
		bad := bytes.Clone(a)
		bad[i] ^= 1
		if _, err := p.Decrypt(t.Context(), key, bad, aad); !errors.Is(err, crypto.ErrBroken) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	for _, bad := range [][]byte{nil, a[:12], a[:len(a)-1], append(bytes.Clone(a), 0)} {
		if _, err := p.Decrypt(t.Context(), key, bad, aad); !errors.Is(err, crypto.ErrBroken) {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
	if got, err := p.Decrypt(t.Context(), key, must(p.Encrypt(t.Context(), key, nil, nil)), nil); err != nil || len(got) != 0 {
		t.Errorf("nothing: %x, %v", got, err)
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func macs(t *testing.T, p crypto.Provider) {
	seen := map[string]crypto.Purpose{}
	for _, purpose := range []crypto.Purpose{crypto.Field, crypto.Blind, crypto.Integrity} {
		key := active(t, p, purpose)
		a, err := p.MAC(t.Context(), key, []byte("x"))
		b, _ := p.MAC(t.Context(), key, []byte("x"))
		c, _ := p.MAC(t.Context(), key, []byte("y"))
		if err != nil || len(a) != 32 || !bytes.Equal(a, b) || bytes.Equal(a, c) {
			t.Errorf("%s: %x, %x, %x, %v", purpose, a, b, c, err)
		}
		if other, twice := seen[string(a)]; twice {
			t.Errorf("%s and %s share a key", purpose, other)
		}
		seen[string(a)] = purpose
	}
}

func signatures(t *testing.T, p crypto.Provider) {
	key := active(t, p, crypto.Audit)
	public, err := p.PublicKey(t.Context(), key)
	if err != nil || len(public) != 65 || public[0] != 4 {
		t.Fatalf("public key %x, %v", public, err)
	}
	message := []byte("审计检查点 42")
	sig, err := p.Sign(t.Context(), key, message)
	if err != nil {
		t.Fatal(err)
	}
	if err := crypto.Verify(public, message, sig); err != nil {
		t.Errorf("a good signature: %v", err)
	}
	if err := crypto.Verify(public, append(message, '!'), sig); !errors.Is(err, crypto.ErrBroken) {
		t.Errorf("another message: %v", err)
	}
	for i := range sig {
		bad := bytes.Clone(sig)
		bad[i] ^= 1
		if err := crypto.Verify(public, message, bad); !errors.Is(err, crypto.ErrBroken) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	if err := crypto.Verify(public[:64], message, sig); err == nil {
		t.Error("half a public key")
	}
}

// purposes: no key does what it is not for, and no key that is not there does anything.
func purposes(t *testing.T, p crypto.Provider) {
	ctx := t.Context()
	acts := map[crypto.Algorithm]func(crypto.KeyID) error{
		crypto.SM4GCM:  func(k crypto.KeyID) error { _, err := p.Encrypt(ctx, k, []byte("x"), nil); return err },
		crypto.HMACSM3: func(k crypto.KeyID) error { _, err := p.MAC(ctx, k, []byte("x")); return err },
		crypto.SM2:     func(k crypto.KeyID) error { _, err := p.Sign(ctx, k, []byte("x")); return err },
	}
	for _, purpose := range crypto.Purposes() {
		key := active(t, p, purpose)
		for alg, act := range acts {
			err := act(key)
			if alg == purpose.Algorithm() && err != nil {
				t.Errorf("%s does not do %s: %v", purpose, alg, err)
			}
			if alg != purpose.Algorithm() && !errors.Is(err, crypto.ErrPurpose) {
				t.Errorf("%s does %s: %v", purpose, alg, err)
			}
		}
	}
	for alg, act := range acts {
		if err := act("nokey"); !errors.Is(err, crypto.ErrNoKey) {
			t.Errorf("%s without a key: %v", alg, err)
		}
	}
	if _, err := p.Active(ctx, "no-such-purpose"); !errors.Is(err, crypto.ErrNoKey) {
		t.Errorf("unknown purpose: %v", err)
	}
}

func rotation(t *testing.T, p crypto.Provider) {
	ctx := t.Context()
	for _, purpose := range crypto.Purposes() {
		old := active(t, p, purpose)
		var box, mac []byte
		switch purpose.Algorithm() {
		case crypto.SM4GCM:
			box = must(p.Encrypt(ctx, old, []byte("x"), nil))
		case crypto.HMACSM3:
			mac = must(p.MAC(ctx, old, []byte("x")))
		}
		next, err := p.Rotate(ctx, purpose)
		if purpose == crypto.Blind {
			if !errors.Is(err, crypto.ErrPurpose) || active(t, p, purpose) != old {
				t.Errorf("the look-up key was rotated: %v", err)
			}
			continue
		}
		if err != nil || next == old || active(t, p, purpose) != next {
			t.Errorf("rotate %s: %q → %q, %v", purpose, old, next, err)
		}
		keys, err := p.Keys(ctx, purpose)
		n := 0
		for _, k := range keys {
			if k.Active {
				n++
			}
			if k.Purpose != purpose || k.Alg != purpose.Algorithm() {
				t.Errorf("%s lists %+v", purpose, k)
			}
		}
		if err != nil || n != 1 || len(keys) < 2 || keys[len(keys)-1].ID != next {
			t.Errorf("%s: keys %+v, %v", purpose, keys, err)
		}
		if box != nil {
			if got, err := p.Decrypt(ctx, old, box, nil); err != nil || string(got) != "x" {
				t.Errorf("an old box: %q, %v", got, err)
			}
		}
		if mac != nil && !bytes.Equal(mac, must(p.MAC(ctx, old, []byte("x")))) {
			t.Error("an old MAC changed")
		}
	}
}
