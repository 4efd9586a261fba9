package main

import (
	"context"
	"io"
	"os"

	"tongban/deploy/sim/idcard"
)

// runPhotos is a decoder of the emulated cards' photos, as deploy/docs/adapters/card-photo.md has it. A terminal names a program
// without arguments: a script of one line starts it.
func runPhotos(_ context.Context, _ []string, out, _ io.Writer) error {
	return idcard.Decode(os.Stdin, out)
}
