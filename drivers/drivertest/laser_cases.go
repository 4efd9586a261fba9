package drivertest

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing/iotest"
	"time"

	"tongban/drivers"
)

type laserCase struct {
	name string
	run  func(*laserDesk)
}

func laserCases() []laserCase {
	stop := drivers.CodeDeviceNotReady
	return []laserCase{
		{"ready", laserReady}, {"pages are counted", laserCounts}, {"refused jobs", laserRefused}, {"one at a time", laserOneAtATime},
		{"close", laserClose}, {"cancel", laserCancel}, {"accounts", laserAccounts}, {"reset", laserReset},
		{"fault/paper out", laserStands("paper-out", drivers.ReasonPaperOut)}, {"fault/cover", laserStands("cover", drivers.ReasonCoverOpen)},
		{"fault/toner empty", laserStands("toner-empty", drivers.ReasonTonerOut)}, {"fault/toner low", laserTonerLow},
		{"fault/paper out in the middle", laserMidway("paper-out-after", stop, drivers.ReasonPaperOut)},
		{"fault/jam", laserMidway("jam", stop, drivers.ReasonPaperJam)}, {"fault/jam in the middle", laserMidway("jam-after", stop, drivers.ReasonPaperJam)},
		{"fault/cover in the middle", laserLater("cover", stop, drivers.ReasonCoverOpen)},
		{"fault/aborted", laserAborted}, {"fault/miscount", laserMiscount}, {"fault/no count", laserNoCount}, {"fault/refuses", laserBusy},
		{"fault/severity", laserSeverity}, {"fault/lost answer", laserLostAnswer}, {"fault/slow", laserSlow},
		{"fault/garbage once", laserOnce("garbage")}, {"fault/half once", laserOnce("half")},
		{"fault/silent", laserGone("silent", drivers.CodeTimeOut)}, {"fault/unplugged", laserGone("cut", drivers.CodeNoDevice)},
		{"fault/garbage", laserGone("garbage", drivers.CodeLineError)},
		{"fault/unplugged in the middle", laserLater("cut", stop, drivers.ReasonPrintUnknown)},
		{"fault/silent in the middle", laserLater("silent", stop, drivers.ReasonPrintUnknown)},
	}
}

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func laserReady(d *laserDesk) {
	s, err := d.p.Status(d.t.Context())
	if err != nil || !s.Ready() || s.At.IsZero() || s.Paper != drivers.SupplyFull || s.Toner != drivers.SupplyFull || s.Cover != "closed" {
		d.t.Errorf("status %+v %v", s, err)
	}
	if c := d.p.Capabilities(); !c.A4() || len(c.Formats) == 0 || c.MaxCopies < 1 {
		d.t.Errorf("capabilities %+v", c)
	}
	if i := d.p.Info(); i.Kind != drivers.KindLaser || i.Driver == "" || i.Model == "" {
		d.t.Errorf("info %+v", i)
	}
	list, err := d.p.Supplies(d.t.Context())
	if err != nil || len(list) == 0 || (list[0].Level < 0) == d.p.Capabilities().Levels || list[0].Name == "" || list[0].Type == "" {
		d.t.Errorf("supplies %+v %v", list, err)
	}
}

func laserCounts(d *laserDesk) {
	one, three, two := d.job(1), d.job(3), d.job(3)
	three.Copies = 2
	two.Duplex = true
	for _, c := range []struct {
		job           drivers.PrintJob
		sides, sheets int
	}{{one, 1, 1}, {three, 6, 6}, {two, 3, 2}} {
		if c.job.Duplex && !d.p.Capabilities().Duplex {
			continue
		}
		if acc := d.mustPrint(c.job); acc.Impressions != c.sides || acc.Sheets != c.sheets || acc.Took <= 0 || acc.ID == 0 || acc.Key != c.job.Key {
			d.t.Errorf("%+v, want %d sides on %d sheets", acc, c.sides, c.sheets)
		}
		if s, _ := d.seen(c.job.Key); s.Sides != c.sides || s.Sheets != c.sheets {
			d.t.Errorf("in the tray %+v", s)
		}
	}
}

