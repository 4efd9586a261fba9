package curve

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"math/big"
	"testing"
)

func TestConstants(t *testing.T) {
	for _, c := range []*Curve{P256(), BrainpoolP256r1()} {
		if !c.On(c.G) || !c.P.ProbablyPrime(20) || !c.N.ProbablyPrime(20) {
			t.Errorf("%s: generator or primes", c.Name)
		}
		if !c.Mul(c.N, c.G).Infinite() {
			t.Errorf("%s: the order is wrong", c.Name)
		}
		if _, err := c.Decode(append(c.Encode(c.G)[:64], 0)); err == nil {
			t.Errorf("%s: a point beside the curve is taken", c.Name)
		}
	}
}

func TestAgainstStandardLibrary(t *testing.T) {
	c := P256()
	for range 4 {
		k, err := c.Scalar(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		key, err := ecdh.P256().NewPrivateKey(k.FillBytes(make([]byte, 32)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(c.Encode(c.Mul(k, c.G)), key.PublicKey().Bytes()) {
			t.Error("another public key than the standard library")
		}
	}
	if !c.Mul(big.NewInt(0), c.G).Infinite() {
		t.Error("zero times a point")
	}
}
