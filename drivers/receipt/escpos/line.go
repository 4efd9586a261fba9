package escpos

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
)

// state is everything that the back channel has told so far.
type state struct {
	asb      [4]byte
	asbKnown bool
	rt       [4]byte   // last answers to DLE EOT 1 to 4
	rtCount  [4]int    // how many of them
	seen     [asks]int // number of the last question answered, by kind
	text     string    // answer to the last text question
	garbled  int       // noise that came in place of an answer
	noise    int       // bytes that no printer sends
	cleared  int       // acknowledged clears
	echoes   map[[4]byte]bool
	hold     bool  // XOFF
	lost     error // the cable is out
	epoch    int   // grows each time the line comes back: the printer has forgotten what it was told before
	ended    bool
}

// ask is a kind of question whose answer does not say what it answers; answers are matched in order within a kind.
type ask int

const (
	askStatus ask = iota // DLE EOT n
	askPaper             // GS r 1
	askText              // GS I, GS g
	asks
	askNothing ask = -1
)

// question waits for its answer. One that never came is forgotten after a while, or every later answer would be read as
// its predecessor's; until then it makes the driver believe too little, never too much.
type question struct {
	number int
	n      byte // of DLE EOT
	asked  time.Time
}

const forgetQuestion = 2500 * time.Millisecond

// line owns the port: one goroutine reads, one writes, and nobody else touches it.
type line struct {
	port drivers.Port
	clk  clock
	out  chan parcel
	quit chan struct{}
	once sync.Once
	wg   sync.WaitGroup

	mu      sync.Mutex
	changed chan struct{} // closed and replaced whenever st changes
	st      state
	asked   [asks][]question
	numbers [asks]int
	noiseAt time.Time // last noise, for telling the rest of a broken group from an answer
}

// parcel is whole commands on their way out, the last of which may be a question.
type parcel struct {
	b    []byte
	ask  ask
	n    byte
	done chan sent
}

// sent says how writing went and which number the question has.
type sent struct {
	number int
	err    error
}

func newLine(port drivers.Port, clk clock) *line {
	l := &line{port: port, clk: clk, out: make(chan parcel), quit: make(chan struct{}), changed: make(chan struct{})}
	l.st.echoes = map[[4]byte]bool{}
	l.wg.Add(2)
	go l.read()
	go l.write()
	return l
}

func (l *line) close() error {
	var err error
	l.once.Do(func() {
		close(l.quit)
		err = l.port.Close()
		l.update(func(s *state) { s.ended = true })
	})
	return err
}

// snapshot is a copy of the state that nobody changes; the echoes are left out.
func (l *line) snapshot() state {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.st
	s.echoes = nil
	return s
}

func (l *line) update(f func(*state)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(&l.st)
	close(l.changed)
	l.changed = make(chan struct{})
}

