package receipt

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/trace"
)

// serve takes the bytes of one connection. Real-time commands are answered here, ahead of everything that waits for
// the head; the rest goes into the buffer.
func (d *Device) serve(conn io.ReadWriter) {
	d.mu.Lock()
	s := &session{conn: conn, mains: d.mains}
	d.mu.Unlock()
	defer d.leave(s)
	var p parser
	buf := make([]byte, 16<<10)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		b := buf[:n]
		if _, yes := d.faults.On("silent"); yes {
			d.log.Add(Kind, trace.ToDevice, b, trace.Bad, "收下，不作声")
			p.reset()
			continue
		}
		// The receiver watches for a status question also while a command is still short of data, as when a host
		// that has broken off comes back.
		if p.midway() && n == 3 && b[0] == dle && b[1] == 0x04 {
			d.realtime(s, op{kind: "dle", cmd: 4, args: b[2:3], raw: bytes.Clone(b)})
			continue
		}
		d.take(s, p.feed(b))
	}
}

func (d *Device) leave(s *session) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.asb, s)
}

func (d *Device) take(s *session, ops []op) {
	var plain []op
	flush := func() {
		if len(plain) > 0 {
			d.note(plain)
			d.enqueue(s, plain)
			plain = nil
		}
	}
	for _, o := range ops {
		if o.kind == "dle" {
			flush()
			d.realtime(s, o)
			continue
		}
		plain = append(plain, o)
	}
	flush()
}

func (d *Device) enqueue(s *session, ops []op) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s.mains != d.mains {
		return
	}
	for _, o := range ops {
		d.queue = append(d.queue, job{op: o, s: s, gen: d.gen})
	}
	d.wake.Broadcast()
}

// note writes one line for a bunch of commands: what kinds, not what is printed.
func (d *Device) note(ops []op) {
	var raw []byte
	var words []string
	count := map[string]int{}
	level := ""
	for _, o := range ops {
		raw = append(raw, o.raw...)
		w := o.word()
		if w == "" {
			continue
		}
		if o.kind == "unknown" {
			level = trace.Bad
		}
		if count[w]++; count[w] == 1 {
			words = append(words, w)
		}
	}
	for i, w := range words {
		if n := count[w]; n > 1 {
			words[i] = fmt.Sprintf("%s %d 次", w, n)
		}
	}
	d.log.Add(Kind, trace.ToDevice, raw, level, strings.Join(words, "、"))
}

// word says what a command is for; commands that only set the style have none.
func (o op) word() string {
	switch {
	case o.kind == "text":
		return "文字"
	case o.kind == "unknown":
		return fmt.Sprintf("不认识的命令 %02X %02X", o.raw[0], o.cmd)
	case o.kind == "lf":
		return "换行"
	}
	return map[string]string{"gs v": "点阵图", "gs V": "切纸", "esc i": "切纸", "esc m": "切纸", "gs k": "条码", "esc @": "复位", "esc d": "走纸",
		"esc J": "走纸", "gs a": "要自动状态", "gs r": "问纸", "gs I": "问型号", "gs g": "问计数", "gs (": bracketWord(o), "esc p": "开钱箱"}[o.kind+" "+string(rune(o.cmd))]
}

func bracketWord(o op) string {
	if len(o.args) < 5 {
		return "成组命令"
	}
	switch {
	case o.args[0] == 'H':
		return "打完请回应"
	case o.args[0] == 'k' && o.args[4] == 0x51:
		return "二维码"
	}
	return ""
}

// write sends an answer, spoiled by the faults that apply.
func (d *Device) write(s *session, b []byte, level, word string) {
	if p, yes := d.faults.Strike("slow", ""); yes {
		clock.Sleep(context.Background(), millis(p.Value))
	}
	if _, yes := d.faults.Strike("garbage", ""); yes {
		b = bytes.Clone(b)
		for i := range b {
			b[i] ^= 0x93 // breaks the fixed bits of every kind of answer
		}
		level, word = trace.Bad, "乱码，本来是："+word
	}
	d.log.Add(Kind, trace.FromDevice, b, level, word)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = s.conn.Write(b)
}
