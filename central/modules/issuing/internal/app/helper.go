package app

import (
	"cmp"
	"context"
	"slices"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/store"
)

// mostHelpers bounds the list of people to choose from.
const mostHelpers = 200

// Helper is somebody to whom a bad rating can be given (可以分派的人).
type Helper struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Desk string `json:"desk" doc:"在哪个窗口或什么岗位"`
}

// Helpers are those who may call and answer for a task, where it belongs, without the one who was rated: an assignment to anybody
// else would wait for nobody.
func (a *App) Helpers(ctx context.Context, id string) ([]Helper, error) {
	t, err := a.seenTask(ctx, id)
	if err != nil {
		return nil, err
	}
	out, seen := []Helper{}, map[string]bool{}
	for _, role := range a.People.Roles().Holders(issuing.PermHandle) {
		found, _, err := a.People.List(ctx, auth.Filter{Role: role, Region: t.Region, State: "active", Page: 1, Size: mostHelpers})
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			if seen[p.ID] {
				continue
			}
			seen[p.ID] = true
			h, err := a.mayHelp(ctx, t, p.ID)
			if err != nil {
				return nil, err
			}
			if h.ID != "" {
				out = append(out, h)
			}
		}
	}
	slices.SortFunc(out, func(x, y Helper) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID)) })
	return out, nil
}

// mayHelp returns an account that may work on a task, nobody otherwise.
func (a *App) mayHelp(ctx context.Context, t store.Task, account string) (Helper, error) {
	if account == t.Handler {
		return Helper{}, nil
	}
	p, who, err := a.People.Person(ctx, account)
	if err != nil || !who.Scope(issuing.PermHandle).Covers(t.Where()) {
		return Helper{}, err
	}
	post := p.Desk
	if post == "" && len(p.Posts) > 0 {
		post = p.Posts[0]
	}
	return Helper{ID: p.ID, Name: p.Name, Desk: post}, nil
}

// helper is the one who was chosen.
func (a *App) helper(ctx context.Context, id, account string) (Helper, error) {
	t, err := a.seenTask(ctx, id)
	if err != nil {
		return Helper{}, err
	}
	h := Helper{}
	if account != "" {
		if h, err = a.mayHelp(ctx, t, account); errs.KindOf(err) == errs.NotFound {
			err = nil
		}
	}
	if err == nil && h.ID == "" {
		err = bad("assignee", "从名单里选一个能回访、答复这一件的人")
	}
	return h, err
}

// seenTask returns a task that the caller may see; to everybody else it does not exist.
func (a *App) seenTask(ctx context.Context, id string) (t store.Task, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		t, err = store.GetTask(ctx, q, id)
		if err == nil && !actor.From(ctx).Scope(issuing.PermRated).Covers(t.Where()) {
			err = issuing.ErrNone
		}
		return err
	})
	return t, err
}
