//go:build !linux

package wire

import (
	"errors"
	"os"
)

func makeRaw(*os.File) error { return errors.New("pty lines need linux, use tcp") }

func pollable(f *os.File) (*os.File, error) { return f, nil }
