package auth

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // #nosec G505 -- RFC 6238 as every authenticator app speaks it; HMAC-SHA-1 is not broken by collisions
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

// The time-based code (动态口令): RFC 6238 with HMAC-SHA-1, steps of 30 s and six
// digits, which is what authenticator apps take for granted.
const (
	totpStep   = 30 * time.Second
	totpDigits = 6
	totpSecret = 20 // bytes, as RFC 4226, 4 wants them
)

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// stepOf is the number of the time step that holds at (RFC 6238, 4.2).
func stepOf(at time.Time) int64 { return at.Unix() / int64(totpStep/time.Second) }

// hotp is the code of a counter (RFC 4226, 5.3).
func hotp(secret []byte, counter int64, digits int) string {
	var c [8]byte
	binary.BigEndian.PutUint64(c[:], uint64(counter)) //nolint:gosec // #nosec G115 -- steps since 1970 are positive
	m := hmac.New(sha1.New, secret)
	m.Write(c[:])
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	n := binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
	mod := uint32(1)
	for range digits {
		mod *= 10
	}
	return fmt.Sprintf("%0*d", digits, n%mod)
}

// matchTOTP returns the step whose code was given: the present one, or one to
// either side for clocks that differ. Steps up to last were used before.
func matchTOTP(secret []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	for d := int64(-1); d <= 1; d++ {
		n := stepOf(now) + d
		if subtle.ConstantTimeCompare([]byte(hotp(secret, n, totpDigits)), []byte(code)) == 1 && n > last {
			step, ok = n, true
		}
	}
	return step, ok
}

// TOTPCode is the code of a secret, as an authenticator shows it at a time. It
// is for programs that stand in for a person, in tests and demonstrations.
func TOTPCode(secret string, at time.Time) (string, error) {
	raw, err := base32Plain.DecodeString(secret)
	if err != nil {
		return "", fmt.Errorf("secret of an authenticator: %w", err)
	}
	return hotp(raw, stepOf(at), totpDigits), nil
}

// totpURI is what the QR code of the enrolment says (the key URI format that
// authenticator apps read).
func totpURI(secret, login string) string {
	q := url.Values{"secret": {secret}, "issuer": {"通办"}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	return "otpauth://totp/" + url.PathEscape("通办:"+login) + "?" + q.Encode()
}
