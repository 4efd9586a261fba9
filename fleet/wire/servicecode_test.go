package wire

import (
	"crypto/ecdh"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"
)

func serviceKeys(t *testing.T) (terminal, centre *ecdh.PrivateKey) {
	t.Helper()
	var err error
	if terminal, err = ecdh.P256().GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	if centre, err = ecdh.P256().GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	return terminal, centre
}

// The centre makes a code, the terminal reads it, and neither has sent the other anything since enrolment.
func TestServiceCodeNeedsNoNetwork(t *testing.T) {
	terminal, centre := serviceKeys(t)
	made, err := ServiceKey(centre, terminal.PublicKey(), "K-01", 3)
	if err != nil {
		t.Fatal(err)
	}
	own, err := ServiceKey(terminal, centre.PublicKey(), "K-01", 3)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 27, 9, 30, 0, 0, time.UTC)
	code := ServicePass{At: now, Nonce: 0xbeef}.Code(made)
	for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", " ")} {
		got, err := ReadServiceCode(own, typed, now.Add(time.Hour))
		if err != nil || got.Nonce != 0xbeef || !got.At.Equal(now) {
			t.Errorf("%q: %+v, %v", typed, got, err)
		}
	}
	for name, other := range map[string]func() ([]byte, error){
		"another terminal": func() ([]byte, error) { return ServiceKey(terminal, centre.PublicKey(), "K-02", 3) },
		"another epoch":    func() ([]byte, error) { return ServiceKey(terminal, centre.PublicKey(), "K-01", 4) },
		"another key": func() ([]byte, error) {
			k, _ := serviceKeys(t)
			return ServiceKey(k, centre.PublicKey(), "K-01", 3)
		},
	} {
		key, err := other()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadServiceCode(key, code, now); !errors.Is(err, ErrServiceCode) {
			t.Errorf("%s reads it: %v", name, err)
		}
	}
	for _, at := range []time.Time{now.Add(ServiceLife + ServiceSkew + time.Minute), now.Add(-ServiceSkew - time.Minute)} {
		if _, err := ReadServiceCode(own, code, at); !errors.Is(err, ErrServiceLate) {
			t.Errorf("at %v: %v", at, err)
		}
	}
}

// Whatever letter is mistyped, the code does not open; a result code is no service code.
func TestEveryWrongLetterIsFound(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	now := time.Date(2026, 11, 27, 9, 30, 0, 0, time.UTC)
	code := ServicePass{At: now, Nonce: 7}.Code(key)
	for i, was := range code {
		for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" {
			if was == '-' || was == c {
				continue
			}
			bad := code[:i] + string(c) + code[i+1:]
			if _, err := ReadServiceCode(key, bad, now); !errors.Is(err, ErrServiceCode) {
				t.Fatalf("%s is taken for %s: %v", bad, code, err)
			}
		}
	}
	if _, err := ReadServiceCode(key, Outcome{Nonce: 7}.Code(key), now); !errors.Is(err, ErrServiceCode) {
		t.Errorf("a result code opens: %v", err)
	}
}

func TestOutcome(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	for _, kind := range diagnosedKinds {
		for _, what := range troubles {
			in := Outcome{Nonce: 0xa5c3, Faults: 3, Kind: kind, What: what}
			got, err := ReadOutcome(key, in.Code(key))
			if err != nil || got != in {
				t.Errorf("%+v: %+v, %v", in, got, err)
			}
			if what.Word() == "" {
				t.Errorf("trouble %s has no word", what)
			}
		}
	}
	if got, err := ReadOutcome(key, Outcome{Faults: 40}.Code(key)); err != nil || got.Faults != 15 {
		t.Errorf("many faults: %+v, %v", got, err)
	}
}

func FuzzServiceCode(f *testing.F) {
	key := []byte("0123456789abcdef0123456789abcdef")
	f.Add("AAAAA-AAAAA-AAAAA-AAAAA")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := ReadServiceCode(key, s, time.Date(2026, 11, 27, 9, 30, 0, 0, time.UTC)); err == nil && !strings.EqualFold(strings.Map(plain, s), strings.Map(plain, p.Code(key))) {
			t.Errorf("%q reads as %+v", s, p)
		}
	})
}

func plain(r rune) rune {
	switch r {
	case '-', ' ', '－', '—':
		return -1
	case '0':
		return 'O'
	case '1':
		return 'I'
	}
	return r
}
