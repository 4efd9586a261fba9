package vault_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/central/kernel/vault"
)

const class, number = "person.id_number", "510799199001010018"

func opened(t *testing.T) (*vault.Vault, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := vault.Init(path); err != nil {
		t.Fatal(err)
	}
	return load(t, path), path
}

func load(t *testing.T, path string) *vault.Vault {
	t.Helper()
	v, err := vault.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func seal(t *testing.T, v *vault.Vault, text string) string {
	t.Helper()
	s, err := v.Seal(class, text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealAndOpen(t *testing.T) {
	v, _ := opened(t)
	for _, text := range []string{"", number, "迪丽热巴·木拉提", strings.Repeat("长", 10000), "\x00\xff"} {
		a, b := seal(t, v, text), seal(t, v, text)
		if a == b || text != "" && strings.Contains(a, text) {
			t.Errorf("sealed %q", a)
		}
		if got, err := v.Open(class, a); err != nil || got != text {
			t.Errorf("got %q, %v", got, err)
		}
	}
}

func TestEveryChangeIsNoticed(t *testing.T) {
	v, _ := opened(t)
	s := seal(t, v, number)
	if _, err := v.Open("person.phone", s); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("another class: %v", err)
	}
	for i := range s {
		b := []byte(s)
		if b[i]++; b[i] == '\n' || b[i] == '\r' {
			continue
		}
		if got, err := v.Open(class, string(b)); err == nil {
			// The last character of base64 carries spare bits, and nothing else may.
			if i != len(s)-1 || got != number {
				t.Errorf("byte %d changed unnoticed", i)
			}
		}
	}
	for _, bad := range []string{"", "v1", "v1.", "v1..", "v2" + s[2:], s[:len(s)/2], number} {
		if _, err := v.Open(class, bad); !errors.Is(err, vault.ErrSealed) && !errors.Is(err, vault.ErrKey) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestAWrongKeyIsNamed(t *testing.T) {
	v, path := opened(t)
	s := seal(t, v, number)
	other, otherPath := opened(t)
	if _, err := other.Open(class, s); !errors.Is(err, vault.ErrKey) || strings.Contains(err.Error(), number) {
		t.Errorf("got %v", err)
	}

	// Another key under the same id: the tag tells.
	id := strings.Split(s, ".")[1]
	text, _ := os.ReadFile(otherPath)
	otherID := strings.Split(seal(t, other, ""), ".")[1]
	forged := strings.ReplaceAll(string(text), otherID, id)
	if err := os.WriteFile(path, []byte(forged), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := load(t, path).Open(class, s); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("got %v", err)
	}
}

func TestRotation(t *testing.T) {
	v, path := opened(t)
	old, blind := seal(t, v, number), v.Blind(class, number)
	if err := vault.Rotate(path); err != nil {
		t.Fatal(err)
	}
	next := load(t, path)
	if got, err := next.Open(class, old); err != nil || got != number {
		t.Errorf("an old value: %q, %v", got, err)
	}
	fresh := seal(t, next, number)
	if !next.Stale(class, old) || next.Stale(class, fresh) {
		t.Error("stale")
	}
	if got, err := v.Open(class, fresh); err != nil || got != number {
		t.Errorf("a copy that has not restarted: %q, %v", got, err)
	}
	if next.Blind(class, number) != blind {
		t.Error("rotation broke the look-up index")
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestBlind(t *testing.T) {
	v, _ := opened(t)
	other, _ := opened(t)
	a := v.Blind(class, number)
	if len(a) != 64 || a != v.Blind(class, number) {
		t.Error("not stable")
	}
	if a == v.Blind("person.phone", number) || a == other.Blind(class, number) || a == v.Blind(class, number+"0") {
		t.Error("not its own per class, key and text")
	}
}

func TestTheKeyFileIsGuarded(t *testing.T) {
	_, path := opened(t)
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if err := vault.Init(path); err == nil {
		t.Error("init overwrote the keys")
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Load(path); err == nil || !strings.Contains(err.Error(), "0600") {
		t.Errorf("open to the group: %v", err)
	}
	_ = os.Chmod(path, 0o600)
	secret := "c2VjcmV0LXNlY3JldC1zZWNyZXQ"
	if err := os.WriteFile(path, []byte(`{"active":"k","keys":{"k":"`+secret+`"},"blind":""}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Load(path); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("a broken file: %v", err)
	}
	if _, err := vault.Load(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no file")
	}
}

func FuzzOpen(f *testing.F) {
	path := filepath.Join(f.TempDir(), "keys.json")
	if err := vault.Init(path); err != nil {
		f.Fatal(err)
	}
	v, err := vault.Load(path)
	if err != nil {
		f.Fatal(err)
	}
	s, _ := v.Seal(class, number)
	f.Add(s)
	f.Add("v1.k.x")
	f.Fuzz(func(t *testing.T, sealed string) {
		if got, err := v.Open(class, sealed); err == nil && got != number {
			t.Errorf("%q opened as %q", sealed, got)
		}
	})
}
