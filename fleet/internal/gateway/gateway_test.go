package gateway

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/fleet"
	"tongban/fleet/wire"
)

// failures are what the test's acceptor may answer.
var failures = map[string]error{
	"retry":    errs.E(errs.Unavailable, wire.CodeMissingFile, "附件还没有到齐", nil),
	"invalid":  errs.WithFields(errs.E(errs.Invalid, wire.CodeInvalid, "表单不符合要求", nil), errs.Field{Path: "phone", Message: "手机号是11位"}),
	"conflict": errs.E(errs.Conflict, wire.CodeCaseTaken, "编号已被使用", nil),
	"plain":    errors.New("a table is missing"),
}

// Every way of being bad has its own answer and its own record, and none disturbs the good ones around it.
func TestRefused(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := newKit(t, k)
		foreign, err := ecdh.P256().GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		signed := func(change func(*wire.Envelope)) *message {
			e := c.envelope(t, wire.LaneCase, `{}`)
			change(e)
			return mail(t, c.sign(t, e))
		}
		onTopic := func(subject string, m *message) *message { m.subject = subject; return m }

		for name, try := range map[string]struct {
			m    *message
			want string
		}{
			"no JSON":         {&message{subject: "d.K-01.up.case", data: []byte("hello")}, wire.CodeMalformed},
			"empty":           {&message{subject: "d.K-01.up.case"}, wire.CodeMalformed},
			"no such lane":    {onTopic("d.K-01.up.other", signed(func(*wire.Envelope) {})), wire.CodeMalformed},
			"longer topic":    {onTopic("d.K-01.up.case.x", signed(func(*wire.Envelope) {})), wire.CodeMalformed},
			"other lane":      {onTopic("d.K-01.up.report", signed(func(*wire.Envelope) {})), wire.CodeMalformed},
			"old version":     {signed(func(e *wire.Envelope) { e.V = 0 }), wire.CodeMalformed},
			"too large":       {&message{subject: "d.K-01.up.case", data: bytes.Repeat([]byte("x"), wire.MaxEnvelope+1)}, wire.CodeTooLarge},
			"names another":   {onTopic("d.K-01.up.case", signed(func(e *wire.Envelope) { e.Terminal = "K-02" })), wire.CodeUnknownTerminal},
			"earlier epoch":   {signed(func(e *wire.Envelope) { e.Epoch = 1 }), wire.CodeStaleEpoch},
			"later epoch":     {signed(func(e *wire.Envelope) { e.Epoch = 3 }), wire.CodeStaleEpoch},
			"unknown kind":    {signed(func(e *wire.Envelope) { e.Kind = "poem" }), wire.CodeUnknownKind},
			"changed outside": {mail(t, func() *wire.Envelope { e := c.envelope(t, wire.LaneCase, `{}`); e.Seq += 5; return e }()), wire.CodeBadSignature},
			"foreign box": {signed(func(e *wire.Envelope) {
				if e.Box, err = wire.Close(foreign.PublicKey(), e.ID, []byte(`{}`)); err != nil {
					t.Fatal(err)
				}
			}), wire.CodeUnreadable},
			"moved box": {signed(func(e *wire.Envelope) { e.Box = c.envelope(t, wire.LaneCase, `{}`).Box }), wire.CodeUnreadable},
			"invalid":   {mail(t, c.envelope(t, wire.LaneCase, `{"fail":"invalid"}`)), wire.CodeInvalid},
			"conflict":  {mail(t, c.envelope(t, wire.LaneReport, `{"fail":"conflict"}`)), wire.CodeCaseTaken},
			"bug":       {mail(t, c.envelope(t, wire.LaneCase, `{"fail":"plain"}`)), "internal"},
			"panic":     {mail(t, c.envelope(t, wire.LaneReport, `{"fail":"panic"}`)), "gateway.panic"},
		} {
			before, kept := k.Count(t, `SELECT count(*) FROM fleet_refused`), len(c.taken)
			good1 := mail(t, c.envelope(t, wire.LaneCase, fmt.Sprintf(`{"case_no":"a %s"}`, name)))
			good2 := mail(t, c.envelope(t, wire.LaneReport, fmt.Sprintf(`{"case_no":"b %s"}`, name)))
			good3 := mail(t, c.envelope(t, wire.LaneCase, fmt.Sprintf(`{"case_no":"c %s"}`, name)))

			got := map[string]int{}
			for _, r := range c.take(t, good1, try.m, good2, good3) {
				got[brief(r)]++
				if r.Status == wire.Refused && (r.Reason == "" || r.At.IsZero()) {
					t.Errorf("%s: receipt without reason or time: %+v", name, r)
				}
			}
			want := map[string]int{"accepted ": 3, "refused " + try.want: 1}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s: receipts (-want +got):\n%s", name, d)
			}
			if n := k.Count(t, `SELECT count(*) FROM fleet_refused`); n != before+1 {
				t.Errorf("%s: %d refusals recorded, want %d", name, n-before, 1)
			}
			if n := len(c.taken) - kept; n != 3 {
				t.Errorf("%s: %d envelopes accepted, want 3", name, n)
			}
		}
		if n := k.Count(t, `SELECT count(*) FROM fleet_envelope`); int(n) != len(c.taken) {
			t.Errorf("%d envelopes on record, %d taken", n, len(c.taken))
		}
	})
}

