package kernel_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
)

// engines runs f with a kit on each database at hand.
func engines(b *testing.B, f func(b *testing.B, k *kerneltest.Kit)) {
	kerneltest.EachBench(b, func(b *testing.B, k *kerneltest.Kit) {
		k.Migrate(b, caseTables())
		f(b, k)
	})
}

// One act: a case row, its audit record, its event and its job, one commit.
func BenchmarkAct(b *testing.B) {
	engines(b, func(b *testing.B, k *kerneltest.Kit) {
		ctx := k.As(b, "clerk")
		for b.Loop() {
			if err := accept(ctx, k.Kernel, ids.New(), nil); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
	})
}

// The same from many clerks at once.
func BenchmarkActParallel(b *testing.B) {
	engines(b, func(b *testing.B, k *kerneltest.Kit) {
		ctx := k.As(b, "clerk")
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := accept(ctx, k.Kernel, ids.New(), nil); err != nil {
					b.Error(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
	})
}

// A row alone, to see what the rest of the act costs.
func BenchmarkRowAlone(b *testing.B) {
	engines(b, func(b *testing.B, k *kerneltest.Kit) {
		ctx := b.Context()
		for b.Loop() {
			err := k.DB.Do(ctx, func(tx db.Tx) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO probe_case (id, item, state, sealed, at) VALUES ($1, 'i', 's', 'x', 1)`, ids.New())
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// One case by id, in its own read snapshot.
func BenchmarkView(b *testing.B) {
	engines(b, func(b *testing.B, k *kerneltest.Kit) {
		ctx := b.Context()
		if err := accept(k.As(b, "clerk"), k.Kernel, "case-1", nil); err != nil {
			b.Fatal(err)
		}
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := view(ctx, k.Kernel); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func view(ctx context.Context, k *kernel.Kernel) error {
	return k.DB.View(ctx, func(q db.Query) error {
		var state string
		return q.QueryRowContext(ctx, `SELECT state FROM probe_case WHERE id = 'case-1'`).Scan(&state)
	})
}

// From the commit of one act to the event at a subscriber.
func BenchmarkEventLatency(b *testing.B) {
	engines(b, func(b *testing.B, k *kerneltest.Kit) {
		stream := k.Events.Stream(b.Context(), 0, "window.")
		ctx := k.As(b, "clerk")
		var worst atomic.Int64
		for b.Loop() {
			begin := time.Now()
			if err := accept(ctx, k.Kernel, ids.New(), nil); err != nil {
				b.Fatal(err)
			}
			<-stream
			worst.Store(max(worst.Load(), int64(time.Since(begin))))
		}
		b.ReportMetric(float64(worst.Load())/1e6, "worst-ms")
	})
}

func kernelActor(role string) auth.Actor {
	return auth.Actor{Kind: auth.Staff, ID: "x", Roles: []string{role}}
}
