package module

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/errs"
	"tongban/fleet/internal/simterm"
	"tongban/fleet/wire"
)

func attempt(t *testing.T, c *centre, code string, change func(*simterm.Site)) (*simterm.Terminal, simterm.Key, error) {
	t.Helper()
	key, err := simterm.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	site := c.site(t)
	if change != nil {
		change(&site)
	}
	term, err := simterm.Enrol(t.Context(), site, code, key)
	return term, key, err
}

func refusedWith(t *testing.T, err error, code string) {
	t.Helper()
	var r *simterm.Refused
	if !errors.As(err, &r) || !strings.Contains(r.Body, code) {
		t.Errorf("got %v, want a refusal with %s", err, code)
	}
}

// A code enrols one machine, once; the same machine may ask again for the answer that it lost.
func TestCodeIsForOneMachine(t *testing.T) {
	c := newCentre(t, nil)
	code := c.code(t, "K-01")
	term, key, err := attempt(t, c, strings.ToLower(strings.ReplaceAll(code, "-", " ")), nil)
	if err != nil {
		t.Fatal(err)
	}
	e := term.Enrolment
	if e.Terminal != "K-01" || e.Number != 1 || e.Epoch != 1 || e.Place != "涪城区政务服务中心" || e.Label != "3号机" ||
		e.Broker != c.MQTT() || e.Web != c.Kiosk() || e.Public != "https://tongban.test" || e.CaseSeq != 0 || len(e.CentreKey) != 65 {
		t.Errorf("enrolment %+v", e)
	}

	again, err := simterm.Enrol(t.Context(), c.site(t), code, key)
	if err != nil {
		t.Fatalf("the same machine again: %v", err)
	}
	if again.Cert != term.Cert || again.Epoch != 1 {
		t.Error("the same machine got another certificate")
	}
	_, _, err = attempt(t, c, code, nil)
	refusedWith(t, err, "fleet.code_used")
	_, _, err = attempt(t, c, "AAAAA-AAAAA-AAAAA-AAAAA", nil)
	refusedWith(t, err, "fleet.bad_code")

	other := c.code(t, "K-02")
	_, _, err = attempt(t, c, other, func(s *simterm.Site) { s.Model = "desk-10" })
	refusedWith(t, err, "fleet.wrong_model")
	newer := c.code(t, "K-02")
	_, _, err = attempt(t, c, other, nil)
	refusedWith(t, err, "fleet.bad_code") // a newer code ends it
	if _, _, err = attempt(t, c, newer, nil); err != nil {
		t.Error(err)
	}
}

func TestCodeExpires(t *testing.T) {
	c := newCentre(t, nil)
	code := c.code(t, "K-01")
	c.desk.Clock = later{c.desk.Clock, 7*24*time.Hour + time.Minute}
	_, _, err := attempt(t, c, code, nil)
	refusedWith(t, err, "fleet.bad_code")
}

// The next enrolment ends everything of the one before: connection, uploads, signature.
func TestNextEnrolmentEndsTheOneBefore(t *testing.T) {
	c := newCentre(t, nil)
	old := c.terminal(t, "K-01")
	if _, err := old.Deliver(t.Context(), seal(t, old, wire.LaneCase, `{"case_no":"`+mustCase(t, old)+`"}`), 5*time.Second); err != nil {
		t.Fatal(err)
	}
	if status := head(t, old); status != http.StatusOK {
		t.Fatalf("status %d before", status)
	}

	now := c.terminal(t, "K-01")
	if now.Epoch != 2 || now.CaseSeq != 101 {
		t.Errorf("epoch %d, case count %d; want 2, 101", now.Epoch, now.CaseSeq)
	}
	if status := head(t, old); status != http.StatusUnauthorized {
		t.Errorf("the old certificate gets status %d", status)
	}
	if status := head(t, now); status != http.StatusOK {
		t.Errorf("the new certificate gets status %d", status)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if _, err := old.Deliver(ctx, seal(t, old, wire.LaneCase, `{}`), time.Second); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the old terminal is still served: %v", err)
	}

	// Were its envelopes sent by another way, the gate would know them.
	stale := seal(t, old, wire.LaneCase, `{}`)
	out, err := now.Deliver(t.Context(), stale, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if out.Receipt.Status != wire.Refused || out.Receipt.Code != wire.CodeStaleEpoch {
		t.Errorf("stale envelope: %+v", out.Receipt)
	}
}

func TestPlanning(t *testing.T) {
	c := newCentre(t, nil)
	for _, s := range []struct {
		spec EnrolSpec
		code string
	}{
		{EnrolSpec{Code: "K-01"}, ""},
		{EnrolSpec{Code: "K-01", Number: 1}, ""},
		{EnrolSpec{Code: "K-01", Number: 2}, "fleet.number_fixed"},
		{EnrolSpec{Code: "K-02", Number: 1}, "fleet.number_taken"},
		{EnrolSpec{Code: "D-01"}, ""},                              // takes the next free number
		{EnrolSpec{Code: "K-02"}, ""},                              // and so does this one
		{EnrolSpec{Code: "K-03", Number: 900}, "fleet.bad_number"}, // the counters' own
		{EnrolSpec{Code: "K-03", Number: 1000}, "fleet.bad_number"},
		{EnrolSpec{Code: "k 1"}, "fleet.bad_terminal"},
	} {
		if _, err := c.EnrolCode(t.Context(), s.spec); errs.CodeOf(err) != s.code {
			t.Errorf("%+v: %v, want %q", s.spec, err, s.code)
		}
	}
	got, err := c.Service.Get(t.Context(), "K-02")
	if err != nil || got.Number != 3 {
		t.Errorf("K-02 has number %d, %v", got.Number, err)
	}
}

func head(t *testing.T, term *simterm.Terminal) int {
	t.Helper()
	res, err := term.Do(t.Context(), http.MethodHead, wire.PathFiles+"sha256:"+strings.Repeat("0", 64), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}

func mustCase(t *testing.T, term *simterm.Terminal) string {
	t.Helper()
	no, err := term.NextCase()
	if err != nil {
		t.Fatal(err)
	}
	return no
}
