package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"

	"tongban/central/kernel/auth"
)

// keyLine is one class as `keys list` prints it.
type keyLine struct {
	Class    string `json:"class"`
	Title    string `json:"title"`
	Version  int    `json:"version"`
	Versions int    `json:"versions"`
	Made     string `json:"made"`
	Sealed   int64  `json:"sealed"`
	Behind   int64  `json:"behind"`
}

const keysUsage = "write: keys list, or: keys public, or: keys rotate --reason TEXT [--class NAME|all|kek] [--reseal]"

// keysCommand is `keys list`, one JSON line a class after one for the provider, `keys public` and `keys rotate`. It works beside a running
// centre, whose copies take the new keys up by themselves.
func keysCommand(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 && args[0] == "public" {
		return publicKeys(ctx, args[1:], out)
	}
	if len(args) == 0 || args[0] != "list" && args[0] != "rotate" {
		return errors.New(keysUsage)
	}
	f := flag.NewFlagSet("keys", flag.ContinueOnError)
	class := f.String("class", "kek", "field class; all for every class; kek for the key-encryption key")
	reason := f.String("reason", "", "why, for the audit")
	reseal := f.Bool("reseal", false, "seal old values anew here and now; else the running centre does it")
	mine, rest := own(args[1:], map[string]bool{"class": true, "reason": true, "reseal": false})
	if err := f.Parse(mine); err != nil {
		return err
	}
	c, _, err := load(rest)
	if err != nil {
		return err
	}
	centre, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer centre.close(ctx)
	if args[0] == "rotate" {
		if err := centre.rotate(auth.AsSystem(ctx, "command-line"), *class, *reason, *reseal); err != nil {
			return err
		}
	}
	return centre.listKeys(ctx, out)
}

func (c *centre) rotate(ctx context.Context, class, reason string, reseal bool) error {
	var err error
	switch class {
	case "kek":
		_, err = c.kernel.Privacy.RotateKEK(ctx, reason)
	case "all":
		err = c.kernel.Privacy.RotateClass(ctx, "", reason)
	default:
		err = c.kernel.Privacy.RotateClass(ctx, class, reason)
	}
	if err != nil || !reseal {
		return err
	}
	return c.kernel.Privacy.Reseal(ctx)
}

func (c *centre) listKeys(ctx context.Context, out io.Writer) error {
	s, err := c.kernel.Privacy.Keys(ctx)
	if err != nil {
		return err
	}
	e := json.NewEncoder(out)
	if err := e.Encode(map[string]any{"provider": s.Provider.Name, "certified": s.Provider.Certified, "kek": s.KEK.ID, "keks": s.KEKs}); err != nil {
		return fmt.Errorf("print keys: %w", err)
	}
	for _, k := range s.Classes {
		line := keyLine{Class: k.Class.Name, Title: k.Class.Title, Version: k.Active, Versions: k.Versions, Made: k.Made.Format("2006-01-02"), Sealed: k.Sealed, Behind: k.Behind}
		if err := e.Encode(line); err != nil {
			return fmt.Errorf("print keys: %w", err)
		}
	}
	return nil
}
