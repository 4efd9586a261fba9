package main

import (
	"context"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/errs"
	items "tongban/central/modules/catalogue"
	official "tongban/central/modules/forms"
	window "tongban/central/modules/window/module"
	"tongban/fleet/wire/matter"
)

// mostRunning bounds the cases that are listed by number; all are counted.
const mostRunning = 200

// visitor tells the window who stands at the counter. The hall is wired after the window, so it is looked up when asked.
func (c *centre) visitor(ctx context.Context, visit string) (window.Visitor, error) {
	p, err := c.hall.Service.Person(ctx, visit, "window.register")
	if err != nil {
		return window.Visitor{}, err
	}
	v := window.Visitor{Name: p.Name, IDKind: p.IDKind, IDNumber: p.IDNumber, Phone: p.Phone, Way: p.Way}
	if p.Agent != nil {
		v.Agent = &window.Agent{Name: p.Agent.Name, IDNumber: p.Agent.IDNumber, Phone: p.Agent.Phone}
	}
	return v, nil
}

// visited tells the window what was taken in during a visit, to whoever held it.
func (c *centre) visited(ctx context.Context, visit string) (window.Visited, error) {
	v, err := c.hall.Service.Visit(ctx, visit)
	if err != nil {
		return window.Visited{}, err
	}
	if who := auth.Who(ctx); v.Account != who.ID {
		return window.Visited{}, errs.E(errs.NotFound, "hall.no_visit", "没有这次接待", nil)
	}
	out := window.Visited{TicketNo: v.TicketNo}
	for _, one := range v.Cases {
		out.Cases = append(out.Cases, one.No)
	}
	return out, nil
}

// outside answers what the catalogue asks about the other modules. They are wired after it, so each is looked up when asked.
func (c *centre) outside() items.Outside {
	return items.Outside{
		Running: func(ctx context.Context, code string) (items.Running, error) {
			out := items.Running{Versions: map[int]int{}, Cases: []items.RunningCase{}}
			if c.window == nil {
				return out, nil
			}
			cases, versions, err := c.window.Service.Running(ctx, code, mostRunning)
			for _, one := range cases {
				out.Cases = append(out.Cases, items.RunningCase{
					No: one.No, Version: one.Version, StateText: one.State.Text(), Received: calendar.DateOf(one.Received).String(), Due: one.Due,
				})
			}
			out.Versions = versions
			for _, n := range versions {
				out.Total += n
			}
			return out, err
		},
		RunningByItem: func(ctx context.Context) (map[string]int, error) {
			if c.window == nil {
				return nil, nil
			}
			return c.window.Service.RunningByItem(ctx)
		},
		ThemesByItem: func(ctx context.Context) (map[string]int, error) {
			if c.onething == nil {
				return nil, nil
			}
			themes, err := c.onething.Service.Themes(ctx)
			out := map[string]int{}
			for _, t := range themes {
				for _, m := range t.Items {
					out[m.Item]++
				}
			}
			return out, err
		},
		Themes: func(ctx context.Context, code string) ([]items.ThemeUse, error) {
			if c.onething == nil {
				return nil, nil
			}
			themes, err := c.onething.Service.Uses(ctx, code)
			out := []items.ThemeUse{}
			for _, t := range themes {
				out = append(out, items.ThemeUse{Code: t.Code, Name: t.Name})
			}
			return out, err
		},
		FormTopic: official.TopicPublished,
		Form: func(ctx context.Context, id string) (matter.Form, error) {
			design, err := c.forms.Service.Design(ctx, id, 0)
			return design.Form(), err
		},
		Terminals: func(ctx context.Context) (int, error) {
			if c.fleet == nil {
				return 0, nil
			}
			list, err := c.fleet.Service.List(ctx)
			return len(list), err
		},
	}
}
