package auth

import (
	"testing"
	"time"
)

// The values of RFC 6238, appendix B, for SHA-1: eight digits there, six of
// them are what an authenticator shows.
func TestVectorsOfRFC6238(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		if got := hotp(secret, stepOf(time.Unix(at, 0)), 8); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
	// RFC 4226, appendix D.
	for counter, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := hotp(secret, int64(counter), 6); got != want {
			t.Errorf("counter %d: %s, want %s", counter, got, want)
		}
	}
}

func TestOneStepToEitherSide(t *testing.T) {
	secret := []byte("12345678901234567890")
	now := time.Unix(1111111111, 0)
	for d, want := range map[int64]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		if _, ok := matchTOTP(secret, hotp(secret, stepOf(now)+d, 6), now, 0); ok != want {
			t.Errorf("%d steps away: %v", d, ok)
		}
	}
	if _, ok := matchTOTP(secret, hotp(secret, stepOf(now), 6), now, stepOf(now)); ok {
		t.Error("a step that was used is taken again")
	}
}
