package drivertest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	simcard "tongban/deploy/sim/idcard"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/hal"
	"tongban/drivers/idcard/sdt"
)

// A machine with eight serial lines lists all of them, and eight devices work on them at once: each reader gives the card that lies
// on it, at the pace of real hardware.
func TestEightLinesAtOnce(t *testing.T) {
	t.Parallel()
	const lines = 8
	root := t.TempDir()
	people := simcard.People()
	var benches []*simtest.Bench
	for i := range lines {
		b := simtest.StartWith(t, []simtest.Option{simtest.RealTime()}, simtest.IDCard)
		benches = append(benches, b)
		name := fmt.Sprintf("ttyS%d", i)
		must(t, os.MkdirAll(filepath.Join(root, "sys/class/tty", name, "device"), 0o750))
		must(t, os.WriteFile(filepath.Join(root, "sys/class/tty", name, "type"), []byte("4\n"), 0o600))
		must(t, os.MkdirAll(filepath.Join(root, "dev"), 0o750))
		must(t, os.Symlink(b.IDCard, filepath.Join(root, "dev", name)))
	}
	list, err := hal.Lines(root)
	must(t, err)
	if len(list) != lines {
		t.Fatalf("%d lines: %+v", len(list), list)
	}
	var readers []drivers.IDCardReader
	for _, l := range list {
		port, err := hal.Open(t.Context(), l.Address)
		must(t, err)
		r, err := sdt.Open(t.Context(), port, drivers.Params{"poll": "100ms"})
		must(t, err)
		t.Cleanup(func() { _ = r.Close() })
		readers = append(readers, r)
	}
	for round := range 3 {
		var all sync.WaitGroup
		for i, r := range readers {
			want := people[(i+round)%len(people)]
			benches[i].TakeCard()
			benches[i].PutCard(want.Key)
			all.Go(func() {
				card, err := r.Read(t.Context(), nil)
				if err != nil || card.Name != want.Name || card.IDNumber != want.IDNumber || card.PermitNumber != want.PermitNumber {
					t.Errorf("line %d, round %d: not the card that lies there: %v", i, round, err)
				}
			})
		}
		all.Wait()
	}
}
