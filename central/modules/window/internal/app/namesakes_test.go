package app_test

import (
	"context"
	"fmt"
	"testing"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window/internal/store"
)

// A person is found by the whole name also when many with the same masked name came later, and those are not shown as that person.
func TestSearchFindsAPersonBehindNamesakes(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		no := s.received(t, "glbt", 1)
		ctx := auth.AsSystem(t.Context(), "test")
		const other = "周大明" // masked like the one who is looked for
		if vault.MaskName(other) != vault.MaskName(zhou.Name) {
			t.Fatalf("%s and %s are masked differently", other, zhou.Name)
		}
		err := k.DB.Do(ctx, func(tx db.Tx) error { return crowd(ctx, tx, k, no, other, 80) })
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.app.Search(s.clerk(t), zhou.Name)
		if err != nil || len(f.People) != 1 || len(f.Cases) != 1 || f.Cases[0].No != no {
			t.Errorf("%s: people %+v, cases %d, %v", zhou.Name, f.People, len(f.Cases), err)
		}
		f, err = s.app.Search(s.clerk(t), other)
		if err != nil || len(f.Cases) != 8 || f.Cases[0].No == no {
			t.Errorf("%s: cases %+v, %v", other, f.Cases, err)
		}
		if f, err = s.app.Search(s.clerk(t), "周中明"); err != nil || len(f.Cases)+len(f.People) != 0 {
			t.Errorf("nobody has this name: %+v, %v", f, err)
		}
	})
}

// crowd adds n later cases like one, of somebody else.
func crowd(ctx context.Context, tx db.Tx, k *kerneltest.Kit, no, name string, n int) error {
	like, err := store.Get(ctx, tx, no)
	if err != nil {
		return err
	}
	for i := range n {
		c := like
		c.No, c.EnvelopeID, c.LookupBlind, c.IDBlind = fmt.Sprintf("N%03d", i), fmt.Sprint("n", i), fmt.Sprint("l", i), "other"
		c.ReceivedAt += int64(i + 1)
		if c.NameSealed, err = k.Vault.SealRow("person.name", c.No, name); err != nil {
			return err
		}
		if err := store.Add(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}
