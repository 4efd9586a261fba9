package drivertest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/drivers"
)

// LaserBench is a page printer with a hand on it. Fault names are those of the emulator's board (paper-out,
// paper-out-after, jam, jam-after, cover, toner-low, toner-empty, abort, refuse, miscount, no-count, severity,
// lost-answer, slow, garbage, half, silent, cut).
type LaserBench interface {
	Open(ctx context.Context) (drivers.LaserPrinter, error)
	Press(fault string, value int)
	Once(fault string, value int)
	Release(fault string)
	Sheets() []SeenSheets
}

// SeenSheets is one job as it lies in the output tray.
type SeenSheets struct {
	Name     string
	Sides    int
	Sheets   int
	Complete bool // every side of every copy
	Over     bool // nothing of it comes out later
}

// laserLimit is how soon every fault must be told.
const laserLimit = 3 * time.Second

// LaserPrinter is the contract that every driver of a page printer keeps. start makes a fresh bench for each case.
func LaserPrinter(t *testing.T, start func(t *testing.T) LaserBench) {
	t.Helper()
	for _, c := range laserCases() {
		t.Run(c.name, func(t *testing.T) {
			d := &laserDesk{LaserBench: start(t), t: t}
			var err error
			if d.p, err = d.Open(t.Context()); err != nil {
				t.Fatalf("open: %v", err)
			}
			t.Cleanup(func() { _ = d.p.Close() })
			c.run(d)
		})
	}
}

// laserDesk keeps the books of one case: no job is reported done that does not lie complete in the tray, and none is
// reported failed that does, or that may still come.
type laserDesk struct {
	LaserBench
	t    *testing.T
	p    drivers.LaserPrinter
	jobs int
}

// job is a document of n pages under a new key.
func (d *laserDesk) job(n int) drivers.PrintJob {
	d.jobs++
	return drivers.PrintJob{Key: fmt.Sprintf("job-%d", d.jobs), Document: bytes.NewReader(TestPDF(n)), Format: drivers.FormatPDF, Pages: n}
}

// seen is the job of a key in the tray.
func (d *laserDesk) seen(key string) (SeenSheets, bool) {
	for _, s := range d.Sheets() {
		if strings.HasSuffix(s.Name, key) {
			return s, true
		}
	}
	return SeenSheets{}, false
}

// arrived waits until the printer has the job: a driver may have to make pages of it first.
func (d *laserDesk) arrived(key string) {
	for range 500 {
		if _, there := d.seen(key); there {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// begun is when the printer began with a job; one that is never seen there counts from when it is asked for. A printer that
// takes the document as it is begins at once.
func (d *laserDesk) begun(key string) func() time.Time {
	start := time.Now()
	if d.p.Capabilities().SendsPDF == drivers.FormatPDF {
		return at(start)
	}
	seen := make(chan time.Time, 1)
	go func() {
		for time.Since(start) < time.Minute {
			if _, there := d.seen(key); there {
				seen <- time.Now()
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	return func() time.Time {
		select {
		case t := <-seen:
			return t
		case <-time.After(100 * time.Millisecond):
			return time.Now()
		}
	}
}

// print runs one job and checks the book.
func (d *laserDesk) print(ctx context.Context, job drivers.PrintJob) (drivers.JobAccount, error) {
	d.t.Helper()
	acc, err := d.p.Print(ctx, job)
	s, there := d.seen(job.Key)
	switch {
	case err == nil && (!there || !s.Complete):
		d.t.Fatalf("job reported done (%s), in the tray %+v", acc.Counted(), s)
	case err == nil && acc.State != drivers.JobCompleted:
		d.t.Fatalf("job reported done in state %s", acc.State)
	case err != nil && drivers.Fault(err).Reason != drivers.ReasonPrintUnknown && there && (s.Complete || !s.Over):
		d.t.Fatalf("job reported failed (%v), in the tray %+v", err, s)
	}
	return acc, err
}

// mustPrint is print for a healthy printer.
func (d *laserDesk) mustPrint(job drivers.PrintJob) drivers.JobAccount {
	d.t.Helper()
	acc, err := d.print(d.t.Context(), job)
	if err != nil {
		d.t.Fatalf("print: %v", err)
	}
	return acc
}

// fails runs a job that must fail so, within the limit after cause.
func (d *laserDesk) fails(job drivers.PrintJob, code drivers.Code, reason drivers.Reason, cause func() time.Time) {
	d.t.Helper()
	_, err := d.print(d.t.Context(), job)
	late := time.Since(cause())
	if f := drivers.Fault(err); f == nil || f.Code != code || f.Reason != reason {
		d.t.Fatalf("print: %v, want %s/%s", err, code, reason)
	}
	told(d.t, d.p, late, laserLimit)
}

// breaks is fails for a fault that strikes while the printer has something of the job. One that cannot recall it may say that nobody
// knows, and must where more may come. final: it is certain what lies in the tray.
func (d *laserDesk) breaks(job drivers.PrintJob, code drivers.Code, reason drivers.Reason, cause func() time.Time) (final bool) {
	d.t.Helper()
	_, err := d.print(d.t.Context(), job)
	late := time.Since(cause())
	f := drivers.Fault(err)
	unknown := f != nil && f.Code == drivers.CodeDeviceNotReady && f.Reason == drivers.ReasonPrintUnknown
	if f == nil || (f.Code != code || f.Reason != reason) && (!unknown || d.p.Capabilities().Recalls) {
		d.t.Fatalf("print: %v, want %s/%s", err, code, reason)
	}
	told(d.t, d.p, late, laserLimit)
	return !unknown
}

// TestPDF is a document of n pages with a line on each, so that a printer of paper shows which is which.
func TestPDF(n int) []byte {
	var b bytes.Buffer
	var at []int
	object := func(format string, args ...any) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n", len(at))
		fmt.Fprintf(&b, format, args...)
		b.WriteString("\nendobj\n")
	}
	b.WriteString("%PDF-1.4\n")
	kids := ""
	for i := range n {
		kids += fmt.Sprintf("%d 0 R ", 4+2*i)
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [%s] /Count %d >>", kids, n)
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	for i := range n {
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents %d 0 R >>", 5+2*i)
		line := fmt.Sprintf("BT /F 24 Tf 72 720 Td (page %d of %d) Tj ET", i+1, n)
		object("<< /Length %d >>\nstream\n%s\nendstream", len(line), line)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}
