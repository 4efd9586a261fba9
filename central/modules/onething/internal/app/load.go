package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/goccy/go-yaml"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/onething"
	"tongban/central/modules/onething/internal/store"
)

// ReadSeed decodes the files strictly: an unknown key is an error with its line.
func ReadSeed(files fs.FS) ([]onething.Theme, error) {
	names, err := fs.Glob(files, "themes/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list themes: %w", err)
	}
	var out []onething.Theme
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read theme: %w", err)
		}
		var t onething.Theme
		if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(&t); err != nil {
			return nil, fmt.Errorf("decode %s: %w", name, err)
		}
		if t.Code+".yaml" != path.Base(name) {
			return nil, fmt.Errorf("read %s: the file is named after another theme than %q", name, t.Code)
		}
		out = append(out, t)
	}
	return out, nil
}

// Load brings the database up to the seed, as a whole or not at all. It runs after the catalogue's own load, because every
// member has to exist.
func (a *App) Load(ctx context.Context) error {
	themes, err := ReadSeed(a.Seed)
	if err != nil {
		return err
	}
	items, err := a.library(ctx)
	if err != nil {
		return err
	}
	if faults := Lint(themes, items); len(faults) > 0 {
		return fmt.Errorf("check themes: %w", errors.Join(faults...))
	}
	ctx = auth.AsSystem(ctx, "onething.load")
	changed := 0
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		changed = 0
		heads, err := store.Heads(ctx, tx)
		if err != nil {
			return err
		}
		old := map[string]store.Head{}
		for _, h := range heads {
			old[h.Code] = h
		}
		for _, t := range themes {
			did, err := publish(ctx, tx, t, old[t.Code])
			if err != nil {
				return fmt.Errorf("publish theme %s: %w", t.Code, err)
			}
			if did {
				changed++
			}
			delete(old, t.Code)
		}
		for _, h := range old {
			if h.Withdrawn {
				continue
			}
			if err := store.Withdraw(ctx, tx, h.Code); err != nil {
				return err
			}
			if err := tell(ctx, tx, "onething.withdraw", h.Code, h.Version); err != nil {
				return err
			}
			changed++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("load themes: %w", err)
	}
	a.Log.InfoContext(ctx, "themes loaded", "themes", len(themes), "changed", changed)
	return nil
}

func publish(ctx context.Context, tx db.Tx, t onething.Theme, old store.Head) (bool, error) {
	body, err := json.Marshal(t)
	if err != nil {
		return false, fmt.Errorf("encode theme: %w", err)
	}
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:])
	if old.Digest == digest && !old.Withdrawn {
		return false, nil
	}
	if err := store.Publish(ctx, tx, store.Head{Code: t.Code, Version: old.Version + 1, Digest: digest, Body: string(body)}); err != nil {
		return false, err
	}
	return true, tell(ctx, tx, "onething.publish", t.Code, old.Version+1)
}

func tell(ctx context.Context, tx db.Tx, action, code string, version int) error {
	if err := audit.Write(ctx, tx, audit.Record{Action: action, Object: code, Detail: map[string]string{"version": fmt.Sprint(version)}}); err != nil {
		return err
	}
	return events.Emit(ctx, tx, events.Event{Topic: onething.TopicChanged, Key: code, Data: onething.Changed{Code: code, Version: version}})
}
