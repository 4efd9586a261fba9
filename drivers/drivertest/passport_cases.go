package drivertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tongban/drivers"
)

// passportCases is what a healthy reader does, and the fault matrix.
var passportCases = []struct {
	name string
	run  func(*passportDesk)
}{
	{"info and status", passportStatus},
	{"every document, by zone, by what is printed, and by number", passportEvery},
	{"events", passportEvents},
	{"no document", passportNone},
	{"cancel", passportCancel},
	{"removed", passportRemoved},
	{"close", passportClose},
	{"one at a time", passportBusy},
	{"reset", func(d *passportDesk) {
		if err := d.r.Reset(d.t.Context()); err != nil {
			d.t.Error(err)
		}
		d.recovers()
	}},
	{"nothing in logs", passportHidden},
	{"answers in crumbs", func(d *passportDesk) { d.open(Crumbs); d.recovers() }},
	{"nonsense for a zone", passportNonsense},
	{"zone of another document", passportWrongZone},
	{"old document", passportVerdict("bac-only", drivers.VerdictGenuine, drivers.ProofPassed, drivers.ProofPassed)},
	{"type B chip", passportVerdict("type-b", drivers.VerdictGenuine, drivers.ProofPassed, drivers.ProofPassed)},
	{"no chip key", passportVerdict("no-chip-key", drivers.VerdictGenuine, drivers.ProofPassed, drivers.ProofAbsent)},
	{"tampered", passportVerdict("tampered", drivers.VerdictTampered, drivers.ProofFailed, drivers.ProofNotRun)},
	{"unknown issuer", passportVerdict("unknown-issuer", drivers.VerdictUnknownIssuer, drivers.ProofFailed, drivers.ProofPassed)},
	{"cloned", passportVerdict("cloned", drivers.VerdictCloned, drivers.ProofPassed, drivers.ProofFailed)},
	{"fault/pulled at open", passportFault("pulled", 0, "open", drivers.CodeUserError, drivers.ReasonCardTakenAway)},
	{"fault/pulled at read", passportFault("pulled", 0, "read", drivers.CodeUserError, drivers.ReasonCardTakenAway)},
	{"fault/silent at select", passportFault("silent", 0, "select", drivers.CodeTimeOut, drivers.ReasonSilent)},
	{"fault/silent at open", passportFault("silent", 0, "open", drivers.CodeTimeOut, drivers.ReasonSilent)},
	{"fault/silent at read", passportFault("silent", 0, "read", drivers.CodeTimeOut, drivers.ReasonSilent)},
	{"fault/slow", passportFault("slow", 4000, "read", drivers.CodeTimeOut, drivers.ReasonSilent)},
	{"fault/half", passportFault("half", 0, "read", drivers.CodeTimeOut, drivers.ReasonSilent)},
	{"fault/chip refuses", passportFault("status", 0x6F00, "read", drivers.CodeUserError, drivers.ReasonCardUnreadable)},
	{"fault/unplugged", passportUnplugged},
	{"fault/garbage", passportGarbage},
}

func passportStatus(d *passportDesk) {
	if i := d.r.Info(); i.Kind != drivers.KindPassport || i.Driver == "" {
		d.t.Errorf("info %+v", i)
	}
	for _, want := range []string{"notPresent", "present"} {
		if s, err := d.r.Status(d.t.Context()); err != nil || !s.Ready() || s.Media != want {
			d.t.Errorf("status %+v %v", s, err)
		}
		start := time.Now()
		if got, err := d.r.Find(d.t.Context()); err != nil || got != (want == "present") || time.Since(start) > 400*time.Millisecond {
			d.t.Errorf("find %v %v after %v", got, err, time.Since(start))
		}
		d.put()
	}
}

