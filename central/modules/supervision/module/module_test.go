package module_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/module"
	"tongban/central/modules/window"
)

// counter plays the integrated window: cases whose clocks are the calendar's.
type counter struct {
	window.Service
	clock  *clock.Fake
	cal    *calendar.Calendar
	cases  map[string]*kase
	notes  []string
	cards  []window.Card
	broken string // of which no paper can be made
}

type kase struct {
	window.Facts
	clock calendar.Clock
}

func (c *counter) Facts(_ context.Context, no string) (window.Facts, error) {
	k, ok := c.cases[no]
	if !ok {
		return window.Facts{}, window.ErrNoSuchCase
	}
	f := k.Facts
	if f.AcceptedOn == "" {
		return f, nil
	}
	day := calendar.DateOf(c.clock.Now())
	if !f.ClosedAt.IsZero() {
		day = calendar.DateOf(f.ClosedAt)
	}
	s, err := c.cal.Strip(k.clock, day)
	if err != nil {
		return f, err
	}
	f.Due, f.Statutory = s.PromiseDue.Due.String(), s.StatutoryDue.Due.String()
	f.Clock = window.ClockFacts{
		Level: string(s.Level), Budget: k.clock.Promise.Days, Used: s.Used, Left: s.Remaining, Overdue: s.Overdue, StatutoryOver: s.StatutoryOver, Standing: s.Standing,
		Text: fmt.Sprintf("余 %d", s.Remaining),
	}
	return f, nil
}

func (c *counter) Unended(ctx context.Context, after string, most int) ([]window.Facts, error) {
	var out []window.Facts
	for _, no := range slices.Sorted(maps.Keys(c.cases)) {
		f, err := c.Facts(ctx, no)
		if err != nil {
			return nil, err
		}
		if no > after && f.ClosedAt.IsZero() && len(out) < most {
			out = append(out, f)
		}
	}
	return out, nil
}

func (c *counter) Note(_ context.Context, _ db.Tx, no string, n window.Note) error {
	c.notes = append(c.notes, no+" "+n.Title)
	return nil
}

func (c *counter) CardPaper(_ context.Context, _ db.Tx, no string, card window.Card) (window.Document, error) {
	if no == c.broken {
		return window.Document{}, errors.New("no font")
	}
	c.cards = append(c.cards, card)
	return window.Document{ID: "doc-" + card.No, No: fmt.Sprintf("%s%d号", card.Mark, len(c.cards)), Title: card.Level, Code: "ABCD2345"}, nil
}

func (c *counter) OpenCardPaper(_ context.Context, id string) ([]byte, error) {
	return []byte("%PDF-" + id), nil
}

// scene is supervision over a counter.
type scene struct {
	*kerneltest.Kit
	*module.Supervision
	window *counter
}

func open(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	w := &counter{clock: k.Clock, cal: cal, cases: map[string]*kase{}}
	s := &scene{Kit: k, window: w, Supervision: module.New(k.Kernel, module.Needs{Window: w, Papers: w, Calendar: cal})}
	k.Use(t, s.Supervision.Module)
	return s
}

// accept makes a case that was accepted today.
func (s *scene) accept(t *testing.T, no string, promise, statutory int) *kase {
	t.Helper()
	today := calendar.DateOf(s.Clock.Now())
	days := func(n int) calendar.Budget { return calendar.Budget{Days: n, Unit: calendar.Working} }
	c := &kase{
		Facts: window.Facts{
			No: no, Item: "A", ItemName: "样例事项", State: window.Accepted, Version: 1, Region: "510703000000", Department: "fc-mzj", Handler: "u-clerk", Applicant: "周*明",
			ReceivedAt: s.Clock.Now(), AcceptedOn: today.String(),
		},
		clock: calendar.Clock{Accepted: today, Promise: days(promise), Statutory: days(statutory)},
	}
	s.window.cases[no] = c
	s.tell(t, c, window.TopicAccepted, window.ActAccept)
	return c
}

