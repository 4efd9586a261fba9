package hid

import (
	"encoding/binary"
	"errors"
)

var errRecords = errors.New("the port carries no reports: the address needs ?as=reports")

// Part is one record of a port of OpenReports.
type Part struct {
	Letter  byte
	Content []byte
}

// Cutter takes records apart that come in any pieces.
type Cutter struct{ buf []byte }

// Held is how many bytes of a record that is not whole yet lie here.
func (c *Cutter) Held() int { return len(c.buf) }

// Missing is how many bytes are lacking to the end of a head or of a record: a driver that reads no more leaves what follows
// with the port, where Discard drops it.
func (c *Cutter) Missing() int {
	if len(c.buf) < 3 {
		return 3 - len(c.buf)
	}
	return 3 + int(binary.BigEndian.Uint16(c.buf[1:])) - len(c.buf)
}

// Feed returns the records that b makes whole; bytes that are no record drop all that is held.
func (c *Cutter) Feed(b []byte) ([]Part, error) {
	c.buf = append(c.buf, b...)
	var out []Part
	for len(c.buf) > 0 {
		if c.buf[0] != RecordDescriptor && c.buf[0] != RecordReport {
			c.buf = nil
			return out, errRecords
		}
		if len(c.buf) < 3 {
			break
		}
		n := 3 + int(binary.BigEndian.Uint16(c.buf[1:]))
		if len(c.buf) < n {
			break
		}
		out = append(out, Part{c.buf[0], append([]byte(nil), c.buf[3:n]...)})
		c.buf = c.buf[n:]
	}
	return out, nil
}
