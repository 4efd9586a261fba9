package signature

import (
	"io"
	"math"

	"tongban/deploy/sim/usb"
)

// Numbers of the pad: those that pid.codes keeps for tests.
const (
	vendor  = 0x1209
	product = 0x0001
)

// USB is what the pad tells of itself: a pen with tip, eraser and range, 26.00 by 16.00 cm, 1024 levels of pressure, report 7; and a mouse,
// report 8, as many pads have one.
func USB() (usb.Descriptor, usb.Shape) {
	return usb.Descriptor{
		VID: vendor, PID: product, Maker: "Sample", Product: "Signature pad 12", Serial: "510799-0012", Class: 3, Full: true,
		Endpoints: []usb.Endpoint{{Address: 0x81, Kind: usb.Interrupt, Packet: 16}},
		Report: []byte{
			0x05, 0x0D, 0x09, 0x02, 0xA1, 0x01, 0x85, 0x07, 0x09, 0x20, 0xA1, 0x00,
			0x09, 0x42, 0x09, 0x45, 0x09, 0x32, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x03, 0x81, 0x02, 0x95, 0x05, 0x81, 0x03,
			0x05, 0x01, 0x09, 0x30, 0x26, 0xFF, 0x7F, 0x35, 0x00, 0x46, 0x28, 0x0A, 0x55, 0x0E, 0x65, 0x11, 0x75, 0x10, 0x95, 0x01, 0x81, 0x02,
			0x09, 0x31, 0x46, 0x40, 0x06, 0x81, 0x02,
			0x05, 0x0D, 0x09, 0x30, 0x26, 0xFF, 0x03, 0x45, 0x00, 0x55, 0x00, 0x65, 0x00, 0x81, 0x02, 0xC0, 0xC0,
			0x05, 0x01, 0x09, 0x02, 0xA1, 0x01, 0x85, 0x08, 0x09, 0x01, 0xA1, 0x00, 0x05, 0x09, 0x19, 0x01, 0x29, 0x02, 0x15, 0x00, 0x25, 0x01,
			0x75, 0x01, 0x95, 0x02, 0x81, 0x02, 0x75, 0x06, 0x95, 0x01, 0x81, 0x03,
			0x05, 0x01, 0x09, 0x30, 0x09, 0x31, 0x15, 0x81, 0x25, 0x7F, 0x75, 0x08, 0x95, 0x02, 0x81, 0x06, 0xC0, 0xC0,
		},
	}, func(d *usb.Device) io.ReadWriter { return &conn{d} }
}

// conn is the device's side of the pipes.
type conn struct{ d *usb.Device }

// Read waits for the plug to be pulled.
func (c *conn) Read([]byte) (int, error) { return c.d.Wait() }

// Write sends one report.
func (c *conn) Write(b []byte) (int, error) { return len(b), c.d.Say(0x81, b) }

// point is where the pen is, as parts of the pad, and how hard it presses.
type point struct{ x, y, pressure float64 }

// report is number 7: marks, X, Y, pressure.
func report(p point, touches, near bool) []byte {
	x, y, force := int(math.Round(p.x*32767)), int(math.Round(p.y*32767)), int(math.Round(p.pressure*1023))
	marks := byte(0)
	if touches {
		marks |= 1
	} else {
		force = 0
	}
	if near {
		marks |= 4
	}
	return []byte{7, marks, byte(x), byte(x >> 8), byte(y), byte(y >> 8), byte(force), byte(force >> 8)}
}

// name is three strokes: one across with growing pressure, one down, one round.
func name() [][]point {
	var across, down, round []point
	for i := range 41 {
		t := float64(i) / 40
		across = append(across, point{0.2 + 0.6*t, 0.4, 0.1 + 0.8*t})
		down = append(down, point{0.5, 0.2 + 0.6*t, 0.5})
		round = append(round, point{0.5 + 0.2*math.Cos(2*math.Pi*t), 0.5 + 0.2*math.Sin(2*math.Pi*t), 0.6})
	}
	return [][]point{across, down, round}
}
