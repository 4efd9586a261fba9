package stack

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
)

// terminals is the register of the demonstration: the machines of the contract. Where most of them will stand is not decided yet, and
// the list says so.
//
//go:embed terminals.csv
var terminals []byte

// register writes the machines down in the centre; a folder that is started again has them already.
func (s *Stack) register(ctx context.Context) error {
	path := filepath.Join(s.Dir, "terminals.csv")
	if err := os.WriteFile(path, terminals, 0o600); err != nil {
		return fmt.Errorf("write list of terminals: %w", err)
	}
	_, err := s.run(ctx, append(s.central("terminal", "register"), "--list", path))
	return err
}
