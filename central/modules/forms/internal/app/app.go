// Package app is what can be done with electronic forms (电子表单用例).
package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"sync"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/vault"
	"tongban/central/modules/forms"
	"tongban/central/modules/forms/internal/design"
	"tongban/central/modules/forms/internal/store"
	"tongban/fleet/wire/matter"
)

// Printer makes the paper of a form.
type Printer interface {
	Print(d forms.Design, ink forms.Ink) ([]byte, error)
}

// Needs is what New needs.
type Needs struct {
	DB      *db.DB
	Clock   clock.Clock
	Vault   *vault.Vault
	Log     *slog.Logger
	Seed    fs.FS
	Printer Printer
}

// App is the electronic forms. It is safe for concurrent use.
type App struct {
	Needs
	seed design.Seed

	mu   sync.Mutex
	kept map[place]forms.Design // published versions never change
}

type place struct {
	id      string
	version int
}

var _ forms.Service = (*App)(nil)

// New reads the library of data elements and the shipped forms. A shipped form with faults is refused here, not when somebody
// opens it.
func New(n Needs) (*App, error) {
	seed, err := design.ReadSeed(n.Seed)
	if err != nil {
		return nil, err
	}
	for _, d := range seed.Designs {
		for _, f := range design.Verify(d, seed.Library) {
			if !f.Warn {
				err = errors.Join(err, fmt.Errorf("form %s: %s: %s", d.ID, f.Where, f.Words))
			}
		}
	}
	if err != nil {
		return nil, err
	}
	return &App{Needs: n, seed: seed, kept: map[place]forms.Design{}}, nil
}

// ErrUnknown means that there is no such form or version.
var ErrUnknown = errs.E(errs.NotFound, forms.CodeUnknownForm, "没有这张表", nil)

// Load brings the database up to the shipped forms. Running it again changes nothing.
func (a *App) Load(ctx context.Context) error {
	return a.ship(auth.AsSystem(ctx, "forms.load"), a.seed.Designs)
}

// Adopt implements forms.Service.
func (a *App) Adopt(ctx context.Context, embedded []matter.Form) error {
	shipped := map[string]bool{}
	for _, d := range a.seed.Designs {
		shipped[d.ID] = true
	}
	var designs []forms.Design
	for _, f := range embedded {
		if shipped[f.ID] {
			continue // drawn here: the form's own file is the one that counts
		}
		d, err := design.Settle(forms.Design{ID: f.ID, Title: f.Title, Schema: f.Schema, Screens: f.Groups})
		if err != nil {
			return err
		}
		if paper, drawn := a.seed.Papers[d.ID]; drawn {
			d.Paper = paper
		}
		if faults := design.Sheet(d, a.seed.Library); len(faults) > 0 || design.Unplaced(d) {
			if _, drawn := a.seed.Papers[d.ID]; drawn {
				a.Log.WarnContext(ctx, "the paper that was drawn does not fit its form any more; one is laid out by program", "form", d.ID, "faults", len(faults))
			}
			d.Paper = design.Draw(d)
		}
		designs = append(designs, d)
	}
	return a.ship(auth.AsSystem(ctx, "forms.adopt"), designs)
}

// ship publishes designs that come with the program: new ones, and those whose shipped content changed while nobody edited
// the form here. What a person has published stays.
func (a *App) ship(ctx context.Context, designs []forms.Design) error {
	changed := 0
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		changed = 0
		heads, err := store.Heads(ctx, tx)
		if err != nil {
			return err
		}
		known := map[string]store.Head{}
		for _, h := range heads {
			known[h.ID] = h
		}
		for _, d := range designs {
			h, there := known[d.ID]
			digest := design.Digest(d)
			if there && h.Source == digest {
				continue
			}
			if there {
				v, err := store.GetVersion(ctx, tx, d.ID, 0)
				if err == nil && v.Digest != h.Source {
					continue // edited here since
				}
				if err != nil && !errors.Is(err, store.ErrNone) {
					return err
				}
			}
			version, err := a.publish(ctx, tx, d, store.Head{ID: d.ID, Version: h.Version, Source: digest})
			if err != nil {
				return fmt.Errorf("publish form %s: %w", d.ID, err)
			}
			err = audit.Write(ctx, tx, audit.Record{Action: "forms.publish", Object: d.ID, Detail: map[string]string{"version": fmt.Sprint(version)}})
			if err != nil {
				return err
			}
			changed++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("load forms: %w", err)
	}
	if changed > 0 {
		a.Log.InfoContext(ctx, "forms loaded", "forms", len(designs), "changed", changed)
	}
	return nil
}

