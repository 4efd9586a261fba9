package drivertest

import (
	"time"

	"tongban/drivers"
)

// idcardFaults is the fault matrix: what breaks, what the driver must say within 3 s, and that the next card is read.
var idcardFaults = []struct {
	name string
	run  func(*idcardDesk)
}{
	{"pulled mid-read", cardFault("pulled", "", 0, once, drivers.CodeUserError, drivers.ReasonCardTakenAway)},
	{"two cards", cardFault("two-cards", "", 0, held, drivers.CodeUserError, drivers.ReasonCardUnreadable)},
	{"two cards once", survives("two-cards", "", 0)},
	{"unknown card", cardFault("unknown-card", "", 0, held, drivers.CodeUnsupported, drivers.ReasonCardUnknown)},
	{"silent", cardFault("silent", "", 0, held, drivers.CodeTimeOut, drivers.ReasonSilent)},
	{"silent at find", cardFault("silent", "find", 0, held, drivers.CodeTimeOut, drivers.ReasonSilent)},
	{"silent at select", cardFault("silent", "select", 0, held, drivers.CodeTimeOut, drivers.ReasonSilent)},
	{"silent at read", cardFault("silent", "read", 0, held, drivers.CodeTimeOut, drivers.ReasonSilent)},
	{"silent once at select", survives("silent", "select", 0)},
	{"very slow", cardFault("slow", "read", 4000, held, drivers.CodeTimeOut, drivers.ReasonSilent)},
	{"slow answers", slowAnswersRead},
	{"garbage", cardFault("garbage", "read", 431, held, drivers.CodeLineError, drivers.ReasonLineNoise)},
	{"garbage everywhere", cardFault("garbage", "", 3, held, drivers.CodeLineError, drivers.ReasonLineNoise)},
	{"garbage once", survives("garbage", "read", 600)},
	{"checksum", cardFault("checksum", "read", 0, held, drivers.CodeLineError, drivers.ReasonLineNoise)},
	{"checksum at find", cardFault("checksum", "find", 0, held, drivers.CodeLineError, drivers.ReasonLineNoise)},
	{"checksum once at find", survives("checksum", "find", 0)},
	{"checksum once at select", survives("checksum", "select", 0)},
	{"checksum once at read", survives("checksum", "read", 0)},
	{"errors that the checksum misses", twinErrors},
	{"half frames", cardFault("half", "read", 0, held, drivers.CodeLineError, drivers.ReasonLineNoise)},
	{"half frame once", survives("half", "read", 0)},
	{"half frame once at select", survives("half", "select", 0)},
	{"old answers first", wrongOrder},
	{"module broken", cardFault("sam", "", 0, held, drivers.CodeHardwareError, drivers.ReasonSAMFault)},
	{"module broken, status", moduleStatus},
	{"unplugged", unplugged},
	{"unplugged mid-read", unpluggedMidRead},
	{"bytes one by one", trickled},
	{"noise before answers", noisy},
	{"noise that stays is told", noiseEvent},
	{"left after noise, read without lifting", withoutLifting},
}

const (
	once = true
	held = false
)

// cardFault lays a card down under a fault that must be told, mends it and reads the next card.
func cardFault(fault, at string, value int, single bool, code drivers.Code, reason drivers.Reason) func(*idcardDesk) {
	return func(d *idcardDesk) {
		d.t.Helper()
		d.PutCard(d.holder.Key)
		if single {
			d.Once(fault, value, at)
		} else {
			d.Press(fault, value, at)
		}
		d.fails(code, reason)
		if !single {
			d.Release(fault)
		}
		d.recovers()
	}
}

// survives is a fault that strikes once: the card is read all the same.
func survives(fault, at string, value int) func(*idcardDesk) {
	return func(d *idcardDesk) {
		d.t.Helper()
		d.PutCard(d.holder.Key)
		d.Once(fault, value, at)
		start := time.Now()
		d.mustRead()
		if took := time.Since(start); took > IDCardLimit {
			d.t.Errorf("took %v", took)
		}
		d.recovers()
	}
}

