package module

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/db"
	"tongban/fleet"
	"tongban/fleet/wire"
)

// The whole road of an envelope: enrol, connect, seal, send, receipt; then the notice back.
func TestRoad(t *testing.T) {
	c := newCentre(t, nil)
	term := c.terminal(t, "K-01")
	no, err := term.NextCase()
	if err != nil {
		t.Fatal(err)
	}
	out, err := term.Deliver(t.Context(), seal(t, term, wire.LaneCase, fmt.Sprintf(`{"case_no":%q}`, no)), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if out.Receipt.Status != wire.Accepted || out.Receipt.CaseNo != no || out.Sends != 1 {
		t.Errorf("outcome %+v", out)
	}

	n := wire.CaseNotice{CaseNo: no, State: "accepted", Due: "2026-12-03"}
	err = c.kit.DB.Do(t.Context(), func(tx db.Tx) error { return c.Service.Notify(t.Context(), tx, "K-01", n) })
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the notice arrives", func() bool { return len(term.Notices()) > 0 })
	if got := term.Notices()[0]; got.CaseNo != no || got.State != "accepted" || got.Due != "2026-12-03" || got.At.IsZero() {
		t.Errorf("notice %+v", got)
	}

	online := func() bool {
		got, err := c.Service.Get(t.Context(), "K-01")
		return err == nil && got.Online && !got.LastSeen.IsZero() && got.Status.Version == "sim"
	}
	eventually(t, "the terminal is seen online", online)
	if _, err := c.Service.Get(t.Context(), "K-09"); err != fleet.ErrNoSuchTerminal {
		t.Errorf("Get of none: %v", err)
	}
}

// The last will tells that a terminal is gone when it cannot say so itself, and its next status that it is back.
func TestLastWill(t *testing.T) {
	c := newCentre(t, nil)
	term := c.terminal(t, "K-01")
	changes := func() int64 {
		return c.kit.Count(t, `SELECT count(*) FROM kernel_event WHERE topic = $1`, fleet.EventStatus)
	}
	eventually(t, "it is seen online", func() bool { return changes() == 1 })
	term.Cut()
	eventually(t, "it is seen to go and to come back", func() bool { return changes() == 3 })
	if got, err := c.Service.Get(t.Context(), "K-01"); err != nil || !got.Online {
		t.Errorf("online %v, %v", got.Online, err)
	}
}

// A terminal that was away when its receipt was sent gets it when it comes back, and sending again is safe as well.
func TestReceiptForWhoIsAway(t *testing.T) {
	c := newCentre(t, nil)
	term := c.terminal(t, "K-01")
	e := seal(t, term, wire.LaneCase, `{"case_no":"x"}`)
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	term.Publish(wire.LaneCase, raw)
	term.Disconnect()
	eventually(t, "it is kept", func() bool { rows, _ := c.kept(t); return rows == 1 })

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := term.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	out, err := term.Deliver(ctx, e, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if s := out.Receipt.Status; s != wire.Duplicate && s != wire.Accepted || out.Receipt.CaseNo != "x" {
		t.Errorf("receipt %+v", out.Receipt)
	}
	if rows, _ := c.kept(t); rows != 1 {
		t.Errorf("kept %d times", rows)
	}
}

// A thousand reports from five terminals, many at once: each is kept once.
func TestThousandReports(t *testing.T) {
	c := newCentre(t, nil)
	const each = 200
	var wg sync.WaitGroup
	began := time.Now()
	for i := range 5 {
		term := c.terminal(t, fmt.Sprintf("K-%02d", i+1))
		next := make(chan int)
		go func() {
			defer close(next)
			for n := range each {
				next <- n
			}
		}()
		for range 20 {
			wg.Go(func() {
				for n := range next {
					e, err := term.Seal(wire.LaneReport, wire.KindRating, fmt.Appendf(nil, `{"n":"%s-%d"}`, term.Enrolment.Terminal, n))
					if err != nil {
						t.Error(err)
						continue
					}
					if out, err := term.Deliver(t.Context(), e, 20*time.Second); err != nil || out.Receipt.Status != wire.Accepted {
						t.Errorf("report %d: %+v, %v", n, out, err)
					}
				}
			})
		}
	}
	wg.Wait()
	t.Logf("1000 reports in %s", time.Since(began))
	rows, bodies := c.kept(t)
	if rows != 5*each || bodies != 5*each {
		t.Errorf("kept %d rows of %d bodies, want %d", rows, bodies, 5*each)
	}
}

// The broker runs by itself, is stopped in the middle and comes back on its store; the centre stays. Nothing is lost and
// nothing happens twice.
func TestBrokerRestarts(t *testing.T) {
	mqtt, nats := freePort(t), freePort(t)
	// The centre may be there first.
	c := newCentre(t, func(cfg *Config) { cfg.BrokerURL, cfg.TellBroker = "nats://"+nats, "ssl://"+mqtt })
	stop := runBroker(t, c.data, mqtt, nats)
	defer func() { stop() }()
	term := c.terminal(t, "K-01")

	const all = 60
	done := make(chan map[wire.ReceiptStatus]int)
	half := make(chan struct{})
	go func() {
		got := map[wire.ReceiptStatus]int{}
		for n := range all {
			if n == all/3 {
				close(half)
			}
			e, err := term.Seal(wire.LaneCase, wire.KindSubmission, fmt.Appendf(nil, `{"case_no":"%d"}`, n))
			if err != nil {
				t.Error(err)
				break
			}
			out, err := term.Deliver(t.Context(), e, 2*time.Second)
			if err != nil {
				t.Error(err)
				break
			}
			got[out.Receipt.Status]++
		}
		done <- got
	}()
	<-half
	for range 3 {
		stop()
		time.Sleep(300 * time.Millisecond)
		stop = runBroker(t, c.data, mqtt, nats)
		time.Sleep(500 * time.Millisecond)
	}
	got := <-done
	if got[wire.Accepted]+got[wire.Duplicate] != all {
		t.Errorf("receipts %v, want %d", got, all)
	}
	if rows, bodies := c.kept(t); rows != all || bodies != all {
		t.Errorf("kept %d rows of %d bodies, want %d", rows, bodies, all)
	}
}

// A broker that lost its store knows neither terminals nor sessions: the centre tells it again, and nothing is lost.
func TestBrokerLosesItsStore(t *testing.T) {
	mqtt, nats := freePort(t), freePort(t)
	c := newCentre(t, func(cfg *Config) { cfg.BrokerURL, cfg.TellBroker = "nats://"+nats, "ssl://"+mqtt })
	stop := runBroker(t, c.data, mqtt, nats)
	term := c.terminal(t, "K-01")
	send := func(n int) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
		defer cancel()
		out, err := term.Deliver(ctx, seal(t, term, wire.LaneCase, fmt.Sprintf(`{"case_no":"%d"}`, n)), 2*time.Second)
		if err != nil || out.Receipt.CaseNo != fmt.Sprint(n) {
			t.Errorf("envelope %d: %+v, %v", n, out, err)
		}
	}
	send(1)
	stop()
	if err := os.RemoveAll(storeDir(c.data)); err != nil {
		t.Fatal(err)
	}
	defer runBroker(t, c.data, mqtt, nats)()
	send(2)
	if rows, _ := c.kept(t); rows != 2 {
		t.Errorf("kept %d, want 2", rows)
	}
}

// The list shows who is planned and who is enrolled.
func TestList(t *testing.T) {
	c := newCentre(t, nil)
	c.terminal(t, "K-02")
	c.code(t, "K-01")
	all, err := c.Service.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Code   string
		Number int
		Epoch  int
		State  fleet.State
		Place  string
	}
	var got []row
	for _, x := range all {
		got = append(got, row{x.Code, x.Number, x.Epoch, x.State, x.Place})
	}
	want := []row{{"K-01", 1, 0, fleet.Waiting, "涪城区政务服务中心"}, {"K-02", 2, 1, fleet.Active, "涪城区政务服务中心"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("list (-want +got):\n%s", d)
	}
}
