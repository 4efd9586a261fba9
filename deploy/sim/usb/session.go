package usb

import (
	"context"
	"io"
)

// A printer that speaks IPP over USB begins anew each time the host takes its interface: what was half said is forgotten.

// web reports whether the device speaks IPP over USB (printer class, protocol 4).
func (d Descriptor) web() bool { return d.Class == 7 && d.Sub == 1 && d.Protocol == 4 }

func (d *Device) renew() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.claims++
	d.out, d.waiting, d.in = nil, 0, map[byte][][]byte{}
	d.tell()
}

// Session is the device's side of a line until the host begins anew or the plug is pulled (会话).
type Session struct {
	d    *Device
	in   byte
	mine int
	rest []byte
}

// Session is the one that runs now, speaking on the pipe in.
func (d *Device) Session(in byte) *Session {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &Session{d: d, in: in, mine: d.claims}
}

// Read implements io.Reader.
func (s *Session) Read(p []byte) (int, error) {
	over := false
	for len(s.rest) == 0 && !over {
		err := s.d.until(context.Background(), func() bool {
			if over = s.d.claims != s.mine; over {
				return true
			}
			if len(s.d.out) == 0 {
				return false
			}
			s.rest, s.d.out = s.d.out[0].data, s.d.out[1:]
			s.d.waiting -= len(s.rest)
			return true
		})
		if err != nil {
			return 0, io.EOF
		}
	}
	if over {
		return 0, io.EOF
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// Write implements io.Writer.
func (s *Session) Write(p []byte) (int, error) {
	s.d.mu.Lock()
	over := s.d.claims != s.mine
	s.d.mu.Unlock()
	if over {
		return 0, ErrGone
	}
	return len(p), s.d.Say(s.in, p)
}

// Over returns when the session is over, or ctx.
func (s *Session) Over(ctx context.Context) {
	_ = s.d.until(ctx, func() bool { return s.d.claims != s.mine }) // gone is over too
}

// Gone reports whether the plug was pulled.
func (d *Device) Gone() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.gone
}
