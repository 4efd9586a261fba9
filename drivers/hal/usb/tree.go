package usb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Tree is the kernel's tree of devices (内核设备树), "/sys" on a machine.
type Tree string

// Machine is the tree of the machine that the program runs on.
const Machine Tree = "/sys"

// List reads all plugged devices without the root hubs, in the order of their paths. A device that vanishes while it is
// read is left out; a machine without USB has none.
func (t Tree) List() ([]Info, error) {
	dir := filepath.Join(string(t), "bus/usb/devices")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list USB devices: %w", err)
	}
	var out []Info
	for _, e := range entries {
		if name := e.Name(); strings.Contains(name, "-") && !strings.Contains(name, ":") {
			if d, ok := readDevice(dir, name); ok {
				out = append(out, d)
			}
		}
	}
	slices.SortFunc(out, func(a, b Info) int { return comparePaths(a.Path, b.Path) })
	return out, nil
}

func readDevice(dir, name string) (Info, bool) {
	at := attributes(filepath.Join(dir, name))
	d := Info{Path: name, Serial: at.text("serial"), Maker: at.text("manufacturer"), Product: at.text("product")}
	vid, ok1 := at.hex("idVendor")
	pid, ok2 := at.hex("idProduct")
	bus, ok3 := at.decimal("busnum")
	dev, ok4 := at.decimal("devnum")
	if v, ok := at.hex("bcdDevice"); ok {
		d.Version = VersionOf(uint16(v)) //nolint:gosec // four hex digits
	}
	d.VID, d.PID, d.Bus, d.Device = uint16(vid), uint16(pid), bus, dev //nolint:gosec // four hex digits
	d.Web = readWeb(string(at))
	interfaces, err := filepath.Glob(filepath.Join(dir, name+":*"))
	if err != nil {
		return d, false
	}
	slices.Sort(interfaces)
	for _, i := range interfaces {
		if x, ok := readInterface(i); ok {
			d.Interfaces = append(d.Interfaces, x)
		}
	}
	return d, ok1 && ok2 && ok3 && ok4
}

// VersionOf writes the version of a device descriptor (bcdDevice): 0x0110 is 1.10.
func VersionOf(bcd uint16) string { return fmt.Sprintf("%x.%02x", bcd>>8, bcd&0xFF) }

func readInterface(dir string) (Interface, bool) {
	at := attributes(dir)
	number, ok1 := at.hex("bInterfaceNumber")
	class, ok2 := at.hex("bInterfaceClass")
	alt, ok3 := at.decimal("bAlternateSetting")
	i := Interface{Number: number, Alt: alt, Class: byte(class)} //nolint:gosec // two hex digits
	if to, err := os.Readlink(filepath.Join(dir, "driver")); err == nil {
		i.Driver = filepath.Base(to)
	}
	pipes, err := filepath.Glob(filepath.Join(dir, "ep_*"))
	if err != nil {
		return i, false
	}
	slices.Sort(pipes)
	for _, p := range pipes {
		e := attributes(p)
		address, ok := e.hex("bEndpointAddress")
		kind, ok2 := e.hex("bmAttributes")
		packet, ok3 := e.hex("wMaxPacketSize")
		const bulk = 2
		if ok && ok2 && ok3 && kind&3 == bulk {
			i.Bulk = append(i.Bulk, Endpoint{Address: byte(address), Packet: packet & 0x7FF}) //nolint:gosec // two hex digits
		}
	}
	return i, ok1 && ok2 && ok3
}

// attributes is one folder of the tree; each file in it holds one value.
type attributes string

func (a attributes) text(name string) string {
	b, err := os.ReadFile(filepath.Join(string(a), name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

func (a attributes) hex(name string) (int, bool)     { return number(a.text(name), 16) }
func (a attributes) decimal(name string) (int, bool) { return number(a.text(name), 10) }

func number(s string, base int) (int, bool) {
	n, err := strconv.ParseUint(s, base, 16)
	return int(n), err == nil //nolint:gosec // 16 bits
}

// comparePaths orders "1-2" before "1-10": people read the list beside the sockets.
func comparePaths(a, b string) int {
	split := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '.' })
	}
	x, y := split(a), split(b)
	for i := range min(len(x), len(y)) {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return m - n
		}
	}
	return len(x) - len(y)
}
