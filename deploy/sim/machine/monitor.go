package machine

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"tongban/deploy/sim/clock"
)

// Backlight gives the machine a light of the kernel, or changes it; kind is firmware, platform or raw. A light with a connector hangs at that
// panel.
func (m *Machine) Backlight(name, kind, connector string, now, most int) error {
	dir := filepath.Join("sys/class/backlight", name)
	if err := os.MkdirAll(filepath.Join(m.dir, dir), 0o755); err != nil {
		return err
	}
	for file, text := range map[string]string{"type": kind, "max_brightness": strconv.Itoa(most), "brightness": strconv.Itoa(now)} {
		if err := m.put(filepath.Join(dir, file), text+"\n", 0o644); err != nil {
			return err
		}
	}
	if connector == "" {
		return nil
	}
	return os.Symlink("../../drm/card0-"+connector, filepath.Join(m.dir, dir, "device"))
}

// NoBacklight takes a light away.
func (m *Machine) NoBacklight(name string) error {
	return os.RemoveAll(filepath.Join(m.dir, "sys/class/backlight", name))
}

// Wire connects a monitor to a connector by the wires i2c-<number> of the graphics card; beside means that they run in the picture's own
// cable (DisplayPort), which the kernel shows as a folder and not as a link.
func (m *Machine) Wire(connector string, number int, beside bool, d *Monitor) error {
	name := fmt.Sprintf("i2c-%d", number)
	dir := filepath.Join(m.dir, "sys/class/drm", "card0-"+connector)
	m.mu.Lock()
	if m.monitors == nil {
		m.monitors = map[string]*Monitor{}
	}
	m.monitors[filepath.Join(m.dir, "dev", name)] = d
	m.mu.Unlock()
	if beside {
		return os.MkdirAll(filepath.Join(dir, name), 0o755)
	}
	if err := os.MkdirAll(filepath.Join(m.dir, "sys/devices", name), 0o755); err != nil {
		return err
	}
	return os.Symlink("../../../devices/"+name, filepath.Join(dir, "ddc"))
}

// Open is the machine's i2c-dev: the node of wires, and who is meant on them.
func (m *Machine) Open(node string, slave byte) (io.ReadWriteCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.monitors[node]
	if d == nil {
		return nil, &fs.PathError{Op: "open", Path: node, Err: fs.ErrNotExist}
	}
	if d.Forbidden {
		return nil, &fs.PathError{Op: "open", Path: node, Err: fs.ErrPermission}
	}
	return &cable{monitor: d, address: slave}, nil
}

// Monitor is a screen that takes orders over its wires, as VESA DDC/CI and MCCS number them (仿真显示器).
type Monitor struct {
	Now, Most int  // of brightness, in its own steps
	Off       bool // nobody answers
	Simple    bool // it knows no brightness
	Forbidden bool // whoever opens its wires has no right to

	mu     sync.Mutex
	busy   int // answers that it leaves empty
	broken int // answers of which a bit falls over
	asked  time.Time
	set    time.Time
	about  byte // the code of which it was asked, 0 for none
}

// Busy lets the next n answers be empty, Broken garbles them.
func (d *Monitor) Busy(n int)   { d.mu.Lock(); defer d.mu.Unlock(); d.busy = n }
func (d *Monitor) Broken(n int) { d.mu.Lock(); defer d.mu.Unlock(); d.broken = n }

// SwitchOff turns its power off.
func (d *Monitor) SwitchOff() { d.mu.Lock(); defer d.mu.Unlock(); d.Off = true }

// Level is how bright it is.
func (d *Monitor) Level() int { d.mu.Lock(); defer d.mu.Unlock(); return d.Now }

// cable is one opening of the wires.
type cable struct {
	monitor *Monitor
	address byte
}

func (c *cable) Close() error { return nil }

// Times that a monitor needs, and which it holds its host to.
const (
	needsAfterAsk = 40 * time.Millisecond
	needsAfterSet = 50 * time.Millisecond
)

func (c *cable) Write(p []byte) (int, error) {
	d := c.monitor
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.Off || c.address != 0x37 {
		return 0, syscall.ENXIO
	}
	if clock.Now().Sub(d.set) < needsAfterSet {
		return 0, syscall.EIO // still busy with the last order
	}
	sum := byte(0x6E)
	for _, b := range p {
		sum ^= b
	}
	if len(p) < 4 || p[0] != 0x51 || int(p[1]) != 0x80+len(p)-3 || sum != 0 {
		return 0, errors.New("monitor: a message that DDC/CI does not know")
	}
	switch body := p[2 : len(p)-1]; {
	case len(body) == 2 && body[0] == 0x01:
		d.about, d.asked = body[1], clock.Now()
	case len(body) == 4 && body[0] == 0x03 && body[1] == 0x10 && !d.Simple:
		if v := int(body[2])<<8 + int(body[3]); v <= d.Most {
			d.Now, d.set = v, clock.Now()
		}
	}
	return len(p), nil
}

func (c *cable) Read(p []byte) (int, error) {
	d := c.monitor
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.Off || c.address != 0x37 {
		return 0, syscall.ENXIO
	}
	for i := range p {
		p[i] = 0xFF // wires that nobody pulls down
	}
	if d.about == 0 || d.busy > 0 || clock.Now().Sub(d.asked) < needsAfterAsk {
		d.busy = max(0, d.busy-1)
		copy(p, []byte{0x6E, 0x80, 0xBE})
		return len(p), nil
	}
	a := []byte{0x6E, 0x88, 0x02, 0, d.about, 0, byte(d.Most >> 8), byte(d.Most), byte(d.Now >> 8), byte(d.Now)}
	if d.about != 0x10 || d.Simple {
		a = []byte{0x6E, 0x88, 0x02, 1, d.about, 0, 0, 0, 0, 0}
	}
	sum := byte(0x50)
	for _, b := range a {
		sum ^= b
	}
	copy(p, append(a, sum))
	if d.broken > 0 && len(p) > 9 {
		d.broken--
		p[9] ^= 0x04
	}
	d.about = 0
	return len(p), nil
}
