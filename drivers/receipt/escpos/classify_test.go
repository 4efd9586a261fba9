package escpos

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func classifyAll(in []byte) []reply {
	var c classifier
	var out []reply
	for _, b := range in {
		out = append(out, c.feed(b)...)
	}
	return append(out, c.idle()...)
}

func TestClassify(t *testing.T) {
	cases := []struct {
		name, in string
		want     []reply
	}{
		{"status", "\x12\x1a", []reply{{replyRealtime, []byte{0x12}}, {replyRealtime, []byte{0x1A}}}},
		{"automatic", "\x18\x00\x0f\x00", []reply{{replyASB, []byte{0x18, 0, 0x0F, 0}}}},
		{"status within automatic", "\x18\x00\x12\x0f\x00", []reply{{replyRealtime, []byte{0x12}}, {replyASB, []byte{0x18, 0, 0x0F, 0}}}},
		{"echo", "\x37\x22AB12\x00", []reply{{replyEcho, []byte("AB12")}}},
		{"clear", "\x37\x25\x00", []reply{{replyCleared, nil}}},
		{"text", "_SIM-58\x00\x03", []reply{{replyText, []byte("SIM-58")}, {replyPlain, []byte{3}}}},
		{"flow", "\x13\x11", []reply{{kind: replyXOFF}, {kind: replyXON}}},
		{"flow within automatic", "\x10\x13\x00\x00\x11\x00", []reply{{kind: replyXOFF}, {kind: replyXON}, {replyASB, []byte{0x10, 0, 0, 0}}}},
		{"half automatic", "\x18\x00", []reply{{replyNoise, []byte{0x18, 0}}}},
		{"half echo, then status", "\x37\x22A\x12", []reply{{replyNoise, []byte{0x37, 0x22, 'A'}}, {replyRealtime, []byte{0x12}}}},
		{"garbled", "\x81\x93", []reply{{replyNoise, []byte{0x81}}, {replyNoise, []byte{0x93}}}},
		{"broken automatic, then a whole one", "\x18\x00\x18\x00\x0f\x00", []reply{{replyNoise, []byte{0x18, 0}}, {replyASB, []byte{0x18, 0, 0x0F, 0}}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, classifyAll([]byte(c.in)), cmp.AllowUnexported(reply{})); d != "" {
				t.Error(d)
			}
		})
	}
}

// Every status byte that a printer may send belongs to exactly one kind.
func TestKindsOfSingleBytes(t *testing.T) {
	for b := range 256 {
		var c classifier
		r := c.feed(byte(b))
		if len(r)+len(c.open) != 1 {
			t.Errorf("%02X gives %d replies and %d open bytes", b, len(r), len(c.open))
		}
	}
}

func FuzzClassify(f *testing.F) {
	for _, s := range []string{"\x12", "\x18\x00\x0f\x00", "\x37\x22ABCD\x00", "\x37\x25\x00", "_123\x00", "\x13\x11", "\x81\x93\x37", "_" + string(bytes.Repeat([]byte("x"), 100))} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var c classifier
		total := 0
		count := func(rs []reply) {
			for _, r := range rs {
				switch r.kind {
				case replyRealtime, replyPlain:
					total++
					if len(r.data) != 1 || r.kind == replyRealtime && r.data[0]&0x93 != 0x12 || r.kind == replyPlain && r.data[0]&0x90 != 0 {
						t.Fatalf("%v % X", r.kind, r.data)
					}
				case replyXON, replyXOFF:
					total++
				case replyASB:
					total += 4
					if len(r.data) != 4 || r.data[0]&0x93 != 0x10 {
						t.Fatalf("automatic % X", r.data)
					}
				case replyEcho:
					total += 7
					if len(r.data) != 4 {
						t.Fatalf("echo % X", r.data)
					}
				case replyCleared:
					total += 3
				case replyText:
					total += len(r.data) + 2
				case replyNoise:
					total += len(r.data)
				}
			}
		}
		for _, b := range in {
			count(c.feed(b))
			if len(c.open) > maxText+1 {
				t.Fatalf("%d bytes kept", len(c.open))
			}
		}
		count(c.idle())
		if total != len(in) {
			t.Fatalf("%d bytes in, %d accounted for", len(in), total)
		}
	})
}
