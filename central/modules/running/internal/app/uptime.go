package app

import (
	"context"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/health"
	"tongban/central/kernel/ids"
	"tongban/central/modules/running"
	"tongban/central/modules/running/internal/store"
)

// Platform is the centre as a whole: whoever can write the probe works.
const Platform = "platform"

// systems are what availability is computed of, by the component of their check (系统可用率).
var systems = []struct{ name, title string }{
	{Platform, "通办平台"}, {"database", "数据库"}, {"broker", "消息服务"}, {"blobs", "文件存储"},
}

func systemTitle(name string) string {
	for _, s := range systems {
		if s.name == name {
			return s.title
		}
	}
	return name
}

// gap is from how long a silence on a system counts as down: two probes that did not come.
const gap = 150 * time.Second

// probe notes which systems work now. Nobody writes that something is down: that nothing was written is the outage, so that
// a machine without power is counted too.
func (a *App) probe(ctx context.Context) error {
	works := map[string]bool{Platform: true}
	for _, r := range a.Health.Run(ctx, 10*time.Second, health.Database, health.Broker, health.Blobs) {
		works[r.Component] = r.Passed()
	}
	return a.DB.Do(auth.AsSystem(ctx, "running"), func(tx db.Tx) error {
		for _, s := range systems {
			if !works[s.name] {
				continue
			}
			if err := a.seen(ctx, tx, s.name, tx.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// seen lengthens the time in which a system worked, or ends an outage and keeps it as an incident.
func (a *App) seen(ctx context.Context, tx db.Tx, system string, now time.Time) error {
	last, known, err := store.LastSpan(ctx, tx, system)
	if err != nil {
		return err
	}
	if known && now.Sub(last.To) <= gap {
		return store.Reach(ctx, tx, last, now)
	}
	if err := store.Begin(ctx, tx, system, now); err != nil || !known {
		return err
	}
	v := store.Incident{ID: ids.New(), System: system, Title: systemTitle(system) + "中断", From: last.To, To: now, Source: "probe"}
	if err := store.PutIncident(ctx, tx, v); err != nil {
		return err
	}
	return events.Emit(ctx, tx, events.Event{Topic: running.EventIncident, Key: v.ID, Data: running.Incident{ID: v.ID, System: system}})
}

// Goals of the contract.
const (
	yearlyDown = 24 * time.Hour   // 平均年故障时间 < 1 天
	repairGoal = 30 * time.Minute // 平均故障修复时间 < 30 分钟
)

// Uptime is how one system did in a time.
type Uptime struct {
	System  string
	Title   string
	Since   time.Time // first ever seen; before it nothing is known
	Down    time.Duration
	Known   time.Duration
	Percent float64
	Now     bool // is down now
	OverDay bool // down for a day or more: against the contract when the time is a year
}

// Availability is the report over a time.
type Availability struct {
	From, To  time.Time
	Systems   []Uptime
	Days      []Uptime // of the platform, oldest first; Since is the day
	Incidents []store.Incident
	Repaired  int
	MTTR      time.Duration
	MTTROver  bool
}

// Availability computes down time and time to repair between from and now.
func (a *App) Availability(ctx context.Context, from time.Time) (Availability, error) {
	now := a.Clock.Now()
	out := Availability{From: from, To: now}
	err := a.DB.View(ctx, func(q db.Query) error {
		for _, s := range systems {
			spans, err := store.Spans(ctx, q, s.name, time.Time{})
			if err != nil {
				return err
			}
			u := uptime(spans, from, now, now)
			u.System, u.Title = s.name, s.title
			out.Systems = append(out.Systems, u)
			if s.name == Platform {
				out.Days = daily(spans, from, now)
			}
		}
		var err error
		out.Incidents, err = store.Incidents(ctx, q, from)
		return err
	})
	if err != nil {
		return out, err
	}
	var sum time.Duration
	for _, i := range out.Incidents {
		if !i.To.IsZero() {
			out.Repaired++
			sum += i.To.Sub(i.From)
		}
	}
	if out.Repaired > 0 {
		out.MTTR = sum / time.Duration(out.Repaired)
		out.MTTROver = out.MTTR >= repairGoal
	}
	return out, nil
}

// uptime adds up the silences between spans within [from, to]. What lies before the first span is not known.
func uptime(spans []store.Span, from, to, now time.Time) Uptime {
	var u Uptime
	if len(spans) == 0 {
		u.Percent = 100
		return u
	}
	u.Since = spans[0].From
	begin := later(from, u.Since)
	if !begin.Before(to) {
		u.Percent = 100
		return u
	}
	u.Known = to.Sub(begin)
	for i, s := range spans {
		next := now
		if i+1 < len(spans) {
			next = spans[i+1].From
		} else if now.Sub(s.To) <= gap {
			break // the last probe is fresh
		} else {
			u.Now = true
		}
		if down := earlier(next, to).Sub(later(s.To, begin)); down > 0 {
			u.Down += down
		}
	}
	u.Percent = 100 * (1 - u.Down.Seconds()/u.Known.Seconds())
	u.OverDay = u.Down >= yearlyDown
	return u
}

func daily(spans []store.Span, from, now time.Time) []Uptime {
	d := from.In(clock.Shanghai)
	day := time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, clock.Shanghai)
	var out []Uptime
	for day.Before(now) {
		next := day.AddDate(0, 0, 1)
		u := uptime(spans, day, earlier(next, now), now)
		u.Since = day
		out = append(out, u)
		day = next
	}
	return out
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// PutIncident registers a fault that a person saw, or adds cause and end to one.
func (a *App) PutIncident(ctx context.Context, v store.Incident, reason string) (store.Incident, error) {
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		if v.ID == "" {
			v.ID, v.Source = ids.New(), "person"
		} else {
			old, err := store.GetIncident(ctx, tx, v.ID)
			if err != nil {
				return err
			}
			v.System, v.From, v.Source = old.System, old.From, old.Source
			if v.Title == "" {
				v.Title = old.Title
			}
			if old.Source == "probe" {
				v.To = old.To // measured, not a matter of opinion
			}
		}
		v.Person = tx.Actor().Name
		if v.From.After(tx.Now()) || !v.To.IsZero() && v.To.Before(v.From) {
			return errs.E(errs.Invalid, "running.bad_time", "故障时间不对：开始不能晚于现在，结束不能早于开始", nil)
		}
		if err := store.PutIncident(ctx, tx, v); err != nil {
			return err
		}
		return note(ctx, tx, "running.incident", v.ID, reason, map[string]string{"system": v.System})
	})
	return v, err
}
