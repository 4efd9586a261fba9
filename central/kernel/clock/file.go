//go:build testhooks

package clock

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// look is how often a waiting timer of the file clock looks at the file again.
const look = 100 * time.Millisecond

// FromFile returns a clock that runs beside the machine's clock by the offset
// written in the file at path: a Go duration such as "72h" or "-30m". The file
// is read again whenever it changes, so a driver of the whole product can move
// its time. A file that is absent or empty means no offset.
func FromFile(path string) (Clock, error) {
	c := &fileClock{path: path}
	if err := c.read(); err != nil {
		return nil, err
	}
	return c, nil
}

type fileClock struct {
	path string

	mu     sync.Mutex
	offset time.Duration
	stamp  time.Time // modification time of what was read last
	size   int64
}

// Now returns machine time plus the offset. A file that cannot be understood
// just now (half written) leaves the last offset in force.
func (c *fileClock) Now() time.Time {
	_ = c.read()
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *fileClock) read() error {
	c.mu.Lock()
	defer c.mu.Unlock()

	info, err := os.Stat(c.path)
	if os.IsNotExist(err) {
		c.offset, c.stamp, c.size = 0, time.Time{}, 0
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at clock file: %w", err)
	}
	if info.ModTime().Equal(c.stamp) && info.Size() == c.size {
		return nil
	}

	text, err := os.ReadFile(c.path)
	if err != nil {
		return fmt.Errorf("read clock file: %w", err)
	}
	var offset time.Duration
	if s := strings.TrimSpace(string(text)); s != "" {
		if offset, err = time.ParseDuration(s); err != nil {
			return fmt.Errorf("read clock file: %w", err)
		}
	}
	c.offset, c.stamp, c.size = offset, info.ModTime(), info.Size()
	return nil
}

// After waits by this clock: moving the offset forward lets it fire at once.
func (c *fileClock) After(d time.Duration) <-chan time.Time {
	out := make(chan time.Time, 1)
	go c.wait(c.Now().Add(d), out)
	return out
}

func (c *fileClock) wait(due time.Time, out chan<- time.Time) {
	for {
		now := c.Now()
		if !now.Before(due) {
			out <- now
			return
		}
		time.Sleep(min(look, due.Sub(now)))
	}
}

// NewTicker ticks by this clock; ticks that a jump skipped are lost.
func (c *fileClock) NewTicker(d time.Duration) Ticker {
	if d <= 0 {
		panic("clock: ticker needs a positive duration")
	}
	t := &fileTicker{c: make(chan time.Time, 1), stop: make(chan struct{})}
	go t.run(c, d, c.Now().Add(d))
	return t
}

type fileTicker struct {
	c    chan time.Time
	stop chan struct{}
	once sync.Once
}

func (t *fileTicker) C() <-chan time.Time { return t.c }
func (t *fileTicker) Stop()               { t.once.Do(func() { close(t.stop) }) }

func (t *fileTicker) run(c *fileClock, d time.Duration, due time.Time) {
	for {
		select {
		case <-t.stop:
			return
		case <-time.After(min(look, d)):
		}
		now := c.Now()
		if now.Before(due) {
			continue
		}
		select {
		case t.c <- now:
		default:
		}
		for !due.After(now) {
			due = due.Add(max(d, now.Sub(due)/d*d))
		}
	}
}
