// Package keys takes a code reader that plays a keyboard (键盘口扫码器, keyboard wedge) away from the desktop, so that nothing a citizen
// holds before it is typed into a page, and makes a drivers.Port of what it types.
package keys

import "strconv"

// Event is one input event of the kernel: a key that goes down (1), up (0) or repeats (2).
type Event struct {
	Type  uint16
	Code  uint16
	Value int32
}

const (
	typeKey  = 1
	keyDown  = 1
	keyUp    = 0
	maxDigit = 10 // of a number typed with Alt; more is a key that hangs
)

// Keys that are no letters, by the kernel's numbers.
const (
	keyEnter      = 28
	keyLeftCtrl   = 29
	keyLeftShift  = 42
	keyRightShift = 54
	keyLeftAlt    = 56
	keyCapsLock   = 58
	keyPadEnter   = 96
	keyRightCtrl  = 97
	keyRightAlt   = 100
)

// letters are the keys of the US layout, which readers use unless they were set up otherwise: plain and with Shift.
var letters = map[uint16][2]byte{
	2: {'1', '!'}, 3: {'2', '@'}, 4: {'3', '#'}, 5: {'4', '$'}, 6: {'5', '%'}, 7: {'6', '^'}, 8: {'7', '&'}, 9: {'8', '*'}, 10: {'9', '('}, 11: {'0', ')'},
	12: {'-', '_'}, 13: {'=', '+'}, 15: {'\t', '\t'}, 16: {'q', 'Q'}, 17: {'w', 'W'}, 18: {'e', 'E'}, 19: {'r', 'R'}, 20: {'t', 'T'}, 21: {'y', 'Y'},
	22: {'u', 'U'}, 23: {'i', 'I'}, 24: {'o', 'O'}, 25: {'p', 'P'}, 26: {'[', '{'}, 27: {']', '}'}, 30: {'a', 'A'}, 31: {'s', 'S'}, 32: {'d', 'D'},
	33: {'f', 'F'}, 34: {'g', 'G'}, 35: {'h', 'H'}, 36: {'j', 'J'}, 37: {'k', 'K'}, 38: {'l', 'L'}, 39: {';', ':'}, 40: {'\'', '"'}, 41: {'`', '~'},
	43: {'\\', '|'}, 44: {'z', 'Z'}, 45: {'x', 'X'}, 46: {'c', 'C'}, 47: {'v', 'V'}, 48: {'b', 'B'}, 49: {'n', 'N'}, 50: {'m', 'M'}, 51: {',', '<'},
	52: {'.', '>'}, 53: {'/', '?'}, 57: {' ', ' '},
	55: {'*', '*'}, 71: {'7', '7'}, 72: {'8', '8'}, 73: {'9', '9'}, 74: {'-', '-'}, 75: {'4', '4'}, 76: {'5', '5'}, 77: {'6', '6'}, 78: {'+', '+'},
	79: {'1', '1'}, 80: {'2', '2'}, 81: {'3', '3'}, 82: {'0', '0'}, 83: {'.', '.'}, 98: {'/', '/'},
}

// Typist turns key events into the bytes that were typed (按键译码). Chinese comes as numbers of GBK typed on the number pad while
// Alt is held, as it does on a Windows desktop; control characters as letters while Ctrl is held.
type Typist struct {
	shift, ctrl, alt int // keys held
	caps             bool
	number           []byte
}

// Type takes one event and returns what it typed.
func (t *Typist) Type(e Event) []byte {
	if e.Type != typeKey || e.Value != keyDown && e.Value != keyUp { // a reader holds no key down: repeats are nobody's
		return nil
	}
	step := -1
	if e.Value == keyDown {
		step = 1
	}
	switch e.Code {
	case keyLeftShift, keyRightShift:
		t.shift = held(t.shift, step)
	case keyLeftCtrl, keyRightCtrl:
		t.ctrl = held(t.ctrl, step)
	case keyLeftAlt, keyRightAlt:
		if t.alt = held(t.alt, step); t.alt == 0 {
			return t.numbered()
		}
		t.number = t.number[:0]
	default:
		if step > 0 {
			return t.press(e.Code)
		}
	}
	return nil
}

func held(n, step int) int { return min(max(n+step, 0), 2) }

func (t *Typist) press(code uint16) []byte {
	c, known := letters[code]
	switch {
	case code == keyEnter || code == keyPadEnter:
		return []byte{'\r'}
	case code == keyCapsLock:
		t.caps = !t.caps
		return nil
	case !known:
		return nil
	case t.alt > 0:
		if c[0] >= '0' && c[0] <= '9' && len(t.number) < maxDigit {
			t.number = append(t.number, c[0])
		}
		return nil
	case t.ctrl > 0:
		for _, x := range c { // [ \ ] are plain, @ A to Z ^ _ with Shift, whether it is held or not
			if x >= '@' && x <= '_' {
				return []byte{x & 0x1F}
			}
		}
		return nil
	}
	up := t.shift > 0
	if t.caps && c[0] >= 'a' && c[0] <= 'z' {
		up = !up
	}
	if up {
		return []byte{c[1]}
	}
	return []byte{c[0]}
}

// numbered is the character of a number typed with Alt: one byte, or two of GBK, the higher first.
func (t *Typist) numbered() []byte {
	n, err := strconv.ParseUint(string(t.number), 10, 16)
	t.number = t.number[:0]
	switch {
	case err != nil || n == 0:
		return nil
	case n < 0x100:
		return []byte{byte(n)}
	case n < 0x8140 || n&0xFF < 0x40: // outside of GBK
		return nil
	}
	return []byte{byte(n >> 8), byte(n)} //nolint:gosec // 16 bits
}
