package main

import (
	"fmt"
	"strings"

	"tongban/drivers"
	"tongban/drivers/all"
)

// listed is one line of the list.
type listed struct {
	Driver string       `json:"driver"`
	Kind   drivers.Kind `json:"kind"`
	Quirks []string     `json:"quirks"`
}

func (t *tool) list(args []string) error {
	o := newOptions("list")
	if err := o.parse(args); err != nil {
		return err
	}
	out := []listed{}
	for _, d := range all.Drivers() {
		q := d.Quirks
		if q == nil {
			q = []string{}
		}
		out = append(out, listed{d.Name, d.Kind, q})
	}
	if t.json {
		return t.print1(out)
	}
	for _, l := range out {
		if _, err := fmt.Fprintf(t.out, "%-16s %-8s %s\n", l.Driver, l.Kind, strings.Join(l.Quirks, " ")); err != nil {
			return fmt.Errorf("write list: %w", err)
		}
	}
	return nil
}
