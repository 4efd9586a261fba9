package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/statistics/internal/store"
)

// DataService is one table of numbers that is computed on a plan for others to take (数据服务).
type DataService struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Indicator string `json:"indicator"`
	By        string `json:"by"`
	Every     int    `json:"every" doc:"多久算一次，分钟"`
	Enabled   bool   `json:"enabled"`
	Version   int    `json:"version"`
	MadeBy    string `json:"made_by"`
	RunAt     string `json:"run_at,omitempty" doc:"上一次算"`
	RunMs     int64  `json:"run_ms"`
	Rows      int    `json:"rows"`
	Fault     string `json:"fault,omitempty"`
}

// ServiceDraft is what somebody defines.
type ServiceDraft struct {
	Title     string `json:"title" minLength:"2" maxLength:"40"`
	Indicator string `json:"indicator" minLength:"1" maxLength:"40" doc:"指标"`
	By        string `json:"by" enum:"department,region,item,window,channel,hall" doc:"按什么分"`
	Every     int    `json:"every" minimum:"5" maximum:"10080" doc:"多久算一次，分钟"`
	Enabled   bool   `json:"enabled"`
}

var (
	errNoService = errs.E(errs.NotFound, "statistics.no_service", "没有这个数据服务", nil)
	errStale     = errs.E(errs.Conflict, "statistics.service_changed", "别人刚改过这个数据服务，请看最新的再改", nil)
)

// Services lists the data services.
func (a *App) Services(ctx context.Context) ([]DataService, error) {
	out := []DataService{}
	err := a.DB.View(ctx, func(q db.Query) error {
		rows, err := store.Services(ctx, q)
		for _, r := range rows {
			out = append(out, serviceOf(r))
		}
		return err
	})
	return out, err
}

func serviceOf(r store.Service) DataService {
	s := DataService{
		ID: r.ID, Title: r.Title, Indicator: r.Indicator, By: r.By, Every: r.Every, Enabled: r.Enabled, Version: r.Version, MadeBy: r.MadeBy,
		RunMs: r.RunMs, Rows: r.RunRows, Fault: r.RunFault,
	}
	if r.RunAt != 0 {
		s.RunAt = db.FromMs(r.RunAt).In(clock.Shanghai).Format(time.RFC3339)
	}
	return s
}

// PutService defines a data service, or changes the one with this id that the caller saw in version.
func (a *App) PutService(ctx context.Context, id string, version int, d ServiceDraft) (DataService, error) {
	if _, err := a.indicator(d.Indicator); err != nil {
		return DataService{}, err
	}
	var kept store.Service
	err := a.DB.Do(ctx, func(tx db.Tx) (err error) {
		who := actor.From(ctx)
		action := "statistics.define"
		if id != "" {
			if kept, err = store.GetService(ctx, tx, id); err != nil {
				return orMissing(err)
			}
			if kept.Version != version {
				return errStale
			}
			action = "statistics.redefine"
		} else {
			kept = store.Service{ID: ids.New(), MadeAt: db.Ms(tx.Now()), MadeBy: who.Name}
		}
		kept.Title, kept.Indicator, kept.By, kept.Every, kept.Enabled = d.Title, d.Indicator, d.By, d.Every, d.Enabled
		kept.Version++
		if err := store.PutService(ctx, tx, kept); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: action, Object: kept.ID, Detail: map[string]string{"title": kept.Title, "indicator": kept.Indicator, "by": kept.By}})
	})
	return serviceOf(kept), err
}

func orMissing(err error) error {
	if store.Missing(err) {
		return errNoService
	}
	return err
}

// served is what a data service hands out.
type served struct {
	Title string `json:"title"`
	From  string `json:"from"`
	To    string `json:"to"`
	Bars  []Bar  `json:"rows"`
}

// Run computes the data services that are due (定时计算). One that fails keeps its last numbers and says why.
func (a *App) Run(ctx context.Context, _ json.RawMessage) error {
	var due []store.Service
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		all, err := store.Services(ctx, q)
		for _, s := range all {
			if s.Enabled && db.Ms(a.Clock.Now()) >= s.RunAt+int64(s.Every)*60_000 {
				due = append(due, s)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range due {
		if err := a.run(auth.AsSystem(ctx, "statistics.run"), s); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) run(ctx context.Context, s store.Service) error {
	b, err := a.Board(ctx, s.Indicator, Ask{By: s.By})
	s.RunAt, s.RunMs, s.RunFault = db.Ms(a.Clock.Now()), b.TookMs, ""
	if err != nil {
		s.RunFault = errs.MessageOf(err)
		a.Log.WarnContext(ctx, "data service failed", "service", s.ID, "cause", err.Error())
	} else {
		text, err := json.Marshal(served{Title: s.Title, From: b.From, To: b.To, Bars: b.Bars})
		if err != nil {
			return fmt.Errorf("encode data service: %w", err)
		}
		s.RunRows, s.Result = len(b.Bars), string(text)
	}
	return a.DB.Do(ctx, func(tx db.Tx) error { return store.Ran(ctx, tx, s) })
}

// Served returns the last numbers of a data service as JSON (取数); before its first run there are none.
func (a *App) Served(ctx context.Context, id string) (json.RawMessage, error) {
	var s store.Service
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		s, err = store.GetService(ctx, q, id)
		return err
	})
	if err != nil {
		return nil, orMissing(err)
	}
	if s.Result == "" {
		return nil, errs.E(errs.NotFound, "statistics.not_run", "这个数据服务还没有算过，过几分钟再取", nil)
	}
	return json.RawMessage(s.Result), nil
}
