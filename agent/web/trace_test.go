package web_test

import (
	"net/http"
	"strings"
	"testing"

	"tongban/agent/screen"
	"tongban/drivers"
	"tongban/drivers/hal/tap"
	"tongban/drivers/hal/tape"
	"tongban/fleet/wire"
)

// What goes over the reader's line is on the screen while it goes, named, without the person on the card; it can be taken away as a
// tape, goes to the centre with the result, and is gone with the visit.
func TestTraceOfALine(t *testing.T) {
	b := newBed(t, bedOptions{})
	if c := b.code("service/trace", screen.TraceDevice{Kind: "idcard"}); c != "service.closed" {
		t.Errorf("from outside: %s", c)
	}
	b.do("service/open", b.pass(31, 0))
	if !b.device(drivers.KindIDCard).Traced {
		t.Error("the reader's line is not offered")
	}
	if c := b.code("service/trace", screen.TraceDevice{Kind: "laser"}); c != "service.no_line" {
		t.Errorf("a device that is not there: %s", c)
	}
	b.do("service/trace", screen.TraceDevice{Kind: "idcard"})
	named := func(name string) bool {
		tr := b.state().Service.Trace
		if tr == nil {
			return false
		}
		for _, l := range tr.Lines {
			if l.Name == name && l.Hex != "" {
				return true
			}
		}
		return false
	}
	b.sim.PutCard("zhang")
	b.do("service/test", screen.TestDevice{Kind: "idcard"})
	b.tested("idcard")
	b.until("the reading is on the screen", func() bool { return named("读证") })
	if tr := b.state().Service.Trace; !tr.On || tr.Hidden || tr.Count < 4 {
		t.Errorf("live: %+v", tr)
	}
	b.sim.TakeCard()
	b.do("service/untrace", nil)
	if tr := b.state().Service.Trace; tr.On || tr.End == "" {
		t.Errorf("stopped: %+v", tr)
	}
	var raw []byte
	if err := b.ask(http.MethodGet, "/api/service/trace", nil, "", &raw); err != nil {
		t.Fatal(err)
	}
	back, err := tape.Parse(strings.NewReader(string(raw)))
	if err != nil || len(back.Pieces) < 4 || back.Head["driver"] != "idcard/sdt" {
		t.Fatalf("tape: %v\n%s", err, raw)
	}
	all := ""
	for _, p := range back.Pieces {
		all += string(p.Bytes)
	}
	for _, person := range []string{utf16le("张晓岚"), utf16le("198512310026"), utf16le("银杏街")} {
		if strings.Contains(all, person) {
			t.Errorf("the card's %q is on the tape", person)
		}
	}

	b.do("service/trace", screen.TraceDevice{Kind: "receipt"})
	b.do("service/test", screen.TestDevice{Kind: "receipt"})
	b.tested("receipt")
	tr := b.state().Service.Trace
	if !tr.Hidden || tr.Count == 0 {
		t.Errorf("the printer's line: %+v", tr)
	}
	for _, l := range tr.Lines {
		if l.Hex != "" {
			t.Errorf("a byte of a slip is shown: %+v", l)
		}
	}
	b.do("service/trace", screen.TraceDevice{Kind: "idcard"}) // the newest one goes with the result
	b.until("something passes", func() bool { tr := b.state().Service.Trace; return tr.Kind == "idcard" && tr.Count > 1 })
	b.do("service/finish", nil)
	b.do("service/close", nil)
	b.until("the result at the centre", func() bool { return len(b.centre.diagnoses()) == 1 })
	d := b.centre.diagnoses()[0]
	if d.Trace == nil || d.Trace.Kind != "idcard" || len(d.Trace.Tape) > wire.MaxTrace {
		t.Fatalf("at the centre: %+v", d.Trace)
	}
	if _, err := tape.Parse(strings.NewReader(d.Trace.Tape)); err != nil {
		t.Errorf("at the centre: %v", err)
	}

	if c := b.code("service/trace", screen.TraceDevice{Kind: "idcard"}); c != "service.closed" {
		t.Errorf("after the visit: %s", c)
	}
	if err := b.ask(http.MethodGet, "/api/service/trace", nil, "", &raw); err == nil {
		t.Error("the tape is still there after the visit")
	}
	b.do("service/open", b.pass(32, 0))
	if b.state().Service.Trace != nil {
		t.Error("the next technician sees the last one's recording")
	}
}

// A line that is left on ends by itself.
func TestTraceEndsByItself(t *testing.T) {
	b := newBed(t, bedOptions{offline: true})
	b.do("service/open", b.pass(33, 0))
	b.do("service/trace", screen.TraceDevice{Kind: "idcard"})
	b.clock.add(tap.Longest)
	b.until("a minute is over", func() bool { return !b.state().Service.Trace.On })
}

// utf16le is how a card stores text.
func utf16le(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}
