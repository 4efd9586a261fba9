package usb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"tongban/deploy/sim/clock"
	"tongban/drivers/hal/hid"
	host "tongban/drivers/hal/usb"
)

// vhci is where the kernel's virtual host controller takes devices.
const vhci = "/sys/devices/platform/vhci_hcd.0/"

// Kernel plugs devices into the virtual host controller of the kernel (内核虚拟主控): from there on everything is the real USB
// stack. It needs the module vhci-hcd and root.
type Kernel struct {
	mu      sync.Mutex
	plugged map[string]*Device
	ports   map[string]int
}

// NewKernel finds the controller.
func NewKernel() (*Kernel, error) {
	if _, err := os.Stat(vhci + "attach"); err != nil {
		return nil, fmt.Errorf("find virtual host controller: %w", err)
	}
	return &Kernel{plugged: map[string]*Device{}, ports: map[string]int{}}, nil
}

// Plug attaches a device and waits until the kernel has taken it in.
func (k *Kernel) Plug(socket string, d *Device) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.plugged[socket] != nil {
		return fmt.Errorf("plug: socket %s is taken", socket)
	}
	port, err := k.free()
	if err != nil {
		return err
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("make connection: %w", err)
	}
	theirs := os.NewFile(uintptr(pair[0]), "vhci")
	defer func() { _ = theirs.Close() }()
	ours, err := pollable(pair[1])
	if err != nil {
		return err
	}
	speed := 3
	if d.Desc.Full {
		speed = 2
	}
	go func() { _ = Serve(ours, d); _ = ours.Close() }()
	const devid = 1<<16 | 2
	if err := os.WriteFile(vhci+"attach", fmt.Appendf(nil, "%d %d %d %d", port, theirs.Fd(), devid, speed), 0o200); err != nil {
		d.Unplug()
		return fmt.Errorf("attach: %w", err)
	}
	k.plugged[socket], k.ports[socket] = d, port
	return settled(d)
}

func pollable(fd int) (*os.File, error) {
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, fmt.Errorf("make connection: %w", err)
	}
	return os.NewFile(uintptr(fd), "usbip"), nil
}

// free is a port of the full- and high-speed hub that nothing is plugged into.
func (k *Kernel) free() (int, error) {
	b, err := os.ReadFile(vhci + "status")
	if err != nil {
		return 0, fmt.Errorf("read ports: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		var hub string
		var port, state int
		if _, err := fmt.Sscanf(line, "%s %d %d", &hub, &port, &state); err == nil && hub == "hs" && state == 4 {
			return port, nil
		}
	}
	return 0, errors.New("no port is free")
}

// settled waits until the kernel shows the device with its interface, and its raw node where it is of the HID class.
func settled(d *Device) error {
	for limit := clock.Now().Add(10 * time.Second); clock.Now().Before(limit); clock.Sleep(context.Background(), 10*time.Millisecond) {
		if there(d, true) {
			return nil
		}
	}
	return errors.New("the kernel does not take the device in")
}

func there(d *Device, whole bool) bool {
	list, _ := host.Machine.List()
	for _, i := range list {
		if i.VID != d.Desc.VID || i.PID != d.Desc.PID || i.Serial != d.Desc.Serial {
			continue
		}
		if !whole {
			return true
		}
		if d.Desc.Report == nil {
			return len(i.Interfaces) > 0
		}
		nodes, _ := hid.Tree("/sys").List("hidraw", "hidraw")
		for _, n := range nodes {
			if n.Path == i.Path {
				return true
			}
		}
	}
	return false
}

// Unplug pulls what is in a socket; it returns when the kernel has noticed.
func (k *Kernel) Unplug(socket string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	d := k.plugged[socket]
	if d == nil {
		return
	}
	delete(k.plugged, socket)
	d.Unplug()
	_ = os.WriteFile(vhci+"detach", fmt.Appendf(nil, "%d", k.ports[socket]), 0o200) // fails when the kernel was faster
	for limit := clock.Now().Add(5 * time.Second); clock.Now().Before(limit) && there(d, false); {
		clock.Sleep(context.Background(), 10*time.Millisecond)
	}
}
