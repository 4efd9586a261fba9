package main

import (
	"tongban/central/kernel"
	contract "tongban/central/modules/online"
	online "tongban/central/modules/online/module"
)

// channels wires what people apply through at home (线上渠道).
func (c *centre) channels(cfg Config) (kernel.Module, error) {
	return online.New(c.kernel, map[string]online.Channel{
		contract.IMianyang: {URL: cfg.IMianyang.URL, KeyFile: cfg.IMianyang.KeyFile, Internal: cfg.IMianyang.Internal},
		contract.Tianfu:    {URL: cfg.Tianfu.URL, KeyFile: cfg.Tianfu.KeyFile, Internal: cfg.Tianfu.Internal},
	}, online.Needs{Intake: c.window.Intake, Cases: c.window.Service})
}
