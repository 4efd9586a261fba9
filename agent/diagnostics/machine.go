package diagnostics

import (
	"fmt"
	"io/fs"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	profiles "tongban/firmware-profiles"
	"tongban/fleet/wire"
)

// States of a machine check.
const (
	checkOK      = "ok"
	checkBelow   = "below"
	checkUnknown = "unknown" // the computer cannot tell: somebody looks or measures
)

// Machine compares the computer below root with the tender's thresholds of its model (整机自检). What the computer cannot
// tell is unknown, never passed: a cabinet is measured, a brightness stands in the data sheet.
func Machine(root fs.FS, model profiles.Terminal) []wire.MachineCheck {
	m := machine{root}
	out := make([]wire.MachineCheck, 0, len(model.Tender))
	for _, t := range model.Tender {
		c := wire.MachineCheck{Property: t.Property, Clause: t.Clause, Want: bound(t), State: checkUnknown}
		if read := m.reads()[t.Property]; read != nil {
			if v, ok := read(); ok {
				c.Got, c.State = amount(v)+" "+t.Unit, checkBelow
				if t.Met(v) {
					c.State = checkOK
				}
			}
		}
		out = append(out, c)
	}
	return out
}

// bound is the threshold without its name: ≥ 16 GB.
func bound(t profiles.Threshold) string {
	if t.AtMost != nil {
		return "≤ " + amount(*t.AtMost) + " " + t.Unit
	}
	return "≥ " + amount(*t.AtLeast) + " " + t.Unit
}

func amount(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

// machine reads what Linux tells about the computer. Everything is a file, so a test is a folder.
type machine struct{ root fs.FS }

func (m machine) reads() map[string]func() (float64, bool) {
	return map[string]func() (float64, bool){
		"cores": m.cores, "clock": m.clock, "cache": m.cache, "memory": m.memory, "disk": m.disk, "solid_state": m.solid,
		"serial_ports": m.serialPorts, "usb_ports": m.usbPorts, "network_cards": m.networkCards, "diagonal": m.diagonal,
		"pixel_width": m.pixelWidth, "pixel_height": m.pixelHeight,
	}
}

func (m machine) text(name string) string {
	b, err := fs.ReadFile(m.root, name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

func (m machine) number(name string) (float64, bool) {
	v, err := strconv.ParseFloat(m.text(name), 64)
	return v, err == nil
}

func (m machine) glob(pattern string) []string {
	out, err := fs.Glob(m.root, pattern)
	if err != nil {
		return nil
	}
	return out
}

// field lists the values of one key of /proc/cpuinfo.
func (m machine) field(key string) []string {
	var out []string
	for line := range strings.Lines(m.text("proc/cpuinfo")) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == key {
			out = append(out, strings.TrimSpace(v))
		}
	}
	return out
}

// cores counts real cores: two threads of one core are one.
func (m machine) cores() (float64, bool) {
	seen := map[string]bool{}
	packages, ids := m.field("physical id"), m.field("core id")
	for i, id := range ids {
		p := ""
		if i < len(packages) {
			p = packages[i]
		}
		seen[p+"/"+id] = true
	}
	if len(seen) == 0 {
		n := len(m.field("processor"))
		return float64(n), n > 0
	}
	return float64(len(seen)), true
}

var rated = regexp.MustCompile(`@\s*([0-9.]+)\s*GHz`)

// clock is the speed that the processor is sold with, in GHz; where its name does not say, the fastest it goes.
func (m machine) clock() (float64, bool) {
	for _, name := range m.field("model name") {
		if x := rated.FindStringSubmatch(name); x != nil {
			v, err := strconv.ParseFloat(x[1], 64)
			return v, err == nil
		}
	}
	if khz, ok := m.number("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq"); ok {
		return khz / 1e6, true
	}
	best := 0.0
	for _, s := range m.field("cpu MHz") {
		if v, err := strconv.ParseFloat(s, 64); err == nil {
			best = max(best, v/1000)
		}
	}
	return best, best > 0
}

// cache is the largest cache in MB.
func (m machine) cache() (float64, bool) {
	best := 0.0
	for _, f := range m.glob("sys/devices/system/cpu/cpu0/cache/index*/size") {
		if kb, ok := strings.CutSuffix(m.text(f), "K"); ok {
			if v, err := strconv.ParseFloat(kb, 64); err == nil {
				best = max(best, v/1024)
			}
		}
	}
	if best > 0 {
		return best, true
	}
	for _, s := range m.field("cache size") {
		if v, err := strconv.ParseFloat(strings.TrimSuffix(s, " KB"), 64); err == nil {
			best = max(best, v/1024)
		}
	}
	return best, best > 0
}

// memory is what is plugged in, in GB: the kernel and the graphics keep up to one for themselves, so it is rounded up.
func (m machine) memory() (float64, bool) {
	for line := range strings.Lines(m.text("proc/meminfo")) {
		if rest, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			if kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64); err == nil {
				return math.Ceil(kb / (1 << 20)), true
			}
		}
	}
	return 0, false
}

