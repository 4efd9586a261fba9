package pjl

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"tongban/drivers"
)

// uel leaves whatever language the printer was in: what follows is PJL.
const uel = "\x1b%-12345X"

// flood ends a line of dots that a program which died has left half sent: until its bytes have come the printer hears nothing.
var flood = strings.Repeat(uel, 4096)

// line owns the port: one goroutine reads, one writes, and nobody else touches it.
type line struct {
	port drivers.Port
	clk  clock
	out  chan parcel
	quit chan struct{}
	once sync.Once

	mu      sync.Mutex
	changed chan struct{} // closed and replaced whenever something below changes
	heard   []message
	gone    int // messages that were heard and are no longer kept
	noises  int
	lost    error
	epoch   int // grows with each loss: what was agreed with the printer holds no more
	asked   int
}

type parcel struct {
	b    []byte
	done chan error
}

func newLine(port drivers.Port, clk clock) *line {
	l := &line{port: port, clk: clk, out: make(chan parcel), quit: make(chan struct{}), changed: make(chan struct{})}
	go l.read()
	go l.write()
	return l
}

func (l *line) close() error {
	var err error
	l.once.Do(func() {
		close(l.quit)
		err = l.port.Close()
	})
	return err
}

func (l *line) update(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
	close(l.changed)
	l.changed = make(chan struct{})
}

// keep is how many messages are remembered.
const keep = 2000

// read is the one reader. After the cable was pulled it keeps looking: a port that heals itself is then used again.
func (l *line) read() {
	var e ears
	buf := make([]byte, 4096)
	for {
		select {
		case <-l.quit:
			return
		default:
		}
		n, err := l.port.Read(buf, readSlice)
		msgs, noise := e.feed(buf[:max(n, 0)])
		l.mu.Lock()
		change := len(msgs) > 0 || noise > 0 || (err != nil) != (l.lost != nil)
		l.mu.Unlock()
		if change {
			l.update(func() {
				l.heard, l.noises = append(l.heard, msgs...), l.noises+noise
				if more := len(l.heard) - keep; more > 0 {
					l.heard, l.gone = append(l.heard[:0:0], l.heard[more:]...), l.gone+more
				}
				if err != nil && l.lost == nil {
					l.epoch++
				}
				l.lost = err
			})
		}
		if err != nil {
			e = ears{}
			select {
			case <-l.quit:
				return
			case <-l.clk.after(lostEvery):
			}
		}
	}
}

// write is the one writer: a printer that takes no more bytes blocks it here and not in a command, which then can still give up.
func (l *line) write() {
	for {
		select {
		case <-l.quit:
			return
		case p := <-l.out:
			_, err := l.port.Write(p.b)
			if err != nil {
				l.lose(err)
			}
			p.done <- err
		}
	}
}

// lose notes a loss that the writer saw before the reader did: whoever asks next waits until the line is back.
func (l *line) lose(err error) {
	l.update(func() {
		if l.lost == nil {
			l.epoch++
		}
		l.lost = err
	})
}

// errStuck: the printer takes no more bytes.
var errStuck = errors.New("printer takes no more bytes")

// send gives bytes to the writer and waits until they are out.
func (l *line) send(ctx context.Context, limit time.Duration, b []byte) error {
	p := parcel{b, make(chan error, 1)}
	out, done, over := l.out, chan error(nil), l.clk.after(limit)
	for {
		select {
		case out <- p:
			out, done = nil, p.done
		case err := <-done:
			return err
		case <-over:
			return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: errStuck.Error(), Cause: errStuck}
		case <-l.quit:
			return closedFault()
		case <-ctx.Done():
			return drivers.Fault(ctx.Err())
		}
	}
}

// mark is the place in what was heard, and the number of times that the line was lost.
func (l *line) mark() (at, epoch int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gone + len(l.heard), l.epoch
}

// since is what was heard after a place.
func (l *line) since(at int) (out []message, next int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append(out, l.heard[min(len(l.heard), max(0, at-l.gone)):]...), l.gone + len(l.heard)
}

// back waits a moment for a line that was lost.
func (l *line) back(ctx context.Context, limit time.Duration) error {
	over := l.clk.after(limit)
	for {
		l.mu.Lock()
		err, next := l.lost, l.changed
		l.mu.Unlock()
		if err == nil {
			return nil
		}
		select {
		case <-next:
		case <-over:
			return err
		case <-l.quit:
			return closedFault()
		case <-ctx.Done():
			return drivers.Fault(ctx.Err())
		}
	}
}

// ask sends orders of PJL and returns what was said until the printer echoed a word that follows them. Answers to older questions,
// which nobody waited for any more, lie before an older word and are left out.
func (l *line) ask(ctx context.Context, limit time.Duration, orders ...string) ([]message, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := l.back(ctx, limitBack); err != nil {
		return nil, err
	}
	l.mu.Lock()
	l.asked++
	word := fmt.Sprintf("%s%d", echo, l.asked)
	at, noises, epoch := l.gone+len(l.heard), l.noises, l.epoch
	l.mu.Unlock()
	if err := l.send(ctx, limit, pjl(append(orders, word)...)); err != nil {
		return nil, l.silence(ctx, err, noises)
	}
	for {
		l.mu.Lock()
		next, lost := l.changed, l.lost
		if l.epoch != epoch && lost == nil {
			lost = &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the line was gone"}
		}
		l.mu.Unlock()
		if got, ok := l.until(at, word); ok {
			return got, nil
		}
		if lost != nil {
			return nil, lost
		}
		select {
		case <-next:
		case <-l.quit:
			return nil, closedFault()
		case <-ctx.Done():
			return nil, l.silence(ctx, ctx.Err(), noises)
		}
	}
}

// echo begins the words that the printer gives back.
const echo = "ECHO tongban "

// until looks for the echo of a word and gives what stands before it.
func (l *line) until(at int, word string) ([]message, bool) {
	heard, _ := l.since(at)
	var out []message
	for _, m := range heard {
		switch {
		case m.what == word:
			return out, true
		case strings.HasPrefix(m.what, echo):
			out = nil
		case strings.HasPrefix(m.what, "INFO "):
			out = append(out, m)
		}
	}
	return nil, false
}

// silence says why there was no answer.
func (l *line) silence(ctx context.Context, err error, noises int) error {
	l.mu.Lock()
	noise := l.noises > noises
	l.mu.Unlock()
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return drivers.Fault(ctx.Err())
	case noise:
		return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise, Detail: "answer is no PJL", Cause: err}
	case ctx.Err() != nil:
		return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "no answer in time", Cause: err}
	}
	return err
}

// pjl is a stretch of orders, with the way in and out.
func pjl(orders ...string) []byte {
	var b strings.Builder
	b.WriteString(uel + "@PJL\r\n")
	for _, o := range orders {
		b.WriteString("@PJL " + o + "\r\n")
	}
	b.WriteString(uel)
	return []byte(b.String())
}

func closedFault() error {
	return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "closed"}
}
