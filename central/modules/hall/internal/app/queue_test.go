package app_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/app"
	"tongban/central/modules/hall/internal/store"
)

func kernelModule() kernel.Module {
	return kernel.Module{Name: "hall", Migrations: migrationSet(), Permissions: []kernel.Permission{
		{Name: hall.PermServe, Title: "坐窗口", Roles: []string{"clerk", "supervisor"}},
	}}
}

// Only who is assigned may sit; a taken window is taken; nobody leaves with somebody at the window.
func TestSeats(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		if _, err := s.SignOn(s.as("clerk3"), "fc-a01"); errs.CodeOf(err) != "hall.not_assigned" {
			t.Errorf("not assigned: %v", err)
		}
		d := s.sit("clerk", "fc-b12")
		if d.Seat == nil || d.Seat.No != "B12" || d.Hall.Name != "涪城区政务服务中心" {
			t.Fatalf("%+v", d)
		}
		if _, err := s.SignOn(s.as("clerk2"), "fc-b12"); errs.CodeOf(err) != "hall.seat_taken" {
			t.Errorf("taken: %v", err)
		}
		s.take("A", "")
		if _, err := s.CallNext(s.as("clerk")); err != nil {
			t.Fatal(err)
		}
		for what, act := range map[string]func() error{
			"away": func() error { _, err := s.Away(s.as("clerk"), "喝水"); return err },
			"off":  func() error { _, err := s.SignOff(s.as("clerk")); return err },
			"call": func() error { _, err := s.CallNext(s.as("clerk")); return err },
			"move": func() error { _, err := s.SignOn(s.as("clerk"), "fc-b11"); return err },
		} {
			if err := act(); errs.CodeOf(err) != "hall.busy" {
				t.Errorf("%s while busy: %v", what, err)
			}
		}
		// The next morning nobody sits anywhere.
		k.Clock.Advance(24 * time.Hour)
		if d, err := s.Desk(s.as("clerk")); err != nil || d.Seat != nil || d.Current != nil {
			t.Errorf("next day: %+v %v", d, err)
		}
	})
}

// Many clerks press F2 at once, many times: each ticket is called by exactly one.
func TestTwoClerksNeverGetTheSameTicket(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		const tickets = 30
		for range tickets {
			s.take("A", "")
		}
		clerks := map[string]string{"clerk": "fc-b12", "clerk3": "fc-b11", "supervisor": "fc-b13"}
		for login, window := range clerks {
			s.sit(login, window)
		}
		var mu sync.Mutex
		got := map[string]string{}
		var wg sync.WaitGroup
		for login := range clerks {
			wg.Go(func() {
				for {
					d, err := s.CallNext(s.as(login))
					if errs.CodeOf(err) == "hall.queue_empty" {
						return
					}
					if err != nil {
						t.Errorf("%s: %v", login, err)
						return
					}
					mu.Lock()
					if other := got[d.Current.No]; other != "" {
						t.Errorf("%s was called by %s and %s", d.Current.No, other, login)
					}
					got[d.Current.No] = login
					mu.Unlock()
					if _, err := s.Act(s.as(login), d.Current.ID, hall.ActFinish, ""); err != nil {
						t.Errorf("%s: %v", login, err)
						return
					}
				}
			})
		}
		wg.Wait()
		if len(got) != tickets {
			t.Errorf("%d of %d tickets were called", len(got), tickets)
		}
	})
}

