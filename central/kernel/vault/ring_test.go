package vault_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/vault"
)

func sealRow(t *testing.T, v *vault.Vault, row string) string {
	t.Helper()
	s, err := v.SealRow(class, row, number)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func rotateClass(t *testing.T, k *kerneltest.Kit) {
	t.Helper()
	err := k.DB.Do(t.Context(), func(tx db.Tx) error {
		_, err := k.Vault.RotateClass(t.Context(), tx, class)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Two copies of the centre: what one rotates, the other reads at once and uses within half a minute.
func TestADataKeyIsRotatedUnderTwoCopies(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		twin := k.Twin(t)
		old := sealRow(t, k.Vault, "r1")
		if !strings.HasPrefix(old, "v2.1.") {
			t.Fatalf("sealed %q", old)
		}
		rotateClass(t, k)
		next := sealRow(t, k.Vault, "r1")
		if !strings.HasPrefix(next, "v2.2.") || !k.Vault.Stale(class, old) || k.Vault.Stale(class, next) {
			t.Errorf("sealed %q after the rotation", next)
		}
		for _, v := range []*vault.Vault{k.Vault, twin.Vault} {
			for _, s := range []string{old, next} {
				if got, err := v.OpenRow(class, "r1", s); err != nil || got != number {
					t.Errorf("%.6s: %q, %v", s, got, err)
				}
			}
		}
		k.Clock.Advance(31e9)
		if s := sealRow(t, twin.Vault, "r1"); !strings.HasPrefix(s, "v2.2.") {
			t.Errorf("the other copy still seals %q", s)
		}
	})
}

// A value in another row, a class's value in another class, a wrapped key in another key's place: none opens.
func TestWhatAValueHangsOn(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := sealRow(t, k.Vault, "r1")
		for _, c := range [][2]string{{class, "r2"}, {class, ""}, {"person.phone", "r1"}} {
			if _, err := k.Vault.OpenRow(c[0], c[1], s); !errors.Is(err, vault.ErrSealed) {
				t.Errorf("%v: %v", c, err)
			}
		}
		if _, err := k.Vault.OpenRow(class, "r1", strings.Replace(s, "v2.1.", "v2.7.", 1)); !errors.Is(err, vault.ErrKey) {
			t.Errorf("a version that never was: %v", err)
		}
		for _, bad := range []string{"v2.01" + s[4:], "v2." + s[5:], "v2.x" + s[4:], "v2.-1" + s[4:]} {
			if _, err := k.Vault.OpenRow(class, "r1", bad); !errors.Is(err, vault.ErrSealed) && !errors.Is(err, vault.ErrKey) {
				t.Errorf("%.8s: %v", bad, err)
			}
		}

		k.Exec(t, `UPDATE kernel_data_key SET wrapped = (SELECT wrapped FROM kernel_data_key WHERE class = 'person.phone') WHERE class = $1`, class)
		if err := k.Vault.Refresh(t.Context()); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("a swapped key: %v", err)
		}
	})
}

// A new key-encryption key wraps every data key anew; values stay as they are, and the old one may then be lost.
func TestTheKEKIsRotated(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := sealRow(t, k.Vault, "r1")
		if err := vault.Rotate(k.Config.KeyFile); err != nil {
			t.Fatal(err)
		}
		var n int
		err := k.DB.Do(t.Context(), func(tx db.Tx) (err error) {
			n, err = k.Vault.Rewrap(t.Context(), tx)
			return err
		})
		if all := k.Count(t, `SELECT count(*) FROM kernel_data_key`); err != nil || int64(n) != all {
			t.Errorf("rewrapped %d of %d, %v", n, all, err)
		}
		forgetOldKEKs(t, k)
		twin := k.Twin(t)
		if got, err := twin.Vault.OpenRow(class, "r1", s); err != nil || got != number {
			t.Errorf("%q, %v", got, err)
		}
	})
}

// forgetOldKEKs proves by deed that nothing hangs on them.
func forgetOldKEKs(t *testing.T, k *kerneltest.Kit) {
	t.Helper()
	keys, err := k.Crypto.Keys(t.Context(), crypto.KEK)
	if err != nil || len(keys) != 2 {
		t.Fatalf("keys %v, %v", keys, err)
	}
	text, err := os.ReadFile(k.Config.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	cut := strings.ReplaceAll(string(text), string(keys[0].ID), "kgone")
	if err := os.WriteFile(k.Config.KeyFile, []byte(cut), 0o600); err != nil {
		t.Fatal(err)
	}
}

// What was sealed before there were data keys is read under the class's former name and becomes a value of today.
func TestValuesOfTheFirstVersionAreRead(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		before, err := vault.Load(k.Config.KeyFile)
		if err != nil {
			t.Fatal(err)
		}
		old, err := before.Seal("person", number)
		if err != nil || !strings.HasPrefix(old, "v1.") {
			t.Fatalf("%q, %v", old, err)
		}
		if got, err := k.Vault.OpenRow(class, "any row", old); err != nil || got != number || !k.Vault.Stale(class, old) {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := k.Vault.Open("person.phone", old); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("another class: %v", err)
		}
		if k.Vault.Blind(class, number) != before.Blind("person", number) {
			t.Error("cases of before are not found any more")
		}
	})
}

// A class that nobody declared is still sealed, by the old way, so that nothing lies in the clear meanwhile.
func TestUndeclaredClasses(t *testing.T) {
	k := kerneltest.New(t)
	s, err := k.Vault.Seal("nobody.declared", number)
	if err != nil || !strings.HasPrefix(s, "v1.") {
		t.Errorf("%q, %v", s, err)
	}
	if got, err := k.Vault.Open("nobody.declared", s); err != nil || got != number {
		t.Errorf("%q, %v", got, err)
	}
}

// Without the key-encryption key nothing opens, and the start says so.
func TestWithoutTheKEK(t *testing.T) {
	k := kerneltest.New(t)
	other := t.TempDir() + "/other.json"
	if err := vault.Init(other); err != nil {
		t.Fatal(err)
	}
	v, err := vault.Load(other)
	if err != nil {
		t.Fatal(err)
	}
	err = v.Attach(context.Background(), k.DB, clock.System(), []vault.Class{{Name: class}})
	if !errors.Is(err, vault.ErrKey) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkSealRow(b *testing.B) {
	k := kerneltest.New(b)
	for b.Loop() {
		if _, err := k.Vault.SealRow(class, "MY261126-001-0017-5", number); err != nil {
			b.Fatal(err)
		}
	}
}
