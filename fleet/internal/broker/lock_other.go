//go:build !unix

package broker

import "os"

// lockStore does not lock where the centre is only developed.
func lockStore(dir string) (*os.File, error) { return openLock(dir) }
