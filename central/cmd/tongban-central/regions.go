package main

import (
	"context"

	"tongban/central/kernel"
	"tongban/central/kernel/calendar"
	region "tongban/central/modules/region/module"
	windowcontract "tongban/central/modules/window"
)

// regions wires handling across regions (跨域通办); it goes by the provincial platform's line and by the post.
func (c *centre) regions(cfg Config, cal *calendar.Calendar) (kernel.Module, error) {
	m, err := region.New(c.kernel, region.Line{URL: cfg.Exchange.URL, KeyFile: cfg.Exchange.KeyFile, PeerFile: cfg.Exchange.PeerFile, Internal: cfg.Exchange.Internal}, region.Needs{
		Cases: crossingCases{c.window.Crossing, c.window.Service}, Items: c.catalogue.Service, Post: c.post, Calendar: cal,
	})
	if err != nil {
		return kernel.Module{}, err
	}
	c.across = m.Across
	return m.Module, nil
}

// crossingCases is what handling across regions asks of the window.
type crossingCases struct {
	windowcontract.Crossing
	windowcontract.Service
}

// goesTo tells the window where a registration for another region goes. The regions are wired after it, so they are asked later.
func (c *centre) goesTo(ctx context.Context, target, item string) (windowcontract.CrossingTarget, error) {
	return c.across(ctx, target, item)
}
