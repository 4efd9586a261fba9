package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"tongban/central/kernel/auth"
	profiles "tongban/firmware-profiles"
	fleetcontract "tongban/fleet"
	fleet "tongban/fleet/module"
)

// registerTerminals is `terminal register --list FILE.csv`: machines that were ordered get their line in the register (终端台账)
// before anybody switches them on. The file has the columns code, model, number, place, label, region, with a head line; a machine
// that is known stays as it is.
func registerTerminals(ctx context.Context, args []string, out io.Writer) error {
	var path string
	rest, err := flagsOf(args, map[string]*string{"--list": &path})
	if err != nil {
		return err
	}
	c, rest, err := load(rest)
	if err != nil {
		return err
	}
	if path == "" || len(rest) > 0 {
		return errors.New("write: terminal register --list FILE.csv")
	}
	f, err := os.Open(path) //nolint:gosec // whoever types the command names the file
	if err != nil {
		return fmt.Errorf("open list of terminals: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	list, err := readTerminals(f)
	if err != nil {
		return fmt.Errorf("list of terminals: %w", err)
	}
	centre, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer centre.close(ctx)
	added, err := centre.fleet.Register(auth.AsSystem(ctx, "command line"), list)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(map[string]int{"listed": len(list), "added": added})
}

// readTerminals reads the list; a model that there is no profile of is an error with its line.
func readTerminals(r io.Reader) ([]fleet.EnrolSpec, error) {
	set, err := profiles.Load()
	if err != nil {
		return nil, fmt.Errorf("load profiles: %w", err)
	}
	in := csv.NewReader(r)
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("read head: %w", err)
	}
	if want := []string{"code", "model", "number", "place", "label", "region"}; !slices.Equal(head, want) {
		return nil, fmt.Errorf("the columns are %v, not %v", want, head)
	}
	var list []fleet.EnrolSpec
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := in.FieldPos(0)
		if _, err := set.Terminal(row[1]); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		n, err := strconv.Atoi(row[2])
		if err != nil {
			return nil, fmt.Errorf("line %d: number %q", line, row[2])
		}
		list = append(list, fleet.EnrolSpec{Code: row[0], Model: row[1], Number: n, Place: row[3], Label: row[4], Region: row[5], By: "command line"})
	}
}

// terminalModels are the devices of each terminal model: what is built in, and what the tender asks for besides.
func terminalModels() (map[string][]fleetcontract.AssetDevice, error) {
	set, err := profiles.Load()
	if err != nil {
		return nil, fmt.Errorf("load profiles: %w", err)
	}
	out := map[string][]fleetcontract.AssetDevice{}
	for _, t := range set.Terminals {
		seen := map[string]bool{}
		add := func(kind, profile, clause string) {
			if !seen[kind] {
				seen[kind] = true
				out[t.Model] = append(out[t.Model], fleetcontract.AssetDevice{Kind: kind, Name: profiles.KindName(kind), Profile: profile, Clause: clause})
			}
		}
		for _, p := range t.Outfit {
			add(p.Kind, p.Profile, p.Clause)
		}
		for _, p := range t.Devices {
			add(p.Kind, p.Profile, "")
		}
	}
	return out, nil
}
