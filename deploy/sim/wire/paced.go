package wire

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"tongban/deploy/sim/clock"
)

// Speed is a line speed in bytes per second that may change while the line is open; 0 means as fast as it goes.
type Speed struct{ v atomic.Int64 }

// Set changes the speed.
func (s *Speed) Set(bytesPerSecond int) { s.v.Store(int64(bytesPerSecond)) }

// Get returns the speed.
func (s *Speed) Get() int { return int(s.v.Load()) }

// Write sends b at the line's speed, in the small pieces in which a UART's bytes arrive at the host.
func (s *Speed) Write(w io.Writer, b []byte) error {
	bps := s.Get()
	if bps <= 0 {
		_, err := w.Write(b)
		return err
	}
	const piece = 48
	start, sent := clock.Now(), 0
	for sent < len(b) {
		n := min(piece, len(b)-sent)
		sent += n
		due := start.Add(time.Duration(sent) * time.Second / time.Duration(bps))
		clock.Sleep(context.Background(), due.Sub(clock.Now()))
		if _, err := w.Write(b[sent-n : sent]); err != nil {
			return err
		}
	}
	return nil
}
