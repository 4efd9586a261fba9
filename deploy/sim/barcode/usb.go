package barcode

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/usb"
)

// POSReader is a reader of the HID point-of-sale class.
const POSReader = "pos"

// USB is a reader on USB, by its kind (USB 扫码器).
func USB(kind string) (usb.Descriptor, usb.Shape, error) {
	switch kind {
	case POSReader:
		d, shape := pos()
		return d, shape, nil
	case KeyboardReader:
		d, shape := keyboard()
		return d, shape, nil
	}
	return usb.Descriptor{}, nil, fmt.Errorf("code reader %q on USB: have %s, %s", kind, POSReader, KeyboardReader)
}

// posData is how many bytes of a code one report holds.
const posData = 56

// pos is what a reader of the HID point-of-sale class tells of itself (HID-POS), and how it puts codes into reports: number 2,
// a count, three letters of symbology, the bytes, and a mark that the code goes on.
func pos() (usb.Descriptor, usb.Shape) {
	return usb.Descriptor{
			VID: 0x05E0, PID: 0x1300, Maker: "Sample", Product: "Code reader", Serial: "510799-0003", Class: 3, Full: true,
			Endpoints: []usb.Endpoint{{Address: 0x81, Kind: usb.Interrupt, Packet: 64}},
			Report: []byte{
				0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x09, 0x12, 0xA1, 0x02, 0x85, 0x02, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x01,
				0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, 0x05, 0x8C, 0x09, 0xFB, 0x09, 0xFC, 0x09, 0xFD, 0x95, 0x03, 0x81, 0x02,
				0x09, 0xFE, 0x95, posData, 0x82, 0x02, 0x01, 0x09, 0xFF, 0x75, 0x01, 0x95, 0x01, 0x81, 0x02, 0x75, 0x07, 0x81, 0x03, 0xC0, 0xC0,
			},
		}, func(d *usb.Device) io.ReadWriter {
			return &posConn{d: d}
		}
}

// posConn is the device's side of the pipes.
type posConn struct {
	d *usb.Device

	mu   sync.Mutex
	aim  [3]byte
	more bool // in the middle of a code
	last time.Time
}

// Read waits for the plug to be pulled: the host sends nothing.
func (c *posConn) Read([]byte) (int, error) { return c.d.Wait() }

// Write takes a code or a piece of one; a carriage return at its end ends the code.
func (c *posConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	const forgotten = time.Second // half a code
	if c.more && clock.Now().Sub(c.last) > forgotten {
		c.more = false
	}
	c.last = clock.Now()
	body, ended := bytes.CutSuffix(b, []byte("\r"))
	if !c.more {
		c.aim = [3]byte{}
		if len(body) > 3 && body[0] == ']' {
			c.aim, body = [3]byte(body), body[3:]
		}
	}
	for {
		n := min(len(body), posData)
		report := make([]byte, 2+3+posData+1)
		report[0], report[1] = 2, byte(n) //nolint:gosec // at most posData
		copy(report[2:], c.aim[:])
		copy(report[5:], body[:n])
		body = body[n:]
		if c.more = len(body) > 0 || !ended; c.more {
			report[len(report)-1] = 1
		}
		if err := c.d.Say(0x81, report); err != nil {
			return 0, err
		}
		if len(body) == 0 {
			return len(b), nil
		}
	}
}
