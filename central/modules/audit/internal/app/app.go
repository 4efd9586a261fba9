// Package app is the auditors' work (审计业务): searching, exporting, verifying, watching.
package app

import (
	"context"
	"log/slog"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/obs"
	contract "tongban/central/modules/audit"
	"tongban/central/modules/audit/internal/store"
)

// Needs is what the work stands on.
type Needs struct {
	DB          *db.DB
	Clock       clock.Clock
	Log         *slog.Logger
	Metrics     *obs.Metrics
	Jobs        *jobs.Jobs
	Keeper      *audit.Keeper
	SameMachine bool // the place of checkpoints lies with the database
}

// App is the work. It is safe for concurrent use.
type App struct {
	Needs
	raised obs.Counter
}

// New returns the work, with its metrics made.
func New(n Needs) *App {
	a := &App{Needs: n, raised: n.Metrics.Counter("audit_alerts_total", "Alerts of the audit, by kind.", "kind")}
	for _, kind := range contract.Kinds() {
		a.raised.Add(0, kind)
	}
	audit.Failures(n.Metrics).Add(0)
	n.Metrics.Gauge("audit_chain_verified_timestamp", "When the audit chain was last verified and held, in seconds since 1970; 0 for never.").
		Read(func() float64 {
			return a.read(func(s contract.State) float64 { return float64(max(s.Verified.Unix(), 0)) })
		})
	n.Metrics.Gauge("audit_checkpoint_age_seconds", "How long records have waited for a checkpoint that is signed and shipped; 0 when none waits.").
		Read(a.age)
	n.Metrics.Gauge("audit_alerts_open", "Alerts of the audit that nobody has dealt with.").
		Read(func() float64 { return a.read(func(s contract.State) float64 { return float64(s.Alerts) }) })
	return a
}

// read asks for the state at a scrape; a database that is away is no number.
func (a *App) read(of func(contract.State) float64) float64 {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	s, err := a.State(ctx)
	if err != nil {
		return -1
	}
	return of(s)
}

// age is how old the first record is that no shipped checkpoint vouches for.
func (a *App) age() float64 {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	shipped, err := a.Keeper.Shipped(ctx)
	if err != nil {
		return -1
	}
	age := -1.0
	err = a.DB.View(ctx, func(q db.Query) error {
		covered, err := audit.NewestCheckpoints(ctx, q, shipped.N+1, 1)
		if err != nil {
			return err
		}
		first := int64(1)
		if len(covered) > 0 {
			first = covered[0].Last + 1
		}
		around, found, err := audit.Around(ctx, q, first)
		if err != nil {
			return err
		}
		age = 0
		for _, e := range around {
			if found && e.Seq == first {
				age = a.Clock.Now().Sub(e.At).Seconds()
			}
		}
		return nil
	})
	if err != nil {
		return -1
	}
	return age
}

// State implements the contract.
func (a *App) State(ctx context.Context) (contract.State, error) {
	shipped, err := a.Keeper.Shipped(ctx)
	if err != nil {
		return contract.State{}, err
	}
	restricted, err := a.DB.Restricted(ctx, "kernel_audit")
	if err != nil {
		return contract.State{}, err
	}
	s := contract.State{Loose: !restricted, Place: shipped.Place, SameMachine: a.SameMachine, Fault: shipped.Fault, Since: shipped.Since}
	err = a.DB.View(ctx, func(q db.Query) error {
		var err error
		if s.Records, _, err = audit.Head(ctx, q); err != nil {
			return err
		}
		newest, err := audit.NewestCheckpoints(ctx, q, 0, 1)
		if err != nil {
			return err
		}
		if len(newest) > 0 {
			s.Signed = newest[0].Last
		}
		open, err := store.Open(ctx, q)
		if err != nil {
			return err
		}
		for _, n := range open {
			s.Alerts += n
		}
		v, found, err := store.LastVerification(ctx, q, store.Done)
		if err != nil || !found {
			return err
		}
		r, err := reportOf(v)
		if err != nil {
			return err
		}
		if r.OK {
			s.Verified = db.FromMs(v.Finished)
		} else {
			s.Broken = r.BadSeq
		}
		return nil
	})
	return s, err
}
