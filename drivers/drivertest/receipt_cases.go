package drivertest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"tongban/drivers"
)

// receiptCases are the cases without broken hardware.
var receiptCases = []struct {
	name string
	run  func(*testing.T, *receiptDesk)
}{
	{"ready", receiptReady},
	{"picture", receiptPicture},
	{"text", receiptText},
	{"refused slips", receiptRefusedSlips},
	{"ending", receiptEnding},
	{"one at a time", receiptOneAtATime},
	{"status while it prints", receiptStatusWhilePrinting},
	{"cancel", receiptCancel},
	{"close", receiptClose},
}

func receiptReady(t *testing.T, d *receiptDesk) {
	start := time.Now()
	s, err := d.p.Status(t.Context())
	if err != nil || !s.Ready() || s.Paper != drivers.SupplyFull || s.Cover != "closed" || s.At.IsZero() {
		t.Errorf("status %+v %v", s, err)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("status took %v", took)
	}
	if i := d.p.Info(); i.Kind != drivers.KindReceipt || i.Driver == "" {
		t.Errorf("info %+v", i)
	}
	if err := d.p.Reset(t.Context()); err != nil {
		t.Errorf("reset: %v", err)
	}
	if n := len(d.Slips()); n != 0 {
		t.Errorf("%d slips came out of questions", n)
	}
}

func receiptPicture(t *testing.T, d *receiptDesk) {
	before, err := d.p.Counter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for n := range int64(3) {
		res := d.mustPrint()
		if !res.Confirmed || res.By == "" || res.Bytes == 0 {
			t.Errorf("result %+v", res)
		}
		if before >= 0 && res.Cuts != before+n+1 {
			t.Errorf("counter %d after %d jobs from %d", res.Cuts, n+1, before)
		}
	}
}

func receiptText(t *testing.T, d *receiptDesk) {
	res, err := d.print(drivers.Slip{Key: "t", QR: "https://t.example.org/p/TESTKEY", Lines: []drivers.Line{
		{Text: "收件凭证", Align: drivers.Centre, Size: 2, Bold: true}, {Text: "办件编号 样民20261124-0037-6"}, {Text: "1份", Align: drivers.Right}}})
	if err != nil || !res.Confirmed {
		t.Fatalf("%+v %v", res, err)
	}
}

func receiptRefusedSlips(t *testing.T, d *receiptDesk) {
	wide := testSlip(d.p.Dots()+8, 40)
	for name, s := range map[string]drivers.Slip{
		"empty": {}, "both": {Image: testSlip(64, 8), QR: "x"}, "too wide": {Image: wide}, "size": {Lines: []drivers.Line{{Text: "a", Size: 9}}},
		"qr control": {QR: "a\x1b@"},
	} {
		if _, err := d.print(s); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeInvalidData {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// receiptEnding: whoever keeps a journal hears once, before the slip can be whole, how the counter stands; if they cannot
// write it down, the slip does not come out.
func receiptEnding(t *testing.T, d *receiptDesk) {
	before, err := d.p.Counter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var told []int64
	slip := drivers.Slip{Key: "e", Image: testSlip(d.p.Dots(), 400), Ending: func(cuts int64) error {
		told = append(told, cuts)
		return nil
	}}
	if _, err := d.print(slip); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || told[0] != before {
		t.Errorf("told %v, counter stood at %d", told, before)
	}
	slip.Ending = func(int64) error { return errors.New("disk is full") }
	if _, err := d.print(slip); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonNotPrinted {
		t.Errorf("not journalled: %v", err)
	}
	d.recover()
}

func receiptOneAtATime(t *testing.T, d *receiptDesk) {
	var wg sync.WaitGroup
	errs := make([]error, 4)
	before := d.complete()
	for i := range errs {
		wg.Go(func() { _, errs[i] = d.p.Print(t.Context(), drivers.Slip{Image: testSlip(d.p.Dots(), 800)}) })
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
			t.Errorf("second job: %v", err)
		}
	}
	if got := d.complete() - before; done == 0 || got != done {
		t.Errorf("%d jobs done, %d slips", done, got)
	}
}

func receiptStatusWhilePrinting(t *testing.T, d *receiptDesk) {
	d.Press("slow", 600) // keeps the job busy long enough to be asked
	done := make(chan error, 1)
	go func() { _, err := d.p.Print(t.Context(), drivers.Slip{Image: testSlip(d.p.Dots(), 800)}); done <- err }()
	time.Sleep(100 * time.Millisecond)
	start := time.Now()
	s, err := d.p.Status(t.Context())
	if err != nil || s.State != drivers.StateBusy || time.Since(start) > 100*time.Millisecond {
		t.Errorf("status %+v %v after %v", s, err, time.Since(start))
	}
	d.Release("slow")
	if err := <-done; err != nil {
		t.Errorf("print: %v", err)
	}
}

func receiptCancel(t *testing.T, d *receiptDesk) {
	d.Press("slow", 700)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := d.p.Print(ctx, drivers.Slip{Image: testSlip(d.p.Dots(), 800)})
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeTimeOut && f.Code != drivers.CodeCanceled {
		t.Errorf("print: %v", err)
	}
	if took := time.Since(start); took > 1500*time.Millisecond {
		t.Errorf("took %v", took)
	}
	d.Release("slow")
	d.recover()
}

func receiptClose(t *testing.T, d *receiptDesk) {
	d.Press("slow", 2000)
	done := make(chan error, 1)
	go func() { _, err := d.p.Print(t.Context(), drivers.Slip{Image: testSlip(d.p.Dots(), 800)}); done <- err }()
	time.Sleep(100 * time.Millisecond)
	start := time.Now()
	if err := errors.Join(d.p.Close(), d.p.Close()); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := <-done; err == nil || time.Since(start) > 500*time.Millisecond {
		t.Errorf("print ended with %v after %v", err, time.Since(start))
	}
	if _, err := d.p.Status(t.Context()); err == nil {
		t.Error("a closed printer has a status")
	}
	d.Release("slow")
}

// recover brings the same driver back to work after a fault is mended, without a new process: Reset, then a whole slip.
func (d *receiptDesk) recover() {
	d.t.Helper()
	var err error
	for range 10 {
		if err = d.p.Reset(d.t.Context()); err == nil {
			d.mustPrint()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	d.t.Fatalf("reset after the fault: %v", err)
}
