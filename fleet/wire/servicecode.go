package wire

import (
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Life of a service code (维护码): a technician may have to drive to the hall, nobody may come back with it tomorrow. The clocks
// of terminal and centre may differ by ServiceSkew.
const (
	ServiceLife = 8 * time.Hour
	ServiceSkew = 10 * time.Minute
)

// Errors of a code that was typed.
var (
	ErrServiceCode = errors.New("service code is wrong")
	ErrServiceLate = errors.New("service code has expired")
)

// ServiceKey is the secret that a terminal and the centre share without having sent it (维护密钥): both keys are on the P-256
// curve, each side has its own private one and the other's public one since enrolment. So a code is made at the centre and
// checked on a terminal without a network, and a code of one terminal, or of an earlier enrolment, opens no other.
func ServiceKey(own *ecdh.PrivateKey, other *ecdh.PublicKey, terminal string, epoch int) ([]byte, error) {
	shared, err := own.ECDH(other)
	if err != nil {
		return nil, fmt.Errorf("agree on service key: %w", err)
	}
	defer clear(shared)
	key, err := hkdf.Key(sha256.New, shared, nil, fmt.Sprintf("tongban-service %s %d", terminal, epoch), 32)
	if err != nil {
		return nil, fmt.Errorf("derive service key: %w", err)
	}
	return key, nil
}

// ServicePass is what a service code says: when it was made, and its number, by which the centre knows for whom.
type ServicePass struct {
	At    time.Time // whole minutes
	Nonce uint16
}

// Until is the end of its life.
func (p ServicePass) Until() time.Time { return p.At.Add(ServiceLife) }

// serviceEpoch is minute 0 of the codes; 24 bits last until 2056.
var serviceEpoch = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// Code writes the pass as four groups of five letters and digits.
func (p ServicePass) Code(key []byte) string {
	minute := uint64(p.At.Sub(serviceEpoch)/time.Minute) & (1<<24 - 1) // #nosec G115 -- masked to 24 bits
	return shortCode(key, "service", minute<<16|uint64(p.Nonce))
}

// ReadServiceCode checks a typed code at the moment now.
func ReadServiceCode(key []byte, code string, now time.Time) (ServicePass, error) {
	v, err := readShort(key, "service", code)
	if err != nil {
		return ServicePass{}, err
	}
	p := ServicePass{At: serviceEpoch.Add(time.Duration(v>>16) * time.Minute), Nonce: uint16(v & 0xffff)} // #nosec G115 -- 24 and 16 bits
	if now.After(p.Until().Add(ServiceSkew)) || now.Before(p.At.Add(-ServiceSkew)) {
		return p, ErrServiceLate
	}
	return p, nil
}

// Outcome is what a result code says (诊断回执码): enough to be read out on the telephone when nothing else leaves the hall.
type Outcome struct {
	Nonce  uint16 // of the service code
	Faults int    // at most 15 are told
	Kind   string // of the worst one, "" for the machine or none
	What   Trouble
}

// Code writes the outcome as four groups of five letters and digits.
func (o Outcome) Code(key []byte) string {
	v := uint64(o.Nonce) << 24
	v |= uint64(min(max(o.Faults, 0), 15)) << 20 // #nosec G115 -- 4 bits
	v |= uint64(kindNumber(o.Kind)) << 12        // #nosec G115 -- a small list
	v |= uint64(o.What.number()) << 4            // #nosec G115 -- a small list
	return shortCode(key, "outcome", v)
}

// ReadOutcome checks a result code that was read out.
func ReadOutcome(key []byte, code string) (Outcome, error) {
	v, err := readShort(key, "outcome", code)
	if err != nil {
		return Outcome{}, err
	}
	what, ok := troubleAt(int(v >> 4 & 0xff)) // #nosec G115 -- 8 bits
	kind, known := kindAt(int(v >> 12 & 0xff))
	if !ok || !known || v&0xf != 0 {
		return Outcome{}, fmt.Errorf("%w: made by a newer program", ErrServiceCode)
	}
	return Outcome{Nonce: uint16(v >> 24), Faults: int(v >> 20 & 0xf), Kind: kind, What: what}, nil // #nosec G115 -- 16 and 4 bits
}

var shortText = base32.StdEncoding.WithPadding(base32.NoPadding)

// shortCode is 40 bits that say something and 60 bits that prove it: 100 bits, twenty letters. Trying a billion times a
// second would take eighteen years on average, and a terminal lets nobody try more than five times in a row.
func shortCode(key []byte, label string, v uint64) string {
	var b [13]byte
	for i := range 5 {
		b[i] = byte(v >> (32 - 8*i)) // #nosec G115 -- one byte at a time
	}
	copy(b[5:], proof(key, label, b[:5]))
	b[12] &= 0xf0
	s := shortText.EncodeToString(b[:])
	return s[0:5] + "-" + s[5:10] + "-" + s[10:15] + "-" + s[15:20]
}

// readShort forgives dashes, spaces and lower case; 0 and 1 are in no code and are read as the letters they look like.
func readShort(key []byte, label, code string) (uint64, error) {
	code = strings.ToUpper(strings.NewReplacer("-", "", " ", "", "－", "", "—", "", "0", "O", "1", "I").Replace(code))
	if len(code) != 20 {
		return 0, fmt.Errorf("%w: %d letters, want 20", ErrServiceCode, len(code))
	}
	b, err := shortText.DecodeString(code + "A")
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrServiceCode, err)
	}
	if len(b) != 13 { // the decoder passes over line ends
		return 0, fmt.Errorf("%w: line ends among the letters", ErrServiceCode)
	}
	want := proof(key, label, b[:5])
	want[7] &= 0xf0
	b[12] &= 0xf0
	if !hmac.Equal(b[5:13], want) {
		return 0, ErrServiceCode
	}
	var v [8]byte
	copy(v[3:], b[:5])
	return binary.BigEndian.Uint64(v[:]), nil
}

func proof(key []byte, label string, said []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(label + "\x00"))
	h.Write(said)
	return h.Sum(nil)[:8]
}
