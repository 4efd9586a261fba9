package diagnostics

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tongban/agent/clock"
	"tongban/agent/store"
	"tongban/drivers"
	"tongban/fleet/wire"
)

// Times of a remote diagnosis.
const (
	askLimit    = 2 * time.Second        // for a device to say how it is
	remoteLimit = 15 * time.Second       // for one device, nobody stands there
	engagedLook = 100 * time.Millisecond // how soon a citizen who comes has the devices
	keptOrders  = 24 * time.Hour
)

// Order carries out what the centre asks from afar (远程诊断). It never disturbs a citizen or a technician: the terminal then says
// that it is busy, and whoever comes meanwhile has the devices at once. Every answer goes through the outbox.
func (d *Desk) Order(ctx context.Context, raw []byte) {
	if err := d.order(ctx, raw); err != nil && ctx.Err() == nil {
		d.o.Log.Error("order was not carried out", "err", err)
	}
}

func (d *Desk) order(ctx context.Context, raw []byte) error {
	d.mu.Lock()
	from := d.station
	d.mu.Unlock()
	if from == nil {
		return ErrNotEnrolled
	}
	key, err := from.Key()
	if err != nil {
		return err
	}
	now := d.o.Clock.Now()
	o, err := wire.ReadOrder(key, from.Terminal, raw, now)
	late := errors.Is(err, wire.ErrOrderLate)
	if err != nil && !late {
		return err // nobody is answered: it was not the centre who asked
	}
	if fresh, err := d.claim(ctx, o, now); err != nil || !fresh {
		return err
	}
	r := &remoteRun{d: d, from: from, out: wire.RemoteReport{Order: o.ID, Version: d.o.Version, Model: d.o.Model.Model}}
	if late {
		r.out.State = wire.RemoteLate
		return r.tell(ctx)
	}
	if r.out.Why = d.engage(); r.out.Why != "" {
		r.out.State = wire.RemoteBusy
		return r.tell(ctx)
	}
	defer d.disengage()
	d.o.Log.Info("remote diagnosis began", "order", o.ID, "task", o.Task)
	return r.run(ctx, o.Task)
}

// claim keeps that an order was carried out; false when it was before.
func (d *Desk) claim(ctx context.Context, o wire.RemoteOrder, now time.Time) (fresh bool, err error) {
	err = d.o.DB.Do(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM remote_order WHERE at < ?`, store.Ms(now.Add(-keptOrders))); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `INSERT INTO remote_order (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING`, o.ID, store.Ms(now))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		fresh = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("claim order: %w", err)
	}
	return fresh, nil
}

// engage takes the terminal for one order, unless somebody has it; then it says who.
func (d *Desk) engage() (who string) {
	if who = d.engaged(); who != "" {
		return who
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.remote {
		return wire.EngagedRemote
	}
	d.remote = true
	return ""
}

func (d *Desk) disengage() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.remote = false
}

// engaged says which person has the terminal, "" when nobody is here.
func (d *Desk) engaged() string {
	switch {
	case d.Here():
		return wire.EngagedTechnician
	case d.o.Serving != nil && d.o.Serving():
		return wire.EngagedCitizen
	}
	return ""
}

// remoteRun is one order under way.
type remoteRun struct {
	d     *Desk
	from  *Station
	out   wire.RemoteReport
	found map[drivers.Kind]finding
}

// run tests one device after the other and tells each time.
func (r *remoteRun) run(ctx context.Context, task wire.RemoteTask) error {
	d := r.d
	r.found = map[drivers.Kind]finding{}
	r.out.Machine, r.out.Network = Machine(d.o.Root, d.o.Model), Network(d.o.Root)
	if task == wire.RemoteLook {
		r.out.State = wire.RemoteDone
		return r.tell(ctx)
	}
	for _, s := range d.o.Rack.All() {
		if s.Port == "" { // nobody connected it: there is nothing to ask
			continue
		}
		r.out.State, r.out.Now = wire.RemoteRunning, string(s.Kind)
		if err := r.tell(ctx); err != nil {
			return err
		}
		f, who := r.test(ctx, s.Kind, task)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if who != "" {
			r.out.State, r.out.Why, r.out.Now = wire.RemoteBroken, who, ""
			return r.tell(ctx)
		}
		f.at = d.o.Clock.Now()
		r.found[s.Kind] = f
	}
	r.out.State, r.out.Now = wire.RemoteDone, ""
	return r.tell(ctx)
}

// tell sends what is known by now.
func (r *remoteRun) tell(ctx context.Context) error {
	now := r.d.o.Clock.Now()
	r.out.Part++
	r.out.At, r.out.Devices = now.UTC(), nil
	if r.out.State != wire.RemoteBusy && r.out.State != wire.RemoteLate {
		for _, p := range r.d.places(r.found) {
			r.out.Devices = append(r.out.Devices, p.report())
		}
	}
	return r.d.send(ctx, r.from, wire.KindRemote, r.out, now)
}

// test looks at one device as deep as it can without a person. who is the person who came meanwhile; what was found is then dropped.
func (r *remoteRun) test(ctx context.Context, kind drivers.Kind, task wire.RemoteTask) (f finding, who string) {
	if who = r.d.engaged(); who != "" {
		return f, who
	}
	ctx, cancel := context.WithTimeout(ctx, remoteLimit)
	defer cancel()
	came := make(chan string, 1)
	go func() {
		for clock.Sleep(ctx, r.d.o.Clock, engagedLook) == nil {
			if who := r.d.engaged(); who != "" {
				came <- who
				if kind != drivers.KindReceipt { // half a strip helps nobody, and a whole one takes a second
					cancel()
				}
				return
			}
		}
	}()
	f = judged(asked(ctx, kind, bench{r.d.o.Rack, r.d.o.Clock, r.d.wants(kind)}, task))
	f.pictures, f.controls = nil, nil // of nobody's use far away
	select {
	case who = <-came:
	default:
	}
	return f, who
}

// asked runs the kind's own test where it needs no deeper level than is wanted; else the device is asked how it is.
func asked(ctx context.Context, kind drivers.Kind, b bench, task wire.RemoteTask) (finding, error) {
	t, known := tasks[kind]
	if known && (t.level == drivers.HealthInternal || t.level == drivers.HealthExternal && task == wire.RemoteExternal) {
		return t.run(ctx, b)
	}
	ctx, stop := context.WithTimeout(ctx, askLimit)
	defer stop()
	began := b.clock.Now()
	var out finding
	err := lent(ctx, b.rack, kind, func(dev drivers.Device) error {
		_, err := dev.Status(ctx)
		return err
	})
	if err == nil {
		out.timings = []wire.Timing{{Property: "answer", Got: float64(b.clock.Now().Sub(began).Milliseconds()), Unit: "ms", OK: true}}
	}
	return out, err
}
