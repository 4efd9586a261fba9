package kernel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/privacy"
)

// Module is one part of the centre (业务模块): what it brings, as a value. Only
// Name must be set.
type Module struct {
	Name        string
	Migrations  db.Migrations
	Permissions []Permission
	Private     privacy.Registration // what the module holds of persons
	Routes      func(*httpx.Server)
	Jobs        map[string]jobs.Handler         // kind → handler
	Start       func(ctx context.Context) error // must return soon; ctx ends when the centre stops
	Stop        func(ctx context.Context) error
}

// Use adds modules: their tables, permissions, jobs and routes. Call it once,
// before Start.
func (k *Kernel) Use(ctx context.Context, modules ...Module) error {
	permissions := Permissions()
	var sets []db.Migrations
	for _, m := range modules {
		permissions = append(permissions, m.Permissions...)
		set := m.Migrations
		if set.Name == "" {
			set.Name = m.Name
		}
		sets = append(sets, set)
	}
	roles, err := auth.NewRoles(permissions...)
	if err != nil {
		return err
	}
	if err := k.DB.Migrate(ctx, sets...); err != nil {
		return err
	}
	if err := k.Auth.UseRoles(ctx, roles); err != nil {
		return err
	}

	for _, m := range modules {
		if err := k.Privacy.Register(m.Name, m.Private); err != nil {
			return err
		}
		for kind, h := range m.Jobs {
			k.Jobs.Register(kind, h)
		}
		if m.Routes != nil {
			m.Routes(k.HTTP)
		}
	}
	k.modules = append(k.modules, modules...)
	return k.checkOperations(permissions)
}

// checkOperations refuses a route whose permission nobody declared: no role
// could ever hold it, and the matrix would not show it.
func (k *Kernel) checkOperations(permissions []Permission) error {
	declared := map[string]bool{auth.Public: true, auth.Self: true}
	for _, p := range permissions {
		declared[p.Name] = true
	}
	for _, op := range k.HTTP.Operations() {
		if !declared[op.Permission] {
			return fmt.Errorf("operation %s: permission %q is not declared by any module", op.ID, op.Permission)
		}
	}
	return nil
}

// Start starts modules, jobs and listeners, in this order, so that the first
// request finds everything running. ctx ends what modules start.
func (k *Kernel) Start(ctx context.Context) error {
	for _, m := range k.modules {
		if m.Start != nil {
			if err := m.Start(ctx); err != nil {
				return fmt.Errorf("start module %s: %w", m.Name, err)
			}
		}
		k.started = append(k.started, m)
	}
	if err := k.Jobs.Start(ctx); err != nil {
		return err
	}
	if k.Config.HTTP.Listen == "" {
		return nil
	}
	return k.HTTP.Start(ctx)
}

// Stop stops everything in the opposite order and closes the database. What
// has not ended when ctx does is cut.
func (k *Kernel) Stop(ctx context.Context) error {
	err := errors.Join(k.HTTP.Stop(ctx), k.Jobs.Stop(ctx))
	for i := len(k.started) - 1; i >= 0; i-- {
		if stop := k.started[i].Stop; stop != nil {
			err = errors.Join(err, stop(ctx))
		}
	}
	return errors.Join(err, k.Trace.Stop(ctx), k.DB.Close())
}

// chores are what the kernel tidies up by itself.
func (k *Kernel) chores() {
	k.Jobs.Register("kernel.sweep", k.sweep)
	k.Jobs.Every("kernel.sweep", time.Hour, true)
	k.Jobs.Register(adapter.JobProbe, k.Adapters.Probe)
	k.Jobs.Every(adapter.JobProbe, 30*time.Second, true)
}
