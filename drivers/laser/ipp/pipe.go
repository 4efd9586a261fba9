package ipp

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"tongban/drivers"
)

// overUSB begins the address of a printer whose pipes carry HTTP (IPP over USB).
const overUSB = "ippusb:"

// pipe speaks HTTP over the two pipes of a USB printer. A line has no connections that could be broken off: a request that
// nobody waits for any more is carried to its end for a moment, and where that does not come the line is opened anew, upon which
// the printer forgets what was half said.
type pipe struct {
	port drivers.Port
	clk  clock
	turn chan struct{} // full: a request is under way
}

func newPipe(port drivers.Port) *pipe {
	return &pipe{port: port, clk: wall, turn: make(chan struct{}, 1)}
}

// again is what a port does that can be opened anew.
type again interface{ Again() }

type reply struct {
	res *http.Response
	err error
}

// RoundTrip implements http.RoundTripper.
func (p *pipe) RoundTrip(r *http.Request) (*http.Response, error) {
	var out bytes.Buffer
	if err := r.Write(&out); err != nil {
		return nil, fmt.Errorf("write request: %w", err)
	}
	ctx := r.Context()
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	done := make(chan reply, 1)
	go func() {
		defer func() { <-p.turn }()
		res, err := p.exchange(ctx, out.Bytes(), r)
		done <- reply{res, err}
	}()
	select {
	case d := <-done:
		return d.res, d.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// exchange sends one request and reads its whole answer.
func (p *pipe) exchange(ctx context.Context, out []byte, r *http.Request) (*http.Response, error) {
	line := &lineReader{p: p, ctx: ctx}
	if err := p.send(ctx, out); err != nil {
		return nil, err
	}
	res, err := http.ReadResponse(bufio.NewReader(line), r)
	var body []byte
	if err == nil {
		body, err = io.ReadAll(io.LimitReader(res.Body, maxMessage+1))
		_ = res.Body.Close()
	}
	if err != nil || len(body) > maxMessage {
		if a, ok := p.port.(again); ok {
			a.Again()
		}
		return nil, fmt.Errorf("read answer: %w", line.why(err))
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// send tries for a moment where the line has just been opened anew.
func (p *pipe) send(ctx context.Context, out []byte) error {
	end := p.clk.now().Add(reopen)
	for {
		n, err := p.port.Write(out)
		if err == nil {
			return nil
		}
		if n > 0 || !p.clk.now().Before(end) {
			return fmt.Errorf("send request: %w", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.clk.after(reopen / 8):
		}
	}
}

// lineReader reads the line until its answer is late.
type lineReader struct {
	p    *pipe
	ctx  context.Context // of the one request that it reads the answer of
	late time.Time       // once nobody waits any more: until when it is read all the same
	err  error           // of the port
}

func (l *lineReader) Read(b []byte) (int, error) {
	for {
		n, err := l.p.port.Read(b, lineLook)
		if err != nil {
			l.err = err
			return n, err
		}
		if n > 0 {
			return n, nil
		}
		if l.ctx.Err() == nil {
			continue
		}
		now := l.p.clk.now()
		if l.late.IsZero() {
			l.late = now.Add(lineRest)
		}
		if now.After(l.late) {
			return 0, l.ctx.Err()
		}
	}
}

// why is the port's own error where there is one: the reader of HTTP only says that the answer ended early.
func (l *lineReader) why(err error) error {
	if l.err != nil {
		return l.err
	}
	if err == nil {
		return io.ErrShortBuffer
	}
	return err
}
