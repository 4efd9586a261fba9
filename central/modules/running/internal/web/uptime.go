package web

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/clock"
	"tongban/central/modules/running"
	"tongban/central/modules/running/internal/app"
	"tongban/central/modules/running/internal/store"
)

type dayRow struct {
	Day         string  `json:"day"`
	OKPercent   float64 `json:"ok_percent"`
	DownSeconds float64 `json:"down_seconds"`
	Known       bool    `json:"known" doc:"当天有探测记录"`
}

type systemRow struct {
	System      string  `json:"system"`
	Title       string  `json:"title"`
	Percent     float64 `json:"percent"`
	DownSeconds float64 `json:"down_seconds"`
	Since       string  `json:"since,omitempty" doc:"从什么时候起有探测记录"`
	DownNow     bool    `json:"down_now"`
	OverDay     bool    `json:"over_day" doc:"中断合计达到 1 天"`
}

type incidentRow struct {
	ID      string  `json:"id"`
	System  string  `json:"system"`
	Title   string  `json:"title"`
	From    string  `json:"from"`
	To      string  `json:"to,omitempty"`
	Seconds float64 `json:"seconds"`
	Source  string  `json:"source" enum:"probe,person"`
	Cause   string  `json:"cause,omitempty"`
	Person  string  `json:"person,omitempty"`
}

type availabilityOut struct {
	Body struct {
		From         string        `json:"from"`
		Percent      float64       `json:"percent" doc:"平台可用率"`
		Goal         float64       `json:"goal" doc:"目标可用率：年故障时间少于 1 天"`
		DownSeconds  float64       `json:"down_seconds"`
		MTTRSeconds  float64       `json:"mttr_seconds" doc:"平均修复时间"`
		MTTRGoal     float64       `json:"mttr_goal_seconds"`
		MTTROver     bool          `json:"mttr_over"`
		DownOverGoal bool          `json:"down_over_goal" doc:"中断合计达到 1 天"`
		Systems      []systemRow   `json:"systems"`
		Days         []dayRow      `json:"days"`
		Incidents    []incidentRow `json:"incidents"`
	}
}

func uptime(api huma.API, a *app.App) {
	type in struct {
		Days int `query:"days" minimum:"1" maximum:"366" default:"30"`
		Year int `query:"year" minimum:"2000" maximum:"2100" doc:"某一年；给了就不看 days"`
	}
	get(api, "get-availability", "availability", "可用率和修复时间", func(ctx context.Context, q *in) (*availabilityOut, error) {
		now := a.Clock.Now().In(clock.Shanghai)
		from := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, clock.Shanghai).AddDate(0, 0, 1-q.Days)
		if q.Year != 0 {
			from = time.Date(q.Year, 1, 1, 0, 0, 0, 0, clock.Shanghai)
		}
		v, err := a.Availability(ctx, from)
		if err != nil {
			return nil, err
		}
		return availabilityOf(v), nil
	})
	type incidentIn struct {
		Body struct {
			ID     string `json:"id,omitempty" maxLength:"40" doc:"补充已有的一条"`
			System string `json:"system,omitempty" maxLength:"40"`
			Title  string `json:"title,omitempty" maxLength:"80"`
			From   string `json:"from,omitempty" maxLength:"40"`
			To     string `json:"to,omitempty" maxLength:"40"`
			Cause  string `json:"cause,omitempty" maxLength:"300"`
			Reason string `json:"reason" minLength:"2" maxLength:"200"`
		}
	}
	post(api, running.PermIncident, "put-incident", "incidents", "登记或补充故障", func(ctx context.Context, q *incidentIn) (*idOut, error) {
		b := q.Body
		from, err := moment(b.From)
		if err != nil {
			return nil, err
		}
		to, err := moment(b.To)
		if err != nil {
			return nil, err
		}
		if from.IsZero() {
			from = a.Clock.Now()
		}
		v, err := a.PutIncident(ctx, store.Incident{ID: b.ID, System: b.System, Title: b.Title, From: from, To: to, Cause: b.Cause}, b.Reason)
		out := &idOut{}
		out.Body.ID = v.ID
		return out, err
	})
}

func availabilityOf(v app.Availability) *availabilityOut {
	out := &availabilityOut{}
	b := &out.Body
	b.From, b.Goal, b.MTTRGoal = stamp(v.From), 100*(1-1.0/365), (30 * time.Minute).Seconds()
	b.MTTRSeconds, b.MTTROver = v.MTTR.Seconds(), v.MTTROver
	b.Systems, b.Days, b.Incidents = []systemRow{}, []dayRow{}, []incidentRow{}
	for _, s := range v.Systems {
		if s.System == app.Platform {
			b.Percent, b.DownSeconds, b.DownOverGoal = s.Percent, s.Down.Seconds(), s.OverDay
		}
		b.Systems = append(b.Systems, systemRow{s.System, s.Title, s.Percent, s.Down.Seconds(), stamp(s.Since), s.Now, s.OverDay})
	}
	for _, d := range v.Days {
		b.Days = append(b.Days, dayRow{d.Since.In(clock.Shanghai).Format("2006-01-02"), d.Percent, d.Down.Seconds(), d.Known > 0})
	}
	for _, i := range v.Incidents {
		end := i.To
		if end.IsZero() {
			end = v.To
		}
		b.Incidents = append(b.Incidents, incidentRow{i.ID, i.System, i.Title, stamp(i.From), stamp(i.To), end.Sub(i.From).Seconds(), i.Source, i.Cause, i.Person})
	}
	return out
}
