package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/deploy/sim/signature"
)

// A pad says that it is a pen digitizer, and a mouse for whoever knows no pens; a mouse alone, a broken descriptor and a node that is gone are none.
func TestUsages(t *testing.T) {
	pad, _ := signature.USB()
	for name, c := range map[string]struct {
		descriptor []byte
		want       string
		code       int
	}{
		"pad":    {pad.Report, "000d:0002 0001:0002\n", 0},
		"mouse":  {[]byte{0x05, 0x01, 0x09, 0x02, 0xA1, 0x01, 0x09, 0x01, 0xA1, 0x00, 0xC0, 0xC0}, "0001:0002\n", 0},
		"both":   {[]byte{0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0xC0, 0x05, 0x0D, 0x09, 0x02, 0xA1, 0x01, 0xC0}, "0001:0006 000d:0002\n", 0},
		"broken": {[]byte{0x05}, "", 1},
		"long":   {make([]byte, 5000), "", 1},
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "device"), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "device/report_descriptor"), c.descriptor, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := call(t, "usages", dir).want(t, c.code); got.out != c.want {
			t.Errorf("%s: %q", name, got.out)
		}
	}
	if got := call(t, "usages", filepath.Join(t.TempDir(), "gone")).want(t, 1); strings.Contains(got.out, ":") {
		t.Errorf("gone: %q", got.out)
	}
	call(t, "usages").want(t, 2)
}
