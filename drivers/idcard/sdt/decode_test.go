package sdt

import "testing"

// Every command that the driver sends has a name, and an answer is named by its status alone.
func TestFramesHaveNames(t *testing.T) {
	for _, c := range []*command{cmdReset, cmdStatus, cmdNumber, cmdFind, cmdSelect, cmdRead, cmdAdded, cmdCardNumber} {
		if nameFrame(true, request(c.cmd, c.para)) == "" {
			t.Errorf("%s has no name", c.name)
		}
	}
	for want, frame := range map[string][]byte{
		"没有证":   {0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, 0x80, 0x84},
		"状态 7B": {0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, 0x7B, 0x7F},
		"":      {0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4},
	} {
		if got := nameFrame(false, frame); got != want {
			t.Errorf("% X: %q, want %q", frame, got, want)
		}
	}
	for v := range verdicts {
		if nameFrame(false, []byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, v, 0}) == "" {
			t.Errorf("status %02X has no name", v)
		}
	}
}

func FuzzNameFrame(f *testing.F) {
	f.Add(true, request(0x20, 0x01))
	f.Add(false, []byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, 0x80, 0x84})
	f.Fuzz(func(_ *testing.T, to bool, p []byte) { nameFrame(to, p) })
}
