package counter_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"tongban/agent/counter"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
)

// A passport is drawn through the reader of its printed lines; the name is in Chinese where the document has it.
func TestReadDocument(t *testing.T) {
	b := newBed(t, simtest.IDCard, simtest.MRZ)
	b.pair()
	type document struct{ Type, Number, Name, Nationality, Sex, Birth, Expires string }
	type line struct {
		Kind  drivers.Kind
		InUse bool
	}
	draw := func(key, fault string) (out document, p *counter.Problem) {
		t.Helper()
		if fault != "" {
			b.sim.Once(simtest.MRZ, fault, 0)
		}
		done := make(chan *counter.Problem, 1)
		go func() { done <- b.ask(t.Context(), "document", map[string]int{"wait": 5}, &out) }()
		b.until("the reader waits", func() bool { // what was drawn before the call is nobody's
			var list struct{ Devices []line }
			if p := b.ask(t.Context(), "devices", nil, &list); p != nil {
				t.Fatal(p)
			}
			return slices.Contains(list.Devices, line{drivers.KindPassport, true})
		})
		b.sim.Paper(simtest.MRZ, key)
		p = <-done
		return out, p
	}
	read := func(key, fault string) (document, *counter.Problem) {
		t.Helper()
		for tries := 1; ; tries++ {
			out, p := draw(key, fault)
			// The reader is in use a moment before it has thrown away what was drawn earlier. Who draws in that moment is told
			// so, and draws again.
			if p == nil || p.Code != string(drivers.CodeLineError) || tries == 3 {
				return out, p
			}
			t.Log("drawn too early: ", p)
		}
	}
	if d, p := read("muster", ""); p != nil || d != (document{"P", "L898902C3", "SAMPLE PERSON TWO", "UTO", d.Sex, d.Birth, d.Expires}) || d.Birth == "" || d.Expires == "" {
		t.Errorf("passport: %+v %+v", d, p)
	}
	if d, p := read("home", ""); p != nil || d.Name != "张证" || d.Type != "CR" || d.Birth != "1990-01-01" || d.Sex != "female" {
		t.Errorf("permit: %+v %+v", d, p)
	}
	if _, p := read("muster", "misread"); p == nil || p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Message, "再刷一次") {
		t.Errorf("a digit read wrong: %+v", p)
	}
	if strings.Contains(b.logs.String(), "L898902C3") {
		t.Error("the log names the document")
	}
	without := newBed(t, simtest.IDCard)
	without.pair()
	if p := without.ask(t.Context(), "document", map[string]int{"wait": 5}, nil); p == nil || p.Code != string(drivers.CodeNoDevice) {
		t.Errorf("no reader: %+v", p)
	}
}
