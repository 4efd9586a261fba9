package receipt

import (
	"fmt"
	"strconv"

	"tongban/deploy/sim/trace"
)

// execute does one command; false means that the job became void while it waited.
func (d *Device) execute(j job) bool {
	o := j.op
	switch o.kind {
	case "text":
		return d.text(j)
	case "lf":
		return d.lineFeed(j)
	case "ctl":
		if o.cmd == 0x18 {
			d.line = line{at: -1}
		}
		return true
	case "fs":
		switch {
		case o.cmd == '&':
			d.st.chinese = true
		case o.cmd == '.':
			d.st.chinese = false
		case o.cmd == '!': // bits 2, 3: double width, height
			d.st.w, d.st.h = 1+int(o.args[0]>>2&1), 1+int(o.args[0]>>3&1)
		case o.cmd == 'W':
			d.st.w, d.st.h = 1+int(o.args[0]&1), 1+int(o.args[0]&1)
		}
		return true
	case "esc":
		return d.escape(j)
	case "gs":
		return d.group(j)
	}
	return true
}

// text fills the line buffer and breaks the line where the paper ends.
func (d *Device) text(j job) bool {
	for _, r := range d.line.decode(j.op.args, d.st.chinese) {
		w := cellDots * d.st.w
		if isHalf(r) {
			w /= 2
		}
		if len(d.line.cells) > 0 && d.st.margin+d.line.width()+w > d.cfg.Dots && !d.lineFeed(j) {
			return false
		}
		d.line.push(r, d.st)
	}
	return true
}

func (d *Device) lineFeed(j job) bool {
	var img *strip
	if len(d.line.cells) > 0 {
		img = d.line.render(d.cfg.Dots, d.st)
	}
	d.line = line{at: -1}
	d.mu.Lock()
	d.count.Feeds++
	d.mu.Unlock()
	return d.feed(j, img, d.st.spacing)
}

// flush prints what stands in the line buffer, as every command that moves paper does first.
func (d *Device) flush(j job) bool { return len(d.line.cells) == 0 || d.lineFeed(j) }

func (d *Device) escape(j job) bool {
	a := j.op.args
	switch j.op.cmd {
	case '@':
		d.st, d.line = freshStyle(), line{at: -1}
	case 'a':
		d.st.align = a[0] % 48
	case 'E', 'G':
		d.st.bold = a[0]&1 == 1
	case '-':
		d.st.underline = int(a[0]%48) % 3
	case '!':
		d.st.bold = a[0]&0x08 != 0
		d.st.h, d.st.w = 1+int(a[0]>>4&1), 1+int(a[0]>>5&1)
	case '2':
		d.st.spacing = 30
	case '3':
		d.st.spacing = int(a[0])
	case '$':
		d.line.at = int(a[0]) | int(a[1])<<8
	case 'd':
		if !d.flush(j) {
			return false
		}
		d.mu.Lock()
		d.count.Feeds += int(a[0])
		d.mu.Unlock()
		return d.feed(j, nil, int(a[0])*d.st.spacing)
	case 'J':
		return d.flush(j) && d.feed(j, nil, int(a[0]))
	case 'i', 'm':
		return d.flush(j) && d.cut(j)
	}
	return true
}

func (d *Device) group(j job) bool {
	a := j.op.args
	switch j.op.cmd {
	case '!':
		d.st.w, d.st.h = 1+int(a[0]>>4&7), 1+int(a[0]&7)
	case 'B':
		d.st.reverse = a[0]&1 == 1
	case 'L':
		d.st.margin = min(int(a[0])|int(a[1])<<8, d.cfg.Dots-cellDots)
	case 'h':
		d.st.barHeight = max(1, int(a[0]))
	case 'w':
		d.st.barModule = max(1, min(6, int(a[0])))
	case 'H':
		d.st.barText = a[0] % 48
	case 'k':
		return d.barcode(j)
	case 'v':
		return d.raster(j)
	case 'V':
		feed := 0
		if len(a) == 2 {
			feed = int(a[1])
		}
		return d.flush(j) && d.feed(j, nil, feed) && d.cut(j)
	case 'a':
		d.automatic(j.s, a[0])
	case 'r':
		return d.paperQuestion(j)
	case 'I':
		d.identify(j)
	case 'g':
		d.counterQuestion(j)
	case '(':
		return d.bracket(j)
	}
	return true
}

func (d *Device) raster(j job) bool {
	a := j.op.args
	x, h := int(a[2])|int(a[3])<<8, int(a[4])|int(a[5])<<8
	if a[0] != '0' || x == 0 || h == 0 {
		return true
	}
	sx, sy := 1+int(a[1]&1), 1+int(a[1]>>1&1)
	return d.flush(j) && d.feed(j, d.place(fromBits(a[6:], x, h, sx, sy)), 0)
}

