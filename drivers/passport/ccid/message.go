package ccid

import (
	"encoding/binary"
	"errors"
)

// Messages of the class (USB CCID 1.1). To the reader and from it.
const (
	msgPowerOn    = 0x62
	msgPowerOff   = 0x63
	msgSlotStatus = 0x65
	msgTransfer   = 0x6F
	msgData       = 0x80
	msgStatus     = 0x81
)

// headSize is that of every message: type, length in four bytes, slot, number, three bytes of the message's own.
const headSize = 10

// maxBody bounds an answer: more than any reader puts into one message.
const maxBody = 1<<16 + 16

// Parts of an answer's status byte.
const (
	cardMask     = 0x03
	cardAbsent   = 0x02
	commandMask  = 0xC0
	commandBad   = 0x40
	commandLater = 0x80 // the chip wants more time
)

// Errors that a reader tells of.
const (
	errorMute     = 0xFE // the chip does not answer
	errorBusy     = 0xE0 // the slot still works on another command
	errorNoSlot   = 0x05
	errorBadATR   = 0xF8
	errorHardware = 0xFB
)

// Chain says what part of a command or an answer a message holds.
const (
	chainWhole  = 0
	chainFirst  = 1
	chainLast   = 2
	chainMiddle = 3
	chainMore   = 0x10 // an empty message that asks for the next part
)

// message is one message of either side.
type message struct {
	kind   byte
	number byte
	own    [3]byte
	body   []byte
}

// write puts a message for slot 0 onto the line.
func (m message) write() []byte {
	out := []byte{m.kind}
	out = binary.LittleEndian.AppendUint32(out, uint32(len(m.body))) //nolint:gosec // bounded by the reader's largest message
	out = append(out, 0, m.number, m.own[0], m.own[1], m.own[2])
	return append(out, m.body...)
}

var errHead = errors.New("not an answer of a smart card reader")

// head reads the head of an answer and says how long its body is.
func head(b []byte) (message, int, error) {
	m := message{kind: b[0], number: b[6], own: [3]byte(b[7:10])}
	n := binary.LittleEndian.Uint32(b[1:])
	if m.kind != msgData && m.kind != msgStatus || n > maxBody || b[5] != 0 {
		return message{}, 0, errHead
	}
	return m, int(n), nil
}

// outcome are the parts of an answer.
func (m message) absent() bool { return m.own[0]&cardMask == cardAbsent }
func (m message) failed() bool { return m.own[0]&commandMask == commandBad }
func (m message) later() bool  { return m.own[0]&commandMask == commandLater }
func (m message) fault() byte  { return m.own[1] }
func (m message) chain() byte  { return m.own[2] }
