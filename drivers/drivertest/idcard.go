package drivertest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers"
)

// IDCardBench is a reader with a hand on it: an emulator, or a real one with a technician beside it. Fault names are those
// of the emulator's board (pulled, two-cards, unknown-card, silent, slow, garbage, half, checksum, order, sw3, sam, cut,
// cut-mid-read).
type IDCardBench interface {
	// Open makes a driver on a fresh port; wrap, where not nil, stands between the port and the driver.
	Open(ctx context.Context, wrap func(drivers.Port) drivers.Port) (drivers.IDCardReader, error)
	// Holders are the cards at hand: key and what a right driver reads from it, without photo, SAM number and time.
	Holders() []Holder
	PutCard(key string)
	TakeCard()
	Press(fault string, value int, at string) // until released
	Once(fault string, value int, at string)  // for one strike
	Release(fault string)
}

// Holder is a card at hand.
type Holder struct {
	Key  string
	Want drivers.IDCard
}

// IDCardLimit is how soon every fault must be told.
const IDCardLimit = 3 * time.Second

// IDCardReader is the contract that every driver of ID-card readers keeps. start makes a fresh bench for each case; its
// first holder is an ordinary card.
func IDCardReader(t *testing.T, start func(t *testing.T) IDCardBench) {
	t.Helper()
	for _, c := range idcardCases {
		t.Run(c.name, func(t *testing.T) { c.run(t, newIDCardDesk(t, start(t))) })
	}
	for _, f := range idcardFaults {
		t.Run("fault/"+f.name, func(t *testing.T) { f.run(newIDCardDesk(t, start(t))) })
	}
}

// idcardDesk is one case: a bench and the driver under test.
type idcardDesk struct {
	IDCardBench
	t      *testing.T
	r      drivers.IDCardReader
	holder Holder
}

func newIDCardDesk(t *testing.T, b IDCardBench) *idcardDesk {
	t.Helper()
	d := &idcardDesk{IDCardBench: b, t: t, holder: b.Holders()[0]}
	d.open(nil)
	return d
}

// open replaces the driver by a new one, as a supervisor does.
func (d *idcardDesk) open(wrap func(drivers.Port) drivers.Port) {
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

// put lays the holder's card down, lifting what lies there before.
func (d *idcardDesk) put() {
	d.TakeCard()
	d.PutCard(d.holder.Key)
}

// read reads with a limit of its own, so that a driver that hangs fails and not the test binary.
func (d *idcardDesk) read(on func(drivers.CardEvent)) (drivers.IDCard, error) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 4*time.Second)
	defer cancel()
	return d.r.Read(ctx, on)
}

// mustRead is read for a healthy reader; every field must be right.
func (d *idcardDesk) mustRead() drivers.IDCard {
	d.t.Helper()
	got, err := d.read(nil)
	if err != nil {
		d.t.Fatalf("read: %v", err)
	}
	d.compare(got, d.holder.Want)
	return got
}

func (d *idcardDesk) compare(got, want drivers.IDCard) {
	d.t.Helper()
	if len(got.PhotoWLT) == 0 || got.SAMNumber == "" {
		d.t.Errorf("photo of %d bytes, security module %q", len(got.PhotoWLT), got.SAMNumber)
	}
	if (got.PhotoState == drivers.PhotoDecoded) != (len(got.Photo) > 0) || got.PhotoState == "" {
		d.t.Errorf("photo is %q with %d bytes", got.PhotoState, len(got.Photo))
	}
	got.PhotoWLT, got.Photo, got.PhotoState, got.SAMNumber, got.ElapsedMS = nil, nil, "", "", 0
	if diff := cmp.Diff(plain(want), plain(got)); diff != "" {
		d.t.Errorf("record (-want +got):\n%s", diff)
	}
}

// plain is a record without its manners, which would hide it from the diff.
type plain drivers.IDCard

// fails runs a read that must fail with code and reason, within the limit after cause.
func (d *idcardDesk) fails(code drivers.Code, reason drivers.Reason) {
	d.t.Helper()
	start := time.Now()
	_, err := d.read(nil)
	took := time.Since(start)
	if f := drivers.Fault(err); f == nil || f.Code != code || f.Reason != reason {
		d.t.Fatalf("read: %v, want %s/%s", err, code, reason)
	}
	told(d.t, d.r, took, IDCardLimit)
}

// recovers shows that the same driver, without Reset and without a new process, reads the next card.
func (d *idcardDesk) recovers() {
	d.t.Helper()
	d.put()
	var err error
	for range 20 { // a line that was cut may need a moment, as does a reader that works off what was asked of it
		var got drivers.IDCard
		if got, err = d.read(nil); err == nil {
			d.compare(got, d.holder.Want)
			return
		}
		time.Sleep(100 * time.Millisecond)
		d.put()
	}
	d.t.Fatalf("after the fault: %v", err)
}
