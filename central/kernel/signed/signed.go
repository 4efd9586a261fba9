// Package signed signs and checks requests between systems (签名请求): a key id, a time, a nonce and an HMAC-SM3 over method,
// address, time, nonce and the body's SM3. It is the contract of the short-message gateway and of the systems that call
// through the service gateway; deploy/docs/adapters/signing.md tells it to their developers.
package signed

import (
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"tongban/central/kernel/ids"
)

// The headers of a signed request.
const (
	HeaderKey       = "X-Tongban-Key"       // id of the key
	HeaderTime      = "X-Tongban-Time"      // unix seconds
	HeaderNonce     = "X-Tongban-Nonce"     // used once
	HeaderSignature = "X-Tongban-Signature" // 64 hex digits
)

// Window is how far the clocks of both sides may be apart; a nonce must be remembered for twice as long.
const Window = 5 * time.Minute

// The faults of Check; compare with errors.Is.
var (
	ErrMissing   = errors.New("request is not signed")
	ErrTime      = errors.New("request is outside the time window")
	ErrSignature = errors.New("signature does not fit")
)

var nonceShape = regexp.MustCompile(`^[A-Za-z0-9-]{8,64}$`)

// Sign puts the four headers on r, whose body is given, since it can be read only once.
func Sign(r *http.Request, keyID string, secret, body []byte, now time.Time) {
	stamp, nonce := strconv.FormatInt(now.Unix(), 10), ids.Key()
	r.Header.Set(HeaderKey, keyID)
	r.Header.Set(HeaderTime, stamp)
	r.Header.Set(HeaderNonce, nonce)
	r.Header.Set(HeaderSignature, hex.EncodeToString(mac(secret, r.Method, r.URL.RequestURI(), stamp, nonce, body)))
}

// Stamp is what a request says of itself before anything is proven.
type Stamp struct {
	Key, Nonce string
	Time       time.Time
}

// Read takes the headers apart; ErrMissing when they are not there or misshapen.
func Read(h http.Header) (Stamp, error) {
	sec, err := strconv.ParseInt(h.Get(HeaderTime), 10, 64)
	s := Stamp{Key: h.Get(HeaderKey), Nonce: h.Get(HeaderNonce), Time: time.Unix(sec, 0)}
	if err != nil || s.Key == "" || len(s.Key) > 64 || !nonceShape.MatchString(s.Nonce) {
		return Stamp{}, ErrMissing
	}
	return s, nil
}

// Check proves that r was signed with secret within the window around now. The caller still has to refuse a nonce that it
// has seen: what was proven here can be sent again within the window.
func Check(r *http.Request, uri string, secret, body []byte, now time.Time) error {
	s, err := Read(r.Header)
	if err != nil {
		return err
	}
	if apart := now.Sub(s.Time); apart > Window || apart < -Window {
		return fmt.Errorf("%w: %s apart", ErrTime, apart.Round(time.Second))
	}
	given, err := hex.DecodeString(r.Header.Get(HeaderSignature))
	if err != nil || !hmac.Equal(given, mac(secret, r.Method, uri, r.Header.Get(HeaderTime), s.Nonce, body)) {
		return ErrSignature
	}
	return nil
}

// mac is HMAC-SM3 (GB/T 32905, GB/T 15852.2) over five lines; the body enters by its digest.
func mac(secret []byte, method, uri, stamp, nonce string, body []byte) []byte {
	digest := sm3.Sum(body)
	h := hmac.New(func() hash.Hash { return sm3.New() }, secret)
	fmt.Fprintf(h, "%s\n%s\n%s\n%s\n%x", method, uri, stamp, nonce, digest)
	return h.Sum(nil)
}
