// Package record is the row of records that a port carries whose device knows no byte stream (端口记录): a camera of the kernel, a
// program that is run. Commands, answers and pictures become bytes, so that healing, tapes and contract suites work on
// them as on any other line.
package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"tongban/drivers"
)

// Record is one of them: a letter that says what it is, the channel that it belongs to, and its content.
type Record struct {
	Letter  byte // 'A' to 'Z'
	Channel byte
	Content []byte
}

// Bounds of a record. The longest is an uncompressed picture of 24 megapixels.
const (
	headSize   = 6
	MaxContent = 48 << 20
	firstRoom  = 1 << 20 // for content whose first bytes did not come yet: a head that is noise does not take all the memory
)

// Why a row cannot be read.
var (
	errLetter = errors.New("the port carries no records")
	errLength = fmt.Errorf("a record of more than %d bytes", MaxContent)
)

// Append writes a record behind b.
func (r Record) Append(b []byte) []byte {
	b = append(b, r.Letter, r.Channel)
	b = binary.BigEndian.AppendUint32(b, uint32(len(r.Content))) //nolint:gosec // contents are shorter than MaxContent
	return append(b, r.Content...)
}

// Bytes writes a record.
func (r Record) Bytes() []byte { return r.Append(make([]byte, 0, headSize+len(r.Content))) }

// Cutter finds the records in bytes that come in pieces of any size.
type Cutter struct {
	head [headSize]byte
	n    int // of head
	size int // of the content, as its head says
	body []byte
	has  int // of body
}

// Pending is how many bytes of an unfinished record it holds.
func (c *Cutter) Pending() int { return c.n + c.has }

// Reset drops an unfinished record: what is plugged in next begins anew.
func (c *Cutter) Reset() { *c = Cutter{} }

// room is where the next bytes go, never longer than what the record still misses.
func (c *Cutter) room() []byte {
	if c.n < headSize {
		return c.head[c.n:]
	}
	return c.body[c.has:]
}

// took notes that n bytes were put into room; done is true when they finished a record.
func (c *Cutter) took(n int) (r Record, done bool, err error) {
	if c.n < headSize {
		if c.n += n; c.n < headSize {
			return r, false, nil
		}
		c.size = int(binary.BigEndian.Uint32(c.head[2:]))
		switch {
		case c.head[0] < 'A' || c.head[0] > 'Z':
			c.Reset()
			return r, false, errLetter
		case c.size > MaxContent:
			c.Reset()
			return r, false, errLength
		}
		c.body = make([]byte, min(c.size, firstRoom))
	} else {
		c.has += n
	}
	if c.has < c.size {
		if c.has == len(c.body) {
			c.body = append(make([]byte, 0, c.size), c.body...)[:c.size]
		}
		return r, false, nil
	}
	r = Record{Letter: c.head[0], Channel: c.head[1], Content: c.body}
	c.Reset()
	return r, true, nil
}

// Feed takes bytes and returns the records that they finish. After an error what was fed is lost.
func (c *Cutter) Feed(p []byte) ([]Record, error) {
	var out []Record
	for len(p) > 0 {
		n := copy(c.room(), p)
		p = p[n:]
		r, done, err := c.took(n)
		if err != nil {
			return out, err
		}
		if done {
			out = append(out, r)
		}
	}
	return out, nil
}

// Reader takes records off a port.
type Reader struct {
	Port drivers.Port
	cut  Cutter
}

// Next reads one record; silence for timeout is false. What came of a record by then is kept for the next call. After an
// error of the port the next record begins anew.
func (r *Reader) Next(timeout time.Duration) (Record, bool, error) {
	for {
		n, err := r.Port.Read(r.cut.room(), timeout)
		if err != nil {
			r.cut.Reset()
			return Record{}, false, err
		}
		if n == 0 {
			return Record{}, false, nil
		}
		rec, done, err := r.cut.took(n)
		if err != nil {
			return Record{}, false, &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: err.Error(), Cause: err}
		}
		if done {
			return rec, true, nil
		}
	}
}
