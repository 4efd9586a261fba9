package drivertest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers"
)

// PassportBench is a passport reader with a hand on it. Fault names are those of the emulator's board (tampered,
// unknown-issuer, cloned, bac-only, no-chip-key, type-b, pulled, silent, slow, garbage, half, status, cut).
type PassportBench interface {
	Open(ctx context.Context, wrap func(drivers.Port) drivers.Port) (drivers.PassportReader, error)
	// Documents are the ones at hand; the first is an ordinary passport with everything.
	Documents() []PassportAtHand
	Put(key string)
	Take()
	Press(fault string, value int, at string)
	Once(fault string, value int, at string)
	Release(fault string)
}

// PassportAtHand is a document: its key, what opens it, and what a right driver reads, without photo, checks and times.
type PassportAtHand struct {
	Key    string
	Access drivers.PassportAccess
	CAN    drivers.PassportAccess
	Want   drivers.Passport
}

// PassportLimit is how soon every fault must be told.
const PassportLimit = 3 * time.Second

// PassportReader is the contract that every driver of passport readers keeps. start makes a fresh bench for each case.
func PassportReader(t *testing.T, start func(t *testing.T) PassportBench) {
	t.Helper()
	for _, c := range passportCases {
		t.Run(c.name, func(t *testing.T) {
			d := &passportDesk{PassportBench: start(t), t: t}
			d.doc = d.Documents()[0]
			d.open(nil)
			c.run(d)
		})
	}
}

type passportDesk struct {
	PassportBench
	t   *testing.T
	r   drivers.PassportReader
	doc PassportAtHand
}

func (d *passportDesk) open(wrap func(drivers.Port) drivers.Port) {
	d.t.Helper()
	if d.r != nil {
		_ = d.r.Close()
	}
	r, err := d.Open(d.t.Context(), wrap)
	if err != nil {
		d.t.Fatalf("open: %v", err)
	}
	d.r = r
	d.t.Cleanup(func() { _ = r.Close() })
}

func (d *passportDesk) put() {
	d.Take()
	d.Put(d.doc.Key)
}

func (d *passportDesk) read(a drivers.PassportAccess, on func(drivers.PassportEvent)) (drivers.Passport, error) {
	ctx, cancel := context.WithTimeout(d.t.Context(), 8*time.Second)
	defer cancel()
	return d.r.Read(ctx, a, on)
}

// mustRead reads, compares every field and hands the record on for its checks.
func (d *passportDesk) mustRead(a drivers.PassportAccess) drivers.Passport {
	d.t.Helper()
	got, err := d.read(a, nil)
	if err != nil {
		d.t.Fatalf("read: %v", err)
	}
	d.compare(got)
	return got
}

func (d *passportDesk) compare(got drivers.Passport) {
	d.t.Helper()
	if len(got.Photo) == 0 || got.PhotoFormat == "" {
		d.t.Error("no photo")
	}
	type plain drivers.Passport // without its manners, which would hide it from the diff
	p := plain(got)
	p.Photo, p.PhotoFormat, p.Verdict, p.Why, p.Access, p.PA, p.CA, p.Zone, p.Anchor, p.ElapsedMS, p.DataMS = nil, "", "", "", "", "", "", "", "", 0, 0
	if diff := cmp.Diff(plain(d.doc.Want), p); diff != "" {
		d.t.Errorf("record (-want +got):\n%s", diff)
	}
}

func (d *passportDesk) fails(code drivers.Code, reason drivers.Reason) {
	d.t.Helper()
	start := time.Now()
	_, err := d.read(d.doc.Access, nil)
	if f := drivers.Fault(err); f == nil || f.Code != code || f.Reason != reason {
		d.t.Errorf("read: %v, want %s/%s", err, code, reason)
	}
	told(d.t, d.r, time.Since(start), PassportLimit)
	if err != nil && strings.Contains(fmt.Sprint(err), d.doc.Want.Number) {
		d.t.Error("the error names the document")
	}
}

// recovers shows that the same driver, without Reset and without a new process, reads the next document.
func (d *passportDesk) recovers() {
	d.t.Helper()
	var err error
	for range 40 {
		d.put()
		var got drivers.Passport
		if got, err = d.read(d.doc.Access, nil); err == nil {
			d.compare(got)
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	d.t.Fatalf("after the fault: %v", err)
}
