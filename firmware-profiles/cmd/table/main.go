// Command table prints the README of the profiles (设备配置表) and the udev rules into their places. Run it from the root of the repository.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	profiles "tongban/firmware-profiles"
)

func main() {
	if err := run("firmware-profiles"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder string) error {
	s, err := profiles.Load()
	if err != nil {
		return fmt.Errorf("load profiles: %w", err)
	}
	for name, text := range map[string]string{"README.md": s.Readme(), profiles.RulesFile: s.Rules()} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil { //nolint:gosec // a file of the repository
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}
