package ids

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/hex"
	"sync"
	"time"

	"tongban/central/kernel/clock"
)

// keyText is RFC 4648 base32 without padding: upper case and 2-7, so that a
// key survives being read aloud and typed.
var keyText = base32.StdEncoding.WithPadding(base32.NoPadding)

// Key returns 128 random bits as 26 characters, for links in QR codes
// (二维码链接). Whoever holds the key may look, so it must not be guessable.
func Key() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return keyText.EncodeToString(b[:])
}

// New returns a UUIDv7 (RFC 9562) in lower-case hex with dashes. Ids made by
// one process sort in the order in which they were made.
func New() string { return process.next(clock.System().Now()) }

// process keeps ids of one process in order; it holds no state worth injecting.
var process maker

// maker hands out UUIDv7 with a 12-bit counter behind the millisecond
// (RFC 9562 §6.2 method 1), so that ids of one millisecond keep their order.
type maker struct {
	mu   sync.Mutex
	last uint64 // ms<<12 | counter of the last id
}

func (m *maker) next(now time.Time) string {
	var b [16]byte
	rand.Read(b[8:])

	// Start the counter in the lower half: at least 2,048 more ids fit in this
	// millisecond before the next one is borrowed.
	var r [2]byte
	rand.Read(r[:])
	stamp := uint64(now.UnixMilli())<<12 | uint64(r[0]&0x07)<<8 | uint64(r[1])

	m.mu.Lock()
	if stamp>>12 <= m.last>>12 {
		stamp = m.last + 1 // same millisecond, or the clock went back
	}
	m.last = stamp
	m.mu.Unlock()

	ms := stamp >> 12
	b[0], b[1], b[2] = byte(ms>>40), byte(ms>>32), byte(ms>>24) // #nosec G115 -- the parts of a number, byte by byte
	b[3], b[4], b[5] = byte(ms>>16), byte(ms>>8), byte(ms)      // #nosec G115 -- the parts of a number, byte by byte
	b[6] = 0x70 | byte(stamp>>8)&0x0f                           // #nosec G115 -- the parts of a number, byte by byte
	b[7] = byte(stamp)                                          // #nosec G115 -- the parts of a number, byte by byte
	b[8] = 0x80 | b[8]&0x3f

	var out [36]byte
	hex.Encode(out[0:8], b[0:4])
	out[8] = '-'
	hex.Encode(out[9:13], b[4:6])
	out[13] = '-'
	hex.Encode(out[14:18], b[6:8])
	out[18] = '-'
	hex.Encode(out[19:23], b[8:10])
	out[23] = '-'
	hex.Encode(out[24:36], b[10:16])
	return string(out[:])
}

// Valid reports whether s has the shape that New gives: 36 characters,
// lower-case hex and dashes in their places.
func Valid(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}
