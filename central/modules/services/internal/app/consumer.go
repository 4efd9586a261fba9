package app

import (
	"context"
	"fmt"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/services"
	"tongban/central/modules/services/internal/store"
)

var errNoConsumer = errs.E(errs.NotFound, "services.no_consumer", "没有这个使用方，请刷新后再看", nil)

const classSecret = "services.secret"

// ConsumerRow is a consumer as the page shows it.
type ConsumerRow struct {
	ID           string   `json:"id"`
	Title        string   `json:"title"`
	Owner        string   `json:"owner"`
	State        string   `json:"state" enum:"on,off"`
	KeyID        string   `json:"key_id"`
	PerMinute    int      `json:"limit_per_minute"`
	CallsToday   int64    `json:"calls_today"`
	RefusedToday int64    `json:"refused_today"`
	LastAt       string   `json:"last_at" doc:"最近一次调用，没有时为空"`
	Services     []string `json:"services" nullable:"false" doc:"可用服务的名称"`
}

// ConsumerDraft is what is registered.
type ConsumerDraft struct {
	Title     string `json:"title" minLength:"2" maxLength:"40"`
	Owner     string `json:"owner" required:"false" maxLength:"60"`
	PerMinute int    `json:"limit_per_minute" minimum:"1" maximum:"60000"`
	Reason    string `json:"reason" minLength:"2" maxLength:"200"`
}

// NewKey is a consumer with its secret, which is shown once.
type NewKey struct {
	Consumer ConsumerRow `json:"consumer"`
	Secret   string      `json:"secret" doc:"只显示这一次"`
}

// AddConsumer registers a system that will call ours (使用方登记).
func (a *App) AddConsumer(ctx context.Context, d ConsumerDraft) (NewKey, error) {
	c := services.Consumer{ID: ids.New(), Title: strings.TrimSpace(d.Title), Owner: strings.TrimSpace(d.Owner), On: true, PerMinute: d.PerMinute}
	secret, err := a.newKey(&c)
	if err != nil {
		return NewKey{}, err
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		c.CreatedAt = tx.Now()
		if err := store.SaveConsumer(ctx, tx, c); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "services.consumer_add", Object: c.ID, Reason: d.Reason, Detail: map[string]string{"title": c.Title, "key_id": c.KeyID}})
	})
	if err != nil {
		return NewKey{}, err
	}
	row, err := a.consumerRow(ctx, c.ID)
	return NewKey{Consumer: row, Secret: secret}, err
}

// Renew gives a consumer a new key; the old one is worth nothing from then on.
func (a *App) Renew(ctx context.Context, id, reason string) (NewKey, error) {
	var secret string
	err := a.change(ctx, id, "services.consumer_renew", reason, func(c *services.Consumer) (err error) {
		secret, err = a.newKey(c)
		return err
	})
	if err != nil {
		return NewKey{}, err
	}
	row, err := a.consumerRow(ctx, id)
	return NewKey{Consumer: row, Secret: secret}, err
}

// TurnConsumer lets a consumer call, or not.
func (a *App) TurnConsumer(ctx context.Context, id string, on bool, reason string) (ConsumerRow, error) {
	action := map[bool]string{true: "services.consumer_on", false: "services.consumer_off"}[on]
	err := a.change(ctx, id, action, reason, func(c *services.Consumer) error {
		if c.On == on {
			return errs.E(errs.Conflict, "services.same", "已经是这个状态，请刷新后再看", nil)
		}
		c.On = on
		return nil
	})
	if err != nil {
		return ConsumerRow{}, err
	}
	return a.consumerRow(ctx, id)
}

func (a *App) change(ctx context.Context, id, action, reason string, f func(*services.Consumer) error) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		c, there, err := store.FindConsumer(ctx, tx, id, "")
		if err != nil {
			return err
		}
		if !there || id == "" {
			return errNoConsumer
		}
		if err := f(&c); err != nil {
			return err
		}
		if err := store.SaveConsumer(ctx, tx, c); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: action, Object: id, Reason: reason, Detail: map[string]string{"key_id": c.KeyID}})
	})
}

func (a *App) newKey(c *services.Consumer) (secret string, err error) {
	c.KeyID, secret = "k-"+strings.ToLower(ids.Key()[:12]), strings.ToLower(ids.Key()+ids.Key())
	if c.Secret, err = a.Vault.Seal(classSecret, secret); err != nil {
		return "", fmt.Errorf("seal secret: %w", err)
	}
	return secret, nil
}

func (a *App) consumerRow(ctx context.Context, id string) (ConsumerRow, error) {
	rows, err := a.Consumers(ctx)
	for _, r := range rows {
		if r.ID == id {
			return r, err
		}
	}
	return ConsumerRow{}, err
}

// Consumers lists who may call, with today's counts.
func (a *App) Consumers(ctx context.Context) ([]ConsumerRow, error) {
	var all []services.Consumer
	var grants []services.Grant
	var refused map[string]int64
	titles := map[string]string{}
	today := midnight(a.Clock.Now())
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if all, err = store.Consumers(ctx, q); err != nil {
			return err
		}
		if grants, err = store.Grants(ctx, q, "", ""); err != nil {
			return err
		}
		ss, err := store.Services(ctx, q)
		for _, s := range ss {
			titles[s.Name] = s.Title
		}
		if err != nil {
			return err
		}
		refused, err = store.Refusals(ctx, q, today)
		return err
	})
	if err != nil {
		return nil, err
	}
	uses, err := a.Adapters.Uses(ctx, today)
	if err != nil {
		return nil, err
	}
	rows := make([]ConsumerRow, 0, len(all))
	for _, c := range all {
		use := uses["consumer:"+c.ID]
		r := ConsumerRow{
			ID: c.ID, Title: c.Title, Owner: c.Owner, State: onOff(c.On), KeyID: c.KeyID, PerMinute: c.PerMinute,
			CallsToday: use.Calls, RefusedToday: refused[c.ID], LastAt: stamp(use.Last), Services: []string{},
		}
		for _, g := range grants {
			if g.Consumer == c.ID {
				r.Services = append(r.Services, titles[g.Service])
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