func laserRefused(d *laserDesk) {
	for name, change := range map[string]func(*drivers.PrintJob){
		"no key":      func(j *drivers.PrintJob) { j.Key = "" },
		"odd key":     func(j *drivers.PrintJob) { j.Key = "a b" },
		"no document": func(j *drivers.PrintJob) { j.Document = nil },
		"format":      func(j *drivers.PrintJob) { j.Format = "application/x-odd" },
		"not a pdf":   func(j *drivers.PrintJob) { j.Document = strings.NewReader("hello") },
		"breaks off": func(j *drivers.PrintJob) {
			j.Document = io.MultiReader(strings.NewReader("%PDF-"), iotest.ErrReader(io.ErrUnexpectedEOF))
		},
		"copies":       func(j *drivers.PrintJob) { j.Copies = 1_000_000 },
		"broken a pdf": func(j *drivers.PrintJob) { j.Document = strings.NewReader("%PDF-1.4 and no more") },
	} {
		job := d.job(1)
		change(&job)
		if _, err := d.print(d.t.Context(), job); err == nil || drivers.Fault(err).Reason == drivers.ReasonPrintUnknown {
			d.t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(d.Sheets()); n != 0 {
		d.t.Errorf("%d jobs reached the printer", n)
	}
	d.mustPrint(d.job(1))
}

func laserOneAtATime(d *laserDesk) {
	d.Press("slow", 300)
	first := make(chan error, 1)
	job, other := d.job(1), d.job(1)
	go func() { _, err := d.p.Print(d.t.Context(), job); first <- err }()
	time.Sleep(100 * time.Millisecond)
	if _, err := d.p.Print(d.t.Context(), other); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("second job: %v", err)
	}
	if s, err := d.p.Status(d.t.Context()); err != nil || s.State != drivers.StateBusy {
		d.t.Errorf("status %+v %v", s, err)
	}
	if err := <-first; err != nil {
		d.t.Errorf("first job: %v", err)
	}
}

func laserClose(d *laserDesk) {
	d.Press("slow", 5000)
	done := make(chan error, 1)
	job := d.job(2)
	go func() { _, err := d.p.Print(d.t.Context(), job); done <- err }()
	d.arrived(job.Key)
	time.Sleep(100 * time.Millisecond)
	start := time.Now()
	if err := errors.Join(d.p.Close(), d.p.Close()); err != nil {
		d.t.Errorf("close: %v", err)
	}
	if err := <-done; err == nil || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("print ended with %v after %v", err, time.Since(start))
	}
	if s, ok := d.seen(job.Key); ok && !s.Over && d.p.Capabilities().Recalls {
		d.t.Error("the job lives on without a driver")
	}
	if _, err := d.p.Status(d.t.Context()); err == nil {
		d.t.Error("a closed printer has a status")
	}
}

func laserCancel(d *laserDesk) {
	d.Press("slow", 5000)
	ctx, cancel := context.WithCancel(d.t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	start := time.Now()
	_, err := d.print(ctx, d.job(2))
	f := drivers.Fault(err)
	if f != nil && f.Reason == drivers.ReasonPrintUnknown && !d.p.Capabilities().Recalls { // what it has got comes out
		f = &drivers.Error{Code: drivers.CodeCanceled}
	}
	if f == nil || f.Code != drivers.CodeCanceled || time.Since(start) > 700*time.Millisecond {
		d.t.Errorf("cancelled: %v after %v", err, time.Since(start))
	}
	d.Release("slow")
	d.mustPrint(d.job(1))
}

// laserAccounts: a new driver on the same printer knows what became of the jobs of the one before; of one that remembers none it
// knows how many sides came out in all.
func laserAccounts(d *laserDesk) {
	good, bad := d.job(2), d.job(2)
	d.mustPrint(good)
	d.Once("abort", 0)
	if _, err := d.print(d.t.Context(), bad); err == nil {
		d.t.Error("an aborted job is done")
	}
	_ = d.p.Close()
	var err error
	if d.p, err = d.Open(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	if !d.p.Capabilities().Remembers {
		d.forgotten(good.Key, 2)
		return
	}
	for key, want := range map[string]drivers.JobState{good.Key: drivers.JobCompleted, bad.Key: drivers.JobAborted, "never": drivers.JobNone} {
		acc, err := d.p.Account(d.t.Context(), key)
		if err != nil || acc.State != want || acc.Key != key {
			d.t.Errorf("%s: %+v %v", key, acc, err)
		}
		if key == good.Key && acc.Impressions != 2 {
			d.t.Errorf("counted %d", acc.Impressions)
		}
	}
}

// forgotten looks at the accounts of a printer that remembers no job.
func (d *laserDesk) forgotten(key string, sides int) {
	d.t.Helper()
	acc, err := d.p.Account(d.t.Context(), key)
	if err != nil || acc.State != drivers.JobNone || acc.Life == 0 {
		d.t.Fatalf("%+v %v", acc, err)
	}
	before, seen := acc.Life, -1
	job := d.job(sides)
	job.Begins = func(life int) error { seen = life; return nil }
	d.mustPrint(job)
	other, err := d.Open(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	if acc, err = other.Account(d.t.Context(), job.Key); err != nil || acc.State != drivers.JobNone || acc.Life-before != sides || seen != before {
		d.t.Errorf("%+v %v, was %d, told %d", acc, err, before, seen)
	}
}

// laserReset: what a crashed program left in the printer is taken out. Where no job can be recalled, nothing is lost by it either.
func laserReset(d *laserDesk) {
	d.Press("slow", 5000)
	ctx, cancel := context.WithCancel(d.t.Context())
	job := d.job(3)
	done := make(chan struct{})
	other, err := d.Open(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	go func() { defer close(done); _, _ = d.p.Print(ctx, job) }()
	d.arrived(job.Key)
	time.Sleep(100 * time.Millisecond)
	if err := other.Reset(d.t.Context()); err != nil {
		d.t.Errorf("reset: %v", err)
	}
	if !d.p.Capabilities().Recalls {
		d.Release("slow")
	}
	<-done
	cancel()
	if !d.p.Capabilities().Recalls {
		if s, ok := d.seen(job.Key); !ok || !s.Complete {
			d.t.Errorf("in the tray %+v", s)
		}
		return
	}
	if s, ok := d.seen(job.Key); !ok || !s.Over || s.Complete {
		d.t.Errorf("in the tray %+v", s)
	}
}