func TestUnknownTerminal(t *testing.T) {
	c := newKit(t, kerneltest.New(t))
	e := c.envelope(t, wire.LaneCase, `{}`)
	e.Terminal = "K-99"
	m := mail(t, c.sign(t, e))
	if err := c.g.Take(t.Context(), []Message{m}, &c.out); err != nil {
		t.Fatal(err)
	}
	var r wire.Receipt
	if err := json.Unmarshal(c.out.sent[0].body, &r); err != nil {
		t.Fatal(err)
	}
	if c.out.sent[0].topic != wire.TopicReceipt("K-99") || r.ID != e.ID || r.Code != wire.CodeUnknownTerminal {
		t.Errorf("answer %s %+v", c.out.sent[0].topic, r)
	}
}

// Faults name the fields, never the values, and the id is found even where the rest is not readable.
func TestReceiptTellsWhichAndWhere(t *testing.T) {
	c := newKit(t, kerneltest.New(t))
	bad := c.envelope(t, wire.LaneCase, `{"fail":"invalid"}`)
	cut := mail(t, c.envelope(t, wire.LaneCase, `{}`))
	id := string(idField.FindSubmatch(cut.data)[1])
	cut.data = cut.data[:len(cut.data)-3]
	got := c.take(t, mail(t, bad), cut)
	if got[0].ID != bad.ID || got[0].Reason != "表单不符合要求（phone）" {
		t.Errorf("receipt %+v", got[0])
	}
	if got[1].ID != id || got[1].Code != wire.CodeMalformed {
		t.Errorf("receipt of a cut envelope: %+v, want id %s", got[1], id)
	}
}

// The same envelope again has no second effect and gets the same number, in one batch or much later.
func TestDuplicate(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := newKit(t, k)
		a := c.envelope(t, wire.LaneCase, `{"case_no":"MY261126-001-0001-1"}`)
		b := c.envelope(t, wire.LaneReport, `{}`)
		var got []string
		for _, r := range c.take(t, mail(t, a), mail(t, b), mail(t, a), mail(t, b)) {
			got = append(got, brief(r)+r.CaseNo)
		}
		c.Clock.Advance(30 * 24 * time.Hour)
		for _, r := range c.take(t, mail(t, c.sign(t, a))) { // signed anew: another signature, the same envelope
			got = append(got, brief(r)+r.CaseNo)
		}
		want := []string{"accepted MY261126-001-0001-1", "duplicate MY261126-001-0001-1", "accepted ", "duplicate ", "duplicate MY261126-001-0001-1"}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("receipts (-want +got):\n%s", d)
		}
		if len(c.taken) != 2 {
			t.Errorf("taken %v, want two", c.taken)
		}
	})
}

// An id says nothing to another terminal, and another content under it is not thought delivered.
func TestReusedID(t *testing.T) {
	c := newKit(t, kerneltest.New(t))
	first := c.envelope(t, wire.LaneCase, `{"case_no":"MY261126-001-0001-1"}`)
	c.take(t, mail(t, first))
	other := c.envelope(t, wire.LaneCase, `{}`)
	other.ID = first.ID
	var err error
	if other.Box, err = wire.Close(c.centre.PublicKey(), other.ID, []byte(`{"x":1}`)); err != nil {
		t.Fatal(err)
	}
	got := c.take(t, mail(t, c.sign(t, other)))
	if brief(got[0]) != "refused "+wire.CodeReusedID || got[0].CaseNo != "" {
		t.Errorf("receipt %+v", got[0])
	}
}

