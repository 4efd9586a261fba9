package usb

import (
	"encoding/binary"
	"io"
)

// Shape makes the device's side of a line out of the pipes (端点排法).
type Shape func(d *Device) io.ReadWriter

// reader is what the host sends, on whatever pipe, as one stream.
type reader struct {
	d     *Device
	rest  []byte
	asked func() // something came from the host
}

func (r *reader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		t, err := r.d.next()
		if err != nil {
			return 0, io.EOF
		}
		if r.asked != nil {
			r.asked()
		}
		r.rest = t.data
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Stream is one pipe each way.
func Stream(in byte) Shape {
	return func(d *Device) io.ReadWriter {
		return struct {
			io.Reader
			io.Writer
		}{&reader{d: d}, writerFunc(func(b []byte) (int, error) { return len(b), d.Say(in, b) })}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// FourPipes is the security module of GA 450 (安全模块四端点): of each answer the preamble and the length go over one pipe
// and what they count over the other.
func FourPipes(head, body byte) Shape {
	return func(d *Device) io.ReadWriter {
		a := &answers{d: d, head: head, body: body}
		return struct {
			io.Reader
			io.Writer
		}{&reader{d: d, asked: a.reset}, a}
	}
}

type answers struct {
	d          *Device
	head, body byte
	count      int // bytes of this answer so far
	length     [2]byte
}

// reset: a question begins a new answer, whatever became of the last one.
func (a *answers) reset() {
	a.d.mu.Lock()
	defer a.d.mu.Unlock()
	a.count = 0
}

func (a *answers) Write(b []byte) (int, error) {
	sent := 0
	for sent < len(b) {
		a.d.mu.Lock()
		at := a.count
		total := 7 + int(binary.BigEndian.Uint16(a.length[:]))
		if at >= 7 && at >= total {
			at, a.count = 0, 0
		}
		a.d.mu.Unlock()
		pipe, n := a.head, min(7-at, len(b)-sent)
		if at >= 7 {
			pipe, n = a.body, min(total-at, len(b)-sent)
		}
		piece := b[sent : sent+n]
		for i, c := range piece {
			if at+i == 5 || at+i == 6 {
				a.length[at+i-5] = c
			}
		}
		if err := a.d.Say(pipe, piece); err != nil {
			return sent, err
		}
		sent += n
		a.d.mu.Lock()
		a.count = at + n
		a.d.mu.Unlock()
	}
	return sent, nil
}

// Reports puts a stream into HID reports of one size without numbers, the rest of the last filled with zeros.
func Reports(in byte, size int) Shape {
	return func(d *Device) io.ReadWriter {
		return struct {
			io.Reader
			io.Writer
		}{&reader{d: d}, writerFunc(func(b []byte) (int, error) {
			for at := 0; at < len(b); at += size {
				report := make([]byte, size)
				copy(report, b[at:])
				if err := d.Say(in, report); err != nil {
					return at, err
				}
			}
			return len(b), nil
		})}
	}
}