// The elderly are called before those who came earlier, an appointment comes between; a window calls only what it takes.
func TestOrderOfCalling(t *testing.T) {
	s := newScene(t, kerneltest.New(t))
	first := s.take("A", "")
	social := s.take("S", "")
	booked := s.take("M", hall.Appointment)
	old := s.take("M", hall.Elderly)
	s.sit("clerk", "fc-b12")
	s.sit("clerk2", "fc-a01")
	var order []string
	for range 3 {
		d, err := s.CallNext(s.as("clerk"))
		if err != nil {
			t.Fatal(err)
		}
		order = append(order, d.Current.No)
		if _, err := s.Act(s.as("clerk"), d.Current.ID, hall.ActFinish, ""); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]string{old.No, booked.No, first.No}, order); d != "" {
		t.Error(d)
	}
	if _, err := s.CallNext(s.as("clerk")); errs.CodeOf(err) != "hall.queue_empty" {
		t.Errorf("a number of another zone was called: %v", err)
	}
	if d, err := s.CallNext(s.as("clerk2")); err != nil || d.Current.No != social.No {
		t.Errorf("%+v %v", d.Current, err)
	}
}

// The period log holds exact times: ten minutes of waiting, five of handling in two parts, three on hold.
func TestExactTimes(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		s.sit("clerk", "fc-b12")
		one := s.take("A", "")
		must := func(_ app.Desk, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		k.Clock.Advance(10 * time.Minute)
		must(s.CallNext(s.as("clerk")))
		k.Clock.Advance(time.Minute)
		if _, err := s.Open(s.as("clerk"), person(one.ID)); err != nil {
			t.Fatal(err)
		}
		k.Clock.Advance(3 * time.Minute)
		must(s.Act(s.as("clerk"), one.ID, hall.ActHold, "回家拿材料"))
		k.Clock.Advance(3 * time.Minute)
		must(s.Act(s.as("clerk"), one.ID, hall.ActResume, ""))
		k.Clock.Advance(2 * time.Minute)
		must(s.Act(s.as("clerk"), one.ID, hall.ActFinish, ""))

		served, err := s.Served(t.Context(), hall.ServedAsk{Hall: "fc-hall", From: k.Clock.Now().Add(-time.Hour), To: k.Clock.Now().Add(time.Hour)})
		if err != nil || len(served) != 1 {
			t.Fatalf("%v %v", served, err)
		}
		got := []time.Duration{served[0].Waited, served[0].Handled, served[0].Held}
		if d := cmp.Diff([]time.Duration{10 * time.Minute, 5 * time.Minute, 3 * time.Minute}, got); d != "" {
			t.Error(d)
		}
		var states []hall.TicketState
		err = k.DB.View(t.Context(), func(q db.Query) error {
			all, err := store.Periods(t.Context(), q, one.ID)
			for i, p := range all {
				states = append(states, p.State)
				if p.Until == 0 || i > 0 && all[i-1].Until != p.From {
					t.Errorf("period %d has a gap: %+v", i, p)
				}
			}
			return err
		})
		if d := cmp.Diff([]hall.TicketState{hall.Waiting, hall.Called, hall.Serving, hall.Held, hall.Serving}, states); d != "" || err != nil {
			t.Error(d, err)
		}
	})
}

func person(ticket string) app.Identify {
	return app.Identify{Ticket: ticket, Way: "card", Name: "赵小春", IDKind: "resident", IDNumber: "510799199003070022", Phone: "13900000026"}
}