// publish adds d as the next version after head's and puts it in force, with its event.
func (a *App) publish(ctx context.Context, tx db.Tx, d forms.Design, head store.Head) (int, error) {
	var was forms.Design
	if head.Version > 0 {
		before, err := store.GetVersion(ctx, tx, d.ID, head.Version)
		if err != nil {
			return 0, err
		}
		if err := json.Unmarshal([]byte(before.Body), &was); err != nil {
			return 0, fmt.Errorf("decode version before: %w", err)
		}
	}
	words := []string{"第一版"}
	if head.Version > 0 {
		words = []string{}
		for _, c := range design.Diff(was, d) {
			words = append(words, c.Words)
		}
	}
	said, err := json.Marshal(words)
	if err != nil {
		return 0, fmt.Errorf("encode changes: %w", err)
	}
	d.Version = head.Version + 1
	body, err := json.Marshal(d)
	if err != nil {
		return 0, fmt.Errorf("encode form: %w", err)
	}
	who := tx.Actor()
	v := store.Version{ID: d.ID, Version: d.Version, Digest: design.Digest(d), Body: string(body), Drawn: design.Drawn(d), Words: string(said), ByID: who.ID, ByName: who.Name}
	if err := store.AddVersion(ctx, tx, v); err != nil {
		return 0, err
	}
	head.Version, head.Title = d.Version, d.Title
	if err := store.Put(ctx, tx, head); err != nil {
		return 0, err
	}
	return d.Version, events.Emit(ctx, tx, events.Event{Topic: forms.TopicPublished, Key: d.ID, Data: forms.Published{ID: d.ID, Version: d.Version}})
}

// Design implements forms.Service.
func (a *App) Design(ctx context.Context, id string, version int) (forms.Design, error) {
	if d, ok := a.remembered(place{id, version}); ok {
		return d, nil
	}
	var v store.Version
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		v, err = store.GetVersion(ctx, q, id, version)
		return err
	})
	if errors.Is(err, store.ErrNone) {
		return forms.Design{}, ErrUnknown
	}
	if err != nil {
		return forms.Design{}, err
	}
	return a.remember(v)
}

// Published implements forms.Service.
func (a *App) Published(ctx context.Context) ([]forms.Design, error) {
	var heads []store.Head
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		heads, err = store.Heads(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []forms.Design
	for _, h := range heads {
		if h.Version == 0 {
			continue
		}
		d, err := a.Design(ctx, h.ID, h.Version)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// Merge implements forms.Service.
func (a *App) Merge(ctx context.Context, ids []string) (forms.Merged, error) {
	var designs []forms.Design
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			continue
		}
		d, err := a.Design(ctx, id, 0)
		if err != nil {
			return forms.Merged{}, err
		}
		designs = append(designs, d)
	}
	return design.Merge("merged", "一张表单", designs)
}

// Print implements forms.Service.
func (a *App) Print(ctx context.Context, id string, version int, ink forms.Ink) ([]byte, error) {
	d, err := a.Design(ctx, id, version)
	if err != nil {
		return nil, err
	}
	return a.Printer.Print(d, ink)
}

// Elements implements forms.Service.
func (a *App) Elements(context.Context) ([]forms.Element, error) { return a.seed.Library.All, nil }

func (a *App) remembered(p place) (forms.Design, bool) {
	if p.version == 0 {
		return forms.Design{}, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	d, ok := a.kept[p]
	return d, ok
}

// maxKept is more than the forms in force of a city; beyond it the cache starts anew.
const maxKept = 4096

func (a *App) remember(v store.Version) (forms.Design, error) {
	p := place{v.ID, v.Version}
	if d, ok := a.remembered(p); ok {
		return d, nil
	}
	var d forms.Design
	if err := json.Unmarshal([]byte(v.Body), &d); err != nil {
		return d, fmt.Errorf("decode form %s version %d: %w", v.ID, v.Version, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.kept) >= maxKept {
		clear(a.kept)
	}
	a.kept[p] = d
	return d, nil
}
