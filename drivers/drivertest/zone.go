package drivertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers"
)

// ZoneBench is a reader of machine readable zones with a hand before it. Faults are those of the emulator's board (silent,
// garbage, half, split, misread, cut).
type ZoneBench interface {
	Open(ctx context.Context, wrap func(drivers.Port) drivers.Port) (drivers.ZoneReader, error)
	// Documents are the ones at hand; the first is an ordinary passport.
	Documents() []ZoneAtHand
	Draw(key string)
	Press(fault string, value int)
	Once(fault string, value int)
	Release(fault string)
}

// ZoneAtHand is a document and what a right driver reads of it, without times.
type ZoneAtHand struct {
	Key  string
	Want drivers.Zone
}

// ZoneReader is the contract that every driver of zone readers keeps. start makes a fresh bench for each case.
func ZoneReader(t *testing.T, start func(t *testing.T) ZoneBench) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*zoneDesk)
	}{
		{"every document", zoneEvery}, {"none", zoneNone}, {"old zone", zoneOld}, {"one at a time", zoneBusy}, {"cancel", zoneCancel},
		{"close", zoneClose}, {"one owner", zoneOwner}, {"reset", zoneReset}, {"nothing in logs", zoneHidden}, {"in crumbs", zoneCrumbs},
		{"fault/split", zoneSplit}, {"fault/silent", zoneSilent}, {"fault/unplugged", zoneUnplugged},
		{"fault/garbage", zoneFault("garbage", drivers.CodeLineError, drivers.ReasonLineNoise)},
		{"fault/half", zoneFault("half", drivers.CodeLineError, drivers.ReasonLineNoise)},
		{"fault/misread", zoneFault("misread", drivers.CodeUserError, drivers.ReasonCardUnreadable)},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &zoneDesk{ZoneBench: start(t), t: t}
			d.doc = d.Documents()[0]
			d.open(nil)
			c.run(d)
		})
	}
}

type zoneDesk struct {
	ZoneBench
	t   *testing.T
	r   drivers.ZoneReader
	doc ZoneAtHand
}

func (d *zoneDesk) open(wrap func(drivers.Port) drivers.Port) {
	d.t.Helper()
	if d.r != nil {
		_ = d.r.Close()
	}
	var err error
	if d.r, err = d.Open(d.t.Context(), wrap); err != nil {
		d.t.Fatalf("open: %v", err)
	}
	r := d.r
	d.t.Cleanup(func() { _ = r.Close() })
}

// draw draws the document through while the driver reads; late is the time from then to the answer.
func (d *zoneDesk) draw(limit time.Duration) (z drivers.Zone, late time.Duration, err error) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), limit)
	defer cancel()
	at := make(chan time.Time, 1)
	time.AfterFunc(150*time.Millisecond, func() { at <- time.Now(); d.Draw(d.doc.Key) })
	z, err = d.r.Read(ctx)
	return z, time.Since(<-at), err
}

func (d *zoneDesk) reads() {
	d.t.Helper()
	z, late, err := d.draw(5 * time.Second)
	if err != nil {
		d.t.Fatalf("%s: %v", d.doc.Key, err)
	}
	if late > time.Second || z.ElapsedMS > 1000 {
		d.t.Errorf("%s: read after %v, %d ms", d.doc.Key, late, z.ElapsedMS)
	}
	type plain drivers.Zone // without its manners, which would hide it from the diff
	z.ElapsedMS = 0
	if diff := cmp.Diff(plain(d.doc.Want), plain(z)); diff != "" {
		d.t.Errorf("%s (-want +got):\n%s", d.doc.Key, diff)
	}
}

func (d *zoneDesk) fails(code drivers.Code, reason drivers.Reason) {
	d.t.Helper()
	_, late, err := d.draw(4 * time.Second)
	if f := drivers.Fault(err); f == nil || f.Code != code || f.Reason != reason {
		d.t.Errorf("%v after %v, want %s/%s", err, late, code, reason)
	}
	told(d.t, d.r, late, toldLimit)
	if err != nil && (strings.Contains(fmt.Sprint(err), d.doc.Want.Number) || strings.Contains(fmt.Sprint(err), d.doc.Want.Surname)) {
		d.t.Error("the error names the holder")
	}
}

func zoneEvery(d *zoneDesk) {
	if i := d.r.Info(); i.Kind != drivers.KindPassport || i.Driver == "" {
		d.t.Errorf("info %+v", i)
	}
	if s, err := d.r.Status(d.t.Context()); err != nil || !s.Ready() || s.At.IsZero() {
		d.t.Errorf("status %+v %v", s, err)
	}
	for _, d.doc = range d.Documents() {
		d.reads()
	}
}