func passportEvery(d *passportDesk) {
	for _, doc := range d.Documents() {
		d.doc = doc
		d.put()
		p := d.mustRead(doc.Access)
		if p.Verdict != drivers.VerdictGenuine || p.Access != "PACE" || p.PA != drivers.ProofPassed || p.CA != drivers.ProofPassed ||
			p.Zone != drivers.ProofPassed || p.Anchor == "" {
			d.t.Errorf("%s: %s %s PA %s CA %s zone %s: %s", doc.Key, p.Verdict, p.Access, p.PA, p.CA, p.Zone, p.Why)
		}
		if p = d.mustRead(doc.CAN); p.Verdict != drivers.VerdictGenuine || p.Zone != drivers.ProofAbsent {
			d.t.Errorf("%s by number: %s %s", doc.Key, p.Verdict, p.Why)
		}
		typed := drivers.PassportAccess{Number: doc.Want.Number, Birth: doc.Want.Birth, Expires: doc.Want.Expires}
		if p = d.mustRead(typed); p.Verdict != drivers.VerdictGenuine || p.Zone != drivers.ProofAbsent {
			d.t.Errorf("%s by what is printed: %s %s", doc.Key, p.Verdict, p.Why)
		}
	}
}

func passportEvents(d *passportDesk) {
	var steps []drivers.PassportStep
	last := 0
	d.put()
	_, err := d.read(d.doc.Access, func(e drivers.PassportEvent) {
		if len(steps) == 0 || steps[len(steps)-1] != e.Step {
			steps = append(steps, e.Step)
		}
		if e.Step == drivers.PassportReading {
			if e.Percent < last {
				d.t.Errorf("%d %% after %d %%", e.Percent, last)
			}
			last = e.Percent
		}
	})
	if err != nil || fmt.Sprint(steps) != "[found opening reading checking]" || last != 100 {
		d.t.Errorf("steps %v to %d %%, %v", steps, last, err)
	}
}

func passportNone(d *passportDesk) {
	ctx, cancel := context.WithTimeout(d.t.Context(), 400*time.Millisecond)
	defer cancel()
	_, err := d.r.Read(ctx, d.doc.Access, nil)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeTimeOut || f.Reason != drivers.ReasonNoCard {
		d.t.Errorf("read: %v", err)
	}
}

func passportCancel(d *passportDesk) {
	ctx, cancel := context.WithCancel(d.t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	start := time.Now()
	_, err := d.r.Read(ctx, d.doc.Access, nil)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeCanceled || time.Since(start) > 700*time.Millisecond {
		d.t.Errorf("read: %v after %v", err, time.Since(start))
	}
	d.recovers()
}

func passportRemoved(d *passportDesk) {
	d.put()
	d.mustRead(d.doc.Access)
	ctx, cancel := context.WithTimeout(d.t.Context(), 300*time.Millisecond)
	defer cancel()
	if d.r.WaitRemoved(ctx) == nil {
		d.t.Error("a document that lies there counts as removed")
	}
	time.AfterFunc(200*time.Millisecond, d.Take)
	if err := d.r.WaitRemoved(d.t.Context()); err != nil {
		d.t.Error(err)
	}
}

func passportClose(d *passportDesk) {
	done := make(chan error, 1)
	go func() { _, err := d.read(d.doc.Access, nil); done <- err }()
	time.Sleep(150 * time.Millisecond)
	start := time.Now()
	if err := errors.Join(d.r.Close(), d.r.Close()); err != nil {
		d.t.Error(err)
	}
	if err := <-done; drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeCanceled || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("read: %v after %v", err, time.Since(start))
	}
	if _, err := d.r.Status(d.t.Context()); err == nil {
		d.t.Error("a closed reader has a status")
	}
}

func passportBusy(d *passportDesk) {
	done := make(chan error, 1)
	go func() { _, err := d.read(d.doc.Access, nil); done <- err }()
	time.Sleep(150 * time.Millisecond)
	if _, err := d.r.Find(d.t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("find while reading: %v", err)
	}
	if s, err := d.r.Status(d.t.Context()); err != nil || s.State != drivers.StateBusy {
		d.t.Errorf("status while reading: %+v %v", s, err)
	}
	d.put()
	if err := <-done; err != nil {
		d.t.Error(err)
	}
}

