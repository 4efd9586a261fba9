package idcard

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/trace"
)

func millis(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// faultSpecs is the board of the reader. "at" binds a fault to one step.
func faultSpecs() []fault.Spec {
	at := []string{"find", "select", "read", "sam"}
	return []fault.Spec{
		{Name: "pulled", Label: "读到一半拿走"},
		{Name: "two-cards", Label: "两张一起"},
		{Name: "unknown-card", Label: "认不出的卡"},
		{Name: "silent", Label: "不回话", At: at},
		{Name: "slow", Label: "慢", Value: "毫秒", Min: 1, Max: 60000, Def: 4000, At: at},
		{Name: "garbage", Label: "弄脏字节", Value: "每多少字节错一个", Min: 1, Max: 100000, Def: 500, At: at},
		{Name: "half", Label: "丢半帧", At: at},
		{Name: "checksum", Label: "校验不对", At: at},
		{Name: "order", Label: "先回旧的", At: at},
		{Name: "sw3", Label: "状态字", Value: "SW3", Min: 0x10, Max: 0x91, Def: 0x41, At: at, Options: swOptions()},
		{Name: "sam", Label: "安全模块坏", At: at},
		{Name: "cut", Label: "拔线", Value: "毫秒后插回，-1 不插回", Min: -1, Max: 600000, Def: -1, Key: "U"},
		{Name: "cut-mid-read", Label: "读到一半拔线", Value: "毫秒后插回", Min: 1, Max: 600000, Def: 2000},
	}
}

func swOptions() []fault.Option {
	out := make([]fault.Option, len(SW3))
	for i, v := range SW3 {
		out[i] = fault.Option{Value: v, Label: fmt.Sprintf("%02X %s", v, swWords[byte(v)])}
	}
	return out
}

// pressed carries out what a button does at once.
func (d *Device) pressed(p fault.Press, on bool) error {
	word := "按下：" + label(p.Name)
	if !on {
		word = "放开：" + label(p.Name)
	}
	d.log.Add(Kind, trace.Act, nil, "", word)
	if p.Name == "garbage" {
		d.mu.Lock()
		d.sent = 0
		d.mu.Unlock()
	}
	if p.Name != "cut" {
		return nil
	}
	if !on {
		return d.plug()
	}
	d.cut()
	if p.Value > 0 {
		go d.plugLater(p.Value)
	}
	return nil
}

func label(name string) string {
	for _, s := range faultSpecs() {
		if s.Name == name {
			return s.Label
		}
	}
	return name
}

func (d *Device) cut() {
	d.forget()
	d.mu.Lock()
	d.replug++
	d.mu.Unlock()
	for _, p := range d.ports {
		p.Cut()
	}
}

func (d *Device) plug() error {
	d.mu.Lock()
	d.replug++
	d.mu.Unlock()
	for _, p := range d.ports {
		if err := p.Plug(); err != nil {
			return err
		}
	}
	return nil
}

// plugLater puts the line back unless somebody has done so, or cut it anew, in the meantime.
func (d *Device) plugLater(ms int) {
	d.mu.Lock()
	mine := d.replug
	d.mu.Unlock()
	clock.Sleep(context.Background(), millis(ms))
	d.mu.Lock()
	still := d.replug == mine
	d.mu.Unlock()
	if !still {
		return
	}
	if _, on := d.faults.On("cut"); on {
		_ = d.faults.Release("cut")
		return
	}
	_ = d.plug()
}

// send puts a frame on the line, damaged by the faults that apply.
func (d *Device) send(conn io.Writer, frame []byte, at, word string) error {
	d.mu.Lock()
	stale := d.last
	d.last = frame
	d.mu.Unlock()
	out, level := bytes.Clone(frame), trace.Good
	if _, yes := d.faults.Strike("order", at); yes && stale != nil {
		out, word, level = append(bytes.Clone(stale), out...), "先把上一次的回答又回了一遍，再"+word, trace.Bad
	}
	if _, yes := d.faults.Strike("checksum", at); yes {
		out[len(out)-1] ^= 0x5A
		word, level = "校验不符："+word, trace.Bad
	}
	if p, yes := d.faults.Strike("garbage", at); yes {
		if n := d.flip(out, p.Value); n > 0 {
			word, level = fmt.Sprintf("弄脏了 %d 个字节：%s", n, word), trace.Bad
		}
	}
	if _, yes := d.faults.Strike("half", at); yes {
		out, word, level = out[:len(out)/2], "只发了半帧", trace.Bad
	}
	if at == "read" {
		if p, yes := d.faults.Strike("cut-mid-read", at); yes {
			return d.sendCut(conn, out, p.Value)
		}
	}
	d.log.Add(Kind, trace.FromDevice, out, level, word)
	return d.speed.Write(conn, out)
}

// sendCut sends the first half, then the cable is out.
func (d *Device) sendCut(conn io.Writer, out []byte, ms int) error {
	half := out[:len(out)/2]
	d.log.Add(Kind, trace.FromDevice, half, trace.Bad, "读到一半，线断了")
	err := d.speed.Write(conn, half)
	clock.Sleep(context.Background(), millis(5)) // let the host take what has arrived
	d.cut()
	go d.plugLater(ms)
	return err
}

// flip spoils every n-th byte of all that is sent, counted across frames as on a bad cable.
func (d *Device) flip(b []byte, n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	count := 0
	for i := range b {
		if d.sent++; d.sent%n == 0 {
			b[i] ^= 0x7F
			count++
		}
	}
	return count
}

func (d *Device) meaning(r request, sw3 byte, n int) string {
	w := swWords[sw3]
	if sw3 != swOK {
		return w
	}
	switch {
	case r.cmd == 0x20:
		return "选中"
	case r.cmd == 0x30:
		return fmt.Sprintf("读到，%d 字节，内容不写在这里", n)
	}
	return w
}
