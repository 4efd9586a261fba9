//go:build testhooks

package clock

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// look is how often a waiting timer looks at the file again.
const look = 100 * time.Millisecond

// FromFile returns a clock that runs beside the machine's by the offset in the file at path, a Go duration such as
// "72h". The file is read again when it changes; absent or empty means no offset.
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
	stamp  time.Time
	size   int64
}

// Now leaves the last offset in force while the file is half written.
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

// After waits by this clock: moving the offset forward lets it fire early.
func (c *fileClock) After(d time.Duration) <-chan time.Time {
	out := make(chan time.Time, 1)
	due := c.Now().Add(d)
	go func() {
		for {
			now := c.Now()
			if !now.Before(due) {
				out <- now
				return
			}
			time.Sleep(min(look, due.Sub(now)))
		}
	}()
	return out
}
