package ipp

import (
	"strconv"
	"strings"

	"tongban/drivers"
)

// low is the level in percent from which a cartridge counts as low when the printer does not say so itself.
const low = 10

// suppliesOf reads the levels: printer-supply (PWG 5100.13) where a printer has it, the older marker attributes otherwise.
func suppliesOf(g group) []drivers.PrinterSupply {
	names := g.words("printer-supply-description")
	var out []drivers.PrinterSupply
	for i, s := range g.words("printer-supply") {
		x := supplyOf(s)
		if i < len(names) {
			x.Name = names[i]
		}
		out = append(out, x)
	}
	if len(out) > 0 {
		return out
	}
	types, colors, lows := g.words("marker-types"), g.words("marker-colors"), g.find("marker-low-levels")
	levels := g.find("marker-levels")
	for i, n := range g.words("marker-names") {
		x := drivers.PrinterSupply{Name: n, Level: -1}
		if i < len(types) {
			x.Type = types[i]
		}
		if i < len(colors) {
			x.Color = colors[i]
		}
		if i < len(levels) {
			x.Level = percent(levels[i].number(-1), 100)
		}
		bound := low
		if i < len(lows) {
			bound = max(0, lows[i].number(low))
		}
		x.State = levelState(x.Level, bound)
		out = append(out, x)
	}
	return out
}

// supplyOf reads "index=1;class=supplyThatIsConsumed;type=toner;maxcapacity=100;level=25;colorantname=black;".
func supplyOf(s string) drivers.PrinterSupply {
	x, full, level := drivers.PrinterSupply{}, -2, -2
	for part := range strings.SplitSeq(s, ";") {
		k, v, _ := strings.Cut(part, "=")
		v = strings.TrimSpace(v)
		switch strings.ToLower(strings.TrimSpace(k)) {
		case "type":
			x.Type = v
		case "colorantname":
			x.Color = v
		case "maxcapacity":
			full = atoi(v)
		case "level":
			level = atoi(v)
		}
	}
	if x.Name = strings.TrimSpace(x.Color + " " + x.Type); x.Color == "none" || x.Color == "unknown" {
		x.Name, x.Color = x.Type, ""
	}
	x.Level = percent(level, full)
	x.State = levelState(x.Level, low)
	return x
}

// atoi takes a level; -2 is unknown in the printer MIB, -3 is "some left".
func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -2
	}
	return n
}

func percent(level, full int) int {
	if level < 0 || full <= 0 {
		return -1
	}
	return min(100, int(int64(level)*100/int64(full)))
}

func levelState(percent, bound int) drivers.Supply {
	switch {
	case percent < 0:
		return drivers.SupplyUnknown
	case percent == 0:
		return drivers.SupplyOut
	case percent <= bound:
		return drivers.SupplyLow
	}
	return drivers.SupplyFull
}

// toner reports whether a supply is what makes pages black; a waste box or a drum is a technician's matter.
func toner(kind string) bool {
	k := strings.ToLower(kind)
	return strings.HasPrefix(k, "toner") || k == "ink" || k == "inkcartridge" || k == ""
}
