package drivertest

import (
	"time"

	"tongban/drivers"
)

// laserStands is a printer that cannot print: it refuses, nothing reaches it, and it works when a person has been there.
func laserStands(fault string, reason drivers.Reason) func(*laserDesk) {
	return func(d *laserDesk) {
		d.Press(fault, 0)
		s, err := d.p.Status(d.t.Context())
		if err != nil || s.Ready() || s.Code != drivers.CodeDeviceNotReady || s.State != drivers.StateOffline {
			d.t.Errorf("status %+v %v", s, err)
		}
		word := map[drivers.Reason]bool{drivers.ReasonPaperOut: s.Paper == drivers.SupplyOut, drivers.ReasonCoverOpen: s.Cover == "open",
			drivers.ReasonTonerOut: s.Toner == drivers.SupplyOut}
		if !word[reason] {
			d.t.Errorf("status %+v does not say %s", s, reason)
		}
		d.fails(d.job(1), drivers.CodeDeviceNotReady, reason, at(time.Now()))
		if n := len(d.Sheets()); n != 0 {
			d.t.Errorf("%d jobs reached the printer", n)
		}
		d.Release(fault)
		d.mustPrint(d.job(1))
	}
}

func laserTonerLow(d *laserDesk) {
	d.Press("toner-low", 0)
	s, err := d.p.Status(d.t.Context())
	if err != nil || !s.Ready() || s.Toner != drivers.SupplyLow {
		d.t.Errorf("status %+v %v", s, err)
	}
	list, err := d.p.Supplies(d.t.Context())
	if err != nil || len(list) == 0 || list[0].State != drivers.SupplyLow {
		d.t.Errorf("supplies %+v %v", list, err)
	}
	d.mustPrint(d.job(1))
}

// laserMidway is a fault after the first page of a job. The rest must not come out when the cause is gone.
func laserMidway(fault string, code drivers.Code, reason drivers.Reason) func(*laserDesk) {
	return func(d *laserDesk) {
		d.Press(fault, 0)
		job := d.job(3)
		final := d.breaks(job, code, reason, d.begun(job.Key))
		before, _ := d.seen(job.Key)
		d.Release(fault)
		d.mustPrint(d.job(1))
		if after, _ := d.seen(job.Key); final && (after.Sides != before.Sides || after.Complete) {
			d.t.Errorf("%d sides more came out later", after.Sides-before.Sides)
		}
	}
}

// laserLater is a fault that strikes while a page is under way.
func laserLater(fault string, code drivers.Code, reason drivers.Reason) func(*laserDesk) {
	return func(d *laserDesk) {
		d.Press("slow", 4000)
		cause := make(chan time.Time, 1)
		job := d.job(2)
		go func() {
			d.arrived(job.Key)
			time.Sleep(250 * time.Millisecond)
			cause <- time.Now()
			d.Press(fault, 0)
		}()
		d.breaks(job, code, reason, func() time.Time { return <-cause })
		d.Release("slow")
		d.Release(fault)
		mended := time.Now()
		if err := d.p.Reset(d.t.Context()); err != nil {
			d.t.Errorf("reset: %v", err)
		}
		d.mustPrint(d.job(1))
		if fault == "cut" {
			back(d.t, d.p, mended)
		}
	}
}

func laserAborted(d *laserDesk) {
	d.Once("abort", 0)
	job := d.job(2)
	d.fails(job, drivers.CodeHardwareError, drivers.ReasonNotPrinted, d.begun(job.Key))
	d.mustPrint(d.job(2))
}

// laserMiscount: "completed" and fewer pages than asked for is not a success.
func laserMiscount(d *laserDesk) {
	d.Press("miscount", 0)
	job := d.job(3)
	d.fails(job, drivers.CodeDeviceNotReady, drivers.ReasonPrintUnknown, d.begun(job.Key))
}

func laserNoCount(d *laserDesk) {
	d.Press("no-count", 0)
	if acc := d.mustPrint(d.job(3)); acc.Impressions != -1 || acc.Sheets != -1 {
		d.t.Errorf("counted %+v", acc)
	}
}

func laserBusy(d *laserDesk) {
	d.Once("refuse", 0)
	job := d.job(1)
	d.fails(job, drivers.CodeDeviceNotReady, drivers.ReasonNotPrinted, d.begun(job.Key))
	d.mustPrint(d.job(1))
}

// laserSeverity: a printer that writes its reasons without a severity is understood all the same.
func laserSeverity(d *laserDesk) {
	d.Press("severity", 0)
	d.Press("paper-out", 0)
	job := d.job(1)
	d.fails(job, drivers.CodeDeviceNotReady, drivers.ReasonPaperOut, d.begun(job.Key))
	d.Release("paper-out")
	d.Press("jam", 0)
	job = d.job(2)
	d.breaks(job, drivers.CodeDeviceNotReady, drivers.ReasonPaperJam, d.begun(job.Key))
}

// laserLostAnswer: the printer has the job although its answer never came; it is printed once, and known.
func laserLostAnswer(d *laserDesk) {
	d.Once("lost-answer", 0)
	d.mustPrint(d.job(2))
	if n := len(d.Sheets()); n != 1 {
		d.t.Errorf("%d jobs in the tray", n)
	}
}

func laserSlow(d *laserDesk) {
	d.Press("slow", 900)
	if acc := d.mustPrint(d.job(4)); acc.Impressions != 4 || acc.Took < 3*time.Second {
		d.t.Errorf("%+v", acc)
	}
}

// laserOnce is one spoilt answer while a job runs: it is asked again.
func laserOnce(fault string) func(*laserDesk) {
	return func(d *laserDesk) {
		d.Press("slow", 500)
		job := d.job(2)
		go func() { d.arrived(job.Key); time.Sleep(150 * time.Millisecond); d.Once(fault, 0) }()
		d.mustPrint(job)
	}
}

// laserGone is a printer that cannot be asked: told in time and in the right word, and over when its cause is.
func laserGone(fault string, code drivers.Code) func(*laserDesk) {
	return func(d *laserDesk) {
		d.Press(fault, 0)
		start := time.Now()
		if s, err := d.p.Status(d.t.Context()); err == nil || s.Ready() || s.Code != code || time.Since(start) > time.Second {
			d.t.Errorf("status %+v %v after %v", s, err, time.Since(start))
		}
		start = time.Now()
		_, err := d.print(d.t.Context(), d.job(1))
		took := time.Since(start)
		if f := drivers.Fault(err); f == nil || f.Code != code {
			d.t.Errorf("print: %v after %v", err, took)
		}
		told(d.t, d.p, took, laserLimit)
		d.Release(fault)
		mended := time.Now()
		d.mustPrint(d.job(1))
		if fault == "cut" {
			back(d.t, d.p, mended)
		}
	}
}
