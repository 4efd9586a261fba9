package escpos

import (
	"context"
	"sync"
	"time"

	"tongban/drivers"
)

// line owns the port: one goroutine reads, one writes, and nobody else touches it.
type line struct {
	port drivers.Port
	clk  clock
	out  chan parcel
	quit chan struct{}
	once sync.Once

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
