package receipt

import (
	"fmt"
	"strings"

	"tongban/deploy/sim/trace"
)

// mechanical is an error that stays until the host or a hand clears it.
type mechanical int

const (
	sound mechanical = iota
	cutterStuck
	jammed
)

// The methods of this file are called with d.mu held, realtime excepted.

func (d *Device) paperLeft() int {
	if d.roll.gone {
		return 0
	}
	if _, yes := d.faults.On("paper-out"); yes {
		return 0
	}
	return d.roll.left
}

// nearEndMM is where the near-end lever of the roll holder falls.
const nearEndMM = 3000

func (d *Device) nearEnd() bool {
	_, yes := d.faults.On("near-end")
	return yes || d.paperLeft() < min(nearEndMM, d.cfg.RollMM/10)*dotsPerMM
}

func (d *Device) cover() bool {
	_, yes := d.faults.On("cover")
	return yes
}

// stopped says why the head does not print, "" if it does.
func (d *Device) stopped() string {
	switch {
	case d.cover():
		return "盖开着"
	case d.paperLeft() <= 0:
		return "没纸"
	case d.err == cutterStuck:
		return "切刀卡住"
	case d.err == jammed:
		return "卡纸"
	}
	return ""
}

// status is the answer to DLE EOT n, with the fixed bits 0**1**10.
func (d *Device) status(n byte) (byte, bool) {
	b := byte(0x12)
	set := func(bit byte, on bool) {
		if on {
			b |= bit
		}
	}
	switch n {
	case 1:
		set(0x08, d.stopped() != "")
		set(0x20, d.err != sound)
	case 2:
		set(0x04, d.cover())
		set(0x20, d.paperLeft() <= 0)
		set(0x40, d.err != sound)
	case 3:
		set(0x04, d.err == jammed)
		set(0x08, d.err == cutterStuck)
	case 4:
		set(0x0C, d.nearEnd())
		set(0x60, d.paperLeft() <= 0)
	default:
		return 0, false
	}
	return b, true
}

// asbBytes are the four bytes of the automatic status.
func (d *Device) asbBytes() [4]byte {
	b := [4]byte{0x10, 0, 0, 0}
	if d.stopped() != "" {
		b[0] |= 0x08
	}
	if d.cover() {
		b[0] |= 0x20
	}
	switch d.err {
	case cutterStuck:
		b[1] |= 0x08
	case jammed:
		b[1] |= 0x04
	}
	if d.nearEnd() {
		b[2] |= 0x03
	}
	if d.paperLeft() <= 0 {
		b[2] |= 0x0C
	}
	return b
}

// watched tells whether a change from a to b is one that the mask asks for.
func watched(mask byte, a, b [4]byte) bool {
	return mask&0x02 != 0 && (a[0]^b[0])&0x28 != 0 || mask&0x04 != 0 && a[1] != b[1] || mask&0x08 != 0 && a[2] != b[2]
}

var statusQuestion = map[byte]string{1: "打印机好吗", 2: "脱机原因", 3: "哪里出错", 4: "有没有纸"}

// realtime answers what does not wait for the head.
func (d *Device) realtime(s *session, o op) {
	switch o.cmd {
	case 0x04:
		d.log.Add(Kind, trace.ToDevice, o.raw, "", "问状态："+statusQuestion[o.args[0]])
		d.mu.Lock()
		b, ok := d.status(o.args[0])
		word := d.statusWord()
		d.mu.Unlock()
		if ok {
			level := trace.Good
			if b != 0x12 {
				level = trace.Bad
			}
			d.write(s, []byte{b}, level, word)
		}
	case 0x05:
		d.log.Add(Kind, trace.ToDevice, o.raw, "", fmt.Sprintf("从故障恢复，方式 %d", o.args[0]))
		d.recover(o.args[0])
	case 0x14:
		d.dc4(s, o)
	}
}

func (d *Device) statusWord() string {
	var w []string
	if why := d.stopped(); why != "" {
		w = append(w, why)
	}
	if d.nearEnd() && d.paperLeft() > 0 {
		w = append(w, "纸快用完")
	}
	if len(w) == 0 {
		return "都好"
	}
	return strings.Join(w, "，")
}

// recover leaves an error behind: 1 goes on with the interrupted line, 2 throws the buffer away first.
func (d *Device) recover(how byte) {
	if how != 1 && how != 2 {
		return
	}
	d.change(func() {
		if how == 2 {
			d.drop("清了缓冲")
		}
		d.unjam()
	})
}

// unjam clears an error whose cause is gone.
func (d *Device) unjam() {
	_, cutter := d.faults.On("cutter")
	_, jam := d.faults.On("jam")
	if d.err == cutterStuck && !cutter || d.err == jammed && !jam {
		d.err = sound
	}
}

// dc4 handles the real-time requests; clearing the buffer is the one that matters.
func (d *Device) dc4(s *session, o op) {
	if o.args[0] != 8 || string(o.args[1:]) != "\x01\x03\x14\x01\x06\x02\x08" {
		d.log.Add(Kind, trace.ToDevice, o.raw, "", "实时请求")
		return
	}
	d.log.Add(Kind, trace.ToDevice, o.raw, "", "清缓冲")
	d.change(func() { d.drop("清了缓冲") })
	d.write(s, []byte{0x37, 0x25, 0x00}, trace.Good, "缓冲清了")
}

// change runs f under the lock, wakes the head and sends the automatic status where it has changed.
func (d *Device) change(f func()) {
	type note struct {
		s *session
		b [4]byte
	}
	d.mu.Lock()
	before := d.asbSeen
	f()
	after := d.asbBytes()
	d.asbSeen = after
	var notes []note
	for s, mask := range d.asb {
		if watched(mask, before, after) {
			notes = append(notes, note{s, after})
		}
	}
	word := d.statusWord()
	d.wake.Broadcast()
	d.mu.Unlock()
	for _, n := range notes {
		d.write(n.s, n.b[:], "", "自动状态："+word)
	}
}