// disks are the fixed disks with their size in GB, as disks are sold: 10⁹ bytes.
func (m machine) disks() map[string]float64 {
	out := map[string]float64{}
	for _, f := range m.glob("sys/block/*/size") {
		name := path.Base(path.Dir(f))
		if !slices.ContainsFunc([]string{"sd", "nvme", "vd", "mmcblk", "hd"}, func(p string) bool { return strings.HasPrefix(name, p) }) || m.text("sys/block/"+name+"/removable") == "1" {
			continue
		}
		if sectors, ok := m.number(f); ok && sectors > 0 {
			out[name] = sectors * 512 / 1e9
		}
	}
	return out
}

func (m machine) disk() (float64, bool) {
	best := 0.0
	for _, gb := range m.disks() {
		best = max(best, math.Round(gb))
	}
	return best, best > 0
}

// solid counts disks without a spindle.
func (m machine) solid() (float64, bool) {
	n, told := 0.0, false
	for name := range m.disks() {
		switch m.text("sys/block/" + name + "/queue/rotational") {
		case "0":
			n, told = n+1, true
		case "1":
			told = true
		}
	}
	return n, told
}

// serialPorts counts lines with hardware behind them: the kernel lists four ttyS that need not exist.
func (m machine) serialPorts() (float64, bool) {
	n := 0
	for _, f := range m.glob("sys/class/tty/tty*/device") {
		name := path.Base(path.Dir(f))
		kind := m.text("sys/class/tty/" + name + "/type")
		if strings.HasPrefix(name, "ttyS") && (kind == "" || kind == "0") {
			continue
		}
		n++
	}
	return float64(n), len(m.glob("sys/class/tty/*")) > 0
}

// usbPorts adds up the sockets of the root hubs. A blue socket has two roots, one for each speed, and is counted once.
func (m machine) usbPorts() (float64, bool) {
	slow, fast := 0.0, 0.0
	for _, f := range m.glob("sys/bus/usb/devices/usb*/maxchild") {
		n, _ := m.number(f)
		if speed, ok := m.number(path.Dir(f) + "/speed"); ok && speed > 480 {
			fast += n
		} else {
			slow += n
		}
	}
	return max(slow, fast), slow+fast > 0
}

// networkCards counts wired cards with hardware behind them.
func (m machine) networkCards() (float64, bool) {
	return float64(len(m.wired())), len(m.glob("sys/class/net/*")) > 0
}

// screens are the folders of the connected outputs.
func (m machine) screens() []string {
	var out []string
	for _, f := range m.glob("sys/class/drm/card*-*/status") {
		if m.text(f) == "connected" {
			out = append(out, path.Dir(f))
		}
	}
	return out
}

// diagonal is of the largest screen, from the centimetres in its EDID.
func (m machine) diagonal() (float64, bool) {
	best := 0.0
	for _, dir := range m.screens() {
		b, err := fs.ReadFile(m.root, dir+"/edid")
		if err == nil && len(b) > 22 && b[21] > 0 && b[22] > 0 {
			best = max(best, math.Hypot(float64(b[21]), float64(b[22]))/2.54)
		}
	}
	return math.Round(best*10) / 10, best > 0
}

// pixels are of the largest mode, the long side first: a panel that stands upright is the same panel.
func (m machine) pixels() (long, short float64) {
	for _, dir := range m.screens() {
		for mode := range strings.Lines(m.text(dir + "/modes")) {
			var w, h float64
			if _, err := fmt.Sscanf(mode, "%fx%f", &w, &h); err == nil && w*h > long*short {
				long, short = max(w, h), min(w, h)
			}
		}
	}
	return long, short
}

func (m machine) pixelWidth() (float64, bool) { w, _ := m.pixels(); return w, w > 0 }

func (m machine) pixelHeight() (float64, bool) { _, h := m.pixels(); return h, h > 0 }