// tell emits the event of an act and lets supervision take it in, as the follower does.
func (s *scene) tell(t *testing.T, c *kase, topic string, act window.Act) {
	t.Helper()
	ctx := auth.AsSystem(t.Context(), "test")
	data, err := json.Marshal(window.Moved{
		No: c.No, Item: c.Item, ItemName: c.ItemName, State: c.State, Act: act, Document: "D-1", Region: c.Region, Department: c.Department, Handler: c.Handler, Notices: c.Notices,
	})
	if err != nil {
		t.Fatal(err)
	}
	e := events.Event{Topic: topic, Key: c.No, At: s.Clock.Now(), Data: json.RawMessage(data)}
	if err := s.DB.Do(ctx, func(tx db.Tx) error { return s.Take(ctx, tx, e) }); err != nil {
		t.Fatal(err)
	}
}

func (s *scene) day(t *testing.T, date string) {
	t.Helper()
	d, err := calendar.ParseDate(date)
	if err != nil {
		t.Fatal(err)
	}
	s.Clock.Set(d.Time().Add(9 * time.Hour))
	s.sweep(t)
}

func (s *scene) sweep(t *testing.T) {
	t.Helper()
	if err := s.Sweep(auth.AsSystem(t.Context(), "test")); err != nil {
		t.Fatal(err)
	}
}

// cards is what a case was given, oldest first.
func (s *scene) cards(t *testing.T, no string) string {
	t.Helper()
	list, err := s.Service.CardsOf(t.Context(), no)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range slices.Backward(list) {
		out = append(out, fmt.Sprintf("%s %s %s %s", c.No, c.Level, c.State, c.IssuedAt.In(clock.Shanghai).Format("01-02")))
	}
	return strings.Join(out, "; ")
}

func person(t *testing.T, id, name string, perms ...string) context.Context {
	t.Helper()
	return auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: id, Name: name}.GrantedWithin(actor.InRegion("510703000000"), perms...))
}

// One working day before the limit a yellow card, after it a red one that carries on; each once, however often one looks.
func TestACaseRunsOver(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		c := s.accept(t, "MY1", 5, 20) // Thursday 26 November: due Thursday 3 December
		s.sweep(t)
		if got := s.cards(t, "MY1"); got != "" {
			t.Fatalf("a fresh case has %s", got)
		}
		s.day(t, "2026-12-02")
		s.sweep(t)
		if got := s.cards(t, "MY1"); got != "P-2026-0001 reminder issued 12-02" {
			t.Fatalf("two days left: %s", got)
		}
		s.day(t, "2026-12-03")
		s.day(t, "2026-12-04")
		s.sweep(t)
		want := "P-2026-0001 reminder closed 12-02; P-2026-0002 yellow closed 12-03; P-2026-0003 red issued 12-04"
		if d := cmp.Diff(want, s.cards(t, "MY1")); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff([]string{"MY1 黄牌 P-2026-0002", "MY1 红牌 P-2026-0003"}, s.window.notes); d != "" {
			t.Error(d)
		}

		c.State, c.ClosedAt = window.Granted, s.Clock.Now()
		s.tell(t, c, window.TopicGranted, window.ActGrant)
		if got := s.cards(t, "MY1"); !strings.HasSuffix(got, "P-2026-0003 red issued 12-04") {
			t.Errorf("a red card closed without an answer: %s", got)
		}
		n, err := s.Service.Issued(t.Context(), calendar.On(2026, 12, 1), calendar.On(2026, 12, 31))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(map[supervision.Level]int{"reminder": 1, "yellow": 1, "red": 1}, n); d != "" {
			t.Error(d)
		}
		k.AuditCount(t)
	})
}

// A case that was looked at too late gets the gravest card alone.
func TestNobodyLookedForWeeks(t *testing.T) {
	s := open(t, kerneltest.New(t))
	s.accept(t, "MY1", 5, 10)
	s.day(t, "2026-12-20")
	if got := s.cards(t, "MY1"); got != "P-2026-0001 illegal issued 12-20" {
		t.Error(got)
	}
}

