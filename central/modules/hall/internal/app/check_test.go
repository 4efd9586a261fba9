package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/org"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/app"
	"tongban/fleet/wire/matter"
)

func (s *scene) check(day string) []app.Finding {
	s.t.Helper()
	out, err := s.Check(s.as("hall"), "", day)
	if err != nil {
		s.t.Fatal(err)
	}
	return out.Findings
}

func kinds(found []app.Finding) string {
	var out []string
	for _, f := range found {
		out = append(out, f.Kind)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func (s *scene) config() app.Config {
	s.t.Helper()
	out, err := s.Config(s.as("hall"), "")
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// The sample hall is right but for one thing; each mistake that is made is found, said with what to do, and gone when it is mended.
func TestCheckFindsEachMistake(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		ctx, day := s.as("hall"), "2026-11-26"
		found := s.check("")
		if kinds(found) != "item_unskilled" || !strings.Contains(found[0].Title, "法律援助申请") || found[0].Tab != "staff" {
			t.Fatalf("%+v", found)
		}
		legal := hall.Take{Kind: "category", Code: "legal"}
		before := s.config().People
		i := slices.IndexFunc(before, func(p app.Person) bool { return p.Login == "clerk3" })
		if err := s.SetSkills(ctx, "fc-hall", s.ids["clerk3"], append(before[i].Skills, legal)); err != nil {
			t.Fatal(err)
		}
		if found = s.check(""); len(found) != 0 {
			t.Fatalf("after the repair: %+v", found)
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		shift := app.ShiftRow{Window: "fc-b13", Account: s.ids["clerk"], Weekdays: "4", From: "14:00", Until: "15:00", FromDay: day}
		must(s.SetShift(ctx, "fc-hall", shift))
		if got := kinds(s.check("")); got != "double_booked not_assigned" {
			t.Errorf("two windows at once: %s", got)
		}
		if got := kinds(s.check("2026-11-27")); got != "" {
			t.Errorf("a Thursday's shift counts on Friday: %s", got)
		}
		for _, sh := range s.config().Shifts {
			if sh.Window == "fc-b13" {
				must(s.DropShift(ctx, "fc-hall", sh.ID))
			}
		}
		must(s.AddLeave(ctx, "fc-hall", app.LeaveRow{Account: s.ids["clerk2"], FromDay: day, UntilDay: day, Note: "休假"}))
		if got := s.check(""); kinds(got) != "" { // B12 takes it too, and clerk can do it
			t.Errorf("%+v", got)
		}
		must(s.SetTakes(ctx, "fc-hall", "fc-b12", []hall.Take{{Kind: "category", Code: "market"}}))
		got := s.check("")
		if len(got) != 3 || !strings.Contains(got[0].Text, "陈曦（不在岗）") {
			t.Errorf("%+v", got)
		}
		must(s.SetTakes(ctx, "fc-hall", "fc-b13", nil))
		if got := kinds(s.check("")); !strings.Contains(got, "window_no_items") {
			t.Errorf("no items: %s", got)
		}
		must(s.SetStaff(ctx, "fc-hall", "fc-b13", nil))
		must(s.SetTakes(ctx, "fc-hall", "fc-b13", []hall.Take{{Kind: "item", Code: "spjy"}}))
		if got := kinds(s.check("")); !strings.Contains(got, "window_no_staff") {
			t.Errorf("no staff: %s", got)
		}
		s.items.list[0].Paused = &matter.Pause{Reason: "系统升级"}
		if got := kinds(s.check("")); !strings.Contains(got, "item_suspended") {
			t.Errorf("suspended: %s", got)
		}
		s.items.list = slices.Delete(s.items.list, 0, 1)
		if got := kinds(s.check("")); !strings.Contains(got, "item_unknown") {
			t.Errorf("unknown: %s", got)
		}
		must(k.Auth.Disable(auth.AsSystem(t.Context(), "test"), s.ids["clerk4"], "离职"))
		if got := kinds(s.check("")); !strings.Contains(got, "no_role") {
			t.Errorf("closed account: %s", got)
		}
		if err := s.SetTakes(ctx, "fc-hall", "fc-b13", []hall.Take{{Kind: "item", Code: "nothing"}}); err == nil {
			t.Error("an unknown item was taken")
		}
		if err := s.SetHall(s.as("clerk"), "fc-hall", 20); err == nil {
			t.Error("a clerk changed the hall")
		}
	})
}

// The map says what each window does and what should be done; the act it offers brings the ticket to the other window.
func TestLiveMap(t *testing.T) {
	s := newScene(t, kerneltest.New(t))
	state := func(no string) (string, app.Live) {
		t.Helper()
		live, err := s.Live(s.as("supervisor"), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, z := range live.Zones {
			for _, w := range z.Windows {
				if w.No == no {
					return w.State, live
				}
			}
		}
		return "", live
	}
	want := func(no, state_ string) {
		t.Helper()
		if got, _ := state(no); got != state_ {
			t.Errorf("%s is %s, want %s", no, got, state_)
		}
	}
	want("B12", "absent") // on shift and not there
	want("B13", "closed")
	s.sit("clerk", "fc-b12")
	want("B12", "idle")
	one := s.take("S", "")
	s.Kit.Clock.Advance(20 * time.Minute)
	_, live := state("B12")
	if !live.Zones[0].Over || live.Advice[0].Act != "support" || live.Advice[0].Window != "fc-b12" {
		t.Fatalf("%+v", live.Advice)
	}
	if err := s.Support(s.as("supervisor"), "fc-b12", live.Advice[0].Zone); err != nil {
		t.Fatal(err)
	}
	d, err := s.CallNext(s.as("clerk"))
	if err != nil || d.Current.No != one.No {
		t.Fatalf("%+v %v", d.Current, err)
	}
	want("B12", "called")
	if _, err := s.Open(s.as("clerk"), person(one.ID)); err != nil {
		t.Fatal(err)
	}
	want("B12", "serving")
	s.Kit.Clock.Advance(25 * time.Minute)
	want("B12", "over")
	if _, err := s.Act(s.as("clerk"), one.ID, hall.ActFinish, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Away(s.as("clerk"), "喝水"); err != nil {
		t.Fatal(err)
	}
	want("B12", "away")
}

// The map is asked again at every ticket: it checks the hall again only when what is checked has changed, and once a minute.
func TestMapChecksOnlyWhatChanged(t *testing.T) {
	s := newScene(t, kerneltest.New(t))
	want := func(checks int, what, found string) {
		t.Helper()
		live, err := s.Live(s.as("supervisor"), "")
		if err != nil {
			t.Fatal(err)
		}
		if got := kinds(live.Findings); s.people.checks != checks || got != found {
			t.Errorf("%s: %d checks, want %d; found %q, want %q", what, s.people.checks, checks, got, found)
		}
	}
	want(1, "first", "item_unskilled")
	s.take("A", "")
	s.sit("clerk", "fc-b12")
	want(1, "a ticket and a clerk", "item_unskilled")
	if err := s.SetTakes(s.as("hall"), "fc-hall", "fc-b14", nil); err != nil {
		t.Fatal(err)
	}
	want(2, "a changed window", "item_unskilled window_no_items")
	s.items.list = slices.Clone(s.items.list)
	s.items.list[2].Category = "civil"
	want(3, "a changed catalogue", "item_unknown item_unknown item_unknown window_no_items")
	want(3, "nothing", "item_unknown item_unknown item_unknown window_no_items")
	s.Kit.Clock.Advance(time.Minute)
	want(4, "a minute later", "item_unknown item_unknown item_unknown window_no_items")
	if _, err := s.Live(s.as("clerk"), ""); err != nil || s.people.checks != 4 {
		t.Errorf("somebody who may not see the configuration: %d checks, %v", s.people.checks, err)
	}
}

// Whose desk a window is, belongs to the organisation: the hall's configuration renames, moves and closes it and leaves that alone.
func TestChangedWindowKeepsItsDepartment(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		rows := s.config().Windows
		w := rows[slices.IndexFunc(rows, func(w app.WindowRow) bool { return w.No == "B12" })]
		w.Label, w.Closed = "综合窗口十二", true
		if err := s.SetWindow(s.as("hall"), "fc-hall", w); err != nil {
			t.Fatal(err)
		}
		desks, err := k.Org.Desks(t.Context(), "fc-hall")
		if err != nil {
			t.Fatal(err)
		}
		d := desks[slices.IndexFunc(desks, func(d org.Desk) bool { return d.ID == "fc-b12" })]
		if d.Label != "综合窗口十二" || !d.Closed || d.Department != "fc-xspj" {
			t.Errorf("%+v", d)
		}
	})
}

// A letter or number that is there already is said, and nothing is changed; the same thing may keep its own.
func TestLettersAndNumbersAreUsedOnce(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		ctx, c := s.as("hall"), s.config()
		zone, window, category := c.Zones[0], c.Windows[0], c.Categories[0]
		for what, err := range map[string]error{
			"zone": s.SetZone(ctx, "fc-hall", zone), "window": s.SetWindow(ctx, "fc-hall", window), "category": s.SetCategory(ctx, "fc-hall", category),
		} {
			if err != nil {
				t.Errorf("%s as it was: %v", what, err)
			}
		}
		zone.ID, window.ID, category.ID = "", "", ""
		for what, err := range map[string]error{
			"zone": s.SetZone(ctx, "fc-hall", zone), "window": s.SetWindow(ctx, "fc-hall", window), "category": s.SetCategory(ctx, "fc-hall", category),
		} {
			if errs.CodeOf(err) != "hall.taken" {
				t.Errorf("%s twice: %v", what, err)
			}
		}
	})
}

