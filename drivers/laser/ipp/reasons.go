package ipp

import (
	"slices"
	"strings"

	"tongban/drivers"
)

// A printer names its troubles as keywords with a severity behind them: media-empty-error, media-empty-warning,
// media-empty. The severity changes with model and mood for one and the same trouble, so only the keyword counts.

// base is the keyword without its severity.
func base(reason string) string {
	for _, s := range []string{"-error", "-warning", "-report"} {
		if b, ok := strings.CutSuffix(reason, s); ok {
			return b
		}
	}
	return reason
}

// trouble is what a keyword means to us.
type trouble struct {
	code   drivers.Code
	reason drivers.Reason // "" with a code: the printer stands still, nothing that a citizen sees
	paper  drivers.Supply
	toner  drivers.Supply
	cover  bool
}

var stops = drivers.CodeDeviceNotReady

var troubles = map[string]trouble{
	"media-empty":           {code: stops, reason: drivers.ReasonPaperOut, paper: drivers.SupplyOut},
	"media-needed":          {code: stops, reason: drivers.ReasonPaperOut, paper: drivers.SupplyOut},
	"input-tray-missing":    {code: stops, reason: drivers.ReasonPaperOut, paper: drivers.SupplyOut},
	"media-low":             {paper: drivers.SupplyLow},
	"media-jam":             {code: stops, reason: drivers.ReasonPaperJam, paper: drivers.SupplyJammed},
	"cover-open":            {code: stops, reason: drivers.ReasonCoverOpen, cover: true},
	"door-open":             {code: stops, reason: drivers.ReasonCoverOpen, cover: true},
	"interlock-open":        {code: stops, reason: drivers.ReasonCoverOpen, cover: true},
	"toner-empty":           {code: stops, reason: drivers.ReasonTonerOut, toner: drivers.SupplyOut},
	"marker-supply-empty":   {code: stops, reason: drivers.ReasonTonerOut, toner: drivers.SupplyOut},
	"marker-supply-missing": {code: stops, reason: drivers.ReasonTonerOut, toner: drivers.SupplyOut},
	"toner-low":             {toner: drivers.SupplyLow},
	"marker-supply-low":     {toner: drivers.SupplyLow},
	"output-area-full":      {code: stops},
	"output-tray-missing":   {code: stops},
	"marker-waste-full":     {code: stops},
	"spool-area-full":       {code: stops},
	"paused":                {code: stops},
	"moving-to-paused":      {code: stops},
	"stopping":              {code: stops},
	"shutdown":              {code: stops},
	"offline":               {code: stops},
	"timed-out":             {code: stops},
	"connecting-to-device":  {code: stops},
	"fuser-over-temp":       {code: drivers.CodeHardwareError},
	"fuser-under-temp":      {code: drivers.CodeHardwareError},
	"opc-life-over":         {code: drivers.CodeHardwareError},
	"developer-empty":       {code: drivers.CodeHardwareError},
}

// order in which troubles are told when there are several: the one that a person must settle first.
var order = []drivers.Reason{drivers.ReasonCoverOpen, drivers.ReasonPaperJam, drivers.ReasonPaperOut, drivers.ReasonTonerOut}

// States of a printer.
const (
	printerIdle       = 3
	printerProcessing = 4
	printerStopped    = 5
)

// condition is what the printer said of itself in one answer.
type condition struct {
	state     int
	accepting bool
	reasons   []string // as the printer wrote them
	supplies  []drivers.PrinterSupply
}

func conditionOf(g group) condition {
	return condition{
		state: g.number("printer-state", 0), accepting: g.yes("printer-is-accepting-jobs", true),
		reasons: slices.DeleteFunc(g.words("printer-state-reasons"), func(r string) bool { return r == "none" }), supplies: suppliesOf(g),
	}
}

// blocked is why the printer does not print, nil when it does.
func (c condition) blocked() *drivers.Error {
	var worst *drivers.Error
	rank := len(order) + 1
	for _, r := range c.reasons {
		t := troubles[base(r)]
		if t.code == "" {
			continue
		}
		at := slices.Index(order, t.reason)
		if at < 0 {
			at = len(order)
		}
		if at < rank || t.code == drivers.CodeHardwareError {
			worst, rank = &drivers.Error{Code: t.code, Reason: t.reason, Detail: "printer says " + c.said()}, at
		}
		if t.code == drivers.CodeHardwareError {
			return worst
		}
	}
	if worst == nil && (c.state == printerStopped || !c.accepting) {
		worst = &drivers.Error{Code: stops, Detail: "printer has stopped or takes no jobs, it says " + c.said()}
	}
	return worst
}

func (c condition) said() string {
	if len(c.reasons) == 0 {
		return "no reason"
	}
	return clip(strings.Join(c.reasons, " "))
}

// status is the condition in the words of the platform.
func (c condition) status() drivers.Status {
	s := drivers.Status{Paper: drivers.SupplyFull, Toner: drivers.SupplyUnknown, Cover: "closed"}
	for _, x := range c.supplies {
		if x.State != drivers.SupplyUnknown && toner(x.Type) {
			s.Toner = worse(s.Toner, x.State)
		}
	}
	if s.Toner == drivers.SupplyOut { // one colour may be empty and the printer still prints: it says so itself when not
		s.Toner = drivers.SupplyLow
	}
	for _, r := range c.reasons {
		t := troubles[base(r)]
		s.Paper, s.Toner = worse(s.Paper, t.paper), worse(s.Toner, t.toner)
		if t.cover {
			s.Cover = "open"
		}
	}
	switch e := c.blocked(); {
	case e != nil && e.Code == drivers.CodeHardwareError:
		s.State, s.Code, s.Detail = drivers.StateHardwareError, e.Code, e.Detail
	case e != nil:
		s.State, s.Code, s.Detail = drivers.StateOffline, e.Code, e.Detail
	case c.state == printerIdle:
		s.State = drivers.StateOnline
	case c.state == printerProcessing:
		s.State = drivers.StateBusy
	default:
		s.State, s.Code, s.Detail = drivers.StateOffline, drivers.CodeLineError, "printer names no state"
	}
	return s
}

// worse is the worse of two supplies; unknown loses against everything.
func worse(a, b drivers.Supply) drivers.Supply {
	rank := []drivers.Supply{"", drivers.SupplyUnknown, drivers.SupplyFull, drivers.SupplyLow, drivers.SupplyOut, drivers.SupplyJammed}
	if slices.Index(rank, b) > slices.Index(rank, a) {
		return b
	}
	return a
}
