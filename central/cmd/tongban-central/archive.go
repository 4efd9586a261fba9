package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"tongban/central/modules/issuing"
)

// checkArchive verifies an archive package (归档包) with nothing but the file: no centre, no keys. It prints what it is and every fault;
// with --key it also refuses a package that another centre signed.
func checkArchive(args []string, out io.Writer) error {
	f := flag.NewFlagSet("check archive", flag.ContinueOnError)
	key := f.String("key", "", "public key that must have signed it, as hex, or the 16 characters that the centre's page shows")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() != 1 {
		return errors.New("write: check archive FILE")
	}
	pack, err := os.ReadFile(f.Arg(0))
	if err != nil {
		return fmt.Errorf("read package: %w", err)
	}
	c, err := issuing.Verify(pack)
	if err != nil {
		return err
	}
	mark := issuing.Sum([]byte(c.Public))[:16]
	if *key != "" && !strings.EqualFold(*key, c.Public) && !strings.EqualFold(*key, mark) {
		c.Faults = append(c.Faults, issuing.FileSignature+"：不是这把公钥签的")
	}
	m := c.Metadata
	if _, err := fmt.Fprintf(out, "%s  %s  %s\n%d files, signed by key %s (public key %s)\n", m.ArchiveNo, m.CaseNo, m.ItemName, c.Files, c.KeyID, mark); err != nil {
		return err
	}
	for _, fault := range c.Faults {
		if _, err := fmt.Fprintln(out, "invalid: "+fault); err != nil {
			return err
		}
	}
	if len(c.Faults) > 0 {
		return exitCode(1)
	}
	_, err = fmt.Fprintln(out, "valid")
	return err
}
