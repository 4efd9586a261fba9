package diagnostics

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"tongban/fleet/wire"
)

// Network lists the wired cards of the computer below root and whether each carries (网卡状态). A card that was pulled or is switched
// off is listed as well: two cards of which one is dead look well from outside until the other one dies too.
func Network(root fs.FS) []wire.NetworkCard {
	m := machine{root}
	out := m.defaultCards()
	var cards []wire.NetworkCard
	for _, name := range m.wired() {
		dir := "sys/class/net/" + name
		c := wire.NetworkCard{Name: name, Up: m.text(dir+"/carrier") == "1" && m.text(dir+"/operstate") != "down", Route: slices.Contains(out, name)}
		if mbit, err := strconv.Atoi(m.text(dir + "/speed")); err == nil && mbit > 0 && c.Up {
			c.Speed = mbit
		}
		cards = append(cards, c)
	}
	return cards
}

// wired are the names of the wired cards with hardware behind them.
func (m machine) wired() []string {
	var out []string
	for _, f := range m.glob("sys/class/net/*/device") {
		name := path.Base(path.Dir(f))
		if m.text("sys/class/net/"+name+"/type") == "1" && len(m.glob("sys/class/net/"+name+"/wireless")) == 0 {
			out = append(out, name)
		}
	}
	return out
}

// defaultCards are the cards of the default route with the lowest metric, which is the one the kernel takes.
func (m machine) defaultCards() []string {
	best, out := -1, []string(nil)
	for line := range strings.Lines(m.text("proc/net/route")) {
		f := strings.Fields(line)
		if len(f) < 8 || f[1] != "00000000" || f[7] != "00000000" {
			continue
		}
		metric, err := strconv.Atoi(f[6])
		switch {
		case err != nil || best >= 0 && metric > best:
		case metric == best:
			out = append(out, f[0])
		default:
			best, out = metric, []string{f[0]}
		}
	}
	return out
}
