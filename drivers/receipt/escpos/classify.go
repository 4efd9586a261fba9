package escpos

import "bytes"

// Control characters of the protocol.
const (
	dle  = 0x10
	esc  = 0x1B
	fs   = 0x1C
	gs   = 0x1D
	xon  = 0x11
	xoff = 0x13
)

// replyKind is what a byte from the printer belongs to. The kinds can be told apart by fixed bits alone (Citizen
// iDP-3221 manual p.200), which is what makes one reader for all of them possible.
type replyKind int

const (
	replyNoise    replyKind = iota // bytes that no rule knows, or the head of a group whose rest never came
	replyRealtime                  // DLE EOT n: 0**1**10
	replyASB                       // automatic status: 0**1**00 and three of 0**0****
	replyPlain                     // GS r n: 0**0****
	replyEcho                      // GS ( H: 37 22 d1 d2 d3 d4 00
	replyCleared                   // DLE DC4 8: 37 25 00
	replyText                      // GS I 65.., GS g: 5F text 00
	replyXON
	replyXOFF
)

// reply is one classified answer.
type reply struct {
	kind replyKind
	data []byte // the status bytes, the process id or the text, without head and NUL
}

// maxText bounds a text answer; a longer one is noise.
const maxText = 80

// classifier cuts the back channel into replies. It never blocks and never grows: an answer that stays half is given up
// by idle, one that breaks its own rules is noise and the byte that broke them is looked at afresh.
type classifier struct {
	open []byte // the group under way, head included
}

// feed takes one byte and returns the replies that it completes, mostly none or one.
func (c *classifier) feed(b byte) []reply {
	if len(c.open) == 0 {
		return c.head(b)
	}
	switch c.open[0] {
	case 0x37:
		return c.process(b)
	case 0x5F:
		return c.text(b)
	}
	return c.automatic(b)
}

// idle is told when the line has been silent: no printer pauses within an answer.
func (c *classifier) idle() []reply { return c.giveUp() }

func (c *classifier) giveUp() []reply {
	if len(c.open) == 0 {
		return nil
	}
	out := []reply{{kind: replyNoise, data: c.open}}
	c.open = nil
	return out
}

// again drops the group under way and looks at b as if nothing had been before it.
func (c *classifier) again(b byte) []reply { return append(c.giveUp(), c.head(b)...) }

func (c *classifier) head(b byte) []reply {
	switch {
	case b == xon:
		return []reply{{kind: replyXON}}
	case b == xoff:
		return []reply{{kind: replyXOFF}}
	case b == 0x37 || b == 0x5F || b&0x93 == 0x10:
		c.open = []byte{b}
		return nil
	case b&0x93 == 0x12:
		return []reply{{kind: replyRealtime, data: []byte{b}}}
	case b&0x90 == 0x00:
		return []reply{{kind: replyPlain, data: []byte{b}}}
	}
	return []reply{{kind: replyNoise, data: []byte{b}}}
}

// automatic collects the three bytes after the head of an automatic status. A real-time answer may cut in between: its
// fixed bits differ, so both survive.
func (c *classifier) automatic(b byte) []reply {
	switch {
	case b&0x93 == 0x12:
		return []reply{{kind: replyRealtime, data: []byte{b}}}
	case b == xon || b == xoff:
		return []reply{{kind: map[bool]replyKind{true: replyXON, false: replyXOFF}[b == xon]}}
	case b&0x90 != 0x00:
		return c.again(b)
	}
	if c.open = append(c.open, b); len(c.open) < 4 {
		return nil
	}
	return c.done(replyASB, c.open)
}

// process collects 37 22 and four printable bytes, or 37 25, each ended by NUL.
func (c *classifier) process(b byte) []reply {
	n := len(c.open)
	switch {
	case n == 1 && (b == 0x22 || b == 0x25):
	case n == 2 && c.open[1] == 0x25 && b == 0:
		return c.done(replyCleared, nil)
	case n >= 2 && n < 6 && c.open[1] == 0x22 && b >= 0x20 && b <= 0x7E:
	case n == 6 && b == 0:
		return c.done(replyEcho, c.open[2:])
	default:
		return c.again(b)
	}
	c.open = append(c.open, b)
	return nil
}

func (c *classifier) text(b byte) []reply {
	if b == 0 {
		return c.done(replyText, c.open[1:])
	}
	if b < 0x20 || b > 0x7E || len(c.open) > maxText {
		return c.again(b)
	}
	c.open = append(c.open, b)
	return nil
}

func (c *classifier) done(kind replyKind, data []byte) []reply {
	r := reply{kind: kind, data: bytes.Clone(data)}
	c.open = nil
	return []reply{r}
}
