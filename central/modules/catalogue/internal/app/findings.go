package app

import (
	"context"
	"fmt"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/lint"
)

// findings is what is wrong with an entry as it would stand among the others (质检).
func (a *App) findings(ctx context.Context, e *catalogue.Entry) ([]lint.Finding, error) {
	books, err := a.books(ctx)
	if err != nil {
		return nil, err
	}
	out := lint.One(e, books.all(), a.checked)
	if out == nil {
		out = []lint.Finding{}
	}
	return out, nil
}

// judgeRows fills in the number of faults of the items on a page; a version is judged once.
func (a *App) judgeRows(ctx context.Context, rows []EntryRow) error {
	books, err := a.books(ctx)
	if err != nil {
		return err
	}
	var all []catalogue.Entry
	for i := range rows {
		rec := books.find(rows[i].Code)
		if rec == nil {
			continue
		}
		key := fmt.Sprintf("%s@%d", rec.Code, rec.row.Version)
		if n, ok := a.judged.Load(key); ok {
			rows[i].Faults, _ = n.(int)
			continue
		}
		if all == nil {
			all = books.all()
		}
		rows[i].Faults = len(lint.Faults(lint.One(&rec.Entry, all, a.checked)))
		a.judged.Store(key, rows[i].Faults)
	}
	return nil
}
