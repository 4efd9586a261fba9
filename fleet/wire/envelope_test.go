package wire

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"testing"
	"time"
)

func sealed(t testing.TB) (*Envelope, *ecdsa.PrivateKey, *ecdh.PrivateKey) {
	t.Helper()
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	centre, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	e := &Envelope{
		V: Version, ID: "01932f3a-7c11-7def-8abc-0123456789ab", Terminal: "K-01", Epoch: 1, Lane: LaneCase,
		Kind: KindSubmission, Seq: 7, MadeAt: time.Date(2026, 11, 26, 2, 0, 0, 123e6, time.UTC),
	}
	if e.Box, err = Close(centre.PublicKey(), e.ID, []byte(`{"case_no":"x"}`)); err != nil {
		t.Fatal(err)
	}
	if err := e.Sign(signer); err != nil {
		t.Fatal(err)
	}
	return e, signer, centre
}

func TestEnvelopeTravels(t *testing.T) {
	e, signer, centre := sealed(t)
	p, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseEnvelope(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Verify(&signer.PublicKey); err != nil {
		t.Error(err)
	}
	body, err := got.Box.Open(centre, got.ID)
	if err != nil || string(body) != `{"case_no":"x"}` {
		t.Errorf("Open = %s, %v", body, err)
	}
}

// Whatever of the outside or the box is changed on the way, the signature no longer fits.
func TestEnvelopeChangeIsFound(t *testing.T) {
	changes := map[string]func(*Envelope){
		"id":       func(e *Envelope) { e.ID = "01932f3a-7c11-7def-8abc-0123456789ac" },
		"terminal": func(e *Envelope) { e.Terminal = "K-02" },
		"epoch":    func(e *Envelope) { e.Epoch++ },
		"lane":     func(e *Envelope) { e.Lane = LaneReport },
		"kind":     func(e *Envelope) { e.Kind = KindRating },
		"seq":      func(e *Envelope) { e.Seq++ },
		"made at":  func(e *Envelope) { e.MadeAt = e.MadeAt.Add(time.Second) },
		"text":     func(e *Envelope) { e.Box.Text[0] ^= 1 },
		"nonce":    func(e *Envelope) { e.Box.Nonce[0] ^= 1 },
		"key":      func(e *Envelope) { e.Box.Key[5] ^= 1 },
		"alg":      func(e *Envelope) { e.Box.Alg = "none" },
	}
	for name, change := range changes {
		e, signer, _ := sealed(t)
		change(e)
		if err := e.Verify(&signer.PublicKey); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: Verify = %v", name, err)
		}
	}
}

// A box cut out of one envelope does not open in another.
func TestBoxIsBoundToItsEnvelope(t *testing.T) {
	e, _, centre := sealed(t)
	if _, err := e.Box.Open(centre, "other"); !errors.Is(err, ErrBox) {
		t.Errorf("Open = %v, want ErrBox", err)
	}
	other, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Box.Open(other, e.ID); !errors.Is(err, ErrBox) {
		t.Errorf("foreign key: Open = %v, want ErrBox", err)
	}
}

func TestFileEncryption(t *testing.T) {
	plain := bytes.Repeat([]byte("页"), 1000)
	c, key, err := Encrypt(plain)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(c, plain[:30]) {
		t.Error("the file is readable")
	}
	got, err := Decrypt(c, key)
	if err != nil || !bytes.Equal(got, plain) {
		t.Errorf("Decrypt: %v", err)
	}
	c[20] ^= 1
	if _, err := Decrypt(c, key); !errors.Is(err, ErrBox) {
		t.Errorf("changed file: %v", err)
	}
}

func FuzzParseEnvelope(f *testing.F) {
	e, _, _ := sealed(f)
	p, err := json.Marshal(e)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p)
	f.Add([]byte(`{"v":1}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, p []byte) {
		e, err := ParseEnvelope(p)
		if err == nil && (e.Seq < 1 || !ValidTerminal(e.Terminal)) {
			t.Errorf("half-valid envelope: %+v", e)
		}
	})
}
