package idcard

import (
	"bytes"
	"encoding/binary"
)

// Status bytes SW3 of the module (状态字), as far as the emulator gives them of its own accord.
const (
	swOK         = 0x90
	swNoContent  = 0x91
	swFound      = 0x9F
	swChecksum   = 0x10
	swLength     = 0x11
	swCommand    = 0x21
	swRead       = 0x41
	swUnknown    = 0x40
	swSAM        = 0x66
	swNoCard     = 0x80
	swSelectFail = 0x81
)

// SW3 lists every status byte of the module that stands for trouble, in the order of the protocol table.
var SW3 = []int{0x91, 0x10, 0x11, 0x21, 0x23, 0x24, 0x31, 0x32, 0x33, 0x40, 0x41, 0x47, 0x60, 0x66, 0x80, 0x81}

var preamble = []byte{0xAA, 0xAA, 0xAA, 0x96, 0x69}

// maxLen is the longest request the module takes.
const maxLen = 2400

// request is one frame from the host, or the reason why it is none.
type request struct {
	raw       []byte
	cmd, para byte
	data      []byte
	bad       byte // SW3 of a broken frame, 0 if the frame is good
}

// deframer finds requests in a byte stream.
type deframer struct{ buf []byte }

// feed takes bytes as they come and returns what is complete.
func (d *deframer) feed(b []byte) []request {
	d.buf = append(d.buf, b...)
	var out []request
	for {
		r, ok := d.next()
		if !ok {
			return out
		}
		out = append(out, r)
	}
}

func (d *deframer) next() (request, bool) {
	i := bytes.Index(d.buf, preamble)
	if i < 0 {
		d.buf = d.buf[max(0, len(d.buf)-len(preamble)+1):]
		return request{}, false
	}
	// The module answers a line that begins with one AA too many as if it were not there.
	d.buf = d.buf[i:]
	if len(d.buf) < 7 {
		return request{}, false
	}
	n := int(binary.BigEndian.Uint16(d.buf[5:7]))
	if n < 3 || n > maxLen {
		r := request{raw: bytes.Clone(d.buf[:7]), bad: swLength}
		d.buf = d.buf[7:]
		return r, true
	}
	if len(d.buf) < 7+n {
		return request{}, false
	}
	raw := bytes.Clone(d.buf[:7+n])
	d.buf = d.buf[7+n:]
	r := request{raw: raw, cmd: raw[7], para: raw[8], data: raw[9 : 6+n]}
	if xor(raw[5:6+n]) != raw[6+n] {
		r.bad = swChecksum
	}
	return r, true
}

// pending says whether the start of a frame waits for its rest.
func (d *deframer) pending() bool { return len(d.buf) >= len(preamble) }

func (d *deframer) reset() { d.buf = nil }

// reply builds a frame to the host.
func reply(sw1, sw2, sw3 byte, data []byte) []byte {
	n := 4 + len(data)
	f := make([]byte, 0, 7+n)
	f = append(f, preamble...)
	f = binary.BigEndian.AppendUint16(f, uint16(n))
	f = append(f, sw1, sw2, sw3)
	f = append(f, data...)
	return append(f, xor(f[5:]))
}

func xor(b []byte) byte {
	var x byte
	for _, c := range b {
		x ^= c
	}
	return x
}

// Words for the byte stream. They say what a frame is, never what stands on the card.
var commandWords = map[[2]byte]string{
	{0x10, 0xFF}: "复位安全模块", {0x11, 0xFF}: "问模块状态", {0x12, 0xFF}: "读模块编号",
	{0x20, 0x01}: "寻卡", {0x20, 0x02}: "选卡",
	{0x30, 0x01}: "读文字和照片", {0x30, 0x03}: "读追加住址", {0x30, 0x05}: "读卡体管理号", {0x30, 0x10}: "读文字、照片和指纹",
	{0x61, 0xFF}: "设射频一次最多字节",
}

func (r request) word() string {
	if r.bad == swChecksum {
		return "校验不对的一帧"
	}
	if r.bad != 0 {
		return "长度不对的一帧"
	}
	if w, ok := commandWords[[2]byte{r.cmd, r.para}]; ok {
		return w
	}
	if r.cmd == 0x60 {
		return "改波特率"
	}
	return "不认识的命令"
}

var swWords = map[byte]string{
	0x90: "好", 0x91: "此项没有内容", 0x9F: "找到卡", 0x10: "说请求校验不对", 0x11: "说请求长度不对", 0x21: "说命令不对",
	0x23: "越权", 0x24: "说不出的错", 0x31: "卡不认模块", 0x32: "模块不认卡", 0x33: "数据校验不过", 0x40: "认不出的卡",
	0x41: "读卡失败", 0x47: "取随机数失败", 0x60: "模块自检失败", 0x66: "模块没有授权", 0x80: "没有卡", 0x81: "选卡失败",
}
