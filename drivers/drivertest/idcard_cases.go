package drivertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/drivers"
)

// idcardCases is what a healthy reader does.
var idcardCases = []struct {
	name string
	run  func(*testing.T, *idcardDesk)
}{
	{"info", idcardInfo},
	{"status", idcardStatus},
	{"every holder", idcardHolders},
	{"events", idcardEvents},
	{"waits for the card", idcardWaits},
	{"no card", idcardNoCard},
	{"cancel", idcardCancel},
	{"find", idcardFind},
	{"removed", idcardRemoved},
	{"one record for one presentation", idcardOnce},
	{"one at a time", idcardBusy},
	{"reset", idcardReset},
	{"close", idcardClose},
	{"nothing in logs", idcardHidden},
	{"status words", idcardStatusWords},
}

func idcardInfo(t *testing.T, d *idcardDesk) {
	i := d.r.Info()
	if i.Kind != drivers.KindIDCard || i.Driver == "" || i.Serial == "" {
		t.Errorf("info %+v", i)
	}
}

func idcardStatus(t *testing.T, d *idcardDesk) {
	s, err := d.r.Status(t.Context())
	if err != nil || !s.Ready() || s.Media != "notPresent" || s.At.IsZero() {
		t.Errorf("status %+v %v", s, err)
	}
	d.PutCard(d.holder.Key)
	if s, err := d.r.Status(t.Context()); err != nil || !s.Ready() || s.Media != "present" {
		t.Errorf("with a card: status %+v %v", s, err)
	}
	d.mustRead()
	if s, err := d.r.Status(t.Context()); err != nil || s.Media != "present" {
		t.Errorf("with a card that was read: status %+v %v", s, err)
	}
}

func idcardHolders(t *testing.T, d *idcardDesk) {
	for _, h := range d.Holders() {
		t.Run(h.Key, func(t *testing.T) {
			d.t, d.holder = t, h
			d.put()
			d.mustRead()
		})
	}
}

func idcardEvents(t *testing.T, d *idcardDesk) {
	var got []drivers.CardEvent
	d.PutCard(d.holder.Key)
	if _, err := d.read(func(e drivers.CardEvent) { got = append(got, e) }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, []drivers.CardEvent{drivers.CardFound, drivers.CardReading}) {
		t.Errorf("events %v", got)
	}
}

func idcardWaits(_ *testing.T, d *idcardDesk) {
	go func() {
		time.Sleep(700 * time.Millisecond)
		d.PutCard(d.holder.Key)
	}()
	d.mustRead()
}

func idcardNoCard(t *testing.T, d *idcardDesk) {
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err := d.r.Read(ctx, nil)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeTimeOut || f.Reason != drivers.ReasonNoCard {
		t.Errorf("read: %v", err)
	}
}

func idcardCancel(t *testing.T, d *idcardDesk) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	start := time.Now()
	_, err := d.r.Read(ctx, nil)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeCanceled {
		t.Errorf("read: %v", err)
	}
	if took := time.Since(start); took > 700*time.Millisecond {
		t.Errorf("took %v", took)
	}
	d.recovers()
}

func idcardFind(t *testing.T, d *idcardDesk) {
	find := func(want bool) {
		t.Helper()
		start := time.Now()
		if got, err := d.r.Find(t.Context()); err != nil || got != want {
			t.Errorf("find: %v %v, want %v", got, err, want)
		}
		if took := time.Since(start); took > 400*time.Millisecond {
			t.Errorf("find took %v", took)
		}
	}
	find(false)
	d.PutCard(d.holder.Key)
	find(true)
	d.mustRead()
	find(true) // a card that was read lies there still, whatever the module says
	d.TakeCard()
	find(false)
}

func idcardRemoved(t *testing.T, d *idcardDesk) {
	d.PutCard(d.holder.Key)
	d.mustRead()
	ctx, cancel := context.WithTimeout(t.Context(), 600*time.Millisecond)
	defer cancel()
	if err := d.r.WaitRemoved(ctx); err == nil {
		t.Fatal("a card that lies there counts as removed")
	}
	time.AfterFunc(300*time.Millisecond, d.TakeCard)
	start := time.Now()
	if err := d.r.WaitRemoved(t.Context()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < 250*time.Millisecond || took > 1500*time.Millisecond {
		t.Errorf("told after %v", took)
	}
	if err := d.r.WaitRemoved(t.Context()); err != nil {
		t.Errorf("without a card: %v", err)
	}
}

// A card that somebody left behind must not be read for the next visitor.
func idcardOnce(t *testing.T, d *idcardDesk) {
	d.PutCard(d.holder.Key)
	d.mustRead()
	ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
	defer cancel()
	if _, err := d.r.Read(ctx, nil); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonNoCard {
		t.Errorf("the same card again: %v", err)
	}
	if err := d.r.WaitRemoved(ctx); err == nil {
		t.Error("the card left behind counts as removed")
	}
	d.recovers()
}

func idcardBusy(t *testing.T, d *idcardDesk) {
	done := make(chan error, 1)
	go func() { _, err := d.read(nil); done <- err }()
	time.Sleep(150 * time.Millisecond)
	if _, err := d.r.Find(t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		t.Errorf("find while reading: %v", err)
	}
	if s, err := d.r.Status(t.Context()); err != nil || s.State != drivers.StateBusy {
		t.Errorf("status while reading: %+v %v", s, err)
	}
	d.PutCard(d.holder.Key)
	if err := <-done; err != nil {
		t.Errorf("read: %v", err)
	}
}

func idcardReset(t *testing.T, d *idcardDesk) {
	for range 2 {
		if err := d.r.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.recovers()
	}
}

func idcardClose(t *testing.T, d *idcardDesk) {
	done := make(chan error, 1)
	go func() { _, err := d.read(nil); done <- err }()
	time.Sleep(150 * time.Millisecond)
	start := time.Now()
	if err := errors.Join(d.r.Close(), d.r.Close()); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := <-done; drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeCanceled {
		t.Errorf("read: %v", err)
	}
	if took := time.Since(start); took > 500*time.Millisecond {
		t.Errorf("took %v", took)
	}
	if _, err := d.r.Status(t.Context()); err == nil {
		t.Error("a closed reader has a status")
	}
	d.open(nil)
	d.recovers()
}

func idcardHidden(t *testing.T, d *idcardDesk) {
	d.PutCard(d.holder.Key)
	c := d.mustRead()
	for _, s := range []string{fmt.Sprint(c), fmt.Sprintf("%v %s", c, c), c.LogValue().String()} {
		if strings.Contains(s, c.Name) || c.IDNumber != "" && strings.Contains(s, c.IDNumber) {
			t.Errorf("%q shows the holder", s)
		}
	}
}
