package pcsc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Commands of the protocol.
const (
	cmdEstablish  = 0x01
	cmdConnect    = 0x04
	cmdDisconnect = 0x06
	cmdTransmit   = 0x09
	cmdVersion    = 0x11
	cmdReaders    = 0x12
	cmdWait       = 0x13
	cmdStopWait   = 0x14
)

// Versions: major must be the service's own; a service newer than 4:5 takes 4:4, one of 4:5 takes itself only.
const (
	versionMajor  = 4
	versionOldest = 4
	versionNewest = 5
)

// Sizes.
const (
	nameSize    = 128
	atrSize     = 33
	readerSize  = 184 // name, counter, state, sharing, 33 bytes of ATR and three of padding, its length, protocol
	readerCount = 16
	maxAnswer   = 4 + 3 + 1<<16 + 3 + 2
)

// Values.
const (
	scopeSystem    = 2
	shareExclusive = 1
	protocolAny    = 1 | 2 // T=0 and T=1
	resetCard      = 1
	stateAbsent    = 0x02
	statePresent   = 0x04
	requestHeader  = 16 // of SCARD_IO_REQUEST on the machines that we know; the service hands it back unread
)

// order is that of the machine itself: the protocol passes the structures of C as they lie in memory.
var order = binary.NativeEndian //nolint:gochecknoglobals // a constant

// frame writes a message: length of the body, command, body.
func frame(command uint32, body []byte) []byte {
	out := order.AppendUint32(nil, uint32(len(body))) //nolint:gosec // bodies are short
	return append(order.AppendUint32(out, command), body...)
}

// words writes a body of 32-bit words.
func words(list ...uint32) []byte {
	var out []byte
	for _, w := range list {
		out = order.AppendUint32(out, w)
	}
	return out
}

// Reader is one slot of a reader as the service shows it (读卡器卡座).
type Reader struct {
	Name    string
	Present bool   // a card lies there
	ATR     []byte // its answer to reset; empty when the card gives none
}

// Contactless reports whether the card there is a contactless one: PC/SC part 3 gives those an answer to reset of a fixed
// beginning.
func (r Reader) Contactless() bool {
	return len(r.ATR) >= 4 && r.ATR[0] == 0x3B && r.ATR[1]&0xF0 == 0x80 && r.ATR[2] == 0x80 && r.ATR[3] == 0x01
}

var errShape = errors.New("the smart card service answers in a form that is not its protocol's")

// parseReaders reads the table of readers; its lines are all there, empty where no reader is.
func parseReaders(b []byte) ([]Reader, error) {
	if len(b) != readerSize*readerCount {
		return nil, errShape
	}
	var out []Reader
	for ; len(b) > 0; b = b[readerSize:] {
		name, _, ended := bytes.Cut(b[:nameSize], []byte{0})
		if len(name) == 0 {
			continue
		}
		if !ended {
			return nil, errShape
		}
		state := order.Uint32(b[nameSize+4:])
		r := Reader{Name: string(name), Present: state&statePresent != 0 && state&stateAbsent == 0}
		atr := b[nameSize+12:]
		// A length beyond the field is the service's word for "not yet known".
		if n := order.Uint32(b[nameSize+12+atrSize+3:]); n <= atrSize {
			r.ATR = bytes.Clone(atr[:n])
		}
		out = append(out, r)
	}
	return out, nil
}

// result is the answer of most commands: words, the last of which is the code of the outcome.
func result(command uint32, b []byte) ([]uint32, error) {
	var out []uint32
	for ; len(b) >= 4; b = b[4:] {
		out = append(out, order.Uint32(b))
	}
	if len(out) == 0 {
		return nil, errShape
	}
	if rv := out[len(out)-1]; rv != 0 {
		return out, &Refusal{command, Result(rv)}
	}
	return out, nil
}

// Result is the outcome of a command, SCARD_… in winscard.h.
type Result uint32

// Outcomes that a driver tells apart.
const (
	UnknownReader     Result = 0x80100009
	SharingViolation  Result = 0x8010000B
	NoCard            Result = 0x8010000C
	ProtocolMismatch  Result = 0x8010000F
	ReaderUnavailable Result = 0x80100017
	ServiceStopped    Result = 0x8010001E
	NoReaders         Result = 0x8010002E
	CardRemoved       Result = 0x80100069
	SecurityViolation Result = 0x8010006A
)

// Refusal is an outcome other than success.
type Refusal struct {
	Command uint32
	Result  Result
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("smart card service: command %02X answered %08X", r.Command, uint32(r.Result))
}

// ResultOf finds the outcome in err, 0 where there is none.
func ResultOf(err error) Result {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Result
	}
	return 0
}