func passportHidden(d *passportDesk) {
	d.put()
	p := d.mustRead(d.doc.Access)
	for _, s := range []string{fmt.Sprintf("%v %+v %s %#v", p, p, p, p), p.LogValue().String(), fmt.Sprintf("%v %+v %#v", d.doc.Access, d.doc.Access, d.doc.Access)} {
		if strings.Contains(s, p.Number) || strings.Contains(s, p.Surname) {
			d.t.Errorf("%q shows the holder", s)
		}
	}
}

func passportNonsense(d *passportDesk) {
	d.put()
	for _, a := range []drivers.PassportAccess{
		{}, {MRZ: "nonsense"}, {MRZ: strings.Replace(d.doc.Access.MRZ, d.doc.Want.Number, "E00000007", 1)}, {CAN: "12345"},
		{Number: "e51", Birth: "1990-01-01", Expires: "2031-05-20"}, {Number: "E51079901", Birth: "1990-13-01", Expires: "2031-05-20"},
	} {
		_, err := d.read(a, nil)
		if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeInvalidData || f.Reason != drivers.ReasonNoAccess {
			d.t.Errorf("read: %v", err)
		}
	}
	d.recovers()
}

func passportWrongZone(d *passportDesk) {
	other := d.Documents()[1]
	for _, old := range []bool{false, true} {
		if old {
			d.Press("bac-only", 0, "")
		}
		d.put()
		for _, a := range []drivers.PassportAccess{other.Access, other.CAN, {Number: other.Want.Number, Birth: other.Want.Birth, Expires: other.Want.Expires}} {
			start := time.Now()
			_, err := d.read(a, nil)
			if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeUserError || f.Reason != drivers.ReasonAccessDenied || time.Since(start) > PassportLimit {
				d.t.Errorf("read: %v", err)
			}
		}
	}
	d.recovers()
}

func passportVerdict(fault string, v drivers.Verdict, pa, ca drivers.Proof) func(*passportDesk) {
	return func(d *passportDesk) {
		d.Press(fault, 0, "")
		d.put()
		p, err := d.read(d.doc.Access, nil)
		if err != nil || p.Verdict != v || p.PA != pa || p.CA != ca || (v == drivers.VerdictGenuine) != (p.Why == "") {
			d.t.Errorf("%v: %s PA %s CA %s: %s", err, p.Verdict, p.PA, p.CA, p.Why)
		}
		d.Release(fault)
		d.put()
		if p := d.mustRead(d.doc.Access); p.Verdict != drivers.VerdictGenuine {
			d.t.Errorf("the next document: %s %s", p.Verdict, p.Why)
		}
	}
}

func passportFault(fault string, value int, at string, code drivers.Code, reason drivers.Reason) func(*passportDesk) {
	return func(d *passportDesk) {
		d.put()
		d.Press(fault, value, at)
		d.fails(code, reason)
		d.Release(fault)
		d.recovers()
	}
}

func passportUnplugged(d *passportDesk) {
	time.AfterFunc(300*time.Millisecond, func() { d.Press("cut", -1, "") })
	start := time.Now()
	d.fails(drivers.CodeNoDevice, drivers.ReasonUnplugged)
	if took := time.Since(start); took > 1300*time.Millisecond {
		d.t.Errorf("told after %v", took)
	}
	if s, err := d.r.Status(d.t.Context()); err == nil || s.State != drivers.StateNoDevice {
		d.t.Errorf("status %+v %v", s, err)
	}
	d.Release("cut")
	plugged := time.Now()
	d.recovers()
	back(d.t, d.r, plugged)
}

// passportGarbage: wherever a bit turns over, no record comes out as genuine, and none comes out with wrong contents. The bit turns over
// when the chip is opened or read; what came before is not the fault's time.
func passportGarbage(d *passportDesk) {
	for _, at := range []string{"open", "read"} {
		d.put()
		d.Once("garbage", 0, at)
		start, reading := time.Now(), false
		p, err := d.read(d.doc.Access, func(e drivers.PassportEvent) {
			first := e.Step == drivers.PassportReading && !reading
			if reading = reading || first; e.Step == drivers.PassportOpening || at == "read" && first {
				start = time.Now()
			}
		})
		if err == nil {
			d.compare(p)
		}
		told(d.t, d.r, time.Since(start), PassportLimit)
		d.recovers()
	}
}
