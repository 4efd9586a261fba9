package module

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"tongban/central/kernel/errs"
	"tongban/fleet"
	"tongban/fleet/wire"
)

// A code that the centre gives out opens the terminal it was made for; the result comes home with the reason for which
// somebody was sent, and the letters that are read out say the same before it has come.
func TestServiceVisit(t *testing.T) {
	c := newCentre(t, nil)
	term := c.terminal(t, "K-01")
	other := c.terminal(t, "K-02")
	code, err := c.ServiceCode(t.Context(), "K-01", "工单 2026-118 小票机")
	if err != nil {
		t.Fatal(err)
	}
	key, err := term.ServiceKey()
	if err != nil {
		t.Fatal(err)
	}
	pass, err := wire.ReadServiceCode(key, code.Code, time.Now())
	if err != nil || !pass.Until().Equal(code.Until) {
		t.Fatalf("pass %+v, %v; until %v", pass, err, code.Until)
	}
	strange, err := other.ServiceKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wire.ReadServiceCode(strange, code.Code, time.Now()); !errors.Is(err, wire.ErrServiceCode) {
		t.Errorf("another terminal takes it: %v", err)
	}

	told := wire.Outcome{Nonce: pass.Nonce, Faults: 1, Kind: "receipt", What: wire.TroublePaperOut}.Code(key)
	r, err := c.visits.Read(t.Context(), "K-01", told)
	if err != nil || r.Arrived || r.Kind != "receipt" || r.What != wire.TroublePaperOut || r.Reason != "工单 2026-118 小票机" {
		t.Errorf("told before it came: %+v, %v", r, err)
	}
	if _, err := c.visits.Read(t.Context(), "K-02", told); !errors.Is(err, fleet.ErrWrongResult) {
		t.Errorf("told for another terminal: %v", err)
	}

	body, err := json.Marshal(wire.Diagnosis{
		Pass: pass.Nonce, PassAt: pass.At, Begun: time.Now(), At: time.Now(), Model: "kiosk-21", Faults: 1, Worst: wire.TroublePaperOut, Code: told,
		Devices: []wire.DeviceFinding{{Name: "receipt", Kind: "receipt", Trouble: wire.TroublePaperOut}},
	})
	if err != nil {
		t.Fatal(err)
	}
	env, err := term.Seal(wire.LaneReport, wire.KindDiagnosis, body)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the receipt was lost, so it comes again
		out, err := term.Deliver(t.Context(), env, 5*time.Second)
		if err != nil || out.Receipt.Status != wire.Accepted && out.Receipt.Status != wire.Duplicate {
			t.Fatalf("deliver: %+v, %v", out, err)
		}
	}
	all, err := c.visits.List(t.Context(), "K-01")
	if err != nil || len(all) != 1 {
		t.Fatalf("kept: %+v, %v", all, err)
	}
	if d := all[0]; d.Reason != "工单 2026-118 小票机" || d.Worst != wire.TroublePaperOut || d.Code != told || len(d.Devices) != 1 {
		t.Errorf("kept: %+v", d)
	}
	if none, err := c.visits.List(t.Context(), "K-02"); err != nil || len(none) != 0 {
		t.Errorf("of another terminal: %+v, %v", none, err)
	}
	if r, err := c.visits.Read(t.Context(), "K-01", told); err != nil || !r.Arrived {
		t.Errorf("told after it came: %+v, %v", r, err)
	}
	for what, want := range map[string]int64{"fleet.service_code": 1, "fleet.diagnose": 1} {
		if n := c.kit.Count(t, `SELECT count(*) FROM kernel_audit WHERE action = $1`, what); n != want {
			t.Errorf("%d records of %s, want %d", n, what, want)
		}
	}
}

func TestNoServiceCode(t *testing.T) {
	c := newCentre(t, nil)
	c.code(t, "K-03") // planned, never enrolled
	for terminal, want := range map[string]error{"K-03": fleet.ErrNotEnrolled, "K-99": fleet.ErrNoSuchTerminal} {
		if _, err := c.ServiceCode(t.Context(), terminal, "工单 1"); !errors.Is(err, want) {
			t.Errorf("%s: %v", terminal, err)
		}
	}
	if _, err := c.ServiceCode(t.Context(), "K-03", "  "); errs.CodeOf(err) != "fleet.no_reason" {
		t.Errorf("no reason: %v", err)
	}
}

// A minute in which every number is taken says so, and does not look for one for ever.
func TestNoServiceCodeIsLeft(t *testing.T) {
	c := newCentre(t, nil)
	c.terminal(t, "K-01")
	// Codes are made by the minute: this one and the next, whichever it is then.
	for _, at := range []time.Time{time.Now().UTC().Truncate(time.Minute), time.Now().UTC().Truncate(time.Minute).Add(time.Minute)} {
		c.kit.Exec(t, `INSERT INTO fleet_service_code (terminal, at, nonce, epoch, made_by, reason)
			WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 65535) SELECT 'K-01', CAST($1 AS BIGINT), i, 1, 'a test', 'x' FROM n`, at.UnixMilli())
	}
	if _, err := c.ServiceCode(t.Context(), "K-01", "工单 1"); errs.CodeOf(err) != "fleet.service_codes" {
		t.Errorf("told %v", err)
	}
}
