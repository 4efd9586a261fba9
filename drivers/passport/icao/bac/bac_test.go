package bac

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tongban/drivers/passport/icao/apdu"
	"tongban/drivers/passport/icao/sm"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type script [][2]string

func (s *script) Transmit(_ context.Context, c []byte) ([]byte, error) {
	if len(*s) == 0 || fmt.Sprintf("%X", c) != (*s)[0][0] {
		return nil, fmt.Errorf("unexpected command %X", c)
	}
	a, err := hex.DecodeString((*s)[0][1])
	*s = (*s)[1:]
	return a, err
}

var sample = Key{"L898902C", "690806", "940623"}

const (
	fromReader = "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A7"
	fromChip   = "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449"
	drawn      = "781723860C06C2260B795240CB7049B01C19B33E32804F0B"
)

// The worked example of ICAO 9303-11, appendices D.1 to D.3.
func TestWorkedExample(t *testing.T) {
	if got := string(sample.Information()); got != "L898902C<369080619406236" {
		t.Errorf("information %s", got)
	}
	seed := sample.Seed()
	for want, got := range map[string][]byte{
		"239AB9CB282DAF66231DC5A4DF6BFBAE": seed,
		"AB94FDECF2674FDFB9B391F85D7F76F2": sm.TDES.KDF(seed, sm.ForEnc),
		"7962D9ECE03D1ACD4C76089DCE131543": sm.TDES.KDF(seed, sm.ForMac),
	} {
		if !bytes.Equal(got, unhex(t, want)) {
			t.Errorf("got %X, want %s", got, want)
		}
	}
	line := &script{
		{"0084000008", "4608F919887022129000"}, {"0082000028" + fromReader + "28", fromChip + "9000"},
		{"0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800", "990290008E08FA855A5D4C50A8ED9000"},
	}
	s, err := Authenticate(t.Context(), line, sample, bytes.NewReader(unhex(t, drawn)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), apdu.Command{INS: 0xA4, P1: 2, P2: 0x0C, Data: []byte{1, 0x1E}, Le: apdu.NoLe}); err != nil {
		t.Error(err)
	}
}

func TestRefusals(t *testing.T) {
	for answer, want := range map[string]error{
		"6300":                            ErrDenied,
		"6A80":                            ErrDenied,
		"9000":                            apdu.ErrMalformed,
		"00" + fromChip[2:] + "9000":      ErrChip,
		strings.Repeat("00", 40) + "9000": ErrChip,
	} {
		line := &script{{"0084000008", "4608F919887022129000"}, {"0082000028" + fromReader + "28", answer}}
		if _, err := Authenticate(t.Context(), line, sample, bytes.NewReader(unhex(t, drawn))); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", answer, err, want)
		}
	}
	if s := fmt.Sprintf("%v %+v %#v %s", sample, sample, sample, sample); strings.Contains(s, "L898902C") {
		t.Error("the key shows itself")
	}
}
