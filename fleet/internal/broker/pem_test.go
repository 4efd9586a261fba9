package broker

import (
	"encoding/pem"
	"testing"
)

func der(t *testing.T, text []byte) []byte {
	t.Helper()
	b, _ := pem.Decode(text)
	if b == nil {
		t.Fatal("no PEM block")
	}
	return b.Bytes
}
