package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/statistics"
	"tongban/central/modules/statistics/internal/app"
	"tongban/central/modules/statistics/internal/indicators"
	"tongban/central/modules/statistics/migrations"
	"tongban/central/modules/statistics/seed"
	"tongban/central/modules/window"
)

// ledger is the window's cases, in memory.
type ledger map[string]*window.Facts

func (l ledger) Facts(_ context.Context, no string) (window.Facts, error) {
	if f := l[no]; f != nil {
		return *f, nil
	}
	return window.Facts{}, window.ErrNoSuchCase
}

func (l ledger) Every(_ context.Context, after string, most int) (out []window.Facts, _ error) {
	for no, f := range l {
		if no > after {
			out = append(out, *f)
		}
	}
	slices.SortFunc(out, func(x, y window.Facts) int {
		if x.No < y.No {
			return -1
		}
		return 1
	})
	return out[:min(most, len(out))], nil
}

type names struct{}

func (names) Departments(context.Context) (map[string]string, error) {
	return map[string]string{"fc-mzj": "涪城区民政局"}, nil
}
func (names) Regions(context.Context) (map[string]string, error) { return nil, nil }

type scene struct {
	*kerneltest.Kit
	app   *app.App
	cases ledger
	seq   int
}

func open(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	k.Use(t, kernel.Module{Name: "statistics", Migrations: db.Migrations{Name: "statistics", FS: migrations.FS}})
	list, err := indicators.Read(seed.Indicators)
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{Kit: k, cases: ledger{}}
	s.app = app.New(app.Needs{DB: k.DB, Clock: k.Clock, Log: k.Log, Ledger: s.cases, Names: names{}, List: list})
	return s
}

func reader(t *testing.T) context.Context {
	return actor.With(t.Context(), auth.Actor{Kind: auth.Staff, ID: "u1", Name: "何*"}.Granted(statistics.PermRead, statistics.PermExport, statistics.PermServe))
}

// happened tells the statistics of an event, as the follower does.
func (s *scene) happened(t *testing.T, topic, key string, data any) {
	t.Helper()
	ctx := auth.AsSystem(t.Context(), "test")
	if err := s.DB.Do(ctx, func(tx db.Tx) error { return events.Emit(ctx, tx, events.Event{Topic: topic, Key: key, Data: data}) }); err != nil {
		t.Fatal(err)
	}
	s.seq++
	reading, stop := context.WithCancel(ctx)
	defer stop()
	e := <-s.Events.Stream(reading, int64(s.seq-1))
	if err := s.DB.Do(ctx, func(tx db.Tx) error { return s.app.Follow(ctx, tx, e) }); err != nil {
		t.Fatal(err)
	}
}

func (s *scene) moved(t *testing.T, f window.Facts) {
	t.Helper()
	s.cases[f.No] = &f
	s.happened(t, "window.moved", f.No, window.Moved{No: f.No})
}

func day(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d.Time().Add(10 * time.Hour)
}

