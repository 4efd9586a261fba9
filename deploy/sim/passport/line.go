package passport

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"time"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/trace"
)

// Control bytes of the line: the one that vsmartcard's vpcd speaks. Every message is its length in two bytes and itself; a
// message of one byte is a control byte.
const (
	ctlOff   = 0
	ctlOn    = 1
	ctlReset = 2
	ctlATR   = 4
)

// atr is the answer to reset of a contactless chip (PC/SC part 3).
var atr = []byte{0x3B, 0x80, 0x80, 0x01, 0x01}

// Attach dials to a vpcd, so that the real PC/SC service shows this chip; it ends with the connection or with ctx.
func (d *Device) Attach(ctx context.Context, addr string) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	d.serve(conn)
	return conn.Close()
}

// serve answers one line until it ends.
func (d *Device) serve(conn io.ReadWriter) {
	var head [2]byte
	for {
		if _, err := io.ReadFull(conn, head[:]); err != nil {
			return
		}
		b := make([]byte, binary.BigEndian.Uint16(head[:]))
		if _, err := io.ReadFull(conn, b); err != nil {
			return
		}
		if len(b) == 1 {
			if !d.control(conn, b[0]) {
				return
			}
			continue
		}
		if !d.command(conn, b) {
			return
		}
	}
}

func (d *Device) control(conn io.Writer, b byte) bool {
	if b == ctlATR {
		if _, yes := d.faults.Strike("silent", "find"); yes {
			return true
		}
		d.mu.Lock()
		there := d.chip != nil
		d.mu.Unlock()
		if there {
			return d.send(conn, atr)
		}
		return d.send(conn, nil)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.chip != nil {
		d.chip.reset()
	}
	return true
}

func (d *Device) send(conn io.Writer, b []byte) bool {
	out := append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)
	_, err := conn.Write(out)
	return err == nil
}

// step names where in the conversation a command stands.
func step(b []byte) string {
	if len(b) < 4 {
		return ""
	}
	switch b[1] {
	case 0xB0, 0xB1:
		return "read"
	case 0x22, 0x82, 0x84, 0x86:
		return "open"
	}
	return "select"
}

// command carries out one command as the pressed buttons let it.
func (d *Device) command(conn io.Writer, b []byte) bool {
	at := step(b)
	d.log.Add(Kind, trace.ToDevice, b[:min(5, len(b))], "", at)
	if _, yes := d.faults.Strike("silent", at); yes {
		return true
	}
	if p, yes := d.faults.Strike("slow", at); yes {
		clock.Sleep(context.Background(), time.Duration(p.Value)*time.Millisecond)
	}
	if _, yes := d.faults.Strike("pulled", at); yes {
		d.lift("读到一半拿走了证件")
	}
	d.mu.Lock()
	var a []byte
	if d.chip != nil {
		a = d.chip.answer(b)
	}
	d.mu.Unlock()
	wait := d.cfg.PerCommand
	if d.cfg.BytesPerSecond > 0 {
		wait += time.Duration(len(b)+len(a)) * time.Second / time.Duration(d.cfg.BytesPerSecond)
	}
	clock.Sleep(context.Background(), wait)
	if p, yes := d.faults.Strike("status", at); yes {
		a = []byte{byte(p.Value >> 8), byte(p.Value)}
	}
	if _, yes := d.faults.Strike("garbage", at); yes && len(a) > 4 {
		a[len(a)/2] ^= 0x7F
	}
	d.log.Add(Kind, trace.FromDevice, nil, trace.Good, "内容不写在这里")
	if _, yes := d.faults.Strike("half", at); yes {
		out := append(binary.BigEndian.AppendUint16(nil, uint16(len(a))), a[:len(a)/2]...)
		_, err := conn.Write(out)
		return err == nil
	}
	return d.send(conn, a)
}