// Each card has its paper, made in its own transaction; one whose paper cannot be made is not issued, keeps nobody else from theirs, and
// is issued with the next look.
func TestEveryCardHasItsPaper(t *testing.T) {
	s := open(t, kerneltest.New(t))
	s.accept(t, "MY1", 5, 10)
	s.accept(t, "MY2", 5, 10)
	s.window.broken = "MY1"
	s.Clock.Set(time.Date(2026, 12, 20, 9, 0, 0, 0, clock.Shanghai))
	ctx := auth.AsSystem(t.Context(), "test")
	if err := s.Sweep(ctx); err == nil || !strings.Contains(err.Error(), "MY1") {
		t.Errorf("a paper that could not be made: %v", err)
	}
	if one, two := s.cards(t, "MY1"), s.cards(t, "MY2"); one != "" || two != "P-2026-0001 illegal issued 12-20" {
		t.Errorf("cards %q and %q", one, two)
	}
	s.window.broken = ""
	if err := s.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if got := s.cards(t, "MY1"); got != "P-2026-0002 illegal issued 12-20" {
		t.Error(got)
	}
	last := s.window.cards[len(s.window.cards)-1]
	if last.No != "P-2026-0002" || last.Level != "illegal" || last.Why == "" || last.To == "" || last.ReplyBy.IsZero() || last.Statutory == "" {
		t.Errorf("the paper says %+v", last)
	}
	if n := s.Count(t, `SELECT count(*) FROM supervision_card WHERE paper = 'doc-' || no AND paper_no <> '' AND paper_code <> ''`); n != 2 {
		t.Errorf("%d cards with their paper", n)
	}
}

// The papers carry the office of the rules in force; rules from before it was one of them name the first one.
func TestWhoseCardsTheyAre(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		by := func(no string) string {
			s.accept(t, no, 1, 20)
			s.Clock.Set(s.Clock.Now().AddDate(0, 0, 14))
			s.sweep(t)
			last := s.window.cards[len(s.window.cards)-1]
			return last.Office + " " + last.Mark
		}
		if got := by("MY1"); got != "绵阳市政务服务管理局 绵政务" {
			t.Error(got)
		}
		ctx := auth.AsSystem(t.Context(), "test")
		if err := s.Rename(ctx, "样例市数据局", "样数据"); err != nil {
			t.Fatal(err)
		}
		if got := by("MY2"); got != "样例市数据局 样数据" {
			t.Error(got)
		}
		if err := s.DB.Do(ctx, func(tx db.Tx) error {
			var body string
			if err := tx.QueryRowContext(ctx, `SELECT body FROM supervision_setting`).Scan(&body); err != nil {
				return err
			}
			i := strings.Index(body, `,"office"`)
			if i < 0 {
				t.Fatal(body)
			}
			_, err := tx.ExecContext(ctx, `UPDATE supervision_setting SET body = $1`, body[:i]+"}")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got := by("MY3"); got != "绵阳市政务服务管理局 绵政务" {
			t.Error(got)
		}
	})
}

