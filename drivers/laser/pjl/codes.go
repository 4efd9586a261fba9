package pjl

import (
	"fmt"
	"strconv"
	"strings"

	"tongban/drivers"
)

// trouble is what a code means to us (状态码).
type trouble struct {
	code   drivers.Code   // "" when the printer prints all the same
	reason drivers.Reason // "" with a code: the printer stands still, nothing that a citizen sees
	paper  drivers.Supply
	toner  drivers.Supply
	cover  bool
	busy   bool
}

var (
	stands   = drivers.CodeDeviceNotReady
	atWork   = trouble{busy: true}
	noPaper  = trouble{code: stands, reason: drivers.ReasonPaperOut, paper: drivers.SupplyOut}
	jammed   = trouble{code: stands, reason: drivers.ReasonPaperJam, paper: drivers.SupplyJammed}
	opened   = trouble{code: stands, reason: drivers.ReasonCoverOpen, cover: true}
	noToner  = trouble{code: stands, reason: drivers.ReasonTonerOut, toner: drivers.SupplyOut}
	tonerLow = trouble{toner: drivers.SupplyLow}
)

// codes are those of one meaning, as the makers' lists have them; the rest goes by its thousands.
var codes = map[int]trouble{
	10000: {}, 10001: {}, 10002: {code: stands}, // asleep, ready, off line
	10003: atWork, 10004: atWork, 10005: atWork, 10007: atWork, // warms up, tests itself, begins anew, gives a job up
	10006: tonerLow, 10023: atWork,
	40000: {},                                      // asleep
	40010: noToner, 40038: noToner, 40039: noToner, // no cartridge; low, and told to stop there; empty
	40021: opened, 40096: opened, 40022: jammed, 40026: noPaper, // cover, duplex door, jam, cassette
}

// meaning of a code. trays is how many the printer has: one that is empty in the background is an empty printer when it is the only one.
func meaning(code, trays int) trouble {
	if t, ok := codes[code]; ok {
		return t
	}
	switch thousands := code / 1000; thousands {
	case 11: // a tray is empty that nobody needs just now
		if trays == 1 {
			return noPaper
		}
		return trouble{paper: drivers.SupplyLow}
	case 41: // 41xyy: paper is wanted, in tray x, of size yy
		return noPaper
	case 42, 44: // jams, and where
		return jammed
	case 40, 43: // somebody must come
		return trouble{code: stands}
	case 50:
		return trouble{code: drivers.CodeHardwareError}
	}
	return trouble{} // remarks, of parsers and of conditions that pass by themselves
}

// order in which troubles are told when there are several: the one that a person must settle first.
var order = map[drivers.Reason]int{drivers.ReasonCoverOpen: 1, drivers.ReasonPaperJam: 2, drivers.ReasonPaperOut: 3, drivers.ReasonTonerOut: 4, "": 5}

// condition is what the printer said of itself in one message.
type condition struct {
	codes  []int
	trays  int
	online bool
}

// conditionOf reads INFO STATUS and USTATUS DEVICE; ok is false where there is no code in it.
func conditionOf(m message, trays int) (c condition, ok bool) {
	c.trays, c.online = trays, !strings.EqualFold(m.value("ONLINE"), "FALSE")
	for _, v := range m.values("CODE") {
		if n, err := strconv.Atoi(v); err == nil && n >= 10000 && n < 60000 {
			c.codes = append(c.codes, n)
		}
	}
	return c, len(c.codes) > 0
}

// blocked is why the printer does not print, nil when it does.
func (c condition) blocked() *drivers.Error {
	var worst *drivers.Error
	for _, n := range c.codes {
		t := meaning(n, c.trays)
		if t.code == drivers.CodeHardwareError {
			return &drivers.Error{Code: t.code, Detail: "printer is broken", Raw: c.said()}
		}
		if t.code != "" && (worst == nil || order[t.reason] < order[worst.Reason]) {
			worst = &drivers.Error{Code: t.code, Reason: t.reason, Detail: "printer stands still", Raw: c.said()}
		}
	}
	if worst == nil && !c.online {
		worst = &drivers.Error{Code: stands, Detail: "printer is off line", Raw: c.said()}
	}
	return worst
}

// busy reports whether something is being printed.
func (c condition) busy() bool {
	for _, n := range c.codes {
		if meaning(n, c.trays).busy {
			return true
		}
	}
	return false
}

func (c condition) said() string {
	return strings.Trim(fmt.Sprint(c.codes), "[]")
}

// status is the condition in the words of the platform.
func (c condition) status() drivers.Status {
	s := drivers.Status{State: drivers.StateOnline, Paper: drivers.SupplyFull, Toner: drivers.SupplyFull, Cover: "closed"}
	if c.busy() {
		s.State = drivers.StateBusy
	}
	for _, n := range c.codes {
		t := meaning(n, c.trays)
		s.Paper, s.Toner = worse(s.Paper, t.paper), worse(s.Toner, t.toner)
		if t.cover {
			s.Cover = "open"
		}
	}
	if e := c.blocked(); e != nil {
		s.State, s.Code, s.Detail = drivers.StateOffline, e.Code, e.Detail+": "+e.Raw
		if e.Code == drivers.CodeHardwareError {
			s.State = drivers.StateHardwareError
		}
	}
	return s
}

// worse is the worse of two supplies.
func worse(a, b drivers.Supply) drivers.Supply {
	rank := map[drivers.Supply]int{drivers.SupplyFull: 1, drivers.SupplyLow: 2, drivers.SupplyOut: 3, drivers.SupplyJammed: 4}
	if rank[b] > rank[a] {
		return b
	}
	return a
}