// slowAnswersRead is a reader that takes its time with everything but keeps within the limits.
func slowAnswersRead(d *idcardDesk) {
	d.PutCard(d.holder.Key)
	d.Press("slow", 300, "")
	d.mustRead()
	d.Release("slow")
	d.recovers()
}

// wrongOrder is a reader that gives its last answer again before the new one: the record must still be the right one.
func wrongOrder(d *idcardDesk) {
	holders := d.Holders()
	d.Press("order", 0, "")
	for i := range 3 {
		d.holder = holders[i%len(holders)]
		d.put()
		d.mustRead()
	}
	d.Release("order")
	d.recovers()
}

func moduleStatus(d *idcardDesk) {
	d.Press("sam", 0, "")
	s, err := d.r.Status(d.t.Context())
	if f := drivers.Fault(err); s.State != drivers.StateHardwareError || f == nil || f.Reason != drivers.ReasonSAMFault {
		d.t.Errorf("status %+v %v", s, err)
	}
	d.open(nil) // it opens, or nobody could tell what it needs
	d.Release("sam")
	if s, err := d.r.Status(d.t.Context()); err != nil || !s.Ready() {
		d.t.Errorf("mended: status %+v %v", s, err)
	}
	d.recovers()
}

func unplugged(d *idcardDesk) {
	cause := make(chan time.Time, 1)
	go func() {
		time.Sleep(300 * time.Millisecond)
		at := time.Now()
		d.Press("cut", -1, "")
		cause <- at
	}()
	_, err := d.read(nil)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged {
		d.t.Errorf("read: %v", err)
	}
	told(d.t, d.r, time.Since(<-cause), time.Second)
	start := time.Now()
	if s, err := d.r.Status(d.t.Context()); s.State != drivers.StateNoDevice || err == nil {
		d.t.Errorf("status %+v %v", s, err)
	}
	if took := time.Since(start); took > time.Second {
		d.t.Errorf("status took %v", took)
	}
	d.Release("cut")
	plugged := time.Now()
	d.recovers()
	back(d.t, d.r, plugged)
}

func unpluggedMidRead(d *idcardDesk) {
	d.PutCard(d.holder.Key)
	d.Once("cut-mid-read", 1000, "")
	d.fails(drivers.CodeNoDevice, drivers.ReasonUnplugged)
	time.Sleep(1100 * time.Millisecond) // by then it is plugged in again
	plugged := time.Now()
	d.recovers()
	back(d.t, d.r, plugged)
}

func trickled(d *idcardDesk) {
	d.open(Trickle(500 * time.Microsecond))
	d.recovers()
}

func noisy(d *idcardDesk) {
	d.open(Hum)
	for range 3 {
		d.recovers()
	}
}

// noiseEvent: the screen is told that the driver asks again.
func noiseEvent(d *idcardDesk) {
	d.PutCard(d.holder.Key)
	d.Once("checksum", 0, "read")
	told := 0
	if _, err := d.read(func(e drivers.CardEvent) {
		if e == drivers.CardNoise {
			told++
		}
	}); err != nil {
		d.t.Fatal(err)
	}
	if told != 1 {
		d.t.Errorf("noise told %d times", told)
	}
}

// withoutLifting: the module believes that it has given the record, the driver knows that it has not arrived. The citizen
// must not be made to lift the card for that.
func withoutLifting(d *idcardDesk) {
	d.PutCard(d.holder.Key)
	d.Press("checksum", 0, "read")
	d.fails(drivers.CodeLineError, drivers.ReasonLineNoise)
	d.Release("checksum")
	d.mustRead()
}

// twinErrors: two like errors in one answer pass the checksum of the protocol. Whatever comes out must not be a record
// with a wrong number or a wrong date.
func twinErrors(d *idcardDesk) {
	for every := 40; every < 60; every++ {
		d.put()
		d.Once("garbage", every, "read")
		got, err := d.read(nil)
		if err != nil {
			continue
		}
		want := d.holder.Want
		if got.IDNumber != want.IDNumber || got.Birth != want.Birth || got.ValidTo != want.ValidTo || got.Sex != want.Sex {
			d.t.Errorf("every %dth byte wrong: a wrong record was taken for a right one", every)
		}
	}
	d.recovers()
}