// Over the year's end with a pause: nothing is raised while the clock stands, and afterwards the ledger decides. 1 January 2027 is
// not published; the calendar then counts Monday to Friday.
func TestOverTheYearsEndWithAPause(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		s.Clock.Set(time.Date(2026, 12, 18, 9, 0, 0, 0, clock.Shanghai)) // a Friday
		plain := s.accept(t, "MY1", 10, 20)
		paused := s.accept(t, "MY2", 10, 20)

		s.Clock.Set(time.Date(2026, 12, 25, 9, 0, 0, 0, clock.Shanghai)) // four days used
		paused.State, paused.Version = window.Suspended, 2
		paused.clock.Suspensions = []calendar.Span{{From: calendar.On(2026, 12, 25)}}
		s.tell(t, paused, window.TopicSuspended, window.ActPause)
		s.day(t, "2026-12-30")
		s.day(t, "2027-01-01")
		want := "P-2026-0001 reminder closed 12-30; P-2027-0001 yellow issued 01-01" // its last day, as far as the calendar knows
		if d := cmp.Diff(want, s.cards(t, "MY1")); d != "" {
			t.Errorf("plain at the year's end (-want +got):\n%s", d)
		}
		if got := s.cards(t, "MY2"); got != "" {
			t.Errorf("the clock stands and there is %s", got)
		}

		paused.clock.Suspensions[0].To = calendar.On(2027, 1, 8)
		paused.State, paused.Version = window.Accepted, 3
		s.day(t, "2027-01-11")
		s.tell(t, paused, window.TopicResumed, window.ActResume)
		if got := s.cards(t, "MY1"); !strings.Contains(got, "P-2027-0002 red issued 01-11") {
			t.Errorf("plain after its limit: %s", got)
		}
		if got := s.cards(t, "MY2"); got != "" {
			t.Errorf("resumed with six days left: %s", got)
		}
		f, err := s.window.Facts(t.Context(), "MY2")
		if err != nil || f.Due != "2027-01-18" {
			t.Errorf("due %s, %v", f.Due, err)
		}
		s.day(t, "2027-01-18")
		if got := s.cards(t, "MY2"); !strings.Contains(got, "yellow issued 01-18") {
			t.Errorf("on its last day: %s", got)
		}
		plain.State, plain.ClosedAt, plain.Version = window.Granted, s.Clock.Now(), 2
		s.tell(t, plain, window.TopicGranted, window.ActGrant)
		s.sweep(t)

		s.day(t, "2027-01-19")
		m, err := s.Watch(auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "i", Name: "督查"}.Granted(supervision.PermMonitor)))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff("2027-01-18: ended 1, cards map[illegal:1 yellow:1], running map[yellow:1]", m.Yesterday); d != "" {
			t.Errorf("yesterday (-want +got):\n%s", d)
		}
		if m.Running != 1 || m.Levels["red"] != 1 {
			t.Errorf("today: %+v", m)
		}
	})
}

// A card is answered by those who are responsible and judged by somebody else; what is cancelled stays listed.
func TestACardIsAnsweredAndJudged(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		s.accept(t, "MY1", 1, 20)
		s.day(t, "2026-11-30")
		if got := s.cards(t, "MY1"); got != "P-2026-0001 yellow closed 11-26; P-2026-0002 red issued 11-30" {
			t.Fatal(got)
		}
		red := "P-2026-0002"
		clerk := person(t, "u-clerk", "周敏", supervision.PermCards, supervision.PermReply)
		both := person(t, "u-head", "何志远", supervision.PermCards, supervision.PermReply, supervision.PermReview)
		judge := person(t, "u-judge", "郑督", supervision.PermCards, supervision.PermReview)
		far := auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "x", Name: "外区"}.GrantedWithin(actor.InRegion("510704000000"), supervision.PermCards, supervision.PermReply))

		reply := "等检测报告，今天下午作出决定，已通知申请人"
		for _, c := range []struct {
			name    string
			as      context.Context
			act     supervision.Act
			version int
			text    string
			want    error
		}{
			{"another district", far, supervision.ActReply, 1, reply, supervision.ErrNoSuchCard},
			{"the clerk cannot judge", clerk, supervision.ActAccept, 1, "", nil},
			{"the clerk reads", clerk, supervision.ActRead, 1, "", errOK},
			{"an old version", clerk, supervision.ActReply, 1, reply, supervision.ErrChanged},
			{"too short", clerk, supervision.ActReply, 2, "好", nil},
			{"the head answers", both, supervision.ActReply, 2, reply, errOK},
			{"and may not judge it", both, supervision.ActAccept, 3, "", supervision.ErrOwnReply},
			{"sent back", judge, supervision.ActReturn, 3, "没有写原因", errOK},
			{"nothing to accept", judge, supervision.ActAccept, 4, "", supervision.ErrNotNow},
			{"the clerk answers", clerk, supervision.ActReply, 4, reply, errOK},
			{"accepted", both, supervision.ActAccept, 5, "同意", errOK},
			{"cancelled without a reason", judge, supervision.ActCancel, 6, "", nil},
			{"cancelled", judge, supervision.ActCancel, 6, "系统对接故障，不是经办人的责任", errOK},
			{"cancelled is cancelled", judge, supervision.ActCancel, 7, "系统对接故障，不是经办人的责任", supervision.ErrNotNow},
		} {
			err := s.Act(c.as, red, c.act, c.version, c.text)
			switch {
			case c.want == errOK && err == nil:
			case c.want == nil && err != nil:
			case c.want != nil && c.want != errOK && errors.Is(err, c.want):
			default:
				t.Fatalf("%s: %v", c.name, err)
			}
		}
		if got := s.cards(t, "MY1"); !strings.Contains(got, "P-2026-0002 red cancelled") {
			t.Error(got)
		}
		s.day(t, "2026-12-01")
		if n := k.Count(t, `SELECT count(*) FROM supervision_card WHERE rule = 'over'`); n != 1 {
			t.Errorf("a cancelled rung was raised again: %d", n)
		}
		k.AuditCount(t)
	})
}

