package passport

import (
	"context"
	"encoding/binary"
	"io"
	"time"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/usb"
)

// CCID is how a reader of the USB class behaves (USB 智能卡类读卡器).
type CCID struct {
	Longest int           // dwMaxCCIDMessageLength; 0: 271. Longer answers go in parts
	Later   time.Duration // after so much work the chip asks for more time, again and again; 0: never
}

// Pipes of the reader.
const (
	pipeOut    = 0x02
	pipeIn     = 0x82
	pipeNotify = 0x81
)

// USB is what such a reader tells of itself and how its pipes carry messages. The pair of numbers is that of pid.codes for tests.
func USB() (usb.Descriptor, usb.Shape) {
	class := make([]byte, 54)
	class[0], class[1] = 54, 0x21
	binary.LittleEndian.PutUint16(class[2:], 0x0110)
	class[5] = 7                                          // all voltages
	binary.LittleEndian.PutUint32(class[6:], 2)           // T=1
	binary.LittleEndian.PutUint32(class[10:], 4000)       // kHz
	binary.LittleEndian.PutUint32(class[14:], 4000)       //
	binary.LittleEndian.PutUint32(class[19:], 10752)      // bits a second
	binary.LittleEndian.PutUint32(class[23:], 424000)     //
	binary.LittleEndian.PutUint32(class[28:], 254)        // IFSD
	binary.LittleEndian.PutUint32(class[40:], 0x00020040) // short commands as they are, parameters by itself
	binary.LittleEndian.PutUint32(class[44:], 271)
	class[53] = 1
	return usb.Descriptor{
		VID: 0x1209, PID: 0x0001, Version: 0x0203, Maker: "Sample", Product: "Contactless reader", Serial: "510799-0005", Class: 0x0B, Full: true, Extra: class,
		Endpoints: []usb.Endpoint{
			{Address: pipeOut, Kind: usb.Bulk, Packet: 64}, {Address: pipeIn, Kind: usb.Bulk, Packet: 64}, {Address: pipeNotify, Kind: usb.Interrupt, Packet: 8},
		},
	}, usb.Stream(pipeIn)
}

// ccidLine is one plugging of the reader.
type ccidLine struct {
	d    *Device
	conn io.Writer
	cfg  CCID

	powered bool
	command []byte // parts that have come
	answer  []byte // parts that were not yet asked for
}

// serveCCID answers one line until it ends.
func (d *Device) serveCCID(conn io.ReadWriter) {
	l := &ccidLine{d: d, conn: conn, cfg: *d.cfg.CCID}
	if l.cfg.Longest == 0 {
		l.cfg.Longest = 271
	}
	var head [10]byte
	for {
		if _, err := io.ReadFull(conn, head[:]); err != nil {
			return
		}
		n := binary.LittleEndian.Uint32(head[1:])
		if n > 1<<17 {
			return
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(conn, body); err != nil {
			return
		}
		if !l.serve(head, body) {
			return
		}
	}
}

// present says whether a chip lies there and resets it.
func (l *ccidLine) present(reset bool) bool {
	l.d.mu.Lock()
	defer l.d.mu.Unlock()
	if l.d.chip != nil && reset {
		l.d.chip.reset()
	}
	return l.d.chip != nil
}

// slot is the state of the slot as it stands in every answer.
func (l *ccidLine) slot() byte {
	switch {
	case !l.present(false):
		l.powered = false
		return 2
	case !l.powered:
		return 1
	}
	return 0
}

func (l *ccidLine) serve(head [10]byte, body []byte) bool {
	number := head[6]
	switch head[0] {
	case 0x62:
		if !l.present(true) {
			return l.say(0x80, number, 0x42, 0xFE, 0, nil)
		}
		l.powered, l.command, l.answer = true, nil, nil
		return l.say(0x80, number, 0, 0, 0, l.d.atr())
	case 0x63:
		l.present(true)
		l.powered = false
		return l.say(0x81, number, l.slot(), 0, 0, nil)
	case 0x65:
		if _, yes := l.d.faults.Strike("silent", "find"); yes {
			return true
		}
		return l.say(0x81, number, l.slot(), 0, 0, nil)
	case 0x6F:
		return l.transfer(number, binary.LittleEndian.Uint16(head[8:]), body)
	}
	return l.say(0x81, number, 0x40|l.slot(), 0, 0, nil) // command not supported
}

// transfer takes a command in parts and gives its answer in parts.
func (l *ccidLine) transfer(number byte, level uint16, body []byte) bool {
	if len(body)+10 > l.cfg.Longest {
		return l.say(0x80, number, 0x40|l.slot(), 1, 0, nil) // wrong dwLength
	}
	switch level {
	case 0x10:
		return l.part(number, false)
	case 1, 3:
		l.command = append(l.command, body...)
		return l.say(0x80, number, l.slot(), 0, 0x10, nil)
	}
	whole := append(l.command, body...) //nolint:gocritic // the parts end here
	l.command = nil
	if l.slot() != 0 {
		return l.say(0x80, number, 0x40|l.slot(), 0xFE, 0, nil)
	}
	if l.cfg.Later > 0 {
		if !l.say(0x80, number, 0x80, 1, 0, nil) {
			return false
		}
		clock.Sleep(context.Background(), l.cfg.Later)
	}
	a, how := l.d.act(whole)
	switch {
	case how == wordless:
		return true
	case how == halved:
		out := l.message(0x80, number, 0, 0, 0, a)
		_, err := l.conn.Write(out[:len(out)/2])
		return err == nil
	case len(a) == 0:
		return l.say(0x80, number, 0x40|l.slot(), 0xFE, 0, nil)
	}
	l.answer = a
	return l.part(number, true)
}

// part gives as much of the answer as a message holds.
func (l *ccidLine) part(number byte, first bool) bool {
	n := min(l.cfg.Longest-10, len(l.answer))
	body := l.answer[:n]
	l.answer = l.answer[n:]
	chain := byte(0)
	switch last := len(l.answer) == 0; {
	case first && !last:
		chain = 1
	case !first && last:
		chain = 2
	case !first:
		chain = 3
	}
	return l.say(0x80, number, l.slot(), 0, chain, body)
}

func (l *ccidLine) message(kind, number, status, fault, chain byte, body []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte{kind}, uint32(len(body))) //nolint:gosec // short
	return append(append(out, 0, number, status, fault, chain), body...)
}

func (l *ccidLine) say(kind, number, status, fault, chain byte, body []byte) bool {
	_, err := l.conn.Write(l.message(kind, number, status, fault, chain, body))
	return err == nil
}
