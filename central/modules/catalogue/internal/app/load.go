package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/store"
)

// Load brings the database up to the seed: an item whose content changed gets a new version, one that is gone from the seed is
// withdrawn, everything else is left alone. Running it again changes nothing. A seed with faults is refused as a whole.
func (a *App) Load(ctx context.Context) error {
	seed, err := ReadSeed(a.Seed)
	if err != nil {
		return err
	}
	if faults := Lint(seed); len(faults) > 0 {
		return fmt.Errorf("check seed: %w", errors.Join(faults...))
	}
	ctx = auth.AsSystem(ctx, "catalogue.load")
	var changed []string
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		changed = nil
		heads, err := store.Heads(ctx, tx)
		if err != nil {
			return err
		}
		old := map[string]store.Head{}
		for _, h := range heads {
			old[h.Code] = h
		}
		for _, it := range seed.Items {
			did, err := publish(ctx, tx, it, old[it.Code])
			if err != nil {
				return fmt.Errorf("publish %s: %w", it.Code, err)
			}
			if did {
				changed = append(changed, it.Code)
			}
			delete(old, it.Code)
		}
		for _, h := range heads {
			if _, gone := old[h.Code]; gone && !h.Withdrawn {
				if err := withdraw(ctx, tx, h); err != nil {
					return fmt.Errorf("withdraw %s: %w", h.Code, err)
				}
				changed = append(changed, h.Code)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("load seed: %w", err)
	}
	a.Log.InfoContext(ctx, "catalogue loaded", "items", len(seed.Items), "changed", len(changed), "first", changed[:min(len(changed), 20)])
	return nil
}

// publish adds a version when the content differs from the one in force, and reports whether anything changed.
func publish(ctx context.Context, tx db.Tx, it catalogue.Entry, old store.Head) (bool, error) {
	digest, err := digestOf(it)
	if err != nil {
		return false, err
	}
	if old.Digest == digest {
		if !old.Withdrawn {
			return false, nil
		}
		if err := store.Withdraw(ctx, tx, it.Code, false); err != nil {
			return false, err
		}
		return true, tell(ctx, tx, it.Code, old.Version, "catalogue.restore", catalogue.TopicPublished)
	}

	it.Version, it.Form.Version = old.Version+1, 1
	if old.Version > 0 {
		if it.Form.Version, err = formVersion(ctx, tx, it, old); err != nil {
			return false, err
		}
	}
	body, err := json.Marshal(it)
	if err != nil {
		return false, fmt.Errorf("encode item: %w", err)
	}
	row := store.Row{Code: it.Code, Version: it.Version, Digest: digest, Body: string(body), Published: db.Ms(tx.Now())}
	if err := store.Publish(ctx, tx, row); err != nil {
		return false, err
	}
	return true, tell(ctx, tx, it.Code, it.Version, "catalogue.publish", catalogue.TopicPublished)
}

// formVersion counts the form by itself: an item may change while its form stays the same paper.
func formVersion(ctx context.Context, tx db.Tx, it catalogue.Entry, old store.Head) (int, error) {
	row, err := store.Get(ctx, tx, old.Code, old.Version)
	if err != nil {
		return 0, err
	}
	var before catalogue.Entry
	if err := json.Unmarshal([]byte(row.Body), &before); err != nil {
		return 0, fmt.Errorf("decode version before: %w", err)
	}
	was, now := before.Form, it.Form
	was.Version, now.Version = 0, 0
	a, errA := json.Marshal(was)
	b, errB := json.Marshal(now)
	if err := errors.Join(errA, errB); err != nil {
		return 0, fmt.Errorf("compare forms: %w", err)
	}
	if string(a) == string(b) {
		return before.Form.Version, nil
	}
	return before.Form.Version + 1, nil
}

func withdraw(ctx context.Context, tx db.Tx, h store.Head) error {
	if err := store.Withdraw(ctx, tx, h.Code, true); err != nil {
		return err
	}
	return tell(ctx, tx, h.Code, h.Version, "catalogue.withdraw", catalogue.TopicWithdrawn)
}

func tell(ctx context.Context, tx db.Tx, code string, version int, action, topic string) error {
	err := audit.Write(ctx, tx, audit.Record{Action: action, Object: code, Detail: map[string]string{"version": fmt.Sprint(version)}})
	if err != nil {
		return err
	}
	return events.Emit(ctx, tx, events.Event{Topic: topic, Key: code, Data: catalogue.Published{Code: code, Version: version}})
}

// digestOf is the sha-256 of the content, without the numbers that publishing gives.
func digestOf(it catalogue.Entry) (string, error) {
	it.Version, it.Form.Version = 0, 0
	b, err := json.Marshal(it)
	if err != nil {
		return "", fmt.Errorf("encode item: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}
