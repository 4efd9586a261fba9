package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tongban/agent/config"
	"tongban/agent/outbox"
	"tongban/agent/store"
)

// openStore opens the terminal's database beside a running program; it makes none.
func openStore(ctx context.Context, c config.Config) (*store.DB, error) {
	path := filepath.Join(c.Data, databaseFile)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open queue: %w", err)
	}
	return store.Open(ctx, path, store.Options{})
}

// queueDump prints every row as a JSON array; the boxes stay closed.
func queueDump(ctx context.Context, c config.Config, out io.Writer) (err error) {
	db, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := outbox.Dump(ctx, db)
	if err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	if err := e.Encode(rows); err != nil {
		return fmt.Errorf("print queue: %w", err)
	}
	return nil
}

// queueVerify prints one JSON line and fails when a row or a file is damaged.
func queueVerify(ctx context.Context, c config.Config, out io.Writer) (err error) {
	db, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, faults := outbox.Verify(ctx, db, filepath.Join(c.Data, outboxFolder))
	words := make([]string, len(faults))
	for i, f := range faults {
		words[i] = f.Error()
	}
	if err := json.NewEncoder(out).Encode(map[string]any{"rows": rows, "ok": len(faults) == 0, "faults": words}); err != nil {
		return fmt.Errorf("print verdict: %w", err)
	}
	if len(faults) > 0 {
		return fmt.Errorf("queue is damaged: %d faults", len(faults))
	}
	return nil
}
