package privacy

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
)

// Sample opens up to n sealed values of every registered column and says how many it opened. One that does not open is an
// error: it is how a restored centre proves that its keys belong to its data. Nothing of the values leaves it.
func (s *Service) Sample(ctx context.Context, n int) (opened int, err error) {
	for _, c := range s.Columns() {
		var rows []sealedRow
		err := s.DB.View(ctx, func(q db.Query) (err error) {
			rows, err = batch(ctx, q, c.Column, -1, nil) // behind no version: every value counts
			return err
		})
		if err != nil {
			return opened, fmt.Errorf("sample %s: %w", c.Name(), err)
		}
		for _, r := range rows[:min(n, len(rows))] {
			if _, err := s.Vault.OpenRow(c.Class, c.row(r.key), r.value); err != nil {
				return opened, fmt.Errorf("sample %s: %w", c.Name(), err)
			}
			opened++
		}
	}
	return opened, nil
}
