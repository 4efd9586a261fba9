package main

import (
	"context"
	"fmt"
	"strings"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/sso"
	contract "tongban/central/modules/joined"
	joined "tongban/central/modules/joined/module"
)

func (c Config) oneThing() joined.Neighbour {
	return joined.Neighbour{URL: c.OneThing.URL, KeyFile: c.OneThing.KeyFile, Internal: c.OneThing.Internal}
}

func (c Config) estate() joined.Neighbour {
	return joined.Neighbour{URL: c.Estate.URL, KeyFile: c.Estate.KeyFile, Internal: c.Estate.Internal}
}

func (c Config) cannot() joined.Neighbour {
	return joined.Neighbour{URL: c.Cannot.URL, KeyFile: c.Cannot.KeyFile, Internal: c.Cannot.Internal}
}

// neighbours wires the systems beside the window (相邻系统): one-thing platform, real estate, what could not be done, inquiry machines.
func (c *centre) neighbours(cfg Config) (kernel.Module, error) {
	return joined.New(c.kernel, joined.Config{OneThing: cfg.oneThing(), Estate: cfg.estate(), Cannot: cfg.cannot(),
		Brain: joined.Neighbour{URL: cfg.Brain.URL, KeyFile: cfg.Brain.KeyFile, Internal: cfg.Brain.Internal}, Inquiry: cfg.Inquiry.KeyFile}, joined.Needs{
		Cases: c.window.Service, Items: c.catalogue.Service, Themes: c.onething.Service,
	})
}

// letIn makes the neighbours clients of our sign-on, so that a clerk opens them with no second login.
func (c *centre) letIn(ctx context.Context, cfg Config) error {
	if cfg.Listen.Web == "" {
		return nil // a command that only looks something up changes nothing
	}
	for name, n := range map[string]joined.Neighbour{contract.OneThing: cfg.oneThing(), contract.Estate: cfg.estate(), contract.Cannot: cfg.cannot()} {
		if n.URL == "" {
			continue
		}
		id, secret, err := n.Key()
		if err != nil {
			return err
		}
		client := sso.Client{ID: id, Name: joined.Titles[name], Owner: "配置文件", Redirects: []string{strings.TrimSuffix(n.URL, "/") + "/back"}, Internal: n.Internal}
		if err := c.sso.Declare(auth.AsSystem(ctx, "config"), client, string(secret)); err != nil {
			return fmt.Errorf("%s: %w", joined.Titles[name], err)
		}
	}
	return nil
}
