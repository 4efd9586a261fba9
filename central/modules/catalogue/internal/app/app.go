package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/org"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/lint"
	"tongban/central/modules/catalogue/internal/store"
	"tongban/fleet/wire/matter"
)

// Needs is what the catalogue stands on. Clock is the machine's where it is nil.
type Needs struct {
	DB       *db.DB
	Log      *slog.Logger
	Seed     fs.FS
	Calendar *calendar.Calendar
	Clock    clock.Clock
	Offices  Offices // may be nil: then drafts belong nowhere, and only people without limits edit
	Outside  catalogue.Outside
}

// Offices is what the catalogue asks of the organisation: where an item belongs.
type Offices interface {
	FindDepartment(ctx context.Context, usc, name string) (org.Department, bool, error)
}

// App holds the use cases. It is safe for concurrent use.
type App struct {
	Needs
	categories []matter.Category
	known      Vocabulary

	checked lint.Context // what an item is looked at against

	mu     sync.Mutex
	shown  *Shown   // the last snapshot made
	ledger *ledger  // the last one made
	judged sync.Map // code@version → number of faults
}

var _ catalogue.Service = (*App)(nil)

// New makes the use cases; the categories come from the seed at once, the items by Load.
func New(n Needs) (*App, error) {
	if n.Clock == nil {
		n.Clock = clock.System()
	}
	a := &App{Needs: n}
	if err := decode(n.Seed, "categories.yaml", &a.categories); err != nil {
		return nil, err
	}
	a.checked = lint.Context{Categories: a.categories}
	var err error
	a.known, err = readVocabulary(n.Seed)
	return a, err
}

// Item implements catalogue.Service.
func (a *App) Item(ctx context.Context, code string, version int) (matter.Item, error) {
	if version == 0 {
		s, err := a.Current(ctx)
		if err != nil {
			return matter.Item{}, err
		}
		if i, ok := s.place[code]; ok {
			return s.Items[i], nil
		}
	}
	var row store.Row
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		row, err = store.Get(ctx, q, code, version, db.Ms(a.Clock.Now()))
		return err
	})
	if errors.Is(err, store.ErrNone) {
		return matter.Item{}, unknown(code, version)
	}
	if err != nil {
		return matter.Item{}, fmt.Errorf("load item: %w", err)
	}
	return itemOf(row)
}

func unknown(code string, version int) error {
	return errs.E(errs.NotFound, catalogue.CodeUnknownItem, "没有这个事项，请从列表里重新选", fmt.Errorf("item %q version %d: %w", code, version, store.ErrNone))
}

// Items implements catalogue.Service.
func (a *App) Items(ctx context.Context) ([]matter.Item, error) {
	s, err := a.Current(ctx)
	if err != nil {
		return nil, err
	}
	return s.Items, nil
}

// Snapshot implements catalogue.Service.
func (a *App) Snapshot(ctx context.Context) (matter.Snapshot, error) {
	s, err := a.Current(ctx)
	if err != nil {
		return matter.Snapshot{}, err
	}
	return s.Snapshot, nil
}

// Counts implements catalogue.Service. Themes are another module's to count.
func (a *App) Counts(ctx context.Context) (catalogue.Counts, error) {
	s, err := a.Current(ctx)
	if err != nil {
		return catalogue.Counts{}, err
	}
	return catalogue.Counts{Items: len(s.Items), Smart: s.smart}, nil
}

// entryOf decodes a version; versions from before there were entries hold an item only and decode just the same.
func entryOf(row store.Row) (catalogue.Entry, error) {
	var en catalogue.Entry
	if err := json.Unmarshal([]byte(row.Body), &en); err != nil {
		return catalogue.Entry{}, fmt.Errorf("decode item %s version %d: %w", row.Code, row.Version, err)
	}
	en.Item = withPinyin(en.Item)
	return en, nil
}

func itemOf(row store.Row) (matter.Item, error) {
	en, err := entryOf(row)
	return en.Item, err
}