// BenchmarkLive is the map of a hall as it is asked for between changes, with a catalogue of the real size.
func BenchmarkLive(b *testing.B) {
	s := newScene(b, kerneltest.New(b))
	for i := range 600 {
		s.items.list = append(s.items.list, matter.Item{Code: fmt.Sprintf("m-%03d", i), Name: "事项", Category: s.items.list[i%16].Category})
	}
	ctx := s.as("supervisor")
	for b.Loop() {
		if _, err := s.Live(ctx, ""); err != nil {
			b.Fatal(err)
		}
	}
}

// A queue machine says the same thing twice, late and wrongly: each number counts once, and people keep their turn.
func TestReportsCountOnce(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := newScene(t, k)
		s.take("A", "")
		now := k.Clock.Now()
		in := app.Reports{Machine: "M1", Hall: "fc-hall", Events: []app.Report{
			{ID: "m1-000001", At: now.Add(-10 * time.Minute), Kind: "taken", No: "A001", Category: "A"},
			{ID: "m1-000001", At: now.Add(-10 * time.Minute), Kind: "taken", No: "A001", Category: "A"},
			{ID: "m1-000002", At: now, Kind: "taken", No: "A001", Category: "A"},
			{ID: "m1-000003", At: now.Add(-24 * time.Hour), Kind: "taken", No: "A002", Category: "A"},
			{ID: "m1-000004", At: now, Kind: "taken", No: "A003", Category: "Z"},
			{ID: "m1-000005", At: now, Kind: "taken", No: "<b>", Category: "A"},
			{ID: "m1-000006", At: now, Kind: "taken", No: "A004", Category: "A", Priority: hall.Elderly},
			{ID: "m1-000007", At: now, Kind: "left", No: "A004", Category: "A"},
		}}
		got, err := s.TakeReports(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		var states []string
		for _, a := range got {
			states = append(states, a.State+a.Why)
		}
		if d := strings.Join(states, " "); d != "taken duplicate refusednumber refusedday refusedcategory refusedshape taken taken" {
			t.Error(d)
		}
		s.sit("clerk", "fc-b12")
		if d, err := s.CallNext(s.as("clerk")); err != nil || d.Current.No != "A001" || d.Current.WaitedMin != 10 {
			t.Errorf("%+v %v", d.Current, err)
		}
		setup, err := s.Setup(t.Context(), "fc-hall")
		if err != nil || len(setup.Categories) != 4 || setup.To != 700 {
			t.Errorf("%+v %v", setup, err)
		}
		shown, _, err := s.Display(t.Context(), strings.TrimPrefix(setup.Board, "/display/"))
		if err != nil || len(shown.Calls) != 1 || shown.Calls[0].No != "A001" || shown.Calls[0].Window != "B12" {
			t.Errorf("%+v %v", shown, err)
		}
	})
}
