//go:build !unix

package crypto

import "os"

// lockFile does nothing where the centre runs as one process only.
func lockFile(*os.File) error { return nil }
