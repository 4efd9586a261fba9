package web_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/agent/link"
	"tongban/agent/screen"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/fleet/wire"
)

// order is what the centre sends to K-01, and its id.
func (b *bed) order(task wire.RemoteTask, change func(o *wire.RemoteOrder, key []byte)) string {
	b.t.Helper()
	var r [6]byte
	_, _ = rand.Read(r[:])
	o := wire.RemoteOrder{ID: fmt.Sprintf("01935a6e-0000-7000-8000-%x", r), Terminal: "K-01", Task: task, At: b.clock.Now()}
	o.Prove(b.serviceKey())
	if change != nil {
		change(&o, b.serviceKey())
	}
	raw, err := json.Marshal(o)
	if err != nil {
		b.t.Fatal(err)
	}
	b.bring(raw)
	return o.ID
}

// bring is the broker's part.
func (b *bed) bring(raw []byte) {
	b.centre.mu.Lock()
	defer b.centre.mu.Unlock()
	for _, n := range b.centre.conns {
		n.in <- link.Message{Topic: wire.TopicOrder("K-01"), Payload: raw}
	}
}

// told are the parts that came for one order, in their own order.
func (b *bed) told(id string) []wire.RemoteReport {
	b.centre.mu.Lock()
	defer b.centre.mu.Unlock()
	var out []wire.RemoteReport
	for _, r := range b.centre.remote {
		if r.Order == id {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b wire.RemoteReport) int { return a.Part - b.Part })
	return out
}

func (b *bed) over(id string) wire.RemoteReport {
	b.t.Helper()
	b.until("the end of order "+id, func() bool { all := b.told(id); return len(all) > 0 && all[len(all)-1].State.Over() })
	all := b.told(id)
	return all[len(all)-1]
}

func found(r wire.RemoteReport, kind drivers.Kind) wire.DeviceFinding {
	for _, d := range r.Devices {
		if d.Kind == string(kind) {
			return d
		}
	}
	return wire.DeviceFinding{}
}

// From afar: the device tree, a check in which nothing moves, one in which each device works once, results as they come.
func TestRemoteDiagnosis(t *testing.T) {
	b := newBed(t, bedOptions{})
	look := b.over(b.order(wire.RemoteLook, nil))
	if look.State != wire.RemoteDone || len(look.Devices) < 3 || len(look.Machine) == 0 || found(look, drivers.KindReceipt).Driver != "receipt/escpos" || found(look, drivers.KindIDCard).Tested {
		t.Errorf("the tree: %+v", look)
	}

	printed := len(b.sim.Slips())
	id := b.order(wire.RemoteInternal, nil)
	inside := b.over(id)
	for _, kind := range []drivers.Kind{drivers.KindIDCard, drivers.KindReceipt, drivers.KindScanner} {
		if d := found(inside, kind); !d.Tested || d.Trouble != wire.TroubleNone || len(d.Timings) != 1 || d.Timings[0].Property != "answer" {
			t.Errorf("%s inside: %+v", kind, d)
		}
	}
	if n := len(b.sim.Slips()); n != printed {
		t.Errorf("an internal check printed %d strips", n-printed)
	}
	parts := b.told(id)
	if len(parts) < 4 || parts[0].State != wire.RemoteRunning || parts[0].Now == "" || parts[0].Part != 1 {
		t.Errorf("results do not come one by one: %d parts, first %+v", len(parts), parts[0])
	}

	outside := b.over(b.order(wire.RemoteExternal, nil))
	if d := found(outside, drivers.KindReceipt); !d.Tested || len(d.Timings) != 3 {
		t.Errorf("the printer: %+v", d)
	}
	if n := len(b.sim.Slips()); n != printed+1 {
		t.Errorf("%d strips, want one", n-printed)
	}
	if d := found(outside, drivers.KindIDCard); d.Timings[0].Property != "answer" {
		t.Errorf("a reader was asked for a card that nobody lays down: %+v", d)
	}

	b.sim.Press(simtest.Receipt, "paper-out", 0)
	b.until("no paper", func() bool { return b.rack.Status(drivers.KindReceipt).Paper == drivers.SupplyOut })
	if d := found(b.over(b.order(wire.RemoteInternal, nil)), drivers.KindReceipt); d.Trouble != wire.TroublePaperOut {
		t.Errorf("out of paper: %+v", d)
	}
}

// A citizen is never disturbed: an order during a visit is answered and not carried out, and one that is under way ends when
// somebody comes.
func TestRemoteDiagnosisYieldsToCitizens(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.do("visit/start", nil)
	printed := len(b.sim.Slips())
	r := b.over(b.order(wire.RemoteExternal, nil))
	if r.State != wire.RemoteBusy || r.Why != wire.EngagedCitizen || r.Part != 1 || len(r.Devices) != 0 || len(b.sim.Slips()) != printed {
		t.Errorf("amid a visit: %+v", r)
	}
	b.do("visit/end", screen.EndVisit{Reason: "left"})
	b.visit = ""
	b.until("the visit is over", func() bool { return !b.app.Serving() })

	b.do("service/open", b.pass(21, 0))
	if r := b.over(b.order(wire.RemoteLook, nil)); r.State != wire.RemoteBusy || r.Why != wire.EngagedTechnician {
		t.Errorf("amid a technician's visit: %+v", r)
	}
	b.do("service/close", nil)

	b.sim.Press(simtest.Receipt, "slow", 0)
	id := b.order(wire.RemoteExternal, nil)
	b.until("it has begun", func() bool { return len(b.told(id)) > 0 })
	b.do("visit/start", nil)
	if r := b.over(id); r.State != wire.RemoteBroken || r.Why != wire.EngagedCitizen {
		t.Errorf("somebody came: %+v", r)
	}
}

// What the centre did not sign, or what comes twice or an hour late, moves nothing.
func TestRemoteOrdersThatAreNotCarriedOut(t *testing.T) {
	b := newBed(t, bedOptions{})
	forged := b.order(wire.RemoteLook, func(o *wire.RemoteOrder, key []byte) { o.Prove(append([]byte("x"), key[1:]...)) })
	old := b.order(wire.RemoteLook, func(o *wire.RemoteOrder, key []byte) { o.At = b.clock.Now().Add(-time.Hour); o.Prove(key) })
	if r := b.over(old); r.State != wire.RemoteLate || len(r.Devices) != 0 {
		t.Errorf("an old one: %+v", r)
	}
	b.until("the forged one is in the log", func() bool { return strings.Contains(b.logs.String(), "order was not carried out") })
	if all := b.told(forged); len(all) != 0 {
		t.Errorf("a forged one was answered: %+v", all)
	}

	var raw []byte
	id := b.order(wire.RemoteInternal, func(o *wire.RemoteOrder, _ []byte) { raw, _ = json.Marshal(*o) })
	first := b.over(id)
	b.bring(raw)
	after := b.over(b.order(wire.RemoteLook, nil)) // behind it on the same line
	if all := b.told(id); after.State != wire.RemoteDone || len(all) != first.Part {
		t.Errorf("brought twice: %d parts, first time %d", len(all), first.Part)
	}
}
