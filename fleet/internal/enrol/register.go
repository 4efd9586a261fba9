package enrol

import (
	"context"
	"errors"
	"fmt"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/fleet"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// Register writes down machines that were ordered and have no code yet (登记台账): they can be installed, looked for and given a
// place before they are switched on. A machine that is known stays as it is, so that a list may be registered again. It returns
// how many were new.
func (d *Desk) Register(ctx context.Context, list []Spec) (added int, err error) {
	err = d.DB.Do(ctx, func(tx db.Tx) error {
		added = 0
		for _, s := range list {
			if !wire.ValidTerminal(s.Code) || s.Model == "" {
				return errs.E(errs.Invalid, "fleet.bad_terminal", "终端编号应为大写字母、短横和数字，例如 K-01，并写明型号", fmt.Errorf("%q %q", s.Code, s.Model))
			}
			_, err := store.Terminal(ctx, tx, s.Code)
			if err == nil {
				continue
			}
			if !errors.Is(err, fleet.ErrNoSuchTerminal) {
				return err
			}
			number, err := d.number(ctx, tx, s)
			if err != nil {
				return err
			}
			if err := store.Plan(ctx, tx, fleet.Terminal{Code: s.Code, Number: number, Model: s.Model, Place: s.Place, Label: s.Label, Region: s.Region}); err != nil {
				return err
			}
			if err := audit.Write(ctx, tx, audit.Record{Action: "fleet.plan", Object: s.Code, Detail: map[string]string{"place": s.Place, "label": s.Label}}); err != nil {
				return err
			}
			added++
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("register terminals: %w", err)
	}
	return added, nil
}
