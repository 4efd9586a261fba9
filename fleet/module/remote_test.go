package module

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/errs"
	"tongban/fleet"
	"tongban/fleet/internal/simterm"
	"tongban/fleet/wire"
)

// part is one part of a terminal's answer, delivered.
func part(t *testing.T, term *simterm.Terminal, r wire.RemoteReport) wire.ReceiptStatus {
	t.Helper()
	body, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	env, err := term.Seal(wire.LaneReport, wire.KindRemote, body)
	if err != nil {
		t.Fatal(err)
	}
	out, err := term.Deliver(t.Context(), env, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return out.Receipt.Status
}

func asAdmin(t *testing.T) context.Context {
	return actor.With(t.Context(), actor.Actor{Kind: actor.Staff, ID: "u-fleet", Name: "终端管理员"})
}

func (c *centre) online(t *testing.T, code string, want bool) {
	t.Helper()
	eventually(t, "the terminal's state is known", func() bool {
		got, err := c.Service.Get(t.Context(), code)
		return err == nil && got.Online == want
	})
}

// The order goes down to the one terminal, proven; parts of the answer come up, also out of order; who asked and how it ended is audited.
func TestRemoteDiagnosis(t *testing.T) {
	c := newCentre(t, nil)
	term, other := c.terminal(t, "K-01"), c.terminal(t, "K-02")
	c.online(t, "K-01", true)
	asked, err := c.remote.Ask(asAdmin(t), "K-01", wire.RemoteInternal)
	if err != nil || asked.State != wire.RemoteAsked || asked.AskedBy != "u-fleet" {
		t.Fatalf("asked: %+v, %v", asked, err)
	}
	eventually(t, "the order arrives", func() bool { return len(term.Orders()) > 0 })
	key, err := term.ServiceKey()
	if err != nil {
		t.Fatal(err)
	}
	o, err := wire.ReadOrder(key, "K-01", term.Orders()[0], time.Now())
	if err != nil || o.ID != asked.ID || o.Task != wire.RemoteInternal {
		t.Fatalf("order: %+v, %v", o, err)
	}
	strange, err := other.ServiceKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wire.ReadOrder(strange, "K-02", term.Orders()[0], time.Now()); !errors.Is(err, wire.ErrOrder) || len(other.Orders()) > 0 {
		t.Errorf("another terminal: %v, %d orders", err, len(other.Orders()))
	}
	if _, err := c.remote.Ask(asAdmin(t), "K-01", wire.RemoteLook); !errors.Is(err, fleet.ErrRemoteUnderWay) {
		t.Errorf("asked twice: %v", err)
	}

	now := func() fleet.Remote {
		t.Helper()
		r, err := c.remote.Get(t.Context(), asked.ID)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	device := []wire.DeviceFinding{{Name: "receipt", Kind: "receipt", Trouble: wire.TroublePaperOut, Tested: true}}
	part(t, term, wire.RemoteReport{Order: asked.ID, Part: 2, State: wire.RemoteRunning, Now: "receipt", Devices: device})
	part(t, term, wire.RemoteReport{Order: asked.ID, Part: 1, State: wire.RemoteRunning, Now: "idcard"}) // overtaken
	if r := now(); r.State != wire.RemoteRunning || r.Report.Now != "receipt" || r.AnsweredAt.IsZero() {
		t.Errorf("under way: %+v", r)
	}
	if s := part(t, other, wire.RemoteReport{Order: asked.ID, Part: 9, State: wire.RemoteDone}); s != wire.Accepted || now().State != wire.RemoteRunning {
		t.Errorf("another terminal answers in its place: %s, %+v", s, now())
	}
	part(t, term, wire.RemoteReport{Order: asked.ID, Part: 3, State: wire.RemoteDone, Devices: device, Network: []wire.NetworkCard{{Name: "eth0", Up: true}}})
	if r := now(); r.State != wire.RemoteDone || len(r.Report.Devices) != 1 || len(r.Report.Network) != 1 {
		t.Errorf("done: %+v", r)
	}
	if s := part(t, term, wire.RemoteReport{Order: asked.ID, Part: 4, State: "perhaps"}); s != wire.Refused {
		t.Errorf("a state that nobody knows: %s", s)
	}
	if all, err := c.remote.List(t.Context(), "K-02"); err != nil || len(all) != 0 {
		t.Errorf("of another terminal: %+v, %v", all, err)
	}
	if _, err := c.remote.Ask(asAdmin(t), "K-01", wire.RemoteLook); err != nil {
		t.Errorf("asked again after the end: %v", err)
	}
	for what, want := range map[string]int64{"fleet.remote": 2, "fleet.remote_end": 1} {
		if n := c.kit.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = $1`, what); n != want {
			t.Errorf("%d records of %s, want %d", n, what, want)
		}
	}
	if n := c.kit.Count(t, `SELECT count(*) FROM kernel_event WHERE topic = $1`, fleet.EventRemote); n != 4 {
		t.Errorf("%d events, want one for each of two orders and two parts that counted", n)
	}
}

// A terminal that is off is told so at once; one that does not answer is silent by the clock, and does not block the next try.
func TestRemoteDiagnosisOfATerminalThatIsAway(t *testing.T) {
	c := newCentre(t, nil)
	term := c.terminal(t, "K-01")
	c.code(t, "K-03") // planned, never enrolled
	c.online(t, "K-01", true)
	first, err := c.remote.Ask(asAdmin(t), "K-01", wire.RemoteLook)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the order arrives", func() bool { return len(term.Orders()) > 0 })
	for at, want := range map[time.Duration]wire.RemoteState{0: wire.RemoteAsked, fleet.RemoteFirst + time.Second: fleet.RemoteSilent} {
		if got := first.Seen(first.AskedAt.Add(at)); got != want {
			t.Errorf("%v after nobody answered: %s, want %s", at, got, want)
		}
	}
	broken := fleet.Remote{State: wire.RemoteRunning, AnsweredAt: first.AskedAt}
	if got := broken.Seen(first.AskedAt.Add(fleet.RemoteNext + time.Second)); got != fleet.RemoteSilent {
		t.Errorf("an answer that broke off: %s", got)
	}
	c.kit.Exec(t, `UPDATE fleet_remote SET asked_at = asked_at - 3600000`)
	second, err := c.remote.Ask(asAdmin(t), "K-01", wire.RemoteLook)
	if err != nil {
		t.Errorf("after silence: %v", err)
	}
	if all, err := c.remote.List(t.Context(), "K-01"); err != nil || len(all) != 2 || all[0].ID != second.ID || all[1].State != fleet.RemoteSilent {
		t.Errorf("list: %+v, %v", all, err)
	}

	if err := term.Report(false); err != nil {
		t.Fatal(err)
	}
	c.online(t, "K-01", false)
	if _, err := c.remote.Ask(asAdmin(t), "K-01", wire.RemoteLook); errs.CodeOf(err) != "fleet.terminal_off" || !strings.Contains(errs.MessageOf(err), "最后一次联系是") {
		t.Errorf("off: %v", err)
	}
	for code, want := range map[string]error{"K-03": fleet.ErrNotEnrolled, "K-99": fleet.ErrNoSuchTerminal} {
		if _, err := c.remote.Ask(asAdmin(t), code, wire.RemoteLook); !errors.Is(err, want) {
			t.Errorf("%s: %v", code, err)
		}
	}
	if n := c.kit.Count(t, `SELECT count(*) FROM fleet_remote`); n != 2 {
		t.Errorf("%d orders kept, want two: what was refused leaves none", n)
	}
}

// An order that the queue could not send in time is not sent any more: a strip must not come out in an empty hall an hour later.
func TestAnOrderIsNotSentTooLate(t *testing.T) {
	c := newCentre(t, nil)
	term := c.terminal(t, "K-01")
	o := wire.RemoteOrder{ID: "01935a6e-0000-7000-8000-000000000001", Terminal: "K-01", Task: wire.RemoteExternal, At: time.Now().Add(-time.Minute)}
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.remote.Send(t.Context(), raw); !errors.Is(err, wire.ErrOrderLate) {
		t.Errorf("sent: %v", err)
	}
	o.At = time.Now()
	if raw, err = json.Marshal(o); err != nil {
		t.Fatal(err)
	}
	if err := c.remote.Send(t.Context(), raw); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the one in time arrives", func() bool { return len(term.Orders()) == 1 })
}

// A report whose order was dropped is taken and kept nowhere.
func TestRemoteAnswersWithoutAnOrder(t *testing.T) {
	c := newCentre(t, nil)
	term := c.terminal(t, "K-01")
	if s := part(t, term, wire.RemoteReport{Order: "01935a6e-0000-7000-8000-000000000009", Part: 1, State: wire.RemoteDone}); s != wire.Accepted {
		t.Errorf("answer: %s", s)
	}
	if n := c.kit.Count(t, `SELECT count(*) FROM fleet_remote`); n != 0 {
		t.Errorf("%d kept", n)
	}
}
