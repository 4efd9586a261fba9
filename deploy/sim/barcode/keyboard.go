package barcode

import (
	"fmt"
	"io"
	"strings"

	"tongban/deploy/sim/usb"
)

// KeyboardReader is a reader that plays a keyboard.
const KeyboardReader = "keyboard"

// keyboard is what such a reader tells of itself (键盘口扫码器): a boot keyboard, report of modifiers, a spare byte and six keys.
func keyboard() (usb.Descriptor, usb.Shape) {
	return usb.Descriptor{
			VID: 0x05E0, PID: 0x1200, Maker: "Sample", Product: "Code reader keyboard", Serial: "510799-0004", Class: 3, Full: true,
			Endpoints: []usb.Endpoint{{Address: 0x81, Kind: usb.Interrupt, Packet: 8}},
			Report: []byte{
				0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02,
				0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xC0,
			},
		}, func(d *usb.Device) io.ReadWriter {
			return &keyConn{d: d}
		}
}

// keyConn types what it is given.
type keyConn struct{ d *usb.Device }

// Read waits for the plug to be pulled.
func (c *keyConn) Read([]byte) (int, error) { return c.d.Wait() }

// Modifiers of the report.
const (
	modCtrl  = 0x01
	modShift = 0x02
	modAlt   = 0x04
)

// Usages of keys (HID keyboard page), plain and with Shift, each row from a first usage on.
const (
	plainKeys   = "abcdefghijklmnopqrstuvwxyz1234567890\n\x1b\b\t -=[]\\#;'`,./"
	shiftedKeys = "ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()\n\x1b\b\t _+{}|~:\"~<>?"
	firstKey    = 0x04
	firstPad    = 0x59 // 1 on the number pad; 0 follows 9
)

// Write types letters as keys, the end of a code as Enter, and two bytes of a Chinese character as a number with Alt.
func (c *keyConn) Write(b []byte) (int, error) {
	for i := 0; i < len(b); i++ {
		var err error
		switch {
		case b[i] == '\r':
			err = c.hit(0, firstKey+byte(strings.IndexByte(plainKeys, '\n'))) //nolint:gosec // found
		case b[i] >= 0x80 && i+1 < len(b) && b[i+1] >= 0x40: // GBK; other writings of Chinese cannot be typed
			err = c.number(int(b[i])<<8 | int(b[i+1]))
			i++
		default:
			err = c.letter(b[i])
		}
		if err != nil {
			return i, err
		}
	}
	return len(b), nil
}

// letter types one byte; control characters are letters with Ctrl, as readers do it that were told to send them.
func (c *keyConn) letter(b byte) error {
	if b == 0 {
		return c.hit(modCtrl|modShift, firstKey+byte(strings.IndexByte(plainKeys, '2'))) //nolint:gosec // found
	}
	if n := strings.IndexByte(plainKeys, b|0x60); b < 0x1B && n >= 0 {
		return c.hit(modCtrl, firstKey+byte(n)) //nolint:gosec // a short row
	}
	if n := strings.IndexByte(plainKeys, b|0x40); b >= 0x1B && b < 0x1E && n >= 0 {
		return c.hit(modCtrl, firstKey+byte(n)) //nolint:gosec // a short row
	}
	if n := strings.IndexByte(plainKeys, b); n >= 0 {
		return c.hit(0, firstKey+byte(n)) //nolint:gosec // a short row
	}
	if n := strings.IndexByte(shiftedKeys, b); n >= 0 {
		return c.hit(modShift, firstKey+byte(n)) //nolint:gosec // a short row
	}
	return nil // a keyboard has no such key
}

func (c *keyConn) number(n int) error {
	for _, digit := range []byte(fmt.Sprint(n)) {
		key := firstPad + (digit-'1'+10)%10
		if err := c.report(modAlt, key); err != nil {
			return err
		}
		if err := c.report(modAlt, 0); err != nil {
			return err
		}
	}
	return c.report(0, 0)
}

// hit presses a key and lets it go.
func (c *keyConn) hit(mod, key byte) error {
	if err := c.report(mod, key); err != nil {
		return err
	}
	return c.report(0, 0)
}

func (c *keyConn) report(mod, key byte) error {
	return c.d.Say(0x81, []byte{mod, 0, key, 0, 0, 0, 0, 0})
}
