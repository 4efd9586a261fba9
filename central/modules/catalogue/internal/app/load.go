package app

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/store"
)

// Load brings the database up to the seed: an item whose content changed gets a new version, one that is gone from the seed is
// withdrawn, everything else is left alone. Running it again changes nothing. A seed with faults is refused as a whole. What people
// have published since is theirs: the seed never takes it back.
func (a *App) Load(ctx context.Context) error {
	seed, err := soundSeed(a.Seed)
	if err != nil {
		return err
	}
	a.checked = seed.Context()
	var open []store.Basic // the part of the basic list that nobody has claimed yet
	if err := decode(a.Seed, "basic.yaml", &open); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
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
			did, err := a.seeded(ctx, tx, it, old[it.Code])
			if err != nil {
				return fmt.Errorf("publish %s: %w", it.Code, err)
			}
			if did && it.National.CatalogCode != "" {
				b := store.Basic{
					Code: it.National.CatalogCode, Name: it.Name, Type: it.National.TaskType, Level: it.National.UseLevel, State: store.BasicClaimed, Item: it.Code, ClaimedBy: it.Office,
				}
				if err := store.PutBasic(ctx, tx, b); err != nil {
					return err
				}
			}
			if did {
				changed = append(changed, it.Code)
			}
			delete(old, it.Code)
		}
		for _, b := range open {
			b.State = store.BasicOpen
			if err := store.PutBasic(ctx, tx, b); err != nil {
				return err
			}
		}
		for _, h := range heads {
			if _, gone := old[h.Code]; gone && !h.Withdrawn && h.Origin == store.FromSeed {
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

// seeded adds a version when the seed says something else than the newest one, and reports whether anything changed.
func (a *App) seeded(ctx context.Context, tx db.Tx, e catalogue.Entry, old store.Head) (bool, error) {
	if old.Version > 0 && old.Origin != store.FromSeed {
		return false, nil
	}
	if err := a.formInto(ctx, &e); err != nil {
		return false, err
	}
	digest, err := digestOf(e)
	if err != nil {
		return false, err
	}
	if old.Digest == digest {
		if !old.Withdrawn {
			return false, nil
		}
		if err := store.Withdraw(ctx, tx, e.Code, false); err != nil {
			return false, err
		}
		return true, tell(ctx, tx, e.Code, old.Version, "catalogue.restore", catalogue.TopicPublished)
	}
	return true, a.release(ctx, tx, e, store.Row{Digest: digest, Origin: store.FromSeed, Version: old.Version})
}

// release adds a version after row.Version and tells of it. row says by whom, from when on and why.
func (a *App) release(ctx context.Context, tx db.Tx, e catalogue.Entry, row store.Row) (err error) {
	e.Paused = nil
	before := row.Version
	e.Version, e.Form.Version = before+1, max(e.Form.Version, 1)
	if before > 0 && e.FormID == "" {
		if e.Form.Version, err = formVersion(ctx, tx, e, before); err != nil {
			return err
		}
	}
	if row.Digest == "" {
		if row.Digest, err = digestOf(e); err != nil {
			return err
		}
	}
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode item: %w", err)
	}
	row.Code, row.Version, row.Body, row.Published = e.Code, e.Version, string(body), db.Ms(tx.Now())
	if err := store.Publish(ctx, tx, row); err != nil {
		return err
	}
	return tell(ctx, tx, e.Code, e.Version, "catalogue.publish", catalogue.TopicPublished)
}

// formVersion counts the form by itself: an item may change while its form stays the same paper.
func formVersion(ctx context.Context, tx db.Tx, it catalogue.Entry, version int) (int, error) {
	row, err := store.Get(ctx, tx, it.Code, version, 0)
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

// digestOf is the sha-256 of the content, without what publishing gives.
func digestOf(e catalogue.Entry) (string, error) {
	e.Version, e.Paused = 0, nil
	if e.FormID == "" { // an official form is counted by the forms; a form of the item's own by us
		e.Form.Version = 0
	}
	b, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("encode item: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// builtIn keeps what the seeds inside of the program say: such a seed cannot change while it runs, and is read and checked once.
var builtIn sync.Map // embed.FS → Seed

// soundSeed reads a seed and refuses one with faults.
func soundSeed(files fs.FS) (Seed, error) {
	inside, ok := files.(embed.FS)
	if ok {
		if kept, ok := builtIn.Load(inside); ok {
			s, _ := kept.(Seed)
			return s, nil
		}
	}
	s, err := ReadSeed(files)
	if err != nil {
		return Seed{}, err
	}
	if faults := Lint(s); len(faults) > 0 {
		return Seed{}, fmt.Errorf("check seed: %w", errors.Join(faults...))
	}
	if ok {
		builtIn.Store(inside, s)
	}
	return s, nil
}
