package counter

import (
	"context"
	"time"

	"tongban/agent/devices"
	"tongban/agent/journal"
	"tongban/drivers"
)

// printsKept is how long the journal remembers that something was printed; it knows neither what nor for whom.
const printsKept = 90 * 24 * time.Hour

// leftWords tell the clerk what became of a job that an end of the bridge cut off.
var leftWords = map[journal.State]string{
	journal.Printed: "能用。上次中断时打的那份已经打出来了",
	journal.Failed:  "能用。上次中断时打的那份没有打完，要的话再打一次",
	journal.Unknown: "能用。上次中断时打的那份出来了吗？请看看出纸口，没有再打一次",
}

// Settle closes the books on what was printing when the bridge ended (对账), as soon as each printer is there; the list of
// devices then says what became of it, until the next print.
func (d *Desk) Settle(ctx context.Context) {
	if err := d.o.Journal.Forget(ctx, printsKept); err != nil {
		d.o.Log.Warn("old prints are not forgotten", "err", err)
	}
	settle(ctx, d, drivers.KindReceipt, d.o.Journal.Settle)
	settle(ctx, d, drivers.KindLaser, d.o.Journal.SettleDocuments)
}

func settle[T drivers.Device](ctx context.Context, d *Desk, k drivers.Kind, f func(context.Context, T) ([]journal.Job, error)) {
	if !d.o.Rack.Has(k) {
		return
	}
	wait, cancel := context.WithTimeout(ctx, time.Minute) // a printer that is not there now is settled before its next job
	defer cancel()
	if d.o.Rack.Await(wait, k) != nil {
		return
	}
	l, err := devices.Take[T](wait, d.o.Rack, k)
	if err != nil {
		return
	}
	defer l.Done(nil)
	d.settled(ctx, k, func() ([]journal.Job, error) { return f(ctx, l.Device) })
}

// settled notes what became of the last job.
func (d *Desk) settled(ctx context.Context, k drivers.Kind, f func() ([]journal.Job, error)) {
	jobs, err := f()
	if err != nil && ctx.Err() == nil {
		d.o.Log.Error("prints cannot be settled", "kind", k, "err", err)
	}
	for _, j := range jobs {
		d.o.Log.Warn("print cut off by a crash", "kind", k, "job", j.ID, "state", j.State)
		d.setLeft(k, leftWords[j.State])
	}
}

func (d *Desk) setLeft(k drivers.Kind, words string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if words == "" {
		delete(d.left, k)
		return
	}
	d.left[k] = words
}

// text is how a device is, for the list.
func (d *Desk) text(k drivers.Kind, s devices.Status) string {
	d.mu.Lock()
	left := d.left[k]
	d.mu.Unlock()
	if left != "" && s.Ready() && !s.InUse {
		return left
	}
	return health(s)
}
