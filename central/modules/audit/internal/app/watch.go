package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/jobs"
	contract "tongban/central/modules/audit"
	"tongban/central/modules/audit/internal/store"
)

// Kinds of jobs beside JobVerify. Both run once a minute over all copies of the
// program.
const (
	JobCheckpoint = "audit.checkpoint"
	JobWatch      = "audit.watch"
)

const (
	window  = 5 * time.Minute // over which failures are counted
	guesses = 10              // failed sign-ins of one source, or on one account, that are an attack
	probes  = 10              // refused acts of one person that are one
	routine = 24 * time.Hour  // between verifications that nobody asked for
)

// looks are what an attack looks like in the records of a window.
var looks = []struct {
	action string
	by     audit.By
	least  int
	kind   string
	words  string
}{
	{"auth.login_denied", audit.BySource, guesses, contract.BruteForce, "%s 在 5 分钟内登录失败 %d 次"},
	{"auth.login_denied", audit.ByObject, guesses, contract.BruteForce, "账号 %s 在 5 分钟内登录失败 %d 次"},
	{"auth.factor_denied", audit.ByObject, guesses, contract.BruteForce, "账号 %s 在 5 分钟内第二因子错误 %d 次"},
	{"auth.alarm", audit.ByObject, 1, contract.BruteForce, "%s 的登录失败超过上限（5 分钟内 %d 次告警）"},
	{"auth.refused", audit.ByActor, probes, contract.Probing, "账号 %s 在 5 分钟内 %d 次操作没有权限的功能"},
}

var kindTitles = map[string]string{
	contract.BruteForce: "疑似暴力猜测口令", contract.Probing: "反复越权", contract.Broken: "审计链不成立", contract.Unreachable: "检查点送不出去",
}

// Handlers are the jobs of the module.
func (a *App) Handlers() map[string]jobs.Handler {
	return map[string]jobs.Handler{JobVerify: a.verify, JobCheckpoint: a.checkpoint, JobWatch: a.watch}
}

// checkpoint signs what is due and ships what waits.
func (a *App) checkpoint(ctx context.Context, _ json.RawMessage) error {
	_, err := a.Keeper.Take(ctx, false)
	if bad, ok := errors.AsType[*audit.BrokenError](err); ok {
		err = a.raise(ctx, broken(bad.Report)) // the next run finds it again: no use in trying at once
	}
	if _, shipErr := a.Keeper.Ship(ctx); shipErr != nil {
		return errors.Join(err, a.raise(ctx, unreachable(a.Keeper.Sink.String(), shipErr.Error())))
	}
	return err
}

// Follow takes a checkpoint soon after each thousandth record, until ctx ends.
func (a *App) Follow(ctx context.Context) {
	for {
		rung := a.DB.Changed(audit.Thousand)
		select {
		case <-ctx.Done():
			return
		case <-rung:
		}
		err := a.DB.Do(ctx, func(tx db.Tx) error {
			return a.Jobs.Add(ctx, tx, JobCheckpoint, nil, jobs.Opts{Unique: "thousand"})
		})
		if err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "a checkpoint waits for its minute", "cause", err.Error())
		}
		if err := clock.Sleep(ctx, clock.System(), time.Second); err != nil {
			return
		}
	}
}

// watch looks for attacks in the records of the last minutes, and begins the
// daily verification.
func (a *App) watch(ctx context.Context, _ json.RawMessage) error {
	var found []contract.Alert
	due := false
	err := a.DB.View(ctx, func(q db.Query) error {
		found = nil
		since := audit.Filter{From: a.Clock.Now().Add(-window)}
		for _, l := range looks {
			f := since
			f.Action = l.action
			tallies, err := audit.Tallies(ctx, q, f, l.by, l.least, 50)
			if err != nil {
				return err
			}
			for _, t := range tallies {
				if t.Key != "" {
					found = append(found, contract.Alert{Kind: l.kind, Object: t.Key, Times: int(t.Count), Text: fmt.Sprintf(l.words, t.Key, t.Count)})
				}
			}
		}
		var err error
		due, err = a.due(ctx, q)
		return err
	})
	if err != nil {
		return fmt.Errorf("watch audit: %w", err)
	}
	for _, alert := range found {
		err = errors.Join(err, a.raise(ctx, alert))
	}
	if due {
		err = errors.Join(err, a.DB.Do(ctx, func(tx db.Tx) error {
			_, err := a.begin(ctx, tx, "")
			return err
		}))
	}
	return err
}

