package fingerprint

import (
	"io"

	"tongban/deploy/sim/trace"
)

// frame builds a packet the way the manual draws it.
func frame(kind byte, content ...byte) []byte {
	n := len(content) + 2
	f := append([]byte{0xEF, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, kind, byte(n >> 8), byte(n)}, content...)
	total := 0
	for _, c := range f[6:] {
		total += int(c)
	}
	return append(f, byte(total>>8), byte(total))
}

// answer carries out one command.
func (d *Device) answer(conn io.Writer, f []byte) error {
	command := f[9]
	d.log.Add(Kind, trace.ToDevice, f, "", "命令")
	if _, yes := d.faults.Strike("silent", ""); yes {
		return nil
	}
	if want := frame(f[6], f[9:len(f)-2]...); string(want) != string(f) || f[6] != 1 {
		return d.send(conn, frame(7, 0x01))
	}
	d.mu.Lock()
	status, data := d.do(command)
	d.mu.Unlock()
	if command == 0x0F {
		return d.send(conn, frame(7, 0, 0, 0, 0, 9, 0, 0xA3, 0, 3, 0xFF, 0xFF, 0xFF, 0xFF, 0, 2, 0, 6))
	}
	if err := d.send(conn, frame(7, status)); err != nil || data == nil {
		return err
	}
	_, half := d.faults.Strike("half", "")
	for i := 0; i < len(data); i += 128 {
		kind := byte(2)
		if i+128 >= len(data) {
			kind = 8
		}
		if half && i > len(data)/2 {
			return nil
		}
		if err := d.speed.Write(conn, d.spoil("data", frame(kind, data[i:min(i+128, len(data))]...))); err != nil {
			return err
		}
	}
	d.log.Add(Kind, trace.FromDevice, nil, trace.Good, "数据，内容不写在这里")
	return nil
}

// do is the module's memory; guarded by mu. The status is that of the manual.
func (d *Device) do(command byte) (status byte, data []byte) {
	switch command {
	case 0x13:
		if _, on := d.faults.On("password"); on {
			return 0x13, nil
		}
		return 0, nil
	case 0x01:
		if d.finger == "none" {
			return 0x02, nil
		}
		d.taken++
		d.image, d.ready = draw(d.finger, uint64(d.taken)), false //nolint:gosec // a count
		return 0, nil
	case 0x02:
		switch {
		case d.image == nil:
			return 0x15, nil
		case d.finger == "edge":
			return 0x07, nil
		}
		d.ready = true
		return 0, nil
	case 0x0A:
		if d.image == nil {
			return 0x0F, nil
		}
		return 0, d.image
	case 0x08:
		if !d.ready {
			return 0x0D, nil
		}
		return 0, append([]byte("EF01 template of nobody"), make([]byte, 489)...)
	case 0x0F:
		return 0, nil
	}
	return 0x19, nil
}

func (d *Device) send(conn io.Writer, f []byte) error {
	f = d.spoil("ack", f)
	d.log.Add(Kind, trace.FromDevice, f, "", "回答")
	return d.speed.Write(conn, f)
}

func (d *Device) spoil(_ string, f []byte) []byte {
	if _, yes := d.faults.Strike("checksum", ""); yes {
		f[len(f)-1] ^= 0x5A
	}
	if _, yes := d.faults.Strike("garbage", ""); yes {
		for i := range f {
			f[i] ^= 0x33
		}
	}
	return f
}
