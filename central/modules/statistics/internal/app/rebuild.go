package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/modules/statistics/internal/store"
)

// pageOfCases is how many cases a rebuild reads at once.
const pageOfCases = 500

// Rebuild makes ledger and sums of the cases anew from the window's cases, in one transaction (重建). It is for a centre that had
// cases before it had statistics, and for synthetic histories that were not made by acts. It returns how many cases there are.
func (a *App) Rebuild(ctx context.Context) (n int, err error) {
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		n = 0
		if err := store.Clear(ctx, tx); err != nil {
			return err
		}
		sums, items := map[store.Key]store.Sums{}, map[string]string{}
		for after := ""; ; {
			page, err := a.Ledger.Every(ctx, after, pageOfCases)
			if err != nil {
				return err
			}
			if len(page) == 0 {
				break
			}
			rows := make([]store.Row, len(page))
			for i, f := range page {
				rows[i] = RowOf(f)
				addTo(sums, rows[i], false)
				items[f.Item] = f.ItemName
			}
			if err := store.PutRows(ctx, tx, rows...); err != nil {
				return err
			}
			n, after = n+len(page), page[len(page)-1].No
		}
		for code, name := range items {
			if err := store.NameItem(ctx, tx, code, name); err != nil {
				return err
			}
		}
		if err := addAll(ctx, tx, sums); err != nil {
			return err
		}
		if err := store.Restore(ctx, tx); err != nil { // ratings and served numbers have no other home
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "statistics.rebuild", Object: "statistics", Detail: map[string]string{"cases": strconv.Itoa(n)}})
	})
	return n, err
}

func sortedKeys(sums map[store.Key]store.Sums) []store.Key {
	return slices.SortedFunc(maps.Keys(sums), func(x, y store.Key) int {
		return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.Dim, y.Dim), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Region, y.Region), cmp.Compare(x.Department, y.Department))
	})
}
