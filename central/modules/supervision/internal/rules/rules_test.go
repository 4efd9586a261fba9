package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/internal/rules"
	"tongban/central/modules/window"
)

func seed(t *testing.T) (rules.Setting, *calendar.Calendar) {
	t.Helper()
	s, err := rules.Seed()
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return s, cal
}

// today is a Thursday.
var today = calendar.On(2026, time.November, 26)

func running(budget, left int) rules.Seen {
	return rules.Seen{Facts: window.Facts{
		Item: "A", State: window.Accepted, AcceptedOn: "2026-11-12",
		Clock: window.ClockFacts{Budget: budget, Left: left, Used: budget - left},
	}}
}

func TestRungs(t *testing.T) {
	s, cal := seed(t)
	at := func(day int) time.Time { return time.Date(2026, time.November, day, 10, 0, 0, 0, clock.Shanghai) }
	with := func(f rules.Seen, change func(*rules.Seen)) rules.Seen { change(&f); return f }
	received := rules.Seen{Facts: window.Facts{Item: "A", State: window.Received, ReceivedAt: at(20)}}
	for _, c := range []struct {
		name string
		seen rules.Seen
		want string
	}{
		{"fresh", running(10, 9), ""},
		{"half", running(10, 5), "half: 余 5 工作日"},
		{"a fifth", running(10, 2), "near: 余 2 工作日"},
		{"one day of three", running(3, 1), "near: 余 1 工作日"},
		{"used up, last day over at midnight", with(running(10, 0), func(f *rules.Seen) { f.Clock.Overdue = 1 }), "over: 承诺超期 1 日"},
		{"unlawful: one card, not two", with(running(10, 0), func(f *rules.Seen) { f.Clock.Overdue, f.Clock.StatutoryOver = 12, 2 }), "illegal: 法定超期 2 日"},
		{"standing still", with(running(10, 1), func(f *rules.Seen) { f.State, f.Clock.Standing = window.Suspended, true }), ""},
		{"on the spot", running(0, 0), ""},
		{"ended", with(running(10, 1), func(f *rules.Seen) { f.State, f.ClosedAt = window.Granted, at(26) }), ""},
		{"received, days left", with(received, func(f *rules.Seen) { f.ReceivedAt = at(24) }), ""},
		{"received, one day left", with(received, func(f *rules.Seen) { f.ReceivedAt = at(19) }), "answer-near: 答复期余 1 工作日"},
		{"received, no answer", with(received, func(f *rules.Seen) { f.ReceivedAt = at(18) }), "answer-over: 超过答复期没有答复，依法视为受理"},
		{"brought what was missing: days run anew", with(received, func(f *rules.Seen) { f.ReceivedAt, f.NoticeDue = at(2), "2026-12-01" }), ""},
		{"told twice", with(running(10, 9), func(f *rules.Seen) { f.Notices = 2 }), "second-notice: 第 2 次要求补正"},
		{"no paper", with(running(10, 9), func(f *rules.Seen) { f.NoPaper = true }), "no-paper: “已受理”没有出文书"},
		{"nobody signs", with(running(10, 9), func(f *rules.Seen) { f.AssignedAt = at(24) }), "unsigned: 2 个工作日没有人签收"},
		{"long pause", with(running(10, 9), func(f *rules.Seen) {
			f.State, f.Clock.Standing, f.PausedAt = window.Suspended, true, time.Date(2026, time.October, 12, 9, 0, 0, 0, clock.Shanghai)
		}), "long-pause: 停表 33 个工作日"},
	} {
		var got []string
		for _, h := range s.Judge(cal, c.seen, today) {
			got = append(got, h.Rule.ID+": "+h.Why)
		}
		if d := cmp.Diff(c.want, strings.Join(got, "; ")); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

var office = rules.Office{Name: "样例市政务服务管理局", Mark: "样政务"}

// WN-4c.2: yellow at 80 %, red at 100 % of the limit.
func TestYellowAtEightyRedAtHundred(t *testing.T) {
	_, cal := seed(t)
	s := rules.Setting{All: true, Office: office, Rules: []rules.Rule{
		{ID: "yy", Title: "黄牌线", On: rules.Used, Level: supervision.Yellow, Enabled: true, Percent: 80},
		{ID: "rr", Title: "红牌线", On: rules.Used, Level: supervision.Red, Enabled: true, Percent: 100, ReplyDays: 1},
	}}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	want := map[int]string{10: "", 3: "", 2: "yy", 1: "yy", 0: "rr"}
	for left, id := range want {
		got := ""
		for _, h := range s.Judge(cal, running(10, left), today) {
			got += h.Rule.ID
		}
		if got != id {
			t.Errorf("%d of 10 days left: %q, want %q", left, got, id)
		}
	}
}

// WN-4c.1: only items under supervision raise anything.
func TestOnlyItemsUnderSupervision(t *testing.T) {
	s, cal := seed(t)
	hits := func() int { return len(s.Judge(cal, running(10, 1), today)) }
	s.Items = []string{"A"}
	if hits() != 0 {
		t.Error("an item that is left out raised a card")
	}
	s.All = false
	if hits() != 1 {
		t.Error("an item on the list raised nothing")
	}
	s.Items = []string{"B"}
	if hits() != 0 {
		t.Error("an item that is not on the list raised a card")
	}
	s.All, s.Items = true, nil
	s.Rules[1].Enabled, s.Rules[0].Enabled = false, false
	if hits() != 0 {
		t.Error("a rule that is switched off raised a card")
	}
}

func TestRulesThatCannotBe(t *testing.T) {
	good := rules.Rule{ID: "ok", Title: "好的", On: rules.Overdue, Level: supervision.Red, Enabled: true, Days: 1, ReplyDays: 1}
	for _, c := range []struct {
		path   string
		change func(*rules.Rule)
	}{
		{"", func(*rules.Rule) {}},
		{"rules.0.id", func(r *rules.Rule) { r.ID = "Über" }},
		{"rules.0.title", func(r *rules.Rule) { r.Title = " " }},
		{"rules.0.on", func(r *rules.Rule) { r.On = "moon" }},
		{"rules.0.level", func(r *rules.Rule) { r.Level = "blue" }},
		{"rules.0.level", func(r *rules.Rule) { r.Level = supervision.Illegal }},
		{"rules.0.reply_days", func(r *rules.Rule) { r.ReplyDays = 0 }},
		{"rules.0.percent", func(r *rules.Rule) { r.On, r.Days = rules.Used, 0 }},
		{"rules.0.days", func(r *rules.Rule) { r.On = rules.Notices }},
		{"rules.0.days", func(r *rules.Rule) { r.On, r.Days = rules.Pause, 0 }},
	} {
		r := good
		c.change(&r)
		err := rules.Setting{All: true, Office: office, Rules: []rules.Rule{r}}.Check()
		if (err == nil) != (c.path == "") {
			t.Errorf("%+v: %v, want a fault at %q", r, err, c.path)
		}
	}
	if (rules.Setting{Office: office, Rules: []rules.Rule{good, good}}).Check() == nil {
		t.Error("one id twice was taken")
	}
	for _, o := range []rules.Office{{}, {Name: office.Name}, {Name: "局", Mark: office.Mark}, {Name: office.Name, Mark: " 绵 "}} {
		if (rules.Setting{Office: o, Rules: []rules.Rule{good}}).Check() == nil {
			t.Errorf("papers of %+v", o)
		}
	}
}