func zoneNone(d *zoneDesk) {
	ctx, cancel := context.WithTimeout(d.t.Context(), 400*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := d.r.Read(ctx)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeTimeOut || f.Reason != drivers.ReasonNoCard || time.Since(start) > time.Second {
		d.t.Errorf("%v after %v", err, time.Since(start))
	}
	d.reads()
}

// zoneOld: what the last citizen drew through is not given to the next one.
func zoneOld(d *zoneDesk) {
	d.Draw(d.Documents()[1].Key)
	time.Sleep(200 * time.Millisecond)
	d.reads()
}

func zoneBusy(d *zoneDesk) {
	done := make(chan error, 1)
	go func() { _, _, err := d.draw(5 * time.Second); done <- err }()
	time.Sleep(60 * time.Millisecond)
	if _, err := d.r.Read(d.t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("read while reading: %v", err)
	}
	if s, err := d.r.Status(d.t.Context()); err != nil || s.State != drivers.StateBusy {
		d.t.Errorf("status while reading: %+v %v", s, err)
	}
	if err := <-done; err != nil {
		d.t.Error(err)
	}
}

func zoneCancel(d *zoneDesk) {
	ctx, cancel := context.WithCancel(d.t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	_, err := d.r.Read(ctx)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeCanceled || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("%v after %v", err, time.Since(start))
	}
	d.reads()
}

func zoneClose(d *zoneDesk) {
	done := make(chan error, 1)
	go func() { _, err := d.r.Read(context.Background()); done <- err }()
	time.Sleep(100 * time.Millisecond)
	start := time.Now()
	if err := errors.Join(d.r.Close(), d.r.Close()); err != nil {
		d.t.Error(err)
	}
	if err := <-done; drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeCanceled || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("%v after %v", err, time.Since(start))
	}
	if s, err := d.r.Status(d.t.Context()); err == nil || s.State != drivers.StateNoDevice {
		d.t.Errorf("a closed reader: %+v %v", s, err)
	}
}

func zoneOwner(d *zoneDesk) {
	if _, err := d.Open(d.t.Context(), nil); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("second owner: %v", err)
	}
	d.reads()
}

func zoneReset(d *zoneDesk) {
	if err := d.r.Reset(d.t.Context()); err != nil {
		d.t.Error(err)
	}
	d.reads()
}

func zoneHidden(d *zoneDesk) {
	z, _, err := d.draw(5 * time.Second)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprintf("%v %+v %s %#v", z, z, z, z), z.LogValue().String()} {
		if strings.Contains(s, z.Number) || strings.Contains(s, z.Surname) {
			d.t.Errorf("%q shows the holder", s)
		}
	}
}

func zoneCrumbs(d *zoneDesk) {
	d.open(Crumbs)
	d.reads()
}

func zoneSplit(d *zoneDesk) {
	for _, ms := range []int{30, 300, 700} {
		d.Once("split", ms)
		z, _, err := d.draw(5 * time.Second)
		if err != nil || z.Number != d.doc.Want.Number {
			d.t.Errorf("a pause of %d ms: %v", ms, err)
		}
	}
}

func zoneSilent(d *zoneDesk) {
	d.Once("silent", 0)
	_, _, err := d.draw(600 * time.Millisecond)
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonNoCard {
		d.t.Errorf("read: %v", err)
	}
	d.reads()
}

func zoneFault(fault string, code drivers.Code, reason drivers.Reason) func(*zoneDesk) {
	return func(d *zoneDesk) {
		d.Once(fault, 0)
		d.fails(code, reason)
		d.reads()
	}
}

func zoneUnplugged(d *zoneDesk) {
	time.AfterFunc(200*time.Millisecond, func() { d.Press("cut", 0) })
	ctx, cancel := context.WithTimeout(d.t.Context(), 5*time.Second)
	defer cancel()
	start := time.Now()
	_, err := d.r.Read(ctx)
	took := time.Since(start)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged {
		d.t.Errorf("%v after %v", err, took)
	}
	told(d.t, d.r, took, 1200*time.Millisecond)
	if s, err := d.r.Status(d.t.Context()); err == nil || s.State != drivers.StateNoDevice {
		d.t.Errorf("status %+v %v", s, err)
	}
	d.Release("cut")
	plugged := time.Now()
	for range 40 {
		if s, err := d.r.Status(d.t.Context()); err == nil && s.Ready() {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	d.reads()
	back(d.t, d.r, plugged)
}
