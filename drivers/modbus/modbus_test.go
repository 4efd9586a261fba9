package modbus

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"tongban/drivers"
)

func raw(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// Frames as they stand in the manuals of relay boards.
func TestRequests(t *testing.T) {
	for want, got := range map[string][]byte{
		"01050000ff008c3a": request(1, writeCoil, 0, 0xFF00), "010500000000cdca": request(1, writeCoil, 0, 0),
		"0101000000083dcc": request(1, readCoils, 0, 8), "01020000000879cc": request(1, readInputs, 0, 8),
	} {
		if !bytes.Equal(got, raw(want)) {
			t.Errorf("%x, want %s", got, want)
		}
	}
}

func TestContent(t *testing.T) {
	coils := request(1, readCoils, 0, 4)
	for name, c := range map[string]struct {
		question, answer []byte
		data             []byte
		refusal          byte
		err              error
	}{
		"coils":        {coils, seal(raw("01010105")), []byte{5}, 0, nil},
		"refused":      {coils, seal(raw("018102")), nil, 2, nil},
		"switched":     {request(1, writeCoil, 2, 0xFF00), request(1, writeCoil, 2, 0xFF00), nil, 0, nil},
		"other output": {request(1, writeCoil, 2, 0xFF00), request(1, writeCoil, 3, 0xFF00), nil, 0, errOther},
		"other board":  {coils, seal(raw("02010105")), nil, 0, errOther},
		"other kind":   {coils, seal(raw("01020105")), nil, 0, errOther},
		"sum":          {coils, raw("010101050000"), nil, 0, errSum},
		"too many":     {coils, seal(raw("0101020505")), nil, 0, errLength},
		"cut":          {coils, raw("010101"), nil, 0, errLength},
		"nothing":      {coils, nil, nil, 0, errLength},
	} {
		data, refusal, err := content(c.question, c.answer)
		if !bytes.Equal(data, c.data) || refusal != c.refusal || !errors.Is(err, c.err) {
			t.Errorf("%s: %x %d %v", name, data, refusal, err)
		}
	}
}

// board answers what it was given, once for each question.
type board struct {
	drivers.Port
	answers [][]byte
	ready   []byte
	asked   int
}

func (b *board) Discard() error { b.ready = nil; return nil }
func (b *board) Write(p []byte) (int, error) {
	if b.asked++; len(b.answers) > 0 {
		b.ready, b.answers = b.answers[0], b.answers[1:]
	}
	return len(p), nil
}

func (b *board) Read(p []byte, timeout time.Duration) (int, error) {
	n := copy(p, b.ready)
	if b.ready = b.ready[n:]; n == 0 {
		time.Sleep(timeout)
	}
	return n, nil
}

func TestAsk(t *testing.T) {
	good := seal(raw("0101010b"))
	for name, c := range map[string]struct {
		answers [][]byte
		asked   int
		code    drivers.Code
	}{
		"good": {[][]byte{good}, 1, ""}, "noise once": {[][]byte{raw("010101000000"), good}, 2, ""}, "silence once": {[][]byte{nil, good}, 2, ""},
		"noise": {[][]byte{{1, 1}, {1, 1}, good}, 2, drivers.CodeLineError}, "silence": {nil, 2, drivers.CodeTimeOut},
		"no such output": {[][]byte{seal(raw("018102"))}, 1, drivers.CodeInvalidData}, "busy": {[][]byte{seal(raw("018106"))}, 1, drivers.CodeDeviceNotReady},
		"broken": {[][]byte{seal(raw("018104"))}, 1, drivers.CodeHardwareError},
	} {
		b := &board{answers: c.answers}
		got, err := New(b, 1).Coils(t.Context(), 4)
		if b.asked != c.asked || (err == nil) != (c.code == "") || err != nil && drivers.Fault(err).Code != c.code {
			t.Errorf("%s: asked %d times, %v", name, b.asked, err)
		}
		if err == nil && (!got[0] || !got[1] || got[2] || !got[3]) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if _, err := New(&board{}, 1).Inputs(t.Context(), 100); drivers.Fault(err).Code != drivers.CodeInvalidData {
		t.Errorf("too many: %v", err)
	}
}

func FuzzContent(f *testing.F) {
	f.Add(request(1, readCoils, 0, 4), seal(raw("01010105")))
	f.Add(request(1, writeCoil, 2, 0xFF00), request(1, writeCoil, 2, 0xFF00))
	f.Add(request(1, readInputs, 0, 64), seal(raw("018102")))
	f.Fuzz(func(t *testing.T, question, answer []byte) {
		if len(question) < 6 {
			return
		}
		data, refusal, err := content(question, answer)
		if n := int(question[4])<<8 + int(question[5]); err == nil && refusal == 0 && question[1] != writeCoil {
			bits(data, n)
		}
		if n := size(answer); n > 260 {
			t.Fatalf("an answer of %d bytes", n)
		}
	})
}
