package broker

import (
	"fmt"
	"os"
	"path/filepath"
)

func openLock(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make message store: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600) // #nosec G304 -- a file of the centre's own folder
	if err != nil {
		return nil, fmt.Errorf("lock message store: %w", err)
	}
	return f, nil
}
