package counter

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"math/big"
	"net/http"
	"sync"
	"time"

	"tongban/agent/clock"
)

// Bounds of pairing.
const (
	wrongCodes = 5                // then the code changes
	lockFor    = 30 * time.Second // and nobody may try
	lasts      = 12 * time.Hour   // a working day: tomorrow's clerk pairs again
	showFor    = 2 * time.Minute  // the code on the citizen's screen, when somebody asked for it
)

// pairing ties one signed-in console to this counter (配对): who can read the code on the screen at the counter sits there.
// A code is good for one pairing, and a new pairing ends the one before.
type pairing struct {
	clock clock.Clock

	mu      sync.Mutex
	code    string
	asked   time.Time // the code was asked for
	wrong   int
	locked  time.Time // until
	token   [32]byte  // of the hash; zero: nobody is paired
	session [32]byte  // the sign-in that it belongs to
	until   time.Time
}

func newPairing(c clock.Clock) *pairing {
	p := &pairing{clock: c}
	p.renew()
	return p
}

// renew draws the next code. Called with mu held, or before anybody knows the pairing.
func (p *pairing) renew() {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic("no random numbers: " + err.Error()) // crypto/rand never fails on the systems we run on
	}
	p.code, p.wrong = fmt.Sprintf("%06d", n), 0
}

// shown returns the code, and whether the citizen's screen is to show it: while nobody is paired, or when it was asked for.
func (p *pairing) shown() (code string, show bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	return p.code, !p.paired(now) || now.Sub(p.asked) < showFor
}

func (p *pairing) paired(now time.Time) bool { return p.token != [32]byte{} && now.Before(p.until) }

// ask lets the citizen's screen show the code for a while.
func (p *pairing) ask() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = p.clock.Now()
}

// pair exchanges the code for a token of this sign-in.
func (p *pairing) pair(code, session string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	if now.Before(p.locked) {
		return "", problem(http.StatusTooManyRequests, "locked", "错了几次，配对码已经换了。半分钟后看签字屏上的新码再输")
	}
	if subtle.ConstantTimeCompare([]byte(code), []byte(p.code)) != 1 {
		if p.wrong++; p.wrong >= wrongCodes {
			p.locked = now.Add(lockFor)
			p.renew()
		}
		return "", problem(http.StatusForbidden, "code", "配对码不对，看签字屏上的 6 位数再输一次")
	}
	token := rand.Text()
	p.token, p.session, p.until, p.asked = sha256.Sum256([]byte(token)), sha256.Sum256([]byte(session)), now.Add(lasts), time.Time{}
	p.renew()
	return token, nil
}

// knows reports whether a call comes from the console that is paired, in the sign-in in which it was.
func (p *pairing) knows(token, session string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, s := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(session))
	same := subtle.ConstantTimeCompare(t[:], p.token[:]) & subtle.ConstantTimeCompare(s[:], p.session[:])
	return p.paired(p.clock.Now()) && same == 1
}

// end lets nobody be paired.
func (p *pairing) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.token, p.session = [32]byte{}, [32]byte{}
}