// What is not here yet is asked for again, and then taken.
func TestRetry(t *testing.T) {
	c := newKit(t, kerneltest.New(t))
	failures["later"] = failures["retry"]
	defer delete(failures, "later")
	e := c.envelope(t, wire.LaneCase, `{"fail":"later","case_no":"n"}`)
	behind := c.envelope(t, wire.LaneReport, `{"fail":"later"}`)
	got := c.take(t, mail(t, e), mail(t, behind))
	if brief(got[0]) != "retry "+wire.CodeMissingFile || brief(got[1]) != "retry "+wire.CodeMissingFile || len(c.taken) > 0 {
		t.Fatalf("receipts %+v, taken %v", got, c.taken)
	}
	delete(failures, "later")
	if got := c.take(t, mail(t, e)); brief(got[0]) != "accepted " || got[0].CaseNo != "n" {
		t.Errorf("later: %+v", got[0])
	}
	if n := c.Count(t, `SELECT count(*) FROM fleet_refused`); n != 0 {
		t.Errorf("%d refusals recorded for what is only late", n)
	}
}

// Submissions of a terminal are taken in the order in which they came.
func TestOrder(t *testing.T) {
	c := newKit(t, kerneltest.New(t))
	var batch []Message
	var want []string
	for i := range 50 {
		body := fmt.Sprintf(`{"case_no":"%d"}`, i)
		want = append(want, body)
		batch = append(batch, mail(t, c.envelope(t, wire.LaneCase, body)))
	}
	c.take(t, batch...)
	if d := cmp.Diff(want, c.taken); d != "" {
		t.Errorf("order (-want +got):\n%s", d)
	}
}

// When a receipt cannot be sent nothing is acknowledged; the batch comes again and is answered as duplicate.
func TestReceiptCannotBeSent(t *testing.T) {
	c := newKit(t, kerneltest.New(t))
	m := mail(t, c.envelope(t, wire.LaneCase, `{"case_no":"n"}`))
	c.out.broken = errors.New("no connection")
	if err := c.g.Take(t.Context(), []Message{m}, &c.out); err == nil {
		t.Fatal("Take says nothing of it")
	}
	if m.acks != 0 {
		t.Error("acknowledged without a receipt")
	}
	c.out.broken = nil
	if got := c.take(t, m); brief(got[0]) != "duplicate " || got[0].CaseNo != "n" {
		t.Errorf("second time: %+v", got)
	}
}

// While the database is away the gate waits, tells the broker so, and loses nothing.
func TestDatabaseAway(t *testing.T) {
	c := newKit(t, kerneltest.New(t))
	away := errs.E(errs.Unavailable, "db.busy", "系统正忙", nil)
	failures["away"] = away
	defer delete(failures, "away")
	m := mail(t, c.envelope(t, wire.LaneCase, `{"fail":"away"}`))
	behind := mail(t, c.envelope(t, wire.LaneCase, `{"case_no":"2"}`))

	done := make(chan error, 1)
	go func() { done <- c.g.Take(t.Context(), []Message{m, behind}, &c.out) }()
	for range 3 {
		for c.Clock.Waiting() == 0 {
			select {
			case err := <-done:
				t.Fatalf("the gate went on: %v", err)
			case <-time.After(time.Millisecond):
			}
		}
		c.Clock.Advance(5 * time.Second)
	}
	for c.Clock.Waiting() == 0 {
		time.Sleep(time.Millisecond)
	}
	if m.alive < 3 || m.acks != 0 || len(c.out.sent) != 0 {
		t.Errorf("while away: %d signs of life, %d acks, %d receipts", m.alive, m.acks, len(c.out.sent))
	}
	delete(failures, "away") // the gate sleeps on the clock: nobody reads the map now
	c.Clock.Advance(5 * time.Second)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{`{"fail":"away"}`, `{"case_no":"2"}`}, c.taken); d != "" {
		t.Errorf("taken (-want +got):\n%s", d)
	}
}

