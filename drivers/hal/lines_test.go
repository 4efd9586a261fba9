package hal

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Only what has hardware behind it is a line: not a console, and not a ttyS that the kernel lists in case.
func TestLines(t *testing.T) {
	root := t.TempDir()
	put := func(name, kind, driver string) {
		dir := filepath.Join(root, "sys/class/tty", name)
		device := filepath.Join(dir, "device")
		if driver == "" {
			device = dir
		}
		if err := os.MkdirAll(device, 0o750); err != nil {
			t.Fatal(err)
		}
		if kind != "" {
			if err := os.WriteFile(filepath.Join(dir, "type"), []byte(kind+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if driver != "" {
			if err := os.Symlink("/sys/bus/drivers/"+driver, filepath.Join(device, "driver")); err != nil {
				t.Fatal(err)
			}
		}
	}
	put("ttyS10", "4", "serial8250")
	put("ttyS9", "4", "serial8250")
	put("ttyS2", "0", "serial8250")
	put("ttyS3", "", "serial8250")
	put("tty1", "", "")
	put("ttyUSB0", "", "ch341-uart")
	got, err := Lines(root)
	want := []Line{
		{"ttyS9", "serial:" + root + "/dev/ttyS9", "serial8250"}, {"ttyS10", "serial:" + root + "/dev/ttyS10", "serial8250"},
		{"ttyUSB0", "serial:" + root + "/dev/ttyUSB0", "ch341-uart"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, l := range got {
		if _, err := ParseAddress(l.Address); err != nil {
			t.Error(err)
		}
	}
	if got, err := Lines(t.TempDir()); err != nil || len(got) != 0 {
		t.Errorf("a machine without lines: %v %v", got, err)
	}
}
