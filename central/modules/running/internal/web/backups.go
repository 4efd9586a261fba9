package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/modules/running"
	"tongban/central/modules/running/internal/app"
	"tongban/central/modules/running/internal/store"
)

type backupRow struct {
	ID         string `json:"id"`
	At         string `json:"at"`
	Snapshot   string `json:"snapshot,omitempty"`
	Place      string `json:"place"`
	Size       int64  `json:"size" doc:"字节"`
	Rows       int64  `json:"rows"`
	Files      int64  `json:"files"`
	DurationMS int64  `json:"duration_ms"`
	State      string `json:"state" enum:"ok,failed"`
	Text       string `json:"text,omitempty"`
}

type drillRow struct {
	At      string  `json:"at"`
	Seconds float64 `json:"seconds"`
	OK      bool    `json:"ok"`
	Text    string  `json:"text"`
	Person  string  `json:"person"`
}

type backupsOut struct {
	Body struct {
		Configured bool        `json:"configured" doc:"配置了存放的地方"`
		LastOKAt   string      `json:"last_ok_at,omitempty"`
		EveryHours float64     `json:"every_hours"`
		Keep       int         `json:"keep"`
		NextAt     string      `json:"next_at,omitempty"`
		Place      string      `json:"place,omitempty"`
		Rows       []backupRow `json:"rows"`
		Drill      *drillRow   `json:"drill,omitempty" doc:"最近一次恢复演练"`
		Drills     []drillRow  `json:"drills"`
	}
}

func backups(api huma.API, a *app.App) {
	get(api, "list-backups", "backups", "备份和恢复演练", func(ctx context.Context, _ *empty) (*backupsOut, error) {
		v, err := a.Backups(ctx)
		if err != nil {
			return nil, err
		}
		out := &backupsOut{}
		b := &out.Body
		b.Configured, b.LastOKAt, b.EveryHours, b.Keep = v.Plan.To != "", stamp(v.Last), v.Plan.Every.Hours(), v.Plan.Keep
		b.NextAt, b.Place, b.Rows, b.Drills = stamp(v.Next), v.Plan.To, []backupRow{}, []drillRow{}
		for _, r := range v.Rows {
			b.Rows = append(b.Rows, backupRow{r.ID, stamp(r.At), r.Snapshot, r.Place, r.Size, r.Rows, r.Files, r.Took.Milliseconds(), r.State, r.Text})
		}
		for _, d := range v.Drills {
			b.Drills = append(b.Drills, drillRow{stamp(d.At), d.Seconds, d.OK, d.Text, d.Person})
		}
		if len(b.Drills) > 0 {
			b.Drill = &b.Drills[0]
		}
		return out, nil
	})
	post(api, running.PermBackup, "make-backup", "backups", "立即备份", func(ctx context.Context, in *reasonIn) (*empty, error) {
		return nil, a.AskBackup(ctx, in.Body.Reason)
	})
	type drillIn struct {
		Body struct {
			At      string  `json:"at" maxLength:"40"`
			Seconds float64 `json:"seconds" minimum:"0" maximum:"864000" doc:"从开始恢复到可用"`
			OK      bool    `json:"ok"`
			Text    string  `json:"text" minLength:"2" maxLength:"300"`
		}
	}
	post(api, running.PermBackup, "add-drill", "drills", "登记恢复演练", func(ctx context.Context, in *drillIn) (*empty, error) {
		at, err := moment(in.Body.At)
		if err != nil {
			return nil, err
		}
		return nil, a.AddDrill(ctx, store.Drill{At: at, Seconds: in.Body.Seconds, OK: in.Body.OK, Text: in.Body.Text})
	})
}
