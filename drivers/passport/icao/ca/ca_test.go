package ca

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/x509"
	"testing"

	"tongban/drivers/passport/icao/lds"
	"tongban/drivers/passport/icao/sm"
	"tongban/drivers/passport/icao/tlv"
)

func dg14(t testing.TB) []byte {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(key.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	return tlv.Encode(0x6E, tlv.Encode(0x31,
		tlv.Encode(0x30, []byte("\x06\x09\x04\x00\x7F\x00\x07\x02\x02\x01\x02"), spki),
		tlv.Encode(0x30, []byte("\x06\x0A\x04\x00\x7F\x00\x07\x02\x02\x03\x02\x02\x02\x01\x01"))))
}

func TestFind(t *testing.T) {
	infos, err := lds.ParseDG14(dg14(t))
	if err != nil {
		t.Fatal(err)
	}
	if k, err := Find(infos); err != nil || k == nil || k.suite != sm.AES128 || k.c.Name != "P-256" {
		t.Errorf("%+v %v", k, err)
	}
	if k, err := Find(nil); k != nil || err != nil {
		t.Errorf("no key: %v %v", k, err)
	}
}

func FuzzFind(f *testing.F) {
	f.Add(dg14(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		infos, err := lds.ParseDG14(b)
		if err != nil {
			return
		}
		if k, err := Find(infos); err == nil && k != nil && !k.c.On(k.point) {
			t.Error("a key beside the curve")
		}
	})
}
