package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"tongban/central/modules/province"
)

// checkExchange verifies the evidence of one message to or from the province, offline: it opens no database. --key is the public
// point of this centre's audit key as the verifier knows it from elsewhere; without it only the container itself is judged.
func checkExchange(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("check exchange", flag.ContinueOnError)
	key := f.String("key", "", "hex of the centre's public SM2 point (65 bytes)")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() != 1 {
		return fmt.Errorf("write: check exchange [--key HEX] FILE")
	}
	text, err := os.ReadFile(f.Arg(0))
	if err != nil {
		return fmt.Errorf("read evidence: %w", err)
	}
	var c province.Container
	if err := json.Unmarshal(text, &c); err != nil {
		return fmt.Errorf("read evidence: %w", err)
	}
	var trusted []string
	if *key != "" {
		trusted = []string{*key}
	}
	n, err := c.Verify(ctx, trusted...)
	if err != nil {
		_, _ = fmt.Fprintln(out, "invalid: "+err.Error())
		return exitCode(1)
	}
	_, err = fmt.Fprintf(out, "valid: %s %s %d 条记录\n", c.Case, c.Title, n)
	return err
}
