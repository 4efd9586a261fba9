package hal

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tongban/drivers/hal/usb"
)

// Line is a serial line of the machine (串口).
type Line struct {
	Name    string `json:"name"`
	Address string `json:"address"` // under which Open opens it
	Driver  string `json:"driver,omitempty"`
	Socket  string `json:"socket,omitempty"` // of a USB adapter: the address that stays while it is plugged in there, whichever node it gets

	usb usb.Info
	at  int // number of the interface
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
		l.adapter(link)
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b Line) int { // ttyS10 behind ttyS9
		return cmp.Or(cmp.Compare(strings.TrimRight(a.Name, digits), strings.TrimRight(b.Name, digits)), cmp.Compare(len(a.Name), len(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

// functionForm is the folder of one function of a USB device: socket, configuration, interface.
var functionForm = regexp.MustCompile(`^([0-9]+-[0-9.]+):[0-9]+\.([0-9]+)$`)

// adapter reads at which USB adapter a line hangs, from the real path of its device.
func (l *Line) adapter(link string) {
	dir, err := filepath.EvalSymlinks(link)
	if err != nil {
		return
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		m := functionForm.FindStringSubmatch(filepath.Base(dir))
		if m == nil {
			continue
		}
		device := filepath.Dir(dir)
		l.usb = usb.Info{VID: hex16(value(device, "idVendor")), PID: hex16(value(device, "idProduct")), Serial: value(device, "serial"), Path: m[1]}
		l.at, _ = strconv.Atoi(m[2]) // digits by the form
		l.Socket = fmt.Sprintf("serial:%04x:%04x?path=%s", l.usb.VID, l.usb.PID, l.usb.Path)
		if l.at > 0 {
			l.Socket += "&interface=" + m[2]
		}
		return
	}
}

func value(dir, name string) string {
	b, err := os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // the kernel's own tree
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// lineOf picks the node of the one USB adapter that is wanted. Of an adapter with several lines it is the first, unless one is named; two
// adapters that fit are an error: taking either would one day take the wrong one.
func lineOf(list []Line, w usb.Wanted) (Line, error) {
	var found []Line
	for _, l := range list {
		if l.Socket != "" && l.usb.VID == w.VID && l.usb.PID == w.PID && (w.Serial == "" || w.Serial == l.usb.Serial) && (w.Path == "" || w.Path == l.usb.Path) &&
			(w.Interface < 0 || w.Interface == l.at) {
			found = append(found, l)
		}
	}
	if len(found) == 0 {
		return Line{}, usb.ErrNotFound
	}
	first := found[0]
	for _, l := range found[1:] {
		if l.usb.Path != first.usb.Path {
			return Line{}, usb.ErrAmbiguous
		}
		if l.at < first.at {
			first = l
		}
	}
	return first, nil
}

// node is the file to open for a serial address: what it names, or where the adapter that it names is now.
func (a Address) node(root string) (string, error) {
	if !pairForm.MatchString(a.Target) {
		return a.Target, nil
	}
	list, err := Lines(root)
	if err != nil {
		return "", openFault(err)
	}
	l, err := lineOf(list, a.wanted())
	if err != nil {
		return "", usb.Fault(err)
	}
	return filepath.Join(root, "dev", l.Name), nil
}

const digits = "0123456789"
