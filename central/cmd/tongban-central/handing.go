package main

import (
	"tongban/central/kernel"
	"tongban/central/kernel/calendar"
	issuing "tongban/central/modules/issuing/module"
)

// handing wires what happens after a decision: handing out, post, ratings and the archive (发证、评价、归档).
func (c *centre) handing(cfg Config, cal *calendar.Calendar) (kernel.Module, error) {
	m, err := issuing.New(c.kernel, issuing.Needs{
		Cases: c.window.Service, Papers: c.window.Handing, Calendar: cal, Public: cfg.Public,
		Post: issuing.PostConfig{URL: cfg.Post.URL, KeyFile: cfg.Post.KeyFile, Internal: cfg.Post.Internal},
	})
	if err != nil {
		return kernel.Module{}, err
	}
	c.post = m.Post
	return m.Module, nil
}
