package app

import (
	"context"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/modules/running/internal/store"
)

// metrics are what is measured, with title and unit, in the order of pages and reports (资源指标).
var metrics = []struct{ name, title, unit string }{
	{"cpu", "处理器使用率", "%"},
	{"memory", "内存使用率", "%"},
	{"disk", "磁盘使用率", "%"},
	{"queue", "待处理任务", "件"},
	{"terminal_queue", "终端未送达", "件"},
}

func (a *App) measure(ctx context.Context) error {
	values := map[string]float64{}
	if h, err := readHost(a.Source.Data); err == nil {
		values["memory"], values["disk"] = h.memory, h.disk
	}
	if busy, ok := a.cpu.read(); ok {
		values["cpu"] = busy
	}
	if n, err := a.Jobs.Depth(ctx); err == nil {
		a.depth.Set(float64(n))
		values["queue"] = float64(n)
	}
	if a.Terminals != nil {
		if list, err := a.Terminals(ctx); err == nil {
			values["terminal_queue"] = a.kiosks.set(list)
		}
	}
	return a.DB.Do(auth.AsSystem(ctx, "running"), func(tx db.Tx) error {
		for name, v := range values {
			if err := store.AddSample(ctx, tx, a.Host, name, v); err != nil {
				return err
			}
		}
		return nil
	})
}

// Point is one point of a trend: seconds since 1970, and the value.
type Point [2]float64

// Series is how one thing went.
type Series struct {
	Name   string  `json:"name"`
	Title  string  `json:"title"`
	Unit   string  `json:"unit"`
	Host   string  `json:"host" doc:"哪台机器"`
	Points []Point `json:"points" doc:"时刻（秒）和数值"`
}

// step is the finest that is still kept for all of a time.
func step(d time.Duration) int {
	switch {
	case d <= 48*time.Hour:
		return store.Minute
	case d <= 35*24*time.Hour:
		return store.Quarter
	}
	return store.Hour
}

// Trends returns the series of the last hours.
func (a *App) Trends(ctx context.Context, hours int) ([]Series, error) {
	d := time.Duration(hours) * time.Hour
	list, err := view(ctx, a.DB, func(q db.Query) ([]store.Sample, error) {
		return store.Samples(ctx, q, step(d), a.Clock.Now().Add(-d))
	})
	if err != nil {
		return nil, err
	}
	out := []Series{}
	for _, m := range metrics {
		at := map[string]int{}
		for _, s := range list {
			if s.Metric != m.name {
				continue
			}
			i, ok := at[s.Host]
			if !ok {
				i = len(out)
				at[s.Host] = i
				out = append(out, Series{Name: m.name, Title: m.title, Unit: m.unit, Host: s.Host, Points: []Point{}})
			}
			out[i].Points = append(out[i].Points, Point{float64(s.At.Unix()), s.Mean})
		}
	}
	return out, nil
}

// Tidy forgets what is kept in longer steps, and old runs of the health check.
func (a *App) Tidy(ctx context.Context) error {
	now := a.Clock.Now()
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.ForgetSamples(ctx, tx, now); err != nil {
			return err
		}
		return store.ForgetRuns(ctx, tx, now.Add(-92*24*time.Hour))
	})
}
