package app

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/services"
	"tongban/central/modules/services/internal/store"
)

// Listed is one service as the micro-service platform lists it.
type Listed struct {
	Name, Title, Owner, Version string
	Contract                    []services.Operation
}

// Platform is the micro-service platform (微服务中台), as deploy/docs/adapters/service-platform.md says.
type Platform interface {
	List(ctx context.Context) ([]Listed, error)
	Address(name string) (address string, internal bool) // where a service of it is called
	Sign(r *http.Request, body []byte)
}

// PlatformRow is one service of the platform beside what is registered here.
type PlatformRow struct {
	Name       string `json:"name"`
	Title      string `json:"title"`
	Owner      string `json:"owner"`
	Version    string `json:"version"`
	Operations int    `json:"operations"`
	State      string `json:"state" enum:"new,same,changed,taken" doc:"new 还没接，same 接了且一致，changed 中台改过，taken 代号在这里是别的服务"`
}

// PlatformList is what the platform offers.
type PlatformList struct {
	Connected bool          `json:"connected"`
	Rows      []PlatformRow `json:"rows" nullable:"false"`
}

// PlatformServices lists what is registered at the platform and can be called through the gateway once it is taken in.
func (a *App) PlatformServices(ctx context.Context) (PlatformList, error) {
	out := PlatformList{Connected: a.Platform != nil, Rows: []PlatformRow{}}
	if a.Platform == nil {
		return out, nil
	}
	list, err := a.Platform.List(ctx)
	if err != nil {
		return out, errors.Join(services.ErrPlatform, err)
	}
	for _, l := range list {
		s, there, err := a.find(ctx, l.Name)
		if err != nil {
			return out, err
		}
		row := PlatformRow{Name: l.Name, Title: l.Title, Owner: l.Owner, Version: l.Version, Operations: len(l.Contract), State: "new"}
		switch {
		case there && !s.Platform, slices.Contains(reserved, l.Name):
			row.State = "taken"
		case there && s.Version == l.Version && slices.Equal(s.Contract, l.Contract):
			row.State = "same"
		case there:
			row.State = "changed"
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// Adopt takes a service of the platform into the directory, or takes over what the platform changed (接入中台服务). Who may call it is
// granted as for any other; what its contract does not name cannot be called.
func (a *App) Adopt(ctx context.Context, name, reason string) (Row, error) {
	if a.Platform == nil {
		return Row{}, errs.E(errs.Conflict, "services.no_platform", "还没有接微服务中台，请先在配置文件里写上地址和密钥", nil)
	}
	list, err := a.Platform.List(ctx)
	if err != nil {
		return Row{}, errors.Join(services.ErrPlatform, err)
	}
	i := slices.IndexFunc(list, func(l Listed) bool { return l.Name == name })
	if i < 0 {
		return Row{}, services.ErrNone
	}
	l := list[i]
	if len(l.Contract) == 0 {
		return Row{}, errs.E(errs.Invalid, "services.no_contract", "中台上没有写它的操作，请提供方补上再接", nil)
	}
	address, internal := a.Platform.Address(name)
	s, err := a.checked(Draft{Name: l.Name, Title: l.Title, Owner: l.Owner, Version: l.Version, Contract: l.Contract, Address: address, Internal: internal})
	if err != nil {
		return Row{}, err
	}
	s.Platform, s.Revision = true, 1
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		old, there, err := store.FindService(ctx, tx, s.Name)
		if err != nil {
			return err
		}
		_, declared := a.Adapters.Find(s.Name)
		if there && !old.Platform || !there && declared || slices.Contains(reserved, s.Name) {
			return errs.E(errs.Conflict, "services.name_taken", "这个代号在这里是别的服务，请中台换一个", nil)
		}
		if there {
			s.Revision, s.TimeoutMs, s.PerMinute = old.Revision+1, old.TimeoutMs, old.PerMinute
		}
		if err := store.SaveService(ctx, tx, s, reason); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "services.adopt", Object: s.Name, Reason: reason, Detail: map[string]string{"title": s.Title, "version": s.Version, "host": strings.TrimSpace(host(s.Address))}})
	})
	if err != nil {
		return Row{}, err
	}
	if err := a.probe(ctx, s); err != nil {
		return Row{}, err
	}
	return a.row(ctx, s.Name)
}
