package passport

import (
	"context"
	"encoding/binary"
	"errors"
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

// Attach lays this chip on a slot of a real PC/SC service's virtual reader: it dials to its vpcd and ends with the connection, with
// ctx, or when the chip is lifted. An empty answer is no chip on our own line only: vpcd would wait for its contents for ever.
func (d *Device) Attach(ctx context.Context, addr string) error {
	dialer := net.Dialer{Timeout: dialLimit}
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	hang := func() { _ = conn.Close() }
	defer context.AfterFunc(ctx, hang)()
	defer hang()
	if d.lies(hang) {
		d.serve(present{quickly(conn)})
		d.lies(nil)
	}
	return nil
}

// dialLimit is below the second after which the system knocks again: vpcd lets one caller wait, and whoever comes too many is not heard.
const dialLimit = 100 * time.Millisecond

// lies reports whether a chip lies there, and what ends its connection when it is lifted.
func (d *Device) lies(hang func()) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hang = hang
	return d.chip != nil
}

// there reports whether a chip lies there.
func (d *Device) there() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.chip != nil
}

// Stay attaches the chip whenever one lies there and the reader has hung up, until ctx ends.
func (d *Device) Stay(ctx context.Context, addr string) {
	for ctx.Err() == nil {
		if d.there() {
			_ = d.Attach(ctx, addr)
		}
		clock.Sleep(ctx, 20*time.Millisecond)
	}
}

// present is a connection of a chip that lies there: with it, it goes.
type present struct{ net.Conn }

// Write hangs up instead of an answer without contents.
func (p present) Write(b []byte) (int, error) {
	if len(b) == 2 && b[0] == 0 && b[1] == 0 {
		return 0, errLifted
	}
	return p.Conn.Write(b)
}

var errLifted = errors.New("no chip lies there")

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
		if d.there() {
			return d.send(conn, d.atr())
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

// work lets the chip answer and says how long chip and radio link take for it.
func (d *Device) work(b []byte) ([]byte, time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.chip == nil {
		return nil, d.cfg.PerCommand
	}
	a := d.chip.answer(b)
	wait := d.cfg.PerCommand
	if d.cfg.BytesPerSecond > 0 {
		wait += time.Duration(len(b)+len(a)) * time.Second / time.Duration(d.cfg.BytesPerSecond)
	}
	d.took[d.chip.file] += wait
	return a, wait
}

// command carries out one command as the pressed buttons let it, on the line of vpcd.
func (d *Device) command(conn io.Writer, b []byte) bool {
	a, how := d.act(b)
	switch how {
	case wordless:
		return true
	case halved:
		out := append(binary.BigEndian.AppendUint16(nil, uint16(len(a))), a[:len(a)/2]...)
		_, err := conn.Write(out)
		return err == nil
	case spoken:
	}
	return d.send(conn, a)
}

// manner is how an answer gets onto a line.
type manner int

const (
	spoken   manner = iota
	wordless        // not at all
	halved          // only its first half
)

// act carries out one command; an empty answer is that of no chip.
func (d *Device) act(b []byte) ([]byte, manner) {
	at := step(b)
	d.log.Add(Kind, trace.ToDevice, b[:min(5, len(b))], "", at)
	if _, yes := d.faults.Strike("silent", at); yes {
		return nil, wordless
	}
	if p, yes := d.faults.Strike("slow", at); yes {
		clock.Sleep(context.Background(), time.Duration(p.Value)*time.Millisecond)
	}
	if _, yes := d.faults.Strike("pulled", at); yes {
		d.lift("读到一半拿走了证件")
	}
	a, wait := d.work(b)
	clock.Sleep(context.Background(), wait)
	if p, yes := d.faults.Strike("status", at); yes {
		a = []byte{byte(p.Value >> 8), byte(p.Value)}
	}
	if _, yes := d.faults.Strike("garbage", at); yes && len(a) > 4 {
		a[len(a)/2] ^= 0x7F
	}
	d.log.Add(Kind, trace.FromDevice, nil, trace.Good, "内容不写在这里")
	if _, yes := d.faults.Strike("half", at); yes {
		return a, halved
	}
	return a, spoken
}
