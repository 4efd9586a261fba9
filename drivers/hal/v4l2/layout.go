package v4l2

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// The kernel's structures as bytes (内核结构). Offsets are those of 64-bit Linux, little-endian: amd64 and arm64 have the same.
const (
	sizeCapability   = 104
	sizeFormatDesc   = 64
	sizeFormat       = 208
	sizeRequest      = 20
	sizeBuffer       = 88
	sizeParm         = 204
	sizeControl      = 8
	sizeQueryControl = 68
	sizeFrameSize    = 44
	sizeFrameRate    = 52
)

// request is the number of an ioctl: direction (1 to the kernel, 2 from it), size, the letter V, number.
func request(direction, size, number uintptr) uintptr {
	return direction<<30 | size<<16 | 'V'<<8 | number
}

// The requests that are used.
var (
	reqQueryCap     = request(2, sizeCapability, 0)
	reqEnumFormat   = request(3, sizeFormatDesc, 2)
	reqSetFormat    = request(3, sizeFormat, 5)
	reqBuffers      = request(3, sizeRequest, 8)
	reqQueryBuffer  = request(3, sizeBuffer, 9)
	reqQueue        = request(3, sizeBuffer, 15)
	reqDequeue      = request(3, sizeBuffer, 17)
	reqStreamOn     = request(1, 4, 18)
	reqStreamOff    = request(1, 4, 19)
	reqSetParm      = request(3, sizeParm, 22)
	reqGetControl   = request(3, sizeControl, 27)
	reqSetControl   = request(3, sizeControl, 28)
	reqQueryControl = request(3, sizeQueryControl, 36)
	reqFrameSizes   = request(3, sizeFrameSize, 74)
	reqFrameRates   = request(3, sizeFrameRate, 75)
)

// Words of the structures.
const (
	typeCapture = 1
	memoryMap   = 1

	capCapture    = 0x00000001
	capStreaming  = 0x04000000
	capDeviceCaps = 0x80000000

	kindDiscrete = 1

	bufferError = 0x40

	controlNext     = 0x80000000
	controlDisabled = 0x01
	controlGrabbed  = 0x02
	controlReadOnly = 0x04
	controlInactive = 0x10
)

// raw is one structure.
type raw []byte

func (r raw) u32(at int) uint32           { return binary.LittleEndian.Uint32(r[at:]) }
func (r raw) num(at int) int              { return int(r.u32(at)) }
func (r raw) signed(at int) int           { return int(int32(r.u32(at))) } //nolint:gosec // the kernel's signed numbers
func (r raw) set(at int, v uint32)        { binary.LittleEndian.PutUint32(r[at:], v) }
func (r raw) text(at, n int) string       { b, _, _ := bytes.Cut(r[at:at+n], []byte{0}); return string(b) }
func (r raw) letters(at int) string       { return string(r[at : at+4]) }
func (r raw) setLetters(at int, s string) { copy(r[at:at+4], fourLetters(s)) }

// ident is the number of each setting; the names are ours and stand in profiles.
var ident = map[string]uint32{
	"brightness":         0x00980900,
	"contrast":           0x00980901,
	"saturation":         0x00980902,
	"hue":                0x00980903,
	"white_balance_auto": 0x0098090C,
	"gamma":              0x00980910,
	"gain":               0x00980913,
	"power_line":         0x00980918,
	"white_balance":      0x0098091A,
	"sharpness":          0x0098091B,
	"backlight":          0x0098091C,
	"exposure_auto":      0x009A0901, // 1 by hand; 0, 2 and 3 are automatic modes
	"exposure":           0x009A0902,
	"exposure_priority":  0x009A0903,
	"focus":              0x009A090A,
	"focus_auto":         0x009A090C,
}

// Names lists the settings that have a name here (参数名).
func Names() []string {
	out := make([]string, 0, len(ident))
	for n := range ident {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func nameOf(id uint32) string {
	for n, i := range ident {
		if i == id {
			return n
		}
	}
	return ""
}

func (r raw) control() (Control, bool) {
	flags := r.u32(56)
	c := Control{Name: nameOf(r.u32(0)), Min: r.signed(40), Max: r.signed(44), Step: r.signed(48), Default: r.signed(52)}
	c.Held = flags&(controlInactive|controlReadOnly|controlGrabbed) != 0
	return c, c.Name != "" && flags&controlDisabled == 0
}

// span is a stepwise range of one side.
type span struct{ min, max, step int }

// sizes are the sizes of a range that are worth naming: the largest, and what a live picture may have.
func sizes(w, h span) [][2]int {
	out := [][2]int{{w.max, h.max}}
	for _, s := range [][2]int{{1280, 960}, {1280, 720}, {640, 480}} {
		if w.has(s[0]) && h.has(s[1]) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (s span) has(v int) bool {
	return v >= s.min && v <= s.max && (v-s.min)%max(s.step, 1) == 0
}
