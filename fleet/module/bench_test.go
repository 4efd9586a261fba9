package module

import (
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"tongban/fleet/internal/simterm"
	"tongban/fleet/wire"
)

// BenchmarkReports is what the gate takes when the fleet comes back from a night offline: small reports of ten terminals,
// sealed before, published as fast as the broker takes them, each answered after its commit. Broker, terminals, TLS and
// database share the machine.
func BenchmarkReports(b *testing.B) { benchLane(b, wire.LaneReport) }

// BenchmarkSubmissions is the same with a transaction for each envelope.
func BenchmarkSubmissions(b *testing.B) { benchLane(b, wire.LaneCase) }

func benchLane(b *testing.B, lane wire.Lane) {
	c := newCentre(b, nil)
	var terms []*simterm.Terminal
	for i := range 10 {
		terms = append(terms, c.terminal(b, fmt.Sprintf("K-%02d", i+1)))
	}
	raws := make([][]byte, b.N)
	for i := range raws {
		e := seal(b, terms[i%10], lane, fmt.Sprintf(`{"level":5,"n":%d}`, i))
		raw, err := json.Marshal(e)
		if err != nil {
			b.Fatal(err)
		}
		raws[i] = raw
	}
	var got atomic.Int64
	for _, t := range terms {
		t.OnStray = func(r wire.Receipt) {
			if r.Status == wire.Accepted {
				got.Add(1)
			}
		}
	}

	b.ResetTimer()
	for i, raw := range raws {
		terms[i%10].Publish(lane, raw)
	}
	for end := time.Now().Add(5 * time.Minute); got.Load() < int64(b.N); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			b.Fatalf("%d of %d receipts", got.Load(), b.N)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "envelopes/s")
	if rows, _ := c.kept(b); rows != int64(b.N) {
		b.Errorf("kept %d of %d", rows, b.N)
	}
}
