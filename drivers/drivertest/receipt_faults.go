package drivertest

import (
	"testing"
	"time"

	"tongban/drivers"
)

// receiptFaults is the fault matrix: what breaks, what the driver must say, and that the next job works.
var receiptFaults = []struct {
	name string
	run  func(*testing.T, *receiptDesk)
}{
	{"cover before", before("cover", drivers.ReasonCoverOpen, func(s drivers.Status) bool { return s.Cover == "open" && s.State == drivers.StateOffline })},
	{"paper before", before("paper-out", drivers.ReasonPaperOut, func(s drivers.Status) bool { return s.Paper == drivers.SupplyOut && !s.Ready() })},
	{"jam", struck("jam", drivers.ReasonPaperJam, func(s drivers.Status) bool { return s.Paper == drivers.SupplyJammed && !s.Ready() })},
	{"cutter", struck("cutter", drivers.ReasonCutter, func(s drivers.Status) bool { return s.State == drivers.StateHardwareError })},
	{"near end prints", nearEnd},
	{"paper out in mid-job", paperOutMidJob},
	{"cover in mid-job", coverMidJob},
	{"silent before", silentBefore},
	{"silent in mid-job", silentMidJob},
	{"echo swallowed", swallowed},
	{"echo swallowed always", swallowedAlways},
	{"slow answers", slowAnswers},
	{"garbage once", garbageOnce},
	{"garbage always", garbageAlways},
	{"unplugged in mid-job", unpluggedMidJob},
	{"unplugged and back under the same driver", unpluggedAndBack},
	{"unplugged in the middle of a picture", unpluggedMidPicture},
	{"power lost in mid-job", powerMidJob},
	{"bytes one by one", viaPort(Trickle(2*time.Millisecond), "")},
	{"half answers", viaPort(Swallow(5), "")},
	{"noise between answers", viaPort(Noise(7), "")},
	{"line takes no bytes", viaPort(Clog(3), drivers.ReasonSilent)},
}

// long is a slip that takes a while where the printer has the pace of real hardware.
func (d *receiptDesk) long() drivers.Slip {
	return drivers.Slip{Key: "long", Image: testSlip(d.p.Dots(), 1400)}
}

func (d *receiptDesk) wantStatus(ok func(drivers.Status) bool) {
	d.t.Helper()
	start := time.Now()
	s, err := d.p.Status(d.t.Context())
	if !ok(s) {
		d.t.Errorf("status %+v %v", s, err)
	}
	if took := time.Since(start); took > time.Second {
		d.t.Errorf("status took %v", took)
	}
}

func startedNow() func() time.Time {
	now := time.Now()
	return func() time.Time { return now }
}

func before(fault string, reason drivers.Reason, ok func(drivers.Status) bool) func(*testing.T, *receiptDesk) {
	return func(_ *testing.T, d *receiptDesk) {
		d.Press(fault, 0)
		d.fail(d.long(), reason, startedNow())
		d.wantStatus(ok)
		d.Release(fault)
		d.mustPrint()
		d.recover()
	}
}

func struck(fault string, reason drivers.Reason, ok func(drivers.Status) bool) func(*testing.T, *receiptDesk) {
	return func(_ *testing.T, d *receiptDesk) {
		d.Press(fault, 0)
		d.fail(drivers.Slip{Image: testSlip(d.p.Dots(), 160)}, reason, startedNow())
		d.wantStatus(ok)
		d.Release(fault)
		d.recover()
	}
}

func nearEnd(_ *testing.T, d *receiptDesk) {
	d.Press("near-end", 0)
	d.wantStatus(func(s drivers.Status) bool { return s.Paper == drivers.SupplyLow && s.Ready() })
	d.mustPrint()
	d.Release("near-end")
	d.wantStatus(func(s drivers.Status) bool { return s.Paper == drivers.SupplyFull })
}

func paperOutMidJob(_ *testing.T, d *receiptDesk) {
	d.Once("paper-out-after", 40)
	d.fail(d.long(), drivers.ReasonPaperOut, startedNow())
	d.wantStatus(func(s drivers.Status) bool { return s.Paper == drivers.SupplyOut })
	n := len(d.Slips())
	d.Paper("roll")
	time.Sleep(200 * time.Millisecond)
	if got := len(d.Slips()); got != n {
		d.t.Errorf("the rest of the old slip came out after the paper change: %d pieces, had %d", got, n)
	}
	d.mustPrint()
}

func coverMidJob(_ *testing.T, d *receiptDesk) {
	d.Press("slow", 300) // the rows are not confirmed yet when the cover opens
	cause := make(chan time.Time, 1)
	go func() {
		time.Sleep(700 * time.Millisecond)
		d.Release("slow")
		d.Press("cover", 0)
		cause <- time.Now()
	}()
	_, err := d.print(d.long())
	at := <-cause
	if f := drivers.Fault(err); f != nil && f.Reason != drivers.ReasonCoverOpen && f.Reason != drivers.ReasonPrintUnknown {
		d.t.Errorf("print: %v", err)
	}
	told(d.t, d.p, time.Since(at), receiptLimit) // or done, where the slip was out
	d.Release("cover")
	d.mustPrint()
}

