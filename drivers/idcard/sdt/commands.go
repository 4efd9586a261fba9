package sdt

import (
	"encoding/binary"
	"slices"
	"time"
)

// command is one question and the shapes of its answers. Answers do not say what they answer, so the shape is the only
// guard against one that comes too late and belongs to a question before.
type command struct {
	name      string
	cmd, para byte
	wait      func(config) time.Duration
	news      func(f frame) bool // an answer that only this command has
	card      bool               // may fail for the card's sake
}

func none(f frame) bool { return len(f.data) == 0 }

func okWith(n ...int) func(frame) bool {
	return func(f frame) bool {
		return f.sw[2] == swOK && slices.Contains(n, len(f.data))
	}
}

var (
	samTime   = func(c config) time.Duration { return c.sams }
	shortTime = func(c config) time.Duration { return c.short }

	cmdReset = &command{
		name: "reset module", cmd: 0x10, para: 0xFF, news: okWith(0),
		wait: func(config) time.Duration { return 2400 * time.Millisecond },
	}
	cmdStatus = &command{name: "module status", cmd: 0x11, para: 0xFF, wait: samTime, news: okWith(0)}
	cmdNumber = &command{name: "module number", cmd: 0x12, para: 0xFF, wait: samTime, news: okWith(samLen)}
	cmdFind   = &command{
		name: "find card", cmd: 0x20, para: 0x01, card: true,
		wait: func(c config) time.Duration { return c.find },
		news: func(f frame) bool {
			return f.sw[2] == swFound && len(f.data) <= 8 || f.sw[2] == swNoCard && none(f)
		},
	}
	cmdSelect = &command{
		name: "select card", cmd: 0x20, para: 0x02, card: true, news: okWith(8, 4),
		wait: func(c config) time.Duration { return c.choose },
	}
	cmdRead = &command{
		name: "read card", cmd: 0x30, para: 0x01, card: true,
		wait: func(c config) time.Duration { return c.read },
		news: func(f frame) bool { _, _, ok := blocks(f); return ok },
	}
	cmdAdded = &command{
		name: "read added address", cmd: 0x30, para: 0x03, wait: shortTime, card: true,
		news: func(f frame) bool { return okWith(addedLen)(f) || f.sw[2] == swNoContent && none(f) },
	}
	cmdCardNumber = &command{
		name: "read card number", cmd: 0x30, para: 0x05, wait: shortTime, card: true,
		news: okWith(28, 32),
	}
)

const (
	samLen   = 16
	addedLen = 70
	textLen  = 256
)

// fits reports whether f can be the answer to c.
func (c *command) fits(f frame) bool {
	if c.news(f) {
		return true
	}
	if !none(f) {
		return false
	}
	switch v, known := verdicts[f.sw[2]]; {
	case f.sw[2] == swOK, f.sw[2] == swFound:
		return false
	case f.sw[2] == swNoContent:
		return c.card && c != cmdFind
	case known && v.card:
		return c.card
	}
	return true
}

// blocks takes the text and the photo out of an answer to read: text length, photo length, text, photo.
func blocks(f frame) (text, photo []byte, ok bool) {
	if f.sw[2] != swOK || len(f.data) < 4+textLen {
		return nil, nil, false
	}
	nt, np := int(binary.BigEndian.Uint16(f.data)), int(binary.BigEndian.Uint16(f.data[2:]))
	if nt != textLen || len(f.data) != 4+nt+np {
		return nil, nil, false
	}
	return f.data[4 : 4+nt], f.data[4+nt:], true
}