// A visit is one person; at its end nothing of the person is left, and the list of matters stays.
func TestVisitIsWipedAtItsEnd(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		s.sit("clerk", "fc-b12")
		one := s.take("A", "")
		if _, err := s.CallNext(s.as("clerk")); err != nil {
			t.Fatal(err)
		}
		v, err := s.Open(s.as("clerk"), person(one.ID))
		if err != nil || v.Name != "赵*春" || v.IDNumber != "510799********0022" {
			t.Fatalf("%+v %v", v, err)
		}
		if p, err := s.Person(s.as("clerk"), v.ID, "登记"); err != nil || p.IDNumber != "510799199003070022" {
			t.Fatalf("%v %v", p, err)
		}
		if _, err := s.Person(s.as("clerk2"), v.ID, "好奇"); err == nil {
			t.Error("another clerk opened the person")
		}
		err = k.DB.Do(t.Context(), func(tx db.Tx) error {
			for range 2 { // twice is once
				if err := s.Attach(t.Context(), tx, v.ID, hall.VisitCase{No: "MY261126-90001-4", Item: "spjy", ItemName: "食品经营备案"}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		other := person(one.ID)
		other.Name, other.IDNumber = "钱大勇", "510799198504120038"
		if _, err := s.Open(s.as("clerk"), other); err == nil {
			t.Error("the person was changed after a matter was handed in")
		}
		if _, err := s.End(s.as("clerk"), v.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Person(s.as("clerk"), v.ID, "再看"); !errors.Is(err, hall.ErrVisitEnded) {
			t.Errorf("after the end: %v", err)
		}
		after, err := s.Show(s.as("clerk"), v.ID)
		if err != nil || after.Name+after.IDNumber+after.Phone != "" || len(after.Cases) != 1 || after.State != "ended" {
			t.Errorf("%+v %v", after, err)
		}
	})
}

// Numbers begin anew each day; what was left over ends by itself.
func TestNumbersBeginAnewEachDay(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		s.sit("clerk", "fc-b12")
		first := s.take("A", "")
		if _, err := s.CallNext(s.as("clerk")); err != nil {
			t.Fatal(err)
		}
		v, err := s.Open(s.as("clerk"), person(first.ID))
		if err != nil {
			t.Fatal(err)
		}
		k.Clock.Advance(24 * time.Hour)
		if err := s.CloseDays(t.Context()); err != nil {
			t.Fatal(err)
		}
		if again := s.take("A", ""); again.No != first.No || again.ID == first.ID {
			t.Errorf("%s after %s", again.No, first.No)
		}
		if _, err := s.Person(s.as("clerk"), v.ID, "昨天的人"); !errors.Is(err, hall.ErrVisitEnded) {
			t.Errorf("yesterday's visit: %v", err)
		}
	})
}

// A transferred number keeps its turn and its person.
func TestTransferKeepsTheTurn(t *testing.T) {
	s := newScene(t, kerneltest.New(t))
	s.sit("clerk", "fc-b12")
	s.sit("clerk3", "fc-b11")
	one := s.take("A", "")
	if _, err := s.CallNext(s.as("clerk")); err != nil {
		t.Fatal(err)
	}
	v, err := s.Open(s.as("clerk"), person(one.ID))
	if err != nil {
		t.Fatal(err)
	}
	s.Kit.Clock.Advance(time.Minute)
	s.take("A", "")
	if _, err := s.Transfer(s.as("clerk"), one.ID, "", "fc-b11", "要查图"); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Desk(s.as("clerk")); err != nil || d.Next == nil || d.Next.No == one.No {
		t.Errorf("a window got what was sent elsewhere: %+v %v", d.Next, err)
	}
	d, err := s.CallNext(s.as("clerk3"))
	if err != nil || d.Current.No != one.No {
		t.Fatalf("%+v %v", d.Current, err)
	}
	if d, err = s.Act(s.as("clerk3"), one.ID, hall.ActStart, ""); err != nil || d.Visit == nil || d.Visit.ID != v.ID {
		t.Fatalf("%+v %v", d.Visit, err)
	}
	if _, err := s.Person(s.as("clerk3"), v.ID, "继续办"); err != nil {
		t.Error(err)
	}
	if _, err := s.Person(s.as("clerk"), v.ID, "还在看"); err == nil {
		t.Error("the first window still sees the person")
	}
}

// A window takes what it was given, and nothing else.
func TestWindowTakesOnlyItsItems(t *testing.T) {
	s := newScene(t, kerneltest.New(t))
	for _, one := range []struct {
		window, item string
		want         bool
	}{{"fc-a01", "sbksl", true}, {"A1", "spjy", false}, {"B11", "spjy", true}, {"B11", "hkdj", false}, {"B12", "hkdj", true}, {"A4", "sbksl", false}} {
		if got, err := s.Takes(t.Context(), one.window, one.item); err != nil || got != one.want {
			t.Errorf("%s takes %s: %v %v", one.window, one.item, got, err)
		}
	}
}