func silentBefore(_ *testing.T, d *receiptDesk) {
	d.Press("silent", 0)
	d.fail(d.long(), drivers.ReasonSilent, startedNow())
	d.wantStatus(func(s drivers.Status) bool { return s.State == drivers.StateNoDevice })
	d.Release("silent")
	d.recover()
}

func silentMidJob(_ *testing.T, d *receiptDesk) {
	d.Press("slow", 300)
	cause := make(chan time.Time, 1)
	go func() {
		time.Sleep(400 * time.Millisecond)
		d.Press("silent", 0)
		cause <- time.Now()
	}()
	_, err := d.print(d.long())
	at := <-cause
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonSilent && f.Reason != drivers.ReasonPrintUnknown {
		d.t.Errorf("print: %v", err)
	}
	told(d.t, d.p, time.Since(at), receiptLimit)
	d.Release("silent")
	d.Release("slow")
	d.recover()
}

func swallowed(_ *testing.T, d *receiptDesk) {
	d.Once("no-echo", 0)
	d.mustPrint()
	d.mustPrint()
}

// swallowedAlways is a printer whose echo never comes: the cut counter, or at worst its status, tells.
func swallowedAlways(_ *testing.T, d *receiptDesk) {
	d.Press("no-echo", 0)
	start := time.Now()
	if res := d.mustPrint(); res.By == "echo" {
		d.t.Errorf("result %+v", res)
	}
	if took := time.Since(start); took > receiptLimit {
		d.t.Errorf("took %v", took)
	}
}

func slowAnswers(_ *testing.T, d *receiptDesk) {
	d.Press("slow", 500)
	d.mustPrint()
	d.Release("slow")
	d.mustPrint()
}

func garbageOnce(_ *testing.T, d *receiptDesk) {
	for range 4 {
		d.Once("garbage", 0)
		d.mustPrint()
	}
}

func garbageAlways(_ *testing.T, d *receiptDesk) {
	d.Press("garbage", 0)
	d.fail(d.long(), drivers.ReasonLineNoise, startedNow())
	d.wantStatus(func(s drivers.Status) bool { return !s.Ready() && s.Code == drivers.CodeLineError })
	d.Release("garbage")
	d.recover()
}

func unpluggedMidJob(_ *testing.T, d *receiptDesk) {
	d.Press("slow", 300)
	cause := make(chan time.Time, 1)
	go func() {
		time.Sleep(400 * time.Millisecond)
		d.Press("cut", 0)
		cause <- time.Now()
	}()
	_, err := d.print(d.long())
	at := <-cause
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonUnplugged && f.Reason != drivers.ReasonPrintUnknown {
		d.t.Errorf("print: %v", err)
	}
	told(d.t, d.p, time.Since(at), receiptLimit)
	d.wantStatus(func(s drivers.Status) bool { return s.State == drivers.StateNoDevice })
	d.Release("slow")
	d.Release("cut")
	plugged := time.Now()
	d.open(nil)
	d.recover()
	back(d.t, d.p, plugged)
}

// unpluggedAndBack needs a port that heals itself, as those of hal do.
func unpluggedAndBack(_ *testing.T, d *receiptDesk) {
	d.mustPrint()
	d.Press("cut", 0)
	d.fail(d.long(), drivers.ReasonUnplugged, startedNow())
	d.wantStatus(func(s drivers.Status) bool { return s.State == drivers.StateNoDevice })
	d.Release("cut")
	plugged := time.Now()
	ends := plugged.Add(receiptLimit)
	for time.Now().Before(ends) {
		if s, err := d.p.Status(d.t.Context()); err == nil && s.Ready() {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	d.wantStatus(drivers.Status.Ready)
	d.mustPrint()
	back(d.t, d.p, plugged)
	d.recover()
}

// unpluggedMidPicture leaves the printer short of dots, as a program does that dies while it sends a picture. The next
// driver must not let its slip be taken for the rest of that picture.
func unpluggedMidPicture(_ *testing.T, d *receiptDesk) {
	d.open(Torn(3))
	_, err := d.print(d.long())
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonUnplugged {
		d.t.Errorf("print: %v", err)
	}
	d.open(nil)
	d.recover()
}

func powerMidJob(_ *testing.T, d *receiptDesk) {
	d.Once("power-after", 60)
	start := time.Now()
	_, err := d.print(d.long())
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonUnplugged && f.Reason != drivers.ReasonPrintUnknown {
		d.t.Errorf("print: %v", err)
	}
	told(d.t, d.p, time.Since(start), receiptLimit)
	time.Sleep(2100 * time.Millisecond)
	d.open(nil)
	d.recover()
}

// viaPort prints through a line in trouble; with a reason the job must fail with it, without it must succeed.
func viaPort(wrap func(drivers.Port) drivers.Port, reason drivers.Reason) func(*testing.T, *receiptDesk) {
	return func(_ *testing.T, d *receiptDesk) {
		d.open(wrap)
		if reason == "" {
			d.mustPrint()
			return
		}
		d.fail(d.long(), reason, startedNow())
		d.open(nil)
		d.recover()
	}
}
