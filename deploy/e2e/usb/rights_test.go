//go:build usbguest

package usb

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tongban/deploy/sim/barcode"
	"tongban/deploy/sim/idcard"
	"tongban/deploy/sim/signature"
	sim "tongban/deploy/sim/usb"
	"tongban/drivers/hal"
	"tongban/drivers/hal/hid"
	"tongban/drivers/hal/usb"
	"tongban/drivers/signature/digitizer"
)

// group is that of the service account, see deploy/usb.sh.
const group = 990

// udev itself, with the rules of firmware-profiles and no others, gives the service account's group what the profiles name: by numbers the
// reader's pipes and line and both code readers, by its usage a pad of whichever maker. What they do not name stays the system's.
func TestKernelRights(t *testing.T) {
	daemon := exec.Command("/lib/systemd/systemd-udevd")
	daemon.Stdout, daemon.Stderr = os.Stderr, os.Stderr
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	})
	udev := func(args ...string) error { return exec.Command("/bin/udevadm", args...).Run() }
	for i := 0; udev("control", "--ping") != nil; i++ {
		if i == 50 {
			t.Fatal("udev does not come up")
		}
		time.Sleep(100 * time.Millisecond)
	}

	k := kernel(t)
	plug := func(at string, d sim.Descriptor) {
		t.Helper()
		if err := k.Plug(at, sim.NewDevice(d)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { k.Unplug(at) })
	}
	reader, _, err := idcard.USB(idcard.TwoPipes)
	must(t, err)
	plug("0", reader)
	stranger := reader
	stranger.VID, stranger.Serial = 0x1234, "other"
	plug("1", stranger)
	pos, _, err := barcode.USB(barcode.POSReader)
	must(t, err)
	plug("2", pos)
	wedge, _, err := barcode.USB(barcode.KeyboardReader)
	must(t, err)
	plug("3", wedge)
	pad, _ := signature.USB()
	plug("4", pad)
	mouse := pad // of the same maker, without a pen
	mouse.PID, mouse.Serial, mouse.Report = pad.PID+1, "mouse", []byte{
		0x05, 0x01, 0x09, 0x02, 0xA1, 0x01, 0x09, 0x01, 0xA1, 0x00, 0x05, 0x09, 0x19, 0x01, 0x29, 0x02, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x02, 0x81, 0x02,
		0x75, 0x06, 0x95, 0x01, 0x81, 0x03, 0x05, 0x01, 0x09, 0x30, 0x09, 0x31, 0x15, 0x81, 0x25, 0x7F, 0x75, 0x08, 0x95, 0x02, 0x81, 0x06, 0xC0, 0xC0,
	}
	plug("5", mouse)
	must(t, udev("settle", "--timeout=30"))

	devices, err := usb.Machine.List()
	must(t, err)
	for _, d := range devices {
		node := fmt.Sprintf("/dev/bus/usb/%03d/%03d", d.Bus, d.Device)
		right(t, node, d.VID == reader.VID && d.PID == reader.PID)
	}
	if len(devices) < 6 {
		t.Errorf("%d devices are plugged in", len(devices))
	}
	raw, err := hid.Tree("/sys").List("hidraw", "hidraw")
	must(t, err)
	seen := map[uint16]bool{}
	for _, n := range raw {
		seen[n.PID] = true
		right(t, "/dev/"+n.Name, n.PID == pos.PID || n.PID == pad.PID)
	}
	if !seen[pos.PID] || !seen[pad.PID] || !seen[mouse.PID] {
		t.Errorf("raw nodes of %v", seen)
	}
	port, err := hal.Open(t.Context(), "usage:000d:0002") // whoever made it
	must(t, err)
	p, err := digitizer.Open(t.Context(), port, nil)
	must(t, err)
	if a := p.Area(); a.PerMM == 0 || a.Width/a.PerMM != 260 {
		t.Errorf("area %+v", a)
	}
	must(t, p.Close())
	keys, err := hid.Tree("/sys").List("input", "event")
	must(t, err)
	typed := 0
	for _, n := range keys {
		if n.PID == wedge.PID {
			typed++
		}
		right(t, "/dev/input/"+n.Name, n.PID == wedge.PID)
	}
	if typed == 0 {
		t.Errorf("no keyboard is listed: %+v", keys)
	}
}

// right looks whether the group may open a node, and nobody else; a node without a rule is root's.
func right(t *testing.T, node string, ours bool) {
	t.Helper()
	var s unix.Stat_t
	if err := unix.Stat(node, &s); err != nil {
		t.Error(err)
		return
	}
	if got := s.Gid == group && s.Mode&0o777 == 0o660; got != ours || !ours && s.Gid != 0 {
		t.Errorf("%s: group %d, mode %o; ours %v", node, s.Gid, s.Mode&0o777, ours)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
