package diagnostics

import (
	"fmt"
	"testing"
	"testing/fstest"

	profiles "tongban/firmware-profiles"
)

func model(t *testing.T, name string) profiles.Terminal {
	t.Helper()
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	m, err := set.Terminal(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// computer is what Linux tells of one with four cores of two threads, 16 GB, a 256 GB SSD, eight lines, ten sockets.
func computer(change func(f fstest.MapFS)) fstest.MapFS {
	f := fstest.MapFS{}
	put := func(name, text string) { f[name] = &fstest.MapFile{Data: []byte(text)} }
	cpu := ""
	for i := range 8 {
		cpu += fmt.Sprintf("processor\t: %d\nmodel name\t: Intel(R) Core(TM) i5 CPU @ 3.20GHz\ncpu MHz\t\t: 800.0\ncache size\t: 6144 KB\nphysical id\t: 0\ncore id\t\t: %d\n\n", i, i%4)
	}
	put("proc/cpuinfo", cpu)
	put("proc/meminfo", "MemTotal:       16093412 kB\nMemFree:  100 kB\n")
	put("sys/block/sda/size", "500118192")
	put("sys/block/sda/queue/rotational", "0")
	put("sys/block/sda/removable", "0")
	put("sys/block/sdb/size", "4000000000") // a stick that somebody left in
	put("sys/block/sdb/removable", "1")
	put("sys/block/loop0/size", "9999999999")
	for i := range 8 {
		put(fmt.Sprintf("sys/class/tty/ttyS%d/device", i), "")
		put(fmt.Sprintf("sys/class/tty/ttyS%d/type", i), "4")
	}
	put("sys/class/tty/ttyS8/device", "")
	put("sys/class/tty/ttyS8/type", "0") // listed, not there
	put("sys/bus/usb/devices/usb1/maxchild", "10")
	put("sys/bus/usb/devices/usb1/speed", "480")
	put("sys/bus/usb/devices/usb2/maxchild", "6") // the same sockets at the higher speed
	put("sys/bus/usb/devices/usb2/speed", "5000")
	for _, n := range []string{"eth0", "eth1", "wlan0"} {
		put("sys/class/net/"+n+"/device", "")
		put("sys/class/net/"+n+"/type", "1")
	}
	put("sys/class/net/wlan0/wireless", "")
	put("sys/class/net/lo/type", "772")
	put("sys/class/drm/card0-HDMI-A-1/status", "connected\n")
	put("sys/class/drm/card0-HDMI-A-1/modes", "1920x1080\n1280x720\n")
	edid := make([]byte, 128)
	edid[21], edid[22] = 48, 27 // centimetres: 21.7 inches
	put("sys/class/drm/card0-HDMI-A-1/edid", string(edid))
	put("sys/class/drm/card0-DP-1/status", "disconnected\n")
	if change != nil {
		change(f)
	}
	return f
}

// A computer that is as good as the tender asks passes all that it can tell; a cabinet it cannot measure.
func TestAGoodMachinePasses(t *testing.T) {
	for name, byHand := range map[string]int{"kiosk-21": 3, "desk-15": 2} {
		unknown := 0
		for _, c := range Machine(computer(nil), model(t, name)) {
			switch c.State {
			case checkUnknown:
				unknown++
			case checkBelow:
				t.Errorf("%s %s: %s, want %s", name, c.Property, c.Got, c.Want)
			}
		}
		if unknown != byHand {
			t.Errorf("%s: %d to be looked at by hand, want %d", name, unknown, byHand)
		}
	}
}

// Each number that falls short is found, and only that one.
func TestAPoorMachineIsFound(t *testing.T) {
	set := func(name, text string) func(fstest.MapFS) {
		return func(f fstest.MapFS) { f[name] = &fstest.MapFile{Data: []byte(text)} }
	}
	for name, c := range map[string]struct {
		model  string
		change func(fstest.MapFS)
		want   string
		got    string
	}{
		"memory":  {"kiosk-21", set("proc/meminfo", "MemTotal: 8042112 kB\n"), "memory", "8 GB"},
		"disk":    {"kiosk-21", set("sys/block/sda/size", "250069680"), "disk", "128 GB"},
		"spindle": {"desk-15", set("sys/block/sda/queue/rotational", "1"), "solid_state", "0 块"},
		"lines":   {"kiosk-21", func(f fstest.MapFS) { delete(f, "sys/class/tty/ttyS7/device") }, "serial_ports", "7 个"},
		"sockets": {"kiosk-21", set("sys/bus/usb/devices/usb1/maxchild", "8"), "usb_ports", "8 个"},
		"cards":   {"desk-15", func(f fstest.MapFS) { delete(f, "sys/class/net/eth1/device") }, "network_cards", "1 块"},
		"screen":  {"kiosk-21", set("sys/class/drm/card0-HDMI-A-1/edid", string(append(make([]byte, 21), 41, 23))), "diagonal", "18.5 in"},
		"panel":   {"desk-15", set("sys/class/drm/card0-HDMI-A-1/modes", "1920x1079\n"), "pixel_height", "1079 px"},
		"cores": {"desk-15", set("proc/cpuinfo", "processor: 0\nmodel name: X @ 2.40GHz\ncache size: 6144 KB\nphysical id: 0\ncore id: 0\n"+
			"processor: 1\ncore id: 1\nphysical id: 0\n"), "cores", "2 核"},
		"clock": {"desk-15", set("proc/cpuinfo", cpuinfo(4, "X @ 1.90GHz", 6144)), "clock", "1.9 GHz"},
		"cache": {"desk-15", set("proc/cpuinfo", cpuinfo(4, "X @ 2.40GHz", 4096)), "cache", "4 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			var below []string
			for _, x := range Machine(computer(c.change), model(t, c.model)) {
				if x.State == checkBelow {
					below = append(below, x.Property)
					if x.Property == c.want && x.Got != c.got {
						t.Errorf("%s is %s, want %s", x.Property, x.Got, c.got)
					}
				}
			}
			if len(below) != 1 || below[0] != c.want {
				t.Errorf("below: %v, want %s", below, c.want)
			}
		})
	}
}

func cpuinfo(cores int, name string, kb int) string {
	s := ""
	for i := range cores {
		s += fmt.Sprintf("processor: %d\nmodel name: %s\ncache size: %d KB\nphysical id: 0\ncore id: %d\n", i, name, kb, i)
	}
	return s
}

// A computer that tells nothing has passed nothing.
func TestSilenceIsNoPass(t *testing.T) {
	for _, c := range Machine(fstest.MapFS{}, model(t, "kiosk-21")) {
		if c.State != checkUnknown || c.Got != "" {
			t.Errorf("%s: %s %q", c.Property, c.State, c.Got)
		}
	}
}
