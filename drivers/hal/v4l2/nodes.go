package v4l2

import (
	"cmp"
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

// Tree is the kernel's tree of devices, "/sys" on a machine.
type Tree string

// functionForm is the folder of one function of a USB device: socket, configuration, interface.
var functionForm = regexp.MustCompile(`^([0-9]+-[0-9.]+):[0-9]+\.([0-9]+)$`)

// List reads the video nodes, by function and index.
func (t Tree) List() ([]Info, error) {
	dir := filepath.Join(string(t), "class/video4linux")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list cameras: %w", err)
	}
	var out []Info
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "video") {
			out = append(out, t.node(filepath.Join(dir, e.Name()), e.Name()))
		}
	}
	slices.SortFunc(out, func(a, b Info) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Interface, b.Interface), cmp.Compare(a.Index, b.Index), cmp.Compare(a.Node, b.Node))
	})
	return out, nil
}

// node reads what a node is from its folder, and where it hangs from the real path of its device.
func (t Tree) node(link, name string) Info {
	n := Info{Node: "/dev/" + name, Name: line(filepath.Join(link, "name"))}
	n.Index, _ = strconv.Atoi(line(filepath.Join(link, "index"))) // 0 without one
	real, err := filepath.EvalSymlinks(filepath.Join(link, "device"))
	if err != nil {
		return n
	}
	m := functionForm.FindStringSubmatch(filepath.Base(real))
	if m == nil {
		return n
	}
	n.Path = m[1]
	n.Interface, _ = strconv.Atoi(m[2]) // digits by the form
	device := filepath.Dir(real)
	n.VID, n.PID, n.Serial = hex16(line(filepath.Join(device, "idVendor"))), hex16(line(filepath.Join(device, "idProduct"))), line(filepath.Join(device, "serial"))
	return n
}

func line(file string) string {
	b, err := os.ReadFile(file) //nolint:gosec // a file of the kernel's tree
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

func hex16(s string) uint16 {
	n, err := strconv.ParseUint(s, 16, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}

// find picks the nodes of the one USB camera that is wanted, one for each of its functions.
func find(list []Info, w usb.Wanted) ([]string, error) {
	var out []string
	where := ""
	for _, n := range list {
		if n.Index != 0 || n.VID != w.VID || n.PID != w.PID || w.Serial != "" && w.Serial != n.Serial || w.Path != "" && w.Path != n.Path ||
			w.Interface >= 0 && w.Interface != n.Interface {
			continue
		}
		if len(out) > 0 && n.Path != where {
			return nil, usb.ErrAmbiguous
		}
		where = n.Path
		out = append(out, n.Node)
	}
	if len(out) == 0 {
		return nil, usb.ErrNotFound
	}
	return out, nil
}
