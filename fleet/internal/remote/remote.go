// Package remote asks terminals for a diagnosis from afar (远程诊断): a signed order goes down, what the terminal finds comes up part by
// part, and what nobody answers is said to be silent.
package remote

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/jobs"
	"tongban/fleet"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// JobOrder publishes one order.
const JobOrder = "fleet.remote_order"

// kept is how long a terminal's orders and their answers are kept.
const kept = 180 * 24 * time.Hour

// shown is how many a list holds at most.
const shown = 50

// Queue adds jobs; *jobs.Jobs is one.
type Queue interface {
	Add(ctx context.Context, tx db.Tx, kind string, args any, opts jobs.Opts) error
}

// Desk asks and takes answers.
type Desk struct {
	DB    *db.DB
	Clock clock.Clock
	Jobs  Queue
	// Key is the secret that is shared with a terminal as it is enrolled now.
	Key func(ctx context.Context, q db.Query, terminal string) (store.Row, []byte, error)
	// Publish sends to an MQTT topic with QoS 1 and returns when the broker holds it.
	Publish func(ctx context.Context, topic string, body []byte) error
}

// Ask orders one diagnosis. A terminal that is off is refused at once, with when it was last heard of: nothing waits for it.
func (d *Desk) Ask(ctx context.Context, terminal string, task wire.RemoteTask) (fleet.Remote, error) {
	out := fleet.Remote{ID: ids.New(), Terminal: terminal, Task: task, AskedBy: actor.From(ctx).ID, State: wire.RemoteAsked}
	err := d.DB.Do(ctx, func(tx db.Tx) error {
		row, key, err := d.Key(ctx, tx, terminal)
		if err != nil {
			return err
		}
		if !row.Online {
			return offline(row)
		}
		earlier, err := store.Remotes(ctx, tx, terminal, 1)
		if err != nil {
			return err
		}
		out.AskedAt = tx.Now().UTC()
		if len(earlier) > 0 && !earlier[0].Seen(out.AskedAt).Over() && earlier[0].Seen(out.AskedAt) != fleet.RemoteSilent {
			return fleet.ErrRemoteUnderWay
		}
		if err := store.DropRemotes(ctx, tx, terminal, out.AskedAt.Add(-kept)); err != nil {
			return err
		}
		if err := store.AddRemote(ctx, tx, out); err != nil {
			return err
		}
		o := wire.RemoteOrder{ID: out.ID, Terminal: terminal, Task: task, At: out.AskedAt}
		o.Prove(key)
		if err := d.Jobs.Add(ctx, tx, JobOrder, o, jobs.Opts{}); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "fleet.remote", Object: terminal, Detail: map[string]string{"order": out.ID, "task": string(task)}}); err != nil {
			return err
		}
		return moved(ctx, tx, out)
	})
	if err != nil {
		return fleet.Remote{}, fmt.Errorf("ask for remote diagnosis: %w", err)
	}
	return out, nil
}

func offline(row store.Row) error {
	since := "还没有连上过"
	if !row.LastSeen.IsZero() {
		since = "最后一次联系是 " + row.LastSeen.In(clock.Shanghai).Format("1月2日 15:04")
	}
	return errs.E(errs.Conflict, "fleet.terminal_off", row.Code+" 现在不在线，"+since+"。请先看那里的电源和网络，连上以后再查", nil)
}

func moved(ctx context.Context, tx db.Tx, r fleet.Remote) error {
	return events.Emit(ctx, tx, events.Event{Topic: fleet.EventRemote, Key: r.Terminal, Data: fleet.RemoteMoved{Terminal: r.Terminal, ID: r.ID, State: r.State}})
}

// Send is the job. It may run twice: the terminal carries an order out once. One that comes too late is not sent any more.
func (d *Desk) Send(ctx context.Context, args json.RawMessage) error {
	var o wire.RemoteOrder
	if err := json.Unmarshal(args, &o); err != nil {
		return jobs.Cancel(fmt.Errorf("decode order: %w", err))
	}
	if d.Clock.Now().After(o.At.Add(wire.RemoteLife)) {
		return jobs.Cancel(fmt.Errorf("send order %s: %w", o.ID, wire.ErrOrderLate))
	}
	body, err := json.Marshal(o)
	if err != nil {
		return jobs.Cancel(fmt.Errorf("encode order: %w", err))
	}
	return d.Publish(ctx, wire.TopicOrder(o.Terminal), body)
}

var answers = []wire.RemoteState{wire.RemoteRunning, wire.RemoteDone, wire.RemoteBusy, wire.RemoteBroken, wire.RemoteLate}

// Accept implements fleet.Acceptor for wire.KindRemote.
func (d *Desk) Accept(ctx context.Context, tx db.Tx, _ wire.Envelope, from fleet.Terminal, body []byte) (string, error) {
	var in wire.RemoteReport
	if err := json.Unmarshal(body, &in); err != nil {
		return "", errs.E(errs.Invalid, wire.CodeInvalid, "远程诊断结果读不出来，请升级终端程序", err)
	}
	if in.Part < 1 || !slices.Contains(answers, in.State) {
		return "", errs.E(errs.Invalid, wire.CodeInvalid, "远程诊断结果不完整，请升级终端程序", fmt.Errorf("part %d, state %q", in.Part, in.State))
	}
	fresh, err := store.AnswerRemote(ctx, tx, from.Code, in)
	if err != nil || !fresh {
		return "", err // overtaken by a later part, or of an order that is not kept any more: nothing is lost
	}
	if in.State.Over() {
		err := audit.Write(ctx, tx, audit.Record{Action: "fleet.remote_end", Object: from.Code, Detail: map[string]string{"order": in.Order, "state": string(in.State)}})
		if err != nil {
			return "", err
		}
	}
	return "", moved(ctx, tx, fleet.Remote{ID: in.Order, Terminal: from.Code, State: in.State})
}

// List returns a terminal's newest diagnoses as they look now.
func (d *Desk) List(ctx context.Context, terminal string) (out []fleet.Remote, err error) {
	err = d.DB.View(ctx, func(q db.Query) error {
		out, err = store.Remotes(ctx, q, terminal, shown)
		return err
	})
	for i := range out {
		out[i].State = out[i].Seen(d.Clock.Now())
	}
	return out, err
}

// Get returns one as it looks now.
func (d *Desk) Get(ctx context.Context, id string) (out fleet.Remote, err error) {
	err = d.DB.View(ctx, func(q db.Query) error {
		out, err = store.Remote(ctx, q, id)
		return err
	})
	out.State = out.Seen(d.Clock.Now())
	return out, err
}
