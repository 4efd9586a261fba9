package hal

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Line is a serial line of the machine (串口).
type Line struct {
	Name    string `json:"name"`
	Address string `json:"address"` // under which Open opens it
	Driver  string `json:"driver,omitempty"`
}

// Lines lists the serial lines with hardware behind them, as the kernel below root shows them ("/" on a machine). It lists four ttyS
// that need not exist, and consoles that are no lines; an emulated line has no hardware, and a test lays a tree of its own.
func Lines(root string) ([]Line, error) {
	links, err := filepath.Glob(filepath.Join(root, "sys/class/tty/tty*/device"))
	if err != nil {
		return nil, err
	}
	var out []Line
	for _, link := range links {
		name := filepath.Base(filepath.Dir(link))
		kind, err := os.ReadFile(filepath.Join(filepath.Dir(link), "type")) //nolint:gosec // the kernel's own tree
		if strings.HasPrefix(name, "ttyS") && (err != nil || strings.TrimSpace(string(kind)) == "0") {
			continue
		}
		l := Line{Name: name, Address: "serial:" + filepath.Join(root, "dev", name)}
		if driver, err := os.Readlink(filepath.Join(link, "driver")); err == nil {
			l.Driver = filepath.Base(driver)
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b Line) int { // ttyS10 behind ttyS9
		return cmp.Or(cmp.Compare(strings.TrimRight(a.Name, digits), strings.TrimRight(b.Name, digits)), cmp.Compare(len(a.Name), len(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

const digits = "0123456789"
