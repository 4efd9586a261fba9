package hid

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tongban/drivers/hal/usb"
)

// Node is one raw node of the kernel (hidraw 节点).
type Node struct {
	Name      string // "hidraw0"
	VID, PID  uint16
	Serial    string
	Path      string // of the USB socket, empty for other buses
	Interface int
	Usages    []uint32 // what a raw node says of itself, see Usages
}

// Tree is the kernel's tree of devices, "/sys" on a machine.
type Tree string

var (
	deviceForm = regexp.MustCompile(`^[0-9A-F]{4}:([0-9A-F]{4}):([0-9A-F]{4})\.[0-9A-F]+$`)
	socketForm = regexp.MustCompile(`^([0-9]+-[0-9.]+):[0-9]+\.([0-9]+)$`)
)

// List reads the nodes of a class ("hidraw", "input") whose names begin with prefix.
func (t Tree) List(class, prefix string) ([]Node, error) {
	dir := filepath.Join(string(t), "class", class)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list HID devices: %w", err)
	}
	var out []Node
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), prefix) {
			continue
		}
		if n, ok := t.node(filepath.Join(dir, e.Name()), e.Name()); ok {
			n.Usages, _ = Usages(filepath.Join(dir, e.Name())) // a node that says nothing is found by its numbers
			out = append(out, n)
		}
	}
	return out, nil
}

// node reads where a node hangs from the real path of its device.
func (t Tree) node(link, name string) (Node, bool) {
	n, known := Node{Name: name}, false
	real, err := filepath.EvalSymlinks(filepath.Join(link, "device"))
	if err != nil {
		return n, false
	}
	for dir := real; len(dir) > len(string(t)); dir = filepath.Dir(dir) {
		base := filepath.Base(dir)
		if m := deviceForm.FindStringSubmatch(base); m != nil {
			n.VID, n.PID, known = hex16(m[1]), hex16(m[2]), true
			n.Serial = property(filepath.Join(dir, "uevent"), "HID_UNIQ")
		}
		if m := socketForm.FindStringSubmatch(base); m != nil {
			n.Path = m[1]
			n.Interface, _ = strconv.Atoi(m[2]) // digits by the form
			break
		}
	}
	return n, known
}

func property(file, key string) string {
	b, err := os.ReadFile(file) //nolint:gosec // a file of the kernel's tree
	if err != nil {
		return ""
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if v, ok := strings.CutPrefix(line, key+"="); ok {
			return v
		}
	}
	return ""
}

func hex16(s string) uint16 {
	n, err := strconv.ParseUint(s, 16, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}

func (n Node) fits(w usb.Wanted) bool {
	if w.Usage != 0 {
		return slices.Contains(n.Usages, w.Usage)
	}
	return n.VID == w.VID && n.PID == w.PID
}

// Find picks the one node that is wanted; of a device with several interfaces the first, unless one is named.
func Find(list []Node, w usb.Wanted) (Node, error) {
	var found []Node
	for _, n := range list {
		if n.fits(w) && (w.Serial == "" || w.Serial == n.Serial) && (w.Path == "" || w.Path == n.Path) &&
			(w.Interface < 0 || w.Interface == n.Interface) {
			found = append(found, n)
		}
	}
	if len(found) == 0 {
		return Node{}, usb.ErrNotFound
	}
	first := found[0]
	for _, n := range found[1:] {
		if n.Path != first.Path || n.Serial != first.Serial {
			return Node{}, usb.ErrAmbiguous
		}
		if n.Interface < first.Interface {
			first = n
		}
	}
	return first, nil
}
