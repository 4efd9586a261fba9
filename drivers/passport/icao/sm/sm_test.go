package sm

import (
	"bytes"
	"context"
	"crypto/aes"
	"encoding/hex"
	"fmt"
	"testing"

	"tongban/drivers/passport/icao/apdu"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// script answers commands that it expects, and fails on any other.
type script [][2]string

func (s *script) Transmit(_ context.Context, c []byte) ([]byte, error) {
	if len(*s) == 0 || fmt.Sprintf("%X", c) != (*s)[0][0] {
		return nil, fmt.Errorf("unexpected command %X", c)
	}
	a, err := hex.DecodeString((*s)[0][1])
	*s = (*s)[1:]
	return a, err
}

// The worked example of ICAO 9303-11, appendix D.4.
func TestWorkedExample(t *testing.T) {
	line := &script{
		{"0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800", "990290008E08FA855A5D4C50A8ED9000"},
		{"0CB000000D9701048E08ED6705417E96BA5500", "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000"},
		{
			"0CB000040D9701128E082EA28A70F3C7B53500",
			"871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000",
		},
	}
	s := New(line, TDES, unhex(t, "979EC13B1CBFE9DCD01AB0FED307EAE5"), unhex(t, "F1CB1F1FB5ADF208806B89DC579DC1F8"),
		unhex(t, "887022120C06C226"))
	for i, c := range []struct {
		cmd  apdu.Command
		want string
	}{
		{apdu.Command{INS: 0xA4, P1: 2, P2: 0x0C, Data: []byte{1, 0x1E}, Le: apdu.NoLe}, ""},
		{apdu.Command{INS: 0xB0, Le: 4}, "60145F01"},
		{apdu.Command{INS: 0xB0, P2: 4, Le: 0x12}, "04303130365F36063034303030305C026175"},
	} {
		got, err := s.Send(t.Context(), c.cmd)
		if err != nil || !bytes.Equal(got, unhex(t, c.want)) {
			t.Fatalf("command %d: %X %v", i, got, err)
		}
	}
}

// RFC 4493, chapter 4.
func TestCMAC(t *testing.T) {
	c, err := aes.NewCipher(unhex(t, "2b7e151628aed2a6abf7158809cf4f3c"))
	if err != nil {
		t.Fatal(err)
	}
	long := "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
	for n, want := range map[int]string{
		0: "bb1d6929e95937287fa37d129b756746", 16: "070a16b46b4d4144f79bdd9dd04a287c",
		40: "dfa66747de9ae63030ca32611497c827", 64: "51f0bebf7e3b9d92fc49741779363cfe",
	} {
		if got := cmac(c, unhex(t, long)[:n]); !bytes.Equal(got, unhex(t, want)) {
			t.Errorf("%d bytes: %x", n, got)
		}
	}
}

func FuzzUnwrap(f *testing.F) {
	f.Add(unhex(f, "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED"), false)
	f.Add(unhex(f, "990290008E080000000000000000"), true)
	f.Fuzz(func(t *testing.T, b []byte, strong bool) {
		suite := TDES
		if strong {
			suite = AES128
		}
		s := New(nil, suite, make([]byte, 16), make([]byte, 16), nil)
		if _, _, err := s.unwrap(b); err == nil && len(b) < 14 {
			t.Errorf("%x passes", b)
		}
	})
}
