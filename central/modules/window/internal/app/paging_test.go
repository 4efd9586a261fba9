package app_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"tongban/central/kernel"
	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/central/modules/window/migrations"
)

var pagedStates = []window.State{window.Received, window.Noticed, window.Accepted, window.Granted, window.Refused}

// manyCases keeps n cases; three in a row share their instant, so that the number must decide.
func manyCases(t *testing.T, k *kerneltest.Kit, n int) []store.Case {
	t.Helper()
	k.Use(t, kernel.Module{Name: "window", Migrations: db.Migrations{Name: "window", FS: migrations.FS}})
	out := make([]store.Case, n)
	for i := range out {
		out[i] = store.Case{
			No: fmt.Sprintf("C%05d", (i*7919)%n), EnvelopeID: fmt.Sprint("e", i), Item: fmt.Sprint("item", i%4), State: pagedStates[i%len(pagedStates)], Version: 1,
			ReceivedAt: int64(1_000 + i/3), Region: []string{"510703001000", "510703002000", "510704000000"}[i%3], Department: fmt.Sprint("d", i%2), Handler: fmt.Sprint("h", i%5),
			LookupBlind: fmt.Sprint("l", i), NoticeDue: fmt.Sprintf("2026-01-%02d", 1+i%28),
		}
		if out[i].State == window.Accepted {
			out[i].Due = fmt.Sprintf("2026-02-%02d", 1+i%28)
		}
	}
	ctx := auth.AsSystem(t.Context(), "test")
	if err := k.DB.Do(ctx, func(tx db.Tx) error { return store.AddAll(ctx, tx, slices.Clone(out)) }); err != nil {
		t.Fatal(err)
	}
	return out
}

// sorted is the list as plain Go makes it.
func sorted(cases []store.Case, f store.Filter) (nos []string) {
	kept := slices.DeleteFunc(slices.Clone(cases), func(c store.Case) bool {
		return len(f.States) > 0 && !slices.Contains(f.States, c.State) || f.Item != "" && c.Item != f.Item || !f.Within.Covers(c.At())
	})
	slices.SortFunc(kept, func(a, b store.Case) int {
		if len(f.States) > 0 && f.States[0].Open() {
			return cmp.Or(cmp.Compare(cmp.Or(a.Due, a.NoticeDue), cmp.Or(b.Due, b.NoticeDue)), cmp.Compare(a.ReceivedAt, b.ReceivedAt), cmp.Compare(a.No, b.No))
		}
		return cmp.Or(cmp.Compare(b.ReceivedAt, a.ReceivedAt), cmp.Compare(b.No, a.No))
	})
	for _, c := range kept {
		nos = append(nos, c.No)
	}
	return nos
}

// Every page of every list is the slice of one order, whatever the filter and the scope: no case twice, none lost.
func TestPagesAreSlicesOfOneOrder(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		cases := manyCases(t, k, 97)
		ctx := auth.AsSystem(t.Context(), "test")
		for name, scope := range map[string]actor.Scope{
			"all": actor.Everywhere(), "region": actor.InRegion("510703000000"), "department": actor.InDepartments("d1"), "own": actor.OwnOf("h2"), "nowhere": {},
			"own or department": actor.OwnOf("h2").Join(actor.InDepartments("d0")),
		} {
			for _, states := range [][]window.State{nil, {window.Received, window.Noticed}, {window.Granted, window.Refused}} {
				for _, item := range []string{"", "item1", "none"} {
					f := store.Filter{States: states, Item: item, Size: 10, Within: scope}
					all := sorted(cases, f)
					var got []string
					err := k.DB.View(ctx, func(q db.Query) error {
						for f.Page = 1; f.Page <= len(all)/10+2; f.Page++ {
							rows, total, more, err := store.List(ctx, q, f)
							if err != nil {
								return err
							}
							if total != len(all) || more {
								t.Fatalf("%s %v %q: total %d, more %v, want %d", name, states, item, total, more, len(all))
							}
							for _, r := range rows {
								got = append(got, r.No)
							}
						}
						return nil
					})
					if err != nil {
						t.Fatal(err)
					}
					if !slices.Equal(got, all) {
						t.Errorf("%s %v %q:\n got %v\nwant %v", name, states, item, got, all)
					}
				}
			}
		}
	})
}

// While cases arrive, the pages of one look are of one instant: each is as full as its total says, and no case stands on two.
func TestPagesWhileCasesArrive(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		first := manyCases(t, k, 60)[0]
		ctx := auth.AsSystem(t.Context(), "test")
		done := make(chan error, 1)
		go func() {
			for i := range 40 {
				c := first
				c.No, c.EnvelopeID, c.LookupBlind, c.ReceivedAt = fmt.Sprintf("N%04d", i), fmt.Sprint("n", i), fmt.Sprint("nl", i), 9_000+int64(i)
				if err := k.DB.Do(ctx, func(tx db.Tx) error { return store.Add(ctx, tx, c) }); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		last := 0
		for going := true; going; {
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
				going = false // and one more look
			default:
			}
			err := k.DB.View(ctx, func(q db.Query) error {
				seen := map[string]bool{}
				for page, total := 1, 1; (page-1)*7 < total; page++ {
					rows, n, _, err := store.List(ctx, q, store.Filter{Page: page, Size: 7, Within: actor.Everywhere()})
					if err != nil {
						return err
					}
					if total = n; len(rows) != min(7, n-(page-1)*7) {
						t.Errorf("page %d of %d cases has %d rows", page, n, len(rows))
					}
					for _, r := range rows {
						if seen[r.No] {
							t.Errorf("%s stands on two pages", r.No)
						}
						seen[r.No] = true
					}
				}
				last = len(seen)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if last != 100 {
			t.Errorf("the last look saw %d cases, want 100", last)
		}
	})
}