// wait blocks until ok, a lost line, d or the end of ctx, and reports ok.
func (l *line) wait(ctx context.Context, d time.Duration, ok func(*state) bool) bool {
	limit := l.clk.after(d)
	for {
		l.mu.Lock()
		yes, over, next := ok(&l.st), l.st.lost != nil || l.st.ended, l.changed
		l.mu.Unlock()
		if yes || over {
			return yes
		}
		select {
		case <-next:
		case <-limit:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// read is the one reader. After the cable was pulled it keeps looking: a port that heals itself is then used again, one
// that does not costs five calls a second until the owner closes the printer.
func (l *line) read() {
	defer l.wg.Done()
	var c classifier
	buf := make([]byte, 256)
	for {
		select {
		case <-l.quit:
			return
		default:
		}
		n, err := l.port.Read(buf, readSlice)
		if n > 0 {
			for _, b := range buf[:n] {
				l.take(c.feed(b))
			}
		}
		switch {
		case err != nil:
			c = classifier{}
			l.lose(err)
			select {
			case <-l.quit:
				return
			case <-l.clk.after(lostEvery):
			}
		case n == 0:
			l.regain()
			l.take(c.idle())
		default:
			l.regain()
		}
	}
}

// lose notes that the line is gone; what the printer told before counts no more.
func (l *line) lose(err error) {
	l.mu.Lock()
	gone := l.st.lost != nil
	l.mu.Unlock()
	if gone {
		return
	}
	l.update(func(s *state) {
		s.lost, s.asbKnown, s.hold = err, false, false
		l.asked = [asks][]question{}
	})
}

func (l *line) regain() {
	l.mu.Lock()
	back := l.st.lost != nil
	l.mu.Unlock()
	if back {
		l.update(func(s *state) { s.lost = nil; s.epoch++ })
	}
}

func (l *line) take(replies []reply) {
	if len(replies) == 0 {
		return
	}
	now := l.clk.now()
	l.update(func(s *state) {
		for _, r := range replies {
			l.apply(s, r, now)
		}
	})
}

// apply is called with l.mu held.
func (l *line) apply(s *state, r reply, now time.Time) {
	switch r.kind {
	case replyRealtime:
		if q, ok := l.answer(askStatus, now); ok {
			s.rt[q.n-1] = r.data[0]
			s.rtCount[q.n-1]++
			s.seen[askStatus] = q.number
		}
	case replyASB:
		s.asb, s.asbKnown = [4]byte(r.data), true
	case replyPlain:
		if now.Sub(l.noiseAt) <= readSlice {
			return // the rest of a broken group
		}
		if q, ok := l.answer(askPaper, now); ok {
			s.seen[askPaper] = q.number
		}
	case replyText:
		if q, ok := l.answer(askText, now); ok {
			s.seen[askText], s.text = q.number, string(r.data)
		}
	case replyEcho:
		s.echoes[[4]byte(r.data)] = true
	case replyCleared:
		s.cleared++
	case replyXON, replyXOFF:
		s.hold = r.kind == replyXOFF
	case replyNoise:
		s.noise += len(r.data)
		l.noiseAt = now
		if q, ok := l.answer(askStatus, now); ok {
			s.garbled++
			s.seen[askStatus] = q.number
		} else {
			s.asbKnown = false // it may have been the automatic status that nobody will send again
		}
	}
}

// answer takes the question that an answer belongs to. Called with l.mu held.
func (l *line) answer(a ask, now time.Time) (question, bool) {
	for len(l.asked[a]) > 0 {
		q := l.asked[a][0]
		l.asked[a] = l.asked[a][1:]
		if now.Sub(q.asked) < forgetQuestion {
			return q, true
		}
	}
	return question{}, false
}

// expect notes the question of p just before it is written: an answer must never be faster than its question.
func (l *line) expect(p parcel) int {
	if p.ask == askNothing {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.numbers[p.ask]++
	l.asked[p.ask] = append(l.asked[p.ask], question{number: l.numbers[p.ask], n: p.n, asked: l.clk.now()})
	return l.numbers[p.ask]
}

// settle waits a moment for late status answers and then gives up the questions that have none, so that the next answers
// belong to the next questions.
func (l *line) settle(ctx context.Context, d time.Duration) {
	l.wait(ctx, d, func(*state) bool { return len(l.asked[askStatus]) == 0 })
	l.mu.Lock()
	l.asked[askStatus] = nil
	l.mu.Unlock()
}

// write is the one writer. A printer that holds its hardware handshake blocks it here and not in a command, which then
// can still give up in time.
func (l *line) write() {
	defer l.wg.Done()
	for {
		select {
		case <-l.quit:
			return
		case p := <-l.out:
			number := l.expect(p)
			_, err := l.port.Write(p.b)
			if err != nil {
				l.lose(err)
			}
			p.done <- sent{number, err}
		}
	}
}

var (
	errBlocked  = errors.New("line does not take bytes")
	errReturned = errors.New("line was gone and came back")
)

// send hands whole commands to the writer and waits until they are out, at most patience.
func (l *line) send(ctx context.Context, b []byte) error {
	_, err := l.post(ctx, parcel{b: b, ask: askNothing})
	return err
}

// askStatus sends DLE EOT n.
func (l *line) askStatus(ctx context.Context, n byte) (int, error) {
	return l.post(ctx, parcel{b: []byte{dle, 0x04, n}, ask: askStatus, n: n})
}

// post is send for a parcel with a question; it returns the question's number.
func (l *line) post(ctx context.Context, p parcel) (int, error) {
	p.done = make(chan sent, 1)
	limit := l.clk.after(patience)
	out, done := l.out, chan sent(nil)
	for {
		select {
		case out <- p:
			out, done = nil, p.done
		case s := <-done:
			if s.err != nil {
				return 0, unplugged(s.err)
			}
			return s.number, nil
		case <-limit:
			return 0, blocked(errBlocked)
		case <-l.quit:
			return 0, unplugged(errClosed)
		case <-ctx.Done():
			return 0, drivers.Fault(ctx.Err())
		}
	}
}

func unplugged(err error) error {
	return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the line is gone", Cause: err}
}

func blocked(err error) error {
	return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "the line takes no bytes", Cause: err}
}

func silent() error {
	return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "no answer to a status question"}
}

func noisy(n int) error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise, Detail: fmt.Sprintf("%d bytes that no printer sends", n)}
}
