package usb

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
)

// Commands of USB/IP (USB/IP 协议), each with a header of 48 bytes, all numbers big-endian.
const (
	cmdSubmit = 1
	cmdUnlink = 2
	retSubmit = 3
	retUnlink = 4
	headSize  = 48
	maxURB    = 1 << 20 // more in one transfer is a broken header
)

// urb is one transfer that the host's kernel asks for.
type urb struct {
	seq    uint32
	in     bool
	ep     byte
	length int
	setup  [8]byte
	data   []byte
	ctx    context.Context
	cancel context.CancelFunc
}

// link is one connection with a kernel.
type link struct {
	d     *Device
	conn  io.ReadWriter
	base  context.Context
	write sync.Mutex
	mu    sync.Mutex
	open  map[uint32]*urb
	pipes map[byte]chan *urb
	work  sync.WaitGroup
}

// Serve is the device's side of a USB/IP connection that a kernel has taken over; it ends with the connection or the plug.
func Serve(conn io.ReadWriteCloser, d *Device) error {
	base, stop := context.WithCancel(context.Background())
	l := &link{d: d, conn: conn, base: base, open: map[uint32]*urb{}, pipes: map[byte]chan *urb{}}
	defer l.work.Wait()
	defer stop()
	go func() { // a pulled plug is the end of the connection
		_ = d.until(base, func() bool { return false })
		_ = conn.Close()
	}()
	for {
		if err := l.receive(); err != nil {
			return err
		}
	}
}

func (l *link) receive() error {
	var h [headSize]byte
	if _, err := io.ReadFull(l.conn, h[:]); err != nil {
		return fmt.Errorf("read header: %w", err)
	}
	word := func(i int) uint32 { return binary.BigEndian.Uint32(h[4*i:]) }
	switch word(0) {
	case cmdUnlink:
		return l.unlink(word(1), word(5))
	case cmdSubmit:
	default:
		return fmt.Errorf("command %d", word(0))
	}
	u := &urb{seq: word(1), in: word(3) == 1, ep: byte(word(4)), length: int(word(6)), setup: [8]byte(h[40:48])} //nolint:gosec // 4 bits, and bounded below
	if u.length > maxURB {
		return fmt.Errorf("transfer of %d bytes", u.length)
	}
	if !u.in && u.length > 0 {
		u.data = make([]byte, u.length)
		if _, err := io.ReadFull(l.conn, u.data); err != nil {
			return fmt.Errorf("read data: %w", err)
		}
	}
	u.ctx, u.cancel = context.WithCancel(l.base)
	if u.in {
		u.ep |= 0x80
	}
	l.mu.Lock()
	l.open[u.seq] = u
	key := u.ep
	if key&0x7F == 0 {
		key = 0
	}
	pipe, ok := l.pipes[key]
	if !ok {
		pipe = make(chan *urb, 256)
		l.pipes[key] = pipe
		l.work.Go(func() { l.serve(pipe) })
	}
	l.mu.Unlock()
	select {
	case pipe <- u:
		return nil
	default:
		return errors.New("too many transfers on one pipe")
	}
}

// serve does the transfers of one pipe in their order.
func (l *link) serve(pipe chan *urb) {
	for {
		select {
		case u := <-pipe:
			got, err := l.do(u)
			l.mu.Lock()
			_, mine := l.open[u.seq]
			delete(l.open, u.seq)
			l.mu.Unlock()
			u.cancel()
			if mine {
				l.answer(u, got, err)
			}
		case <-l.base.Done():
			return
		}
	}
}

func (l *link) do(u *urb) ([]byte, error) {
	switch {
	case u.ctx.Err() != nil:
		return nil, u.ctx.Err()
	case u.ep&0x7F == 0:
		return l.d.control(u.ctx, u.setup, u.data)
	case u.in:
		return l.d.HostIn(u.ctx, u.ep, u.length)
	}
	return nil, l.d.HostOut(u.ctx, u.ep, u.data)
}

func (l *link) answer(u *urb, got []byte, err error) {
	status, actual := int32(0), len(u.data)
	if u.in {
		got = got[:min(len(got), u.length)]
		actual = len(got)
	}
	switch {
	case errors.Is(err, ErrStall):
		status, actual, got = -int32(syscall.EPIPE), 0, nil
	case err != nil:
		status, actual, got = -int32(syscall.ESHUTDOWN), 0, nil
	}
	out := make([]byte, headSize, headSize+len(got))
	binary.BigEndian.PutUint32(out, retSubmit)
	binary.BigEndian.PutUint32(out[4:], u.seq)
	binary.BigEndian.PutUint32(out[20:], uint32(status)) //nolint:gosec // two's complement is the protocol's
	binary.BigEndian.PutUint32(out[24:], uint32(actual)) //nolint:gosec // bounded by maxURB
	if u.in {
		out = append(out, got...)
	}
	l.send(out)
}

func (l *link) send(b []byte) {
	l.write.Lock()
	defer l.write.Unlock()
	_, _ = l.conn.Write(b) // a broken connection ends the reading side
}

// unlink takes a transfer back; one that is done already is not there any more.
func (l *link) unlink(seq, target uint32) error {
	l.mu.Lock()
	u := l.open[target]
	delete(l.open, target)
	l.mu.Unlock()
	status := int32(0)
	if u != nil {
		status = -int32(syscall.ECONNRESET)
		u.cancel()
	}
	out := make([]byte, headSize)
	binary.BigEndian.PutUint32(out, retUnlink)
	binary.BigEndian.PutUint32(out[4:], seq)
	binary.BigEndian.PutUint32(out[20:], uint32(status)) //nolint:gosec // two's complement is the protocol's
	l.send(out)
	return nil
}
