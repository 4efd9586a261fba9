package idcard

import (
	"fmt"

	"tongban/deploy/sim/usb"
)

// Layouts of readers on USB (读卡器的 USB 端点排法).
const (
	TwoPipes  = "two-pipes"  // whole frames on one pipe each way, as most desktop readers have it
	FourPipes = "four-pipes" // heads and bodies apart, as the module's own specification has it
	Reports   = "reports"    // the same frames inside HID reports
)

// reportSize is that of a full-speed HID reader.
const reportSize = 64

// USB is what a reader of a layout tells of itself and how its pipes carry the frames.
func USB(layout string) (usb.Descriptor, usb.Shape, error) {
	d := usb.Descriptor{VID: 0x0400, PID: 0xC35A, Maker: "Sample", Product: "ID card reader", Serial: "510799-0001", Class: 0xFF, Full: true}
	pipe := func(address byte, kind byte) usb.Endpoint {
		return usb.Endpoint{Address: address, Kind: kind, Packet: 64}
	}
	switch layout {
	case TwoPipes:
		d.Endpoints = []usb.Endpoint{pipe(0x02, usb.Bulk), pipe(0x81, usb.Bulk)}
		return d, usb.Stream(0x81), nil
	case FourPipes:
		d.Endpoints = []usb.Endpoint{pipe(0x02, usb.Bulk), pipe(0x06, usb.Bulk), pipe(0x81, usb.Bulk), pipe(0x85, usb.Bulk)}
		return d, usb.FourPipes(0x81, 0x85), nil
	case Reports:
		d.Class = 3
		d.Endpoints = []usb.Endpoint{pipe(0x02, usb.Interrupt), pipe(0x81, usb.Interrupt)}
		d.Report = []byte{ // vendor page, one input and one output report of 64 bytes without numbers
			0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, reportSize,
			0x09, 0x02, 0x81, 0x02, 0x95, reportSize, 0x09, 0x03, 0x91, 0x02, 0xC0,
		}
		return d, usb.Reports(0x81, reportSize), nil
	}
	return usb.Descriptor{}, nil, fmt.Errorf("reader layout %q: have %s, %s, %s", layout, TwoPipes, FourPipes, Reports)
}
