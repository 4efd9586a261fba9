package app

import (
	"context"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
)

// Colleague is one account that can be chosen (同事).
type Colleague struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	Desk    string `json:"desk"`
}

// mostColleagues bounds a list to choose from.
const mostColleagues = 100

// approverRoles are the roles whose people are asked, by act.
var approverRoles = map[window.Act][]string{window.ActRenotice: {"supervisor"}, window.ActExtend: {"approver"}}

// Approvers lists who may agree to an act on a case: whoever may do it themselves, other than the caller.
func (a *App) Approvers(ctx context.Context, no string, act window.Act) ([]Colleague, error) {
	var c store.Case
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		c, err = see(ctx, q, no)
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.colleagues(ctx, approverRoles[act], func(who auth.Actor) bool { return mayApprove(who, c, permOf[act]) })
}

// colleagues lists the people of some roles, other than the caller, who fit.
func (a *App) colleagues(ctx context.Context, roles []string, fit func(auth.Actor) bool) ([]Colleague, error) {
	out, seen := []Colleague{}, map[string]bool{actor.From(ctx).ID: true}
	for _, role := range roles {
		accounts, _, err := a.Staff.List(ctx, auth.Filter{Role: role, State: "active", Page: 1, Size: mostColleagues})
		if err != nil {
			return nil, fmt.Errorf("list colleagues: %w", err)
		}
		for _, one := range accounts {
			if seen[one.ID] {
				continue
			}
			seen[one.ID] = true
			_, who, err := a.Staff.Person(ctx, one.ID)
			if err != nil {
				return nil, fmt.Errorf("load colleague: %w", err)
			}
			if fit(who) {
				out = append(out, Colleague{Account: one.ID, Name: one.Name, Desk: one.Desk})
			}
		}
	}
	return out, nil
}
