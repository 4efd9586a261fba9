package relay

import (
	"encoding/binary"
	"io"
	"math/bits"

	"tongban/deploy/sim/trace"
)

// sum is the remainder of the bytes by the polynomial of Modbus, bit by bit as the standard draws it; over a whole frame it is 0.
func sum(b []byte) uint16 {
	reg := uint16(0xFFFF)
	for _, x := range b {
		reg ^= uint16(x)
		for range 8 {
			out := reg & 1
			reg >>= 1
			if out == 1 {
				reg ^= bits.Reverse16(0x8005)
			}
		}
	}
	return reg
}

func frame(b ...byte) []byte { return binary.LittleEndian.AppendUint16(b, sum(b)) }

// answer carries out one question.
func (d *Device) answer(conn io.Writer, q []byte) error {
	d.log.Add(Kind, trace.ToDevice, q, "", "询问")
	if q[0] != d.unit {
		return nil // for another board
	}
	if _, yes := d.faults.Strike("silent", ""); yes {
		return nil
	}
	d.mu.Lock()
	out := d.do(q[1], int(binary.BigEndian.Uint16(q[2:])), int(binary.BigEndian.Uint16(q[4:])), q)
	d.mu.Unlock()
	out, level, word := d.spoil(out)
	d.log.Add(Kind, trace.FromDevice, out, level, word)
	return d.speed.Write(conn, out)
}

// do is the board; guarded by mu.
func (d *Device) do(function byte, first, value int, q []byte) []byte {
	refuse := func(code byte) []byte { return frame(d.unit, function|0x80, code) }
	if _, yes := d.faults.Strike("busy", ""); yes {
		return refuse(6)
	}
	switch function {
	case 1, 2:
		list := d.relays
		if function == 2 {
			list = d.inputs
		}
		if value < 1 || first+value > places {
			return refuse(2)
		}
		var set byte
		for i := range value {
			if list[first+i] {
				set |= 1 << i
			}
		}
		return frame(d.unit, function, 1, set)
	case 5:
		if first >= places {
			return refuse(2)
		}
		if value != 0 && value != 0xFF00 {
			return refuse(3)
		}
		if _, yes := d.faults.Strike("stuck", ""); !yes {
			d.relays[first] = value != 0
		}
		return append([]byte(nil), q...)
	}
	return refuse(1)
}

// spoil is what the line and other boards do to an answer.
func (d *Device) spoil(out []byte) ([]byte, string, string) {
	if _, yes := d.faults.Strike("checksum", ""); yes {
		out[len(out)-1] ^= 0x55
		return out, trace.Bad, "校验改错"
	}
	if _, yes := d.faults.Strike("half", ""); yes {
		return out[:len(out)/2], trace.Bad, "只回一半"
	}
	if _, yes := d.faults.Strike("garbage", ""); yes {
		return []byte("\x00\xff\x10garbage\x7f\x01"), trace.Bad, "乱码"
	}
	if _, yes := d.faults.Strike("other", ""); yes {
		out = append([]byte{d.unit + 1}, out[1:len(out)-2]...)
		return frame(out...), trace.Bad, "别的板回话"
	}
	return out, trace.Good, "回答"
}