// A real failure of the database inside the acceptor's transaction leaves nothing of it.
func TestAllOrNothing(t *testing.T) {
	c := newKit(t, kerneltest.New(t))
	c.Break(t, "fleet_envelope")
	m := mail(t, c.envelope(t, wire.LaneCase, `{}`))
	if got := c.take(t, m); got[0].Status != wire.Refused {
		t.Errorf("receipt %+v", got[0])
	}
	c.Mend(t, "fleet_envelope")
	if len(c.taken) != 0 || c.Count(t, `SELECT count(*) FROM fleet_envelope`) != 0 {
		t.Errorf("something was kept: %v", c.taken)
	}
}

// Status and last will make the terminal come and go, once for each change.
func TestStatus(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		c := newKit(t, k)
		status := func(s wire.Status) *message {
			s.Terminal = "K-01"
			raw, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			return &message{subject: "d.K-01.up.status", data: raw}
		}
		reader := []wire.DeviceStatus{{Name: "reader", Kind: "idcard", State: "online"}}
		steps := []struct {
			s      wire.Status
			online bool
			events int64
		}{
			{wire.Status{Online: true, Version: "1.0", Devices: reader}, true, 1},
			{wire.Status{Online: true, Version: "1.0", Devices: reader}, true, 1},
			{wire.Status{Online: false}, false, 2},
			{wire.Status{Online: true, Devices: []wire.DeviceStatus{{Name: "reader", Kind: "idcard", State: "offline"}}}, true, 3},
		}
		for i, s := range steps {
			if got := c.take(t, status(s.s)); len(got) != 0 {
				t.Errorf("step %d: a status got a receipt: %v", i, got)
			}
			online := k.Count(t, `SELECT online FROM fleet_terminal WHERE code = 'K-01'`) == 1
			events := k.Count(t, `SELECT count(*) FROM kernel_event WHERE topic = $1`, fleet.EventStatus)
			if online != s.online || events != s.events {
				t.Errorf("step %d: online %v, %d events; want %v, %d", i, online, events, s.online, s.events)
			}
		}
		foreign := &message{subject: "d.K-01.up.status", data: []byte(`{"terminal":"K-02","online":false}`)}
		c.take(t, foreign, &message{subject: "d.K-01.up.status", data: []byte("{")})
		if n := k.Count(t, `SELECT count(*) FROM fleet_refused`); n != 2 {
			t.Errorf("%d bad states recorded, want 2", n)
		}
	})
}

// A terminal that repeats the same nonsense raises a count and fills no disk.
func TestRefusalsDoNotPileUp(t *testing.T) {
	c := newKit(t, kerneltest.New(t))
	for range 5 {
		c.take(t, &message{subject: "d.K-01.up.case", data: []byte("nonsense")})
	}
	if rows, n := c.Count(t, `SELECT count(*) FROM fleet_refused`), c.Count(t, `SELECT count FROM fleet_refused`); rows != 1 || n != 5 {
		t.Errorf("%d rows, count %d", rows, n)
	}
}

// Whatever bytes come on whatever subject: the gate answers and lives.
func FuzzTake(f *testing.F) {
	c := newKit(f, kerneltest.New(f))
	good := mail(f, c.envelope(f, wire.LaneCase, `{}`))
	f.Add(good.subject, good.data)
	f.Add("d.K-01.up.status", []byte(`{"terminal":"K-01","online":true}`))
	f.Add("d.K-01.up.report", bytes.Replace(good.data, []byte("case"), []byte("report"), 1))
	f.Add("d..up.", []byte(`{"v":1}`))
	f.Add("", []byte(nil))
	f.Fuzz(func(t *testing.T, subject string, raw []byte) {
		m := &message{subject: subject, data: raw}
		c.out.sent = nil
		if err := c.g.Take(t.Context(), []Message{m}, &c.out); err != nil {
			t.Fatalf("Take: %v", err)
		}
		if m.acks != 1 {
			t.Errorf("acknowledged %d times", m.acks)
		}
		if len(c.out.sent) != 1 && !strings.HasSuffix(subject, ".status") {
			t.Errorf("%d receipts", len(c.out.sent))
		}
	})
}
