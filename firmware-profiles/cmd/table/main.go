// Command table prints the README of the profiles (设备配置表) into its place. Run it from the root of the repository.
package main

import (
	"fmt"
	"os"

	profiles "tongban/firmware-profiles"
)

func main() {
	if err := run("firmware-profiles/README.md"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path string) error {
	s, err := profiles.Load()
	if err != nil {
		return fmt.Errorf("load profiles: %w", err)
	}
	if err := os.WriteFile(path, []byte(s.Readme()), 0o644); err != nil { //nolint:gosec // a file of the repository
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}
