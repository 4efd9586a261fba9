package web_test

import (
	"strings"
	"testing"

	"tongban/agent/screen"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
)

// Readers of fingers and of travel documents are in the tree where they are connected, and whoever stands there tests them.
func TestFingerAndTravelDocumentAreTested(t *testing.T) {
	sim := simtest.Start(t, simtest.IDCard, simtest.Receipt, simtest.Camera, simtest.Fingerprint, simtest.Passport)
	b := newBed(t, bedOptions{offline: true, still: true, sim: sim, addresses: map[string]string{"fingerprint": "serial:" + sim.Fingerprint, "passport": sim.Passport}})
	for _, k := range []drivers.Kind{drivers.KindFinger, drivers.KindPassport} {
		b.until(string(k)+" ready", func() bool { return b.rack.Status(k).Ready() })
	}
	b.do("service/open", b.pass(61, 0))
	if d := b.device(drivers.KindPassport); d.Optional || d.Button == "" || d.Clause == "" || !strings.HasPrefix(d.Line, "passport/ccid · ") {
		t.Errorf("reader of travel documents: %+v", d)
	}

	b.sim.Paper(simtest.Fingerprint, "good")
	b.do("service/test", screen.TestDevice{Kind: "fingerprint"})
	if d := b.tested(drivers.KindFinger); d.State != "ok" || len(d.Timings) != 1 || d.Timings[0].Want != "≤ 2 s" || !racing && !d.Timings[0].OK || !strings.Contains(d.Said, "内容没有留下") {
		t.Errorf("finger: %+v", d)
	}
	b.sim.Paper(simtest.Fingerprint, "edge")
	b.do("service/test", screen.TestDevice{Kind: "fingerprint"})
	if d := b.tested(drivers.KindFinger); d.State != "ok" || !strings.Contains(d.Said, "没有放平") {
		t.Errorf("the edge of a finger blames the device: %+v", d)
	}
	b.sim.Paper(simtest.Fingerprint, "none")

	b.do("service/test", screen.TestDevice{Kind: "passport"})
	if ask := b.state().Service.Ask; !strings.Contains(ask, "护照") {
		t.Errorf("asked for: %q", ask)
	}
	b.sim.Paper(simtest.Passport, "xie")
	if d := b.tested(drivers.KindPassport); d.State != "ok" || d.Tested == "" || !strings.Contains(d.Said, "芯片有应答") {
		t.Errorf("chip: %+v", d)
	}
	b.sim.Paper(simtest.Passport, "none")
	b.do("service/test", screen.TestDevice{Kind: "passport"})
	b.do("service/stop", nil)
	if d := b.tested(drivers.KindPassport); d.State != "ok" || !strings.Contains(d.Said, "停下") {
		t.Errorf("stopped: %+v", d)
	}
	b.sim.Press(simtest.Passport, "cut", 0)
	b.until("its line is cut", func() bool { return b.device(drivers.KindPassport).State == "fault" })
	if d := b.device(drivers.KindPassport); len(d.Steps) == 0 {
		t.Errorf("no advice: %+v", d)
	}
}