// errOK marks what is allowed.
var errOK = errors.New("allowed")

// An answer that does not come is told once; process cards come with their event.
func TestLateAnswersAndProcessCards(t *testing.T) {
	s := open(t, kerneltest.New(t))
	c := s.accept(t, "MY1", 20, 20)
	c.Notices, c.Version = 2, 2
	s.tell(t, c, window.TopicNoticed, window.ActRenotice)
	if got := s.cards(t, "MY1"); got != "P-2026-0001 yellow issued 11-26" {
		t.Fatal(got)
	}
	s.day(t, "2026-12-01")
	s.day(t, "2026-12-02")
	if n := s.Count(t, `SELECT count(*) FROM kernel_event WHERE topic = 'supervision.late'`); n != 1 {
		t.Errorf("told %d times that the answer is late", n)
	}
}

// A task that has to be signed for is counted from the day it was sent; one that nobody has to sign for raises nothing.
func TestTasksThatNobodySignsFor(t *testing.T) {
	s := open(t, kerneltest.New(t))
	ctx := auth.AsSystem(t.Context(), "test")
	for no, state := range map[string]string{"MY1": "waiting", "MY2": "reviewing"} {
		s.accept(t, no, 20, 40)
		e := events.Event{Topic: "desk.assigned", Key: no, At: s.Clock.Now(), Data: json.RawMessage(fmt.Sprintf(`{"no":%q,"state":%q}`, no, state))}
		if err := s.DB.Do(ctx, func(tx db.Tx) error { return s.Take(ctx, tx, e) }); err != nil {
			t.Fatal(err)
		}
	}
	s.day(t, "2026-11-30")
	if one, two := s.cards(t, "MY1"), s.cards(t, "MY2"); one != "P-2026-0001 yellow issued 11-30" || two != "" {
		t.Errorf("to sign for %q, nothing to sign for %q", one, two)
	}
}

// A hand-in that nobody answers gets one card to answer at a time: the red one takes over from the yellow one of the same days.
func TestAHandInThatNobodyAnswers(t *testing.T) {
	s := open(t, kerneltest.New(t))
	c := s.accept(t, "MY1", 5, 10)
	c.State, c.AcceptedOn, c.NoticeDue, c.Version = window.Received, "", "2026-12-03", 2
	s.day(t, "2026-12-03")
	if got := s.cards(t, "MY1"); got != "P-2026-0001 yellow issued 12-03" {
		t.Fatal(got)
	}
	s.day(t, "2026-12-04")
	if got := s.cards(t, "MY1"); got != "P-2026-0001 yellow closed 12-03; P-2026-0002 red issued 12-04" {
		t.Error(got)
	}
}
