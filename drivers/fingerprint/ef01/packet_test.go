package ef01

import (
	"bytes"
	"errors"
	"testing"
)

// The bytes of the manuals.
func TestManualBytes(t *testing.T) {
	head := "\xEF\x01\xFF\xFF\xFF\xFF"
	for command, want := range map[string]string{
		"\x13\x00\x00\x00\x00": head + "\x01\x00\x07\x13\x00\x00\x00\x00\x00\x1B",
		"\x0F":                 head + "\x01\x00\x03\x0F\x00\x13",
		"\x01":                 head + "\x01\x00\x03\x01\x00\x05",
		"\x02\x01":             head + "\x01\x00\x04\x02\x01\x00\x08",
		"\x0A":                 head + "\x01\x00\x03\x0A\x00\x0E",
		"\x08\x01":             head + "\x01\x00\x04\x08\x01\x00\x0E",
	} {
		if got := (packet{kindCommand, []byte(command)}).encode(address); string(got) != want {
			t.Errorf("% X: % X", command, got)
		}
	}
	p, rest, ok, err := cut([]byte("noise\xEF"+head+"\x07\x00\x03\x02\x00\x0Ctail"), address)
	if err != nil || !ok || p.kind != kindAck || p.content[0] != 2 || string(rest) != "tail" {
		t.Errorf("%+v %q %v %v", p, rest, ok, err)
	}
	if _, _, ok, err := cut([]byte(head+"\x07\x00\x03\x00\x00\x0B"), address); !ok || !errors.Is(err, errSum) {
		t.Errorf("%v %v", ok, err)
	}
}

func FuzzCut(f *testing.F) {
	f.Add(packet{kindAck, []byte{0}}.encode(address))
	f.Add([]byte("\xEF\x01\xFF\xFF\xFF\xFF\x02\xFF\xFF"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, rest, ok, err := cut(b, address)
		if len(rest) > len(b) || ok && len(rest) > len(b)-headLen-sumLen {
			t.Fatal("nothing was taken")
		}
		if ok && err == nil && !bytes.Contains(b, p.encode(address)) {
			t.Fatal("packet is not the one that came")
		}
	})
}