// Cases live through random lives, told event by event; then every number is the one that a plain count over the cases gives, the
// recount differs nowhere, a rebuild from the cases changes nothing, and the cases behind a number are as many as it says.
func TestNumbersAreThoseOfTheLedger(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		random := rand.New(rand.NewPCG(5, 18))
		month := calendar.DateOf(k.Clock.Now()).String()[:7]
		today := calendar.DateOf(k.Clock.Now())
		first, err := calendar.ParseDate(month + "-01")
		if err != nil {
			t.Fatal(err)
		}
		dayIn := func() string { return first.AddDays(random.IntN(today.Day)).String() }
		used, promised, onTime, decided, ended := 0, 0, 0, 0, 0
		for i := range 60 {
			f := window.Facts{
				No: fmt.Sprintf("T-%03d", i), Item: []string{"glbt", "spxj"}[i%2], ItemName: []string{"高龄补贴", "小食店"}[i%2], State: window.Received, Region: "510703000000",
				Department: []string{"fc-mzj", "fc-scjg"}[i%2], Window: []string{"A01", ""}[i%2], Channel: []string{"window", "web"}[i%2], Place: "涪城大厅 1号", ReceivedAt: day(t, dayIn()),
			}
			s.moved(t, f)
			f.AcceptedOn = dayIn()
			f.State, f.Clock = window.Accepted, window.ClockFacts{Budget: 10, StatutoryBudget: 20}
			s.moved(t, f)
			if random.IntN(3) == 0 {
				continue
			}
			ended++
			f.ClosedAt = day(t, dayIn())
			f.State = window.Granted
			f.Clock.Used = random.IntN(11)
			if f.Clock.Used == 10 && random.IntN(2) == 0 {
				f.Clock.Overdue = 2
			}
			if random.IntN(5) == 0 {
				f.State = window.Withdrawn
			} else {
				decided++
				used += f.Clock.Used + f.Clock.Overdue
				promised += 10
				if f.Clock.Overdue == 0 {
					onTime++
				}
			}
			s.moved(t, f)
			s.moved(t, f) // an event that changes nothing
		}
		s.check(t, "told", map[string]float64{
			"used": 100 * float64(used) / float64(promised), "ontime": 100 * float64(onTime) / float64(decided), "compress": 50, "received": 60, "accepted": 60, "ended": float64(ended), "online": 50,
		})
		s.happened(t, "window.rated", "r1", map[string]any{"case": "T-000", "level": 5})
		s.happened(t, "window.rated", "r1", map[string]any{"case": "T-000", "level": 5}) // the same again
		s.happened(t, "window.rated", "r2", map[string]any{"case": "T-001", "level": 1})
		s.happened(t, "hall.ticket_finished", "t1", map[string]any{"region": "510703000000", "hall": "涪城大厅", "window": "A01", "wait_ms": 600_000, "serve_ms": 300_000})
		want := map[string]float64{"liked": 50, "rated": 100 * 2 / float64(ended), "wait": 10, "serve": 5, "ended": float64(ended)}
		s.check(t, "rated", want)
		before, _, _, err := s.app.Lines(reader(t), app.Ask{})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := s.app.Rebuild(auth.AsSystem(t.Context(), "test")); err != nil || n != 60 {
			t.Fatalf("rebuilt %d, %v", n, err)
		}
		after, _, _, err := s.app.Lines(reader(t), app.Ask{})
		if err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("a rebuild changed the numbers: %+v, then %+v, %v", before, after, err)
		}
		windows, err := s.app.Windows(reader(t), first.String(), today.String())
		if err != nil || len(windows) != 1 || windows[0].Window != "A01" || windows[0].Received != 30 || *windows[0].Wait != 10 || windows[0].Rated != 1 {
			t.Errorf("windows %+v, %v", windows, err)
		}
		levels, err := s.app.Levels(reader(t), app.Ask{})
		if err != nil || levels[0].N != 1 || levels[4].N != 1 {
			t.Errorf("levels %+v, %v", levels, err)
		}
	})
}

