// Package brightness sets how bright the terminal's own screen is (屏幕亮度): by the kernel's backlight where the panel is built in, else by
// DDC/CI over the wires of its video cable. A screen that offers neither has buttons of its own.
package brightness

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tongban/drivers"
)

// Screen is a screen whose brightness can be set (可调亮度的屏). It is safe for concurrent use.
type Screen interface {
	// Get asks how bright the screen is, in percent of what it can.
	Get(ctx context.Context) (percent int, err error)
	// Set takes 0 to 100; what the screen makes of it Get tells.
	Set(ctx context.Context, percent int) error
	// String says how the screen is reached, for the technician: "DDC/CI i2c-4".
	String() string
}

// ErrNone means that the machine has no screen whose brightness can be set.
var ErrNone = errors.New("no screen offers its brightness: neither a backlight of the kernel nor DDC/CI")

// Machine is where a screen is looked for.
type Machine struct {
	Root      string   // of the machine's files, "/" on a terminal
	Bus       Bus      // of the graphics card
	Connector string   // that the terminal's own screen is at, such as "eDP-1"; empty: the first that answers
	Others    []string // connectors of screens beside it, which are left alone
}

// Find looks for the terminal's own screen. What it asks on a cable may take a quarter of a second. A screen that ought to answer and
// cannot be asked is an error and not ErrNone: a technician sees what is wrong.
func (m Machine) Find(ctx context.Context) (Screen, error) {
	if s := m.backlight(); s != nil {
		return s, nil
	}
	var why error
	for _, node := range m.wires() {
		s := &monitor{bus: m.Bus, node: node, clk: wall}
		_, err := s.Get(ctx)
		if err == nil {
			return s, nil
		}
		if !errors.Is(err, errMute) && why == nil {
			why = err
		}
		if ctx.Err() != nil {
			return nil, drivers.Fault(ctx.Err())
		}
	}
	if why == nil {
		why = ErrNone
	}
	return nil, why
}

// connectors are the folders of the connected outputs that may be the terminal's own, in the kernel's order.
func (m Machine) connectors() []string {
	list, err := filepath.Glob(filepath.Join(m.Root, "sys/class/drm/card*-*"))
	if err != nil {
		return nil
	}
	slices.Sort(list)
	return slices.DeleteFunc(list, func(dir string) bool {
		_, name, _ := strings.Cut(filepath.Base(dir), "-")
		return m.Connector != "" && name != m.Connector || slices.Contains(m.Others, name) || text(filepath.Join(dir, "status")) != "connected"
	})
}

// wires are the nodes of the cables to them: the graphics card's own wires first, then those beside the picture in a DisplayPort cable.
func (m Machine) wires() []string {
	var out []string
	add := func(path string) {
		node := filepath.Join(m.Root, "dev", filepath.Base(path))
		if number, ok := strings.CutPrefix(filepath.Base(path), "i2c-"); ok && number != "" && strings.Trim(number, "0123456789") == "" && !slices.Contains(out, node) {
			out = append(out, node)
		}
	}
	for _, dir := range m.connectors() {
		if to, err := filepath.EvalSymlinks(filepath.Join(dir, "ddc")); err == nil {
			add(to)
		}
		beside, err := filepath.Glob(filepath.Join(dir, "i2c-*"))
		if err != nil {
			continue
		}
		for _, path := range beside {
			add(path)
		}
	}
	return out
}

// text is the one value of a file of the kernel's tree, empty where there is none.
func text(file string) string {
	b, err := os.ReadFile(file) //nolint:gosec // a file of the kernel's tree
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
