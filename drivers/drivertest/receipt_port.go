package drivertest

import (
	"errors"
	"sync"
	"time"

	"tongban/drivers"
)

// The wrappers of this file make a good line bad in ways that an emulator at its far end cannot: they work on single
// bytes and on writes that do not return.

// Trickle hands the answers over one byte at a time with a pause before each.
func Trickle(pause time.Duration) func(drivers.Port) drivers.Port {
	return func(p drivers.Port) drivers.Port { return &tricklePort{Port: p, pause: pause} }
}

type tricklePort struct {
	drivers.Port
	pause time.Duration
	rest  []byte
}

func (t *tricklePort) Read(p []byte, timeout time.Duration) (int, error) {
	if len(t.rest) == 0 {
		buf := make([]byte, 64)
		n, err := t.Port.Read(buf, timeout)
		if n == 0 || err != nil {
			return n, err
		}
		t.rest = buf[:n]
	}
	time.Sleep(t.pause)
	p[0], t.rest = t.rest[0], t.rest[1:]
	return 1, nil
}

// Swallow loses the second half of every n-th arrival of more than one byte.
func Swallow(n int) func(drivers.Port) drivers.Port {
	return func(p drivers.Port) drivers.Port { return &swallowPort{Port: p, every: n} }
}

type swallowPort struct {
	drivers.Port
	every, count int
}

func (s *swallowPort) Read(p []byte, timeout time.Duration) (int, error) {
	n, err := s.Port.Read(p, timeout)
	if n > 1 {
		if s.count++; s.count%s.every == 0 {
			n /= 2
		}
	}
	return n, err
}

// Noise puts a byte that no printer sends before every n-th arrival.
func Noise(n int) func(drivers.Port) drivers.Port {
	return func(p drivers.Port) drivers.Port { return &noisePort{Port: p, every: n} }
}

type noisePort struct {
	drivers.Port
	every, count int
}

func (s *noisePort) Read(p []byte, timeout time.Duration) (int, error) {
	n, err := s.Port.Read(p[1:], timeout)
	if n == 0 || err != nil {
		return n, err
	}
	if s.count++; s.count%s.every == 0 {
		p[0] = 0xFE
		return n + 1, nil
	}
	copy(p, p[1:n+1])
	return n, nil
}

// Clog lets n large writes through and then takes no bytes any more, as a hardware handshake that is never given back.
func Clog(n int) func(drivers.Port) drivers.Port {
	return func(p drivers.Port) drivers.Port { return &clogPort{Port: p, left: n, freed: make(chan struct{})} }
}

type clogPort struct {
	drivers.Port
	mu    sync.Mutex
	left  int
	freed chan struct{}
	once  sync.Once
}

func (c *clogPort) Write(p []byte) (int, error) {
	c.mu.Lock()
	if len(p) > 200 {
		c.left--
	}
	stuck := c.left < 0
	c.mu.Unlock()
	if stuck {
		<-c.freed
	}
	return c.Port.Write(p)
}

func (c *clogPort) Close() error {
	c.once.Do(func() { close(c.freed) })
	return c.Port.Close()
}

// Torn lets n large writes through, sends half of the next one and is gone.
func Torn(n int) func(drivers.Port) drivers.Port {
	return func(p drivers.Port) drivers.Port { return &tornPort{Port: p, left: n} }
}

type tornPort struct {
	drivers.Port
	mu   sync.Mutex
	left int
	gone bool
}

var errTorn = errors.New("cable torn out")

func (c *tornPort) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return 0, errTorn
	}
	if len(p) > 200 {
		c.left--
	}
	if c.left >= 0 {
		return c.Port.Write(p)
	}
	c.gone = true
	n, _ := c.Port.Write(p[:len(p)/2])
	return n, errTorn
}

func (c *tornPort) Read(p []byte, timeout time.Duration) (int, error) {
	c.mu.Lock()
	gone := c.gone
	c.mu.Unlock()
	if gone {
		return 0, errTorn
	}
	return c.Port.Read(p, timeout)
}