// place aligns a picture on the paper; what is too wide is cut off at the right, as by the head.
func (d *Device) place(img *strip) *strip {
	out := newStrip(d.cfg.Dots, img.height())
	x := d.st.margin
	if free := d.cfg.Dots - x - img.w; free > 0 {
		x += free * int(min(d.st.align, 2)) / 2
	}
	for y, r := range img.rows {
		if x < d.cfg.Dots {
			copy(out.rows[y][x:], r)
		}
	}
	return out
}

func (d *Device) barcode(j job) bool {
	a := j.op.args
	data := a[1:]
	if a[0] >= 65 {
		data = a[2:]
	} else if len(data) > 0 {
		data = data[:len(data)-1]
	}
	if !d.flush(j) || !d.feed(j, d.place(barcode(a[0], data, d.st)), 0) {
		return false
	}
	if d.st.barText == 0 {
		return true
	}
	for _, r := range plainBars(data) {
		d.line.push(r, d.st)
	}
	return d.lineFeed(j)
}

// bracket handles GS ( : the QR symbol and the end-of-job echo.
func (d *Device) bracket(j job) bool {
	a := j.op.args
	if len(a) < 5 {
		return true
	}
	switch a[0] {
	case 'H':
		if a[3] == 0x30 && a[4] == 0x30 && len(a) == 9 {
			return d.echo(j, a[5:9])
		}
	case 'k':
		if a[3] == 0x31 {
			return d.symbol(j, a[4], a[5:])
		}
	}
	return true
}

func (d *Device) symbol(j job, fn byte, data []byte) bool {
	switch fn {
	case 0x43:
		if len(data) == 1 {
			d.st.qrModule = max(1, min(16, int(data[0])))
		}
	case 0x45:
		if len(data) == 1 {
			d.st.qrLevel = data[0]
		}
	case 0x50:
		if len(data) > 1 {
			d.st.qrData = data[1:]
		}
	case 0x51:
		if img := qr(d.st); img != nil {
			return d.flush(j) && d.feed(j, d.place(img), 0)
		}
	}
	return true
}

// echo answers the process id once everything before it is on paper.
func (d *Device) echo(j job, id []byte) bool {
	if !d.ready(j.gen) {
		return false
	}
	if _, yes := d.faults.Strike("no-echo", ""); yes {
		d.log.Add(Kind, trace.Act, nil, trace.Bad, "打完了，没回应")
		return true
	}
	d.write(j.s, append(append([]byte{0x37, 0x22}, id...), 0), trace.Good, "打完了")
	return true
}

// automatic switches the status that comes by itself; switching it on sends it once.
func (d *Device) automatic(s *session, mask byte) {
	d.mu.Lock()
	d.asb[s] = mask
	if mask == 0 {
		delete(d.asb, s)
	}
	b := d.asbBytes()
	d.asbSeen = b
	word := d.statusWord()
	d.mu.Unlock()
	if mask != 0 {
		d.write(s, b[:], "", "自动状态："+word)
	}
}

func (d *Device) paperQuestion(j job) bool {
	if !d.ready(j.gen) { // waits like any buffered command: no answer while the printer is stopped
		return false
	}
	var b byte
	d.mu.Lock()
	if n := j.op.args[0]; (n == 1 || n == '1') && d.nearEnd() {
		b = 0x03
	}
	d.mu.Unlock()
	d.write(j.s, []byte{b}, trace.Good, "纸的状态")
	return true
}

func (d *Device) identify(j job) {
	switch n := j.op.args[0]; n {
	case 1, '1':
		d.write(j.s, []byte{0x20}, trace.Good, "型号")
	case 2, '2':
		d.write(j.s, []byte{0x02}, trace.Good, "有切刀")
	case 3, '3':
		d.write(j.s, []byte{0x01}, trace.Good, "固件版本")
	case 65, 66, 67, 68:
		model := map[bool]string{true: "SIM-80", false: "SIM-58"}[d.cfg.Dots > 400]
		text := map[byte]string{65: "1.00", 66: "TONGBAN", 67: model, 68: "SIM0000001"}[n]
		d.write(j.s, append(append([]byte{0x5F}, text...), 0), trace.Good, "报名字："+text)
	}
}

// counterQuestion answers GS g 2 with the maintenance counters: 20 feeds, 50 cuts; 128 more asks for the total.
func (d *Device) counterQuestion(j job) {
	a := j.op.args
	if a[0] != '2' {
		return
	}
	d.mu.Lock()
	n, ok := map[int]int{20: d.count.Feeds, 50: d.count.Cuts}[(int(a[2])|int(a[3])<<8)&^128]
	d.mu.Unlock()
	if !ok {
		return
	}
	text := strconv.Itoa(n)
	d.write(j.s, append(append([]byte{0x5F}, text...), 0), trace.Good, fmt.Sprintf("计数 %s", text))
}
