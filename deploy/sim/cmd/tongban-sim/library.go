package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"tongban/deploy/sim/fingerprint/library"
)

// runLibrary plays a maker's fingerprint library on standard input and output; with --script it writes the program that a port of the address
// program:PATH starts, and lays down the finger.
func runLibrary(_ context.Context, args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("library", flag.ContinueOnError)
	f.SetOutput(errOut)
	hand := f.String("hand", "", "folder with what lies on the glass and what goes wrong")
	finger := f.String("finger", "", "lay a finger: good, dry, edge, none")
	press := f.String("press", "", "press a fault: "+strings.Join(library.Faults, ", "))
	release := f.String("release", "", "release it")
	script := f.String("script", "", "write the program that a port starts, and end")
	if err := parse(f, args); err != nil {
		return err
	}
	if *hand == "" {
		return errors.New("give --hand")
	}
	h := library.Hand(*hand)
	if *finger == "" && *press == "" && *release == "" && *script == "" {
		return library.Serve(h, os.Stdin, out)
	}
	if *finger != "" {
		if err := h.Lay(*finger); err != nil {
			return err
		}
	}
	if *press != "" {
		if err := h.Press(*press, false); err != nil {
			return err
		}
	}
	if *release != "" {
		if err := h.Release(*release); err != nil {
			return err
		}
	}
	if *script == "" {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	if err := h.Draw(); err != nil {
		return err
	}
	return library.Script(*script, self, "library", "--hand", *hand)
}
