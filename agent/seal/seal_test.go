package seal

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tongban/fleet/wire"
)

func sealer(t testing.TB) (*Sealer, *ecdsa.PrivateKey, *ecdh.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	centre, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &Sealer{Terminal: "K-01", Epoch: 2, Key: key, Centre: centre.PublicKey()}, key, centre
}

var at = time.Date(2026, 11, 26, 10, 33, 0, 123456789, time.UTC)

func TestCloseIsOpenedOnlyByTheCentre(t *testing.T) {
	s, key, centre := sealer(t)
	id, err := NewID(at)
	if err != nil {
		t.Fatal(err)
	}
	sub := wire.Submission{CaseNo: "MY261126-001-0001-0", Applicant: wire.Person{Name: "周立明", IDNumber: "510799199001010018"}}
	env, err := s.Close(Order{ID: id, Lane: wire.LaneCase, Kind: wire.KindSubmission, Seq: 1, At: at}, sub)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(env)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "510799199001010018") || strings.Contains(string(text), "周立明") {
		t.Error("the envelope shows the person")
	}
	got, err := wire.ParseEnvelope(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Verify(&key.PublicKey); err != nil {
		t.Error(err)
	}
	body, err := got.Box.Open(centre, got.ID)
	if err != nil {
		t.Fatal(err)
	}
	var back wire.Submission
	if err := json.Unmarshal(body, &back); err != nil || back.Applicant.IDNumber != sub.Applicant.IDNumber {
		t.Errorf("body is %v, %v", back, err)
	}
}

func TestNumbersLookRight(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		code, err := CheckCode()
		if err != nil || len(code) != 6 || strings.ContainsAny(code, "0O1IL5S8B2Z") {
			t.Fatalf("CheckCode = %q, %v", code, err)
		}
		key, err := LookupKey()
		if err != nil || len(key) != 26 || seen[key] {
			t.Fatalf("LookupKey = %q, %v", key, err)
		}
		seen[key] = true
		id, err := NewID(at)
		if err != nil || id[14] != '7' || seen[id] {
			t.Fatalf("NewID = %q, %v", id, err)
		}
		seen[id] = true
	}
}
