package idcard

import (
	"context"
	"encoding/binary"
	"io"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/trace"
)

// answer does what a request asks and sends the reply the way the pressed faults let it through.
func (d *Device) answer(conn io.Writer, r request) error {
	at := stage(r)
	if _, yes := d.faults.Strike("silent", at); yes {
		d.log.Add(Kind, trace.Act, nil, trace.Bad, "不回话")
		return nil
	}
	if p, yes := d.faults.Strike("slow", at); yes {
		clock.Sleep(context.Background(), millis(p.Value))
	}
	sw1, sw2, sw3, data := d.execute(r, at)
	frame := reply(sw1, sw2, sw3, data)
	err := d.send(conn, frame, at, d.meaning(r, sw3, len(frame)))
	if r.cmd == 0x60 && sw3 == swOK {
		d.speed.Set(baud[r.para])
	}
	return err
}

// baud is bytes per second by the parameter of the speed command.
var baud = map[byte]int{0: 11520, 1: 5760, 2: 3840, 3: 1920, 4: 960}

func stage(r request) string {
	switch {
	case r.bad != 0:
		return ""
	case r.cmd == 0x20 && r.para == 0x01:
		return "find"
	case r.cmd == 0x20 && r.para == 0x02:
		return "select"
	case r.cmd == 0x30:
		return "read"
	}
	return "sam"
}

func (d *Device) execute(r request, at string) (sw1, sw2, sw3 byte, data []byte) {
	if r.bad != 0 {
		return 0, 0, r.bad, nil
	}
	if p, yes := d.faults.Strike("sw3", at); yes {
		sw := byte(p.Value)
		switch sw {
		case 0x31, 0x41, 0x47, 0x81: // these carry the status of the card's own answer
			return 0x6A, 0x82, sw, nil
		}
		return 0, 0, sw, nil
	}
	if _, yes := d.faults.Strike("sam", at); yes {
		if r.cmd == 0x10 || r.cmd == 0x11 {
			return 0, 0, 0x60, nil
		}
		return 0, 0, swSAM, nil
	}
	switch [2]byte{r.cmd, r.para} {
	case [2]byte{0x10, 0xFF}:
		d.forget()
		return 0, 0, swOK, nil
	case [2]byte{0x11, 0xFF}:
		return 0, 0, swOK, nil
	case [2]byte{0x12, 0xFF}:
		return 0, 0, swOK, d.cfg.SAM.bytes()
	case [2]byte{0x20, 0x01}:
		return d.find()
	case [2]byte{0x20, 0x02}:
		return d.pick()
	case [2]byte{0x30, 0x01}, [2]byte{0x30, 0x03}, [2]byte{0x30, 0x05}, [2]byte{0x30, 0x10}:
		return d.read(r.para)
	}
	if r.cmd == 0x60 && r.para <= 4 || r.cmd == 0x61 && r.para == 0xFF && len(r.data) == 1 {
		return 0, 0, swOK, nil
	}
	return 0, 0, swCommand, nil
}

func (d *Device) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.found, d.selected = false, false
}

func (d *Device) find() (sw1, sw2, sw3 byte, data []byte) {
	clock.Sleep(context.Background(), d.cfg.Find)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.found, d.selected = d.card != nil && !d.consumed, false
	if !d.found {
		return 0, 0, swNoCard, nil
	}
	return 0, 0, swFound, make([]byte, 4)
}

func (d *Device) pick() (sw1, sw2, sw3 byte, data []byte) {
	clock.Sleep(context.Background(), d.cfg.Select)
	if _, yes := d.faults.Strike("two-cards", "select"); yes {
		return 0, 0, swSelectFail, nil
	}
	if _, yes := d.faults.Strike("unknown-card", "select"); yes {
		return 0, 0, swUnknown, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.found || d.card == nil {
		return 0, 0, swSelectFail, nil
	}
	d.selected = true
	return 0, 0, swOK, make([]byte, 8)
}

// read takes a file off the card. The card must stay for the whole time.
func (d *Device) read(what byte) (sw1, sw2, sw3 byte, data []byte) {
	card := d.onTop()
	if card == nil {
		return 0, 0, swRead, nil
	}
	wait := d.cfg.Read
	if what != 0x01 && what != 0x10 {
		wait /= 10 // the short files are quick
	}
	clock.Sleep(context.Background(), wait/2)
	if _, yes := d.faults.Strike("pulled", "read"); yes {
		d.lift("读到一半拿走了卡")
	}
	clock.Sleep(context.Background(), wait/2)
	if d.onTop() != card {
		return 0x6A, 0x82, swRead, nil
	}
	switch what {
	case 0x03:
		if a := card.added(); a != nil {
			return 0, 0, swOK, a
		}
		return 0, 0, swNoContent, nil
	case 0x05:
		return 0, 0, swOK, card.noise('m', 28)
	}
	text, err := card.Text()
	if err != nil {
		return 0, 0, swRead, nil
	}
	d.mu.Lock()
	d.consumed = true
	d.reads++
	d.mu.Unlock()
	return 0, 0, swOK, files(text, card.Photo(), card.fingers(), what == 0x10)
}

// files joins text, photo and, for the long read, fingerprints behind their lengths.
func files(text, photo, fp []byte, long bool) []byte {
	out := binary.BigEndian.AppendUint16(nil, uint16(len(text)))
	out = binary.BigEndian.AppendUint16(out, uint16(len(photo)))
	if long {
		out = binary.BigEndian.AppendUint16(out, uint16(len(fp)))
	}
	out = append(append(out, text...), photo...)
	if long {
		out = append(out, fp...)
	}
	return out
}

// onTop is the selected card, or nil.
func (d *Device) onTop() *Person {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.selected {
		return nil
	}
	return d.card
}

func (s SAM) bytes() []byte {
	b := binary.LittleEndian.AppendUint16(nil, s.Vendor)
	b = binary.LittleEndian.AppendUint16(b, s.Model)
	b = binary.LittleEndian.AppendUint32(b, s.Date)
	b = binary.LittleEndian.AppendUint32(b, s.Serial)
	return binary.LittleEndian.AppendUint32(b, s.Rest)
}
