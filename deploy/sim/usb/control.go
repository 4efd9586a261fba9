package usb

import (
	"context"
	"encoding/binary"
	"unicode/utf16"
)

// control answers a request on endpoint 0 (控制传输): what every device must know, and the requests of the HID and the printer
// class. Everything else stalls, as on a device.
func (d *Device) control(ctx context.Context, setup [8]byte, data []byte) ([]byte, error) {
	kind, request := setup[0], setup[1]
	value, length := binary.LittleEndian.Uint16(setup[2:]), int(binary.LittleEndian.Uint16(setup[6:]))
	cut := func(b []byte) ([]byte, error) {
		if b == nil {
			return nil, ErrStall
		}
		return b[:min(len(b), length)], nil
	}
	switch {
	case (kind == 0x80 || kind == 0x81) && request == 0x06:
		return cut(d.descriptor(byte(value>>8), byte(value))) //nolint:gosec // the two bytes of a word
	case kind == 0x80 && request == 0x00, kind == 0x81 && request == 0x00, kind == 0x82 && request == 0x00:
		return cut([]byte{0, 0})
	case kind == 0x80 && request == 0x08:
		return cut([]byte{1})
	case kind == 0x81 && request == 0x0A:
		return cut([]byte{0})
	case kind&0x60 == 0 && kind&0x80 == 0 && (request == 0x01 || request == 0x09 || request == 0x0B):
		return nil, nil // clear feature, set configuration, set interface: there is only one of each
	}
	if kind&0x60 != 0x20 {
		return nil, ErrStall
	}
	switch {
	case d.Desc.Class == 3 && kind == 0x21 && (request == 0x0A || request == 0x0B):
		return nil, nil // set idle, set protocol
	case d.Desc.Class == 3 && kind == 0x21 && request == 0x09:
		for _, e := range d.Desc.Endpoints { // a report without a pipe of its own
			if e.Address&0x80 == 0 {
				return nil, d.HostOut(ctx, e.Address, data)
			}
		}
	case d.Desc.Class == 7 && kind == 0xA1 && request == 0x00:
		id := append([]byte{0, 0}, d.Desc.DeviceID...)
		binary.BigEndian.PutUint16(id, uint16(len(id))) //nolint:gosec // short texts
		return cut(id)
	case d.Desc.Class == 7 && kind == 0xA1 && request == 0x01:
		return cut([]byte{0x18}) // selected, no error
	case d.Desc.Class == 7 && kind == 0x21 && request == 0x02:
		return nil, nil
	}
	return nil, ErrStall
}

// descriptor writes a descriptor as it goes over the bus; nil for one that the device has not.
func (d *Device) descriptor(kind, index byte) []byte {
	packet := byte(64)
	switch kind {
	case 0x01:
		b := []byte{18, 1, 0x00, 0x02, 0, 0, 0, packet}
		b = binary.LittleEndian.AppendUint16(b, d.Desc.VID)
		b = binary.LittleEndian.AppendUint16(b, d.Desc.PID)
		return append(b, 0x00, 0x01, 1, 2, 3, 1)
	case 0x02:
		return d.configuration()
	case 0x03:
		return d.text(index)
	case 0x22:
		return d.Desc.Report
	}
	return nil
}

func (d *Device) configuration() []byte {
	b := []byte{9, 2, 0, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, byte(len(d.Desc.Endpoints)), d.Desc.Class, d.Desc.Sub, d.Desc.Protocol, 0} //nolint:gosec // a handful
	if d.Desc.Report != nil {
		b = append(b, 9, 0x21, 0x11, 0x01, 0, 1, 0x22)
		b = binary.LittleEndian.AppendUint16(b, uint16(len(d.Desc.Report))) //nolint:gosec // short
	}
	b = append(b, d.Desc.Extra...)
	for _, e := range d.Desc.Endpoints {
		b = append(b, 7, 5, e.Address, e.Kind)
		b = binary.LittleEndian.AppendUint16(b, uint16(e.Packet)) //nolint:gosec // at most 512
		interval := byte(0)
		if e.Kind == Interrupt {
			interval = 1
		}
		b = append(b, interval)
	}
	binary.LittleEndian.PutUint16(b[2:], uint16(len(b))) //nolint:gosec // short
	return b
}

func (d *Device) text(index byte) []byte {
	if index == 0 {
		return []byte{4, 3, 0x09, 0x04}
	}
	texts := []string{d.Desc.Maker, d.Desc.Product, d.Desc.Serial}
	if int(index) > len(texts) {
		return nil
	}
	b := []byte{0, 3}
	for _, u := range utf16.Encode([]rune(texts[index-1])) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	b[0] = byte(len(b)) //nolint:gosec // short texts
	return b
}
