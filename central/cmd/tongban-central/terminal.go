package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"tongban/central/kernel/auth"
	fleet "tongban/fleet/module"
)

// terminalCommand is `terminal list`, `terminal register --list FILE` (register.go), `terminal revoke|renew|service --terminal K-01 --reason …` (service gives out a service code 维护码) and `terminal ca begin|switch|finish`.
// All work beside a running centre, which notices within seconds.
func terminalCommand(ctx context.Context, args []string, out io.Writer) error {
	usage := errors.New("write: terminal list, terminal register --list FILE.csv, terminal revoke|renew|service --terminal K-01 --reason TEXT, or terminal ca begin|switch|finish")
	if len(args) == 0 {
		return usage
	}
	word, args := args[0], args[1:]
	if word == "register" {
		return registerTerminals(ctx, args, out)
	}
	var code, why string
	rest, err := flagsOf(args, map[string]*string{"--terminal": &code, "--reason": &why})
	if err != nil {
		return err
	}
	c, rest, err := load(rest)
	if err != nil {
		return err
	}
	if word == "ca" && len(rest) == 1 {
		return authority(c, rest[0])
	}
	if word != "list" && (code == "" || why == "") || len(rest) > 0 {
		return usage
	}
	centre, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer centre.close(ctx)
	ctx = auth.AsSystem(ctx, "command line")
	switch word {
	case "list":
		return listCertificates(ctx, centre, out)
	case "revoke":
		err = centre.fleet.Revoke(ctx, code, why)
	case "service":
		c, err := centre.fleet.ServiceCode(ctx, code, why)
		if err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(map[string]string{"terminal": c.Terminal, "code": c.Code, "until": c.Until.Format(time.RFC3339)})
	case "renew":
		err = centre.fleet.WantRenewal(ctx, code, why)
	default:
		return usage
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(map[string]string{"terminal": code, "done": word})
}

func listCertificates(ctx context.Context, centre *centre, out io.Writer) error {
	certs, err := centre.fleet.Certificates(ctx)
	if err != nil {
		return err
	}
	for _, t := range certs {
		line := map[string]any{"terminal": t.Terminal, "serial": t.Serial, "state": t.State, "until": t.Until.Format(time.RFC3339), "reason": t.Reason}
		if err := json.NewEncoder(out).Encode(line); err != nil {
			return fmt.Errorf("print certificate: %w", err)
		}
	}
	return nil
}

// authority takes one step of a change of the authority; the centre must be started again after it.
func authority(c Config, step string) error {
	ticking, err := c.clock()
	if err != nil {
		return err
	}
	switch step {
	case "begin":
		return fleet.BeginAuthority(c.Data, ticking.Now())
	case "switch":
		return fleet.SwitchAuthority(c.Data)
	case "finish":
		return fleet.FinishAuthority(c.Data)
	}
	return fmt.Errorf("unknown step %q: begin, switch or finish", step)
}