// check compares values, recounts, and opens the cases behind every number.
func (s *scene) check(t *testing.T, when string, want map[string]float64) {
	t.Helper()
	ctx := reader(t)
	r, err := s.app.Recount(ctx, app.Ask{})
	if err != nil || len(r.Differ) > 0 || r.Cases != len(s.cases) {
		t.Errorf("%s: recount %+v, %v", when, r, err)
	}
	for id, value := range want {
		b, err := s.app.Board(ctx, id, app.Ask{By: "department"})
		if err != nil {
			t.Fatal(err)
		}
		if b.Line.Value == nil || *b.Line.Value-value > 1e-9 || value-*b.Line.Value > 1e-9 {
			t.Errorf("%s: %s is %v, want %v", when, id, b.Line.Value, value)
			continue
		}
		if last := b.Series[len(b.Series)-1]; last.Value == nil || *last.Value != *b.Line.Value {
			t.Errorf("%s: the series of %s ends with %v", when, id, last.Value)
		}
		var over, of int64
		for _, bar := range b.Bars {
			over, of = over+bar.Over, of+bar.Of
		}
		if b.Indicator.By == "ticket" || b.Indicator.By == "rated" {
			continue
		}
		if over != b.Over || of != b.Of {
			t.Errorf("%s: the parts of %s add up to %d/%d, the whole is %d/%d", when, id, over, of, b.Over, b.Of)
		}
		rows, total, err := s.app.Cases(ctx, id, app.Ask{By: "department"}, "", "", 200)
		if err != nil || total != b.Cases || len(rows) != total {
			t.Errorf("%s: %s opens %d cases and says %d, total %d, %v", when, id, len(rows), b.Cases, total, err)
		}
		if b.Indicator.Unit == "count" && int64(total) != b.Over {
			t.Errorf("%s: %s counts %d and opens %d cases", when, id, b.Over, total)
		}
	}
}

// Somebody whose right ends at a department sees its numbers and cases alone, and the parts that lie elsewhere not at all.
func TestScopes(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		at := k.Clock.Now()
		for i, d := range []string{"fc-mzj", "fc-mzj", "fc-scjg"} {
			s.moved(t, window.Facts{No: fmt.Sprint("S-", i), Item: "x", ItemName: "x", State: window.Received, Region: "510703000000", Department: d, ReceivedAt: at})
		}
		one := actor.With(t.Context(), auth.Actor{Kind: auth.Staff, ID: "u2"}.GrantedWithin(actor.InDepartments("fc-mzj"), statistics.PermRead))
		b, err := s.app.Board(one, "received", app.Ask{By: "department"})
		if err != nil || b.Over != 2 || len(b.Bars) != 1 || b.Bars[0].Label != "涪城区民政局" || b.Cases != 2 {
			t.Errorf("board %+v, %v", b, err)
		}
		if rows, total, err := s.app.Cases(one, "received", app.Ask{By: "department"}, "fc-scjg", "", 50); err != nil || total != 0 || len(rows) != 0 {
			t.Errorf("another department's cases: %v %d %v", rows, total, err)
		}
	})
}

// A data service is defined, computed when it is due, changed in the version that was seen, and keeps its numbers.
func TestDataServices(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		ctx := reader(t)
		d := app.ServiceDraft{Title: "各部门收件", Indicator: "received", By: "department", Every: 60, Enabled: true}
		made, err := s.app.PutService(ctx, "", 0, d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.app.Served(ctx, made.ID); err == nil {
			t.Error("numbers before the first run")
		}
		s.moved(t, window.Facts{No: "D-1", Item: "x", ItemName: "x", State: window.Received, Department: "fc-mzj", ReceivedAt: k.Clock.Now()})
		if err := s.app.Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		text, err := s.app.Served(ctx, made.ID)
		if err != nil || !strings.Contains(string(text), "涪城区民政局") {
			t.Errorf("served %s, %v", text, err)
		}
		all, err := s.app.Services(ctx)
		if err != nil || len(all) != 1 || all[0].Rows != 1 || all[0].RunAt == "" || all[0].Fault != "" {
			t.Errorf("services %+v, %v", all, err)
		}
		d.Enabled = false
		if _, err := s.app.PutService(ctx, made.ID, made.Version+1, d); err == nil {
			t.Error("a version that nobody saw was changed")
		}
		if again, err := s.app.PutService(ctx, made.ID, made.Version, d); err != nil || again.Enabled || again.Version != 2 || again.Rows != 1 {
			t.Errorf("changed to %+v, %v", again, err)
		}
		d.Indicator = "nothing"
		if _, err := s.app.PutService(ctx, "", 0, d); err == nil {
			t.Error("a service of no indicator")
		}
	})
}