// due reports whether the daily verification should begin.
func (a *App) due(ctx context.Context, q db.Query) (bool, error) {
	run, err := a.running(ctx, q)
	if err != nil || run != nil {
		return false, err
	}
	for _, state := range []string{store.Done, store.Failed} {
		v, found, err := store.LastVerification(ctx, q, state)
		if err != nil {
			return false, err
		}
		again := routine
		if state == store.Failed {
			again = 10 * time.Minute
		}
		if found && a.Clock.Now().Sub(db.FromMs(v.At)) < again {
			return false, nil
		}
	}
	n, _, err := audit.Head(ctx, q)
	return n > 0, err
}

func broken(r audit.Report) contract.Alert {
	return contract.Alert{Kind: contract.Broken, Object: strconv.FormatInt(r.BadSeq, 10), Text: r.Sentence()}
}

func unreachable(place, why string) contract.Alert {
	return contract.Alert{Kind: contract.Unreachable, Object: place, Text: "检查点送不到存放处：" + why}
}

// raise opens an alert, with its record, its event and its count; the same
// thing again only counts the open one up.
func (a *App) raise(ctx context.Context, alert contract.Alert) error {
	alert.ID, alert.Title = ids.New(), kindTitles[alert.Kind]
	fresh := false
	err := a.DB.Do(ctx, func(tx db.Tx) (err error) {
		alert.First, alert.Last = tx.Now(), tx.Now()
		quiet := time.Time{}
		if alert.Kind == contract.BruteForce || alert.Kind == contract.Probing {
			quiet = tx.Now().Add(-window)
		}
		if fresh, err = store.Raise(ctx, tx, alert, quiet); err != nil || !fresh {
			return err
		}
		err = audit.Write(ctx, tx, audit.Record{Action: "audit.alert", Object: alert.ID, Detail: map[string]string{"kind": alert.Kind, "problem": alert.Text}})
		if err != nil {
			return err
		}
		return events.Emit(ctx, tx, events.Event{Topic: contract.TopicAlert, Key: alert.ID, Data: alert})
	})
	if err != nil { // the audit itself may be what is broken: then this is all that is heard of it
		a.raised.Inc(alert.Kind)
		a.Log.ErrorContext(ctx, "audit alert that cannot be kept", "kind", alert.Kind, "object", alert.Object, "cause", err.Error())
		return fmt.Errorf("raise alert: %w", err)
	}
	if fresh {
		a.raised.Inc(alert.Kind)
		a.Log.WarnContext(ctx, "audit alert", "kind", alert.Kind, "alert", alert.ID)
	}
	return nil
}

// Alerts returns the newest alerts, open ones first.
func (a *App) Alerts(ctx context.Context) (out []contract.Alert, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		out, err = store.Alerts(ctx, q, 200)
		return err
	})
	for i := range out {
		out[i].Title = kindTitles[out[i].Kind]
	}
	return out, err
}

// Acknowledge closes an alert, with a note of what was done.
func (a *App) Acknowledge(ctx context.Context, id, note string) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		closed, err := store.Close(ctx, tx, id, actor.From(ctx).Name, note)
		if err != nil {
			return err
		}
		if !closed {
			return errs.E(errs.Conflict, "audit.no_alert", "这条告警已经处理过，请刷新后再看", nil)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "audit.acknowledge", Object: id, Reason: note})
	})
}
