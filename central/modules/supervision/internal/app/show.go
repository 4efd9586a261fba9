package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/internal/rules"
	"tongban/central/modules/supervision/internal/store"
	"tongban/central/modules/window"
)

// Row is one card in the list.
type Row struct {
	No         string `json:"no"`
	Case       string `json:"case_no"`
	Item       string `json:"item"`
	Applicant  string `json:"applicant" doc:"脱敏"`
	Level      string `json:"level" enum:"reminder,yellow,red,illegal"`
	LevelText  string `json:"level_text"`
	Process    bool   `json:"process" doc:"过程牌，不看时钟"`
	Why        string `json:"why"`
	Department string `json:"department"`
	Handler    string `json:"handler"`
	State      string `json:"state" enum:"issued,notified,replied,returned,accepted,closed,cancelled"`
	StateText  string `json:"state_text"`
	IssuedAt   string `json:"issued_at"`
	ReplyDue   string `json:"reply_due" doc:"空为不用答复"`
	Late       bool   `json:"late" doc:"过了答复期还没有答复"`
	Clock      Clock  `json:"clock"`
}

// CardCounts are the numbers over the list.
type CardCounts struct {
	Illegal   int `json:"illegal"`
	Red       int `json:"red"`
	Yellow    int `json:"yellow"`
	Reminder  int `json:"reminder"`
	Running   int `json:"running"`
	Standing  int `json:"standing"`
	Open      int `json:"open" doc:"未关闭的牌，提醒不算"`
	DueToday  int `json:"due_today"`
	Replied   int `json:"replied" doc:"等审的答复"`
	Cancelled int `json:"cancelled"`
	Closed    int `json:"closed_month"`
	Rules     int `json:"rules" doc:"开着的规则"`
}

// DepartmentRow is one line of the table 部门 × 牌.
type DepartmentRow struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Illegal int    `json:"illegal"`
	Red     int    `json:"red"`
	Yellow  int    `json:"yellow"`
	Process int    `json:"process"`
}

// Cards is one page of the list.
type Cards struct {
	Answer      string          `json:"answer"`
	Counts      CardCounts      `json:"counts"`
	Rows        []Row           `json:"rows"`
	Departments []DepartmentRow `json:"departments"`
	Total       int             `json:"total"`
	Page        int             `json:"page"`
	Size        int             `json:"size"`
	Seq         int64           `json:"seq"`
}

// The states by what they wait for.
var (
	open    = []string{"issued", "notified", "replied", "returned", "accepted"}
	waiting = []string{"issued", "notified", "returned"}
	weighty = []string{"yellow", "red", "illegal"}
)

// List shows the cards within the caller's scope.
func (a *App) List(ctx context.Context, ask Ask) (out Cards, err error) {
	if out.Seq, err = a.Events.Last(ctx); err != nil {
		return out, err
	}
	var rows []store.Card
	var cases map[string]store.Case
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if rows, out.Total, err = store.Cards(ctx, q, a.filter(ctx, ask)); err != nil {
			return err
		}
		nos := make([]string, len(rows))
		for i, c := range rows {
			nos[i] = c.Case
		}
		if cases, err = store.CasesByNo(ctx, q, nos); err != nil {
			return err
		}
		if out.Counts, err = a.counts(ctx, q); err != nil {
			return err
		}
		out.Departments, err = a.departments(ctx, q)
		return err
	})
	if err != nil {
		return out, err
	}
	out.Page, out.Size, out.Answer = ask.Page, ask.Size, cardAnswer(out.Counts)
	names, err := a.Departments(ctx)
	if err != nil {
		return out, err
	}
	for i := range out.Departments {
		out.Departments[i].Name = names[out.Departments[i].ID]
	}
	out.Rows = make([]Row, len(rows))
	for i, c := range rows {
		out.Rows[i] = a.row(ctx, c, cases[c.Case], names)
	}
	return out, nil
}

// filter turns a tab into what is asked of the store.
func (a *App) filter(ctx context.Context, ask Ask) store.CardFilter {
	f := store.CardFilter{Scope: actor.From(ctx).Scope(supervision.PermCards), Department: ask.Department, Typed: ask.Typed, Most: ask.Size, Skip: (ask.Page - 1) * ask.Size, Levels: weighty}
	switch ask.Tab {
	case "today":
		f.States, f.DueBefore = waiting, a.tomorrow()
	case "replied":
		f.States = []string{"replied"}
	case "cancelled":
		f.States = []string{"cancelled"}
	case "closed":
		f.States, f.EndedFrom = []string{"closed"}, a.month()
	case "reminders":
		f.States, f.Levels = open, []string{"reminder"}
	case "all":
	default:
		f.States = open
	}
	if ask.Level != "" {
		f.Levels = []string{ask.Level}
	}
	return f
}

func (a *App) tomorrow() time.Time { return a.today().AddDays(1).Time() }

func (a *App) month() time.Time {
	d := a.today()
	return calendar.On(d.Year, d.Month, 1).Time()
}

func (a *App) counts(ctx context.Context, q db.Query) (n CardCounts, err error) {
	count := func(into *int, f store.CardFilter) {
		if err == nil {
			f.Scope = actor.From(ctx).Scope(supervision.PermCards)
			*into, err = store.CountCards(ctx, q, f)
		}
	}
	count(&n.Illegal, store.CardFilter{States: open, Levels: []string{"illegal"}})
	count(&n.Red, store.CardFilter{States: open, Levels: []string{"red"}})
	count(&n.Yellow, store.CardFilter{States: open, Levels: []string{"yellow"}})
	count(&n.Reminder, store.CardFilter{States: open, Levels: []string{"reminder"}})
	count(&n.DueToday, store.CardFilter{States: waiting, Levels: weighty, DueBefore: a.tomorrow()})
	count(&n.Replied, store.CardFilter{States: []string{"replied"}, Levels: weighty})
	count(&n.Cancelled, store.CardFilter{States: []string{"cancelled"}, Levels: weighty})
	count(&n.Closed, store.CardFilter{States: []string{"closed"}, Levels: weighty, EndedFrom: a.month()})
	if err != nil {
		return n, err
	}
	n.Open = n.Illegal + n.Red + n.Yellow
	sums, err := store.Tallies(ctx, q, actor.From(ctx).Scope(supervision.PermCards))
	if err != nil {
		return n, err
	}
	for _, t := range sums {
		n.Running += t.N
		if t.Level == standing {
			n.Standing += t.N
		}
	}
	set, err := a.setting(ctx, q)
	for _, r := range set.Rules {
		if r.Enabled {
			n.Rules++
		}
	}
	return n, err
}

// lastDays is how far the table of departments looks back.
const lastDays = 30

func (a *App) departments(ctx context.Context, q db.Query) ([]DepartmentRow, error) {
	sums, err := store.Sums(ctx, q, actor.From(ctx).Scope(supervision.PermCards), a.today().AddDays(1-lastDays).Time(), a.tomorrow())
	out := []DepartmentRow{}
	for _, s := range sums {
		if s.Level == supervision.Reminder {
			continue
		}
		if len(out) == 0 || out[len(out)-1].ID != s.Department {
			out = append(out, DepartmentRow{ID: s.Department})
		}
		d := &out[len(out)-1]
		switch {
		case s.Process:
			d.Process += s.N
		case s.Level == supervision.Illegal:
			d.Illegal += s.N
		case s.Level == supervision.Red:
			d.Red += s.N
		default:
			d.Yellow += s.N
		}
	}
	slices.SortStableFunc(out, func(x, y DepartmentRow) int {
		return (y.Illegal*10000 + y.Red*100 + y.Yellow + y.Process) - (x.Illegal*10000 + x.Red*100 + x.Yellow + x.Process)
	})
	return out, err
}

func cardAnswer(n CardCounts) string {
	switch {
	case n.Open == 0:
		return "没有未关闭的牌"
	case n.DueToday > 0 && n.Replied > 0:
		return fmt.Sprintf("%d 张牌没有关闭：%d 张今天要答复，%d 份答复等审", n.Open, n.DueToday, n.Replied)
	case n.DueToday > 0:
		return fmt.Sprintf("%d 张牌没有关闭，%d 张今天要答复", n.Open, n.DueToday)
	case n.Replied > 0:
		return fmt.Sprintf("%d 张牌没有关闭，%d 份答复等审", n.Open, n.Replied)
	}
	return fmt.Sprintf("%d 张牌没有关闭，今天没有到答复期的", n.Open)
}

// stateWords says where a card stands; one that asks for no answer does not wait for it.
func stateWords(c store.Card) string {
	switch {
	case c.ReplyDue.IsZero() && c.State == supervision.Issued:
		return "还没人看，不用答复"
	case c.ReplyDue.IsZero() && c.State == supervision.Notified:
		return "已知晓，不用答复"
	}
	return c.State.Title()
}

func (a *App) row(ctx context.Context, c store.Card, of store.Case, names map[string]string) Row {
	r := Row{
		No: c.No, Case: c.Case, Item: c.ItemName, Level: string(c.Level), LevelText: c.Level.Title(), Process: c.Process, Why: c.Why, Department: names[c.Department],
		Handler: a.Name(ctx, c.Handler), State: string(c.State), StateText: stateWords(c), IssuedAt: stamp(c.IssuedAt), ReplyDue: stamp(c.ReplyDue), Clock: clockOf(of),
	}
	r.Late = slices.Contains(waiting, r.State) && !c.ReplyDue.IsZero() && a.Clock.Now().After(c.ReplyDue)
	if f, err := a.Window.Facts(ctx, c.Case); err == nil {
		r.Applicant = f.Applicant
	}
	return r
}

// Found is one thing that the system looked up for whoever judges (系统查到的).
type Found struct {
	Text  string `json:"text"`
	Value string `json:"value"`
	Mark  string `json:"mark" enum:"good,bad,plain"`
}

// Step is one line of a card's history.
type Step struct {
	At   string `json:"at"`
	Text string `json:"text"`
	By   string `json:"by"`
	Note string `json:"note"`
}

// CardView is one card in full.
type CardView struct {
	Row
	Rule      string            `json:"rule"`
	RuleWords string            `json:"rule_words"`
	RuleNo    int               `json:"rule_version"`
	StateOf   string            `json:"case_state_text"`
	Read      string            `json:"read" doc:"谁在什么时候知晓"`
	ReadAt    string            `json:"read_at"`
	Reply     string            `json:"reply"`
	RepliedAt string            `json:"replied_at"`
	RepliedBy string            `json:"replied_by"`
	Outcome   string            `json:"outcome"`
	EndedAt   string            `json:"ended_at"`
	Found     []Found           `json:"found"`
	Steps     []Step            `json:"steps"`
	Paper     *PaperView        `json:"paper,omitempty" doc:"督办文书；以前发的牌没有"`
	Acts      []supervision.Act `json:"acts" enum:"read,reply,accept,return,cancel,close,remind"`
	Version   int               `json:"version"`
}

// PaperView is the paper of a card.
type PaperView struct {
	Title string `json:"title"`
	No    string `json:"no"`
	Code  string `json:"verify_code"`
	URL   string `json:"url"`
}

// Show shows one card.
func (a *App) Show(ctx context.Context, no string) (out CardView, err error) {
	var c store.Card
	var of store.Case
	var steps []store.Done
	var alike, byHandler int
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if c, err = store.GetCard(ctx, q, no); err != nil {
			return err
		}
		if err := may(ctx, supervision.PermCards, c); err != nil {
			return err
		}
		cases, err := store.CasesByNo(ctx, q, []string{c.Case})
		if err != nil {
			return err
		}
		of = cases[c.Case]
		since := a.today().AddDays(-90).Time()
		if alike, err = store.Alike(ctx, q, c.Rule, c.Department, "", since); err != nil {
			return err
		}
		if c.Handler != "" {
			if byHandler, err = store.Alike(ctx, q, c.Rule, "", c.Handler, since); err != nil {
				return err
			}
		}
		steps, err = store.History(ctx, q, no)
		return err
	})
	if err != nil {
		return out, err
	}
	names, err := a.Departments(ctx)
	if err != nil {
		return out, err
	}
	out = CardView{
		Row: a.row(ctx, c, of, names), Rule: c.Title, RuleWords: c.Words, RuleNo: c.Setting, StateOf: window.State(of.State).Text(), Read: c.ReadBy, ReadAt: stamp(c.ReadAt), Reply: c.Reply,
		RepliedAt: stamp(c.RepliedAt), RepliedBy: c.RepliedBy, Outcome: c.Outcome, EndedAt: stamp(c.EndedAt), Steps: []Step{}, Acts: a.acts(ctx, c), Version: c.Version,
	}
	if p := c.Paper; p.ID != "" {
		out.Paper = &PaperView{Title: p.Title, No: p.No, Code: p.Code, URL: "/api/staff/v1/supervision/cards/" + c.No + "/paper"}
	}
	for _, s := range steps {
		out.Steps = append(out.Steps, Step{At: stamp(s.At), Text: stepWords[s.Act], By: s.By, Note: s.Text})
	}
	out.Found, err = a.found(ctx, c, alike, byHandler)
	return out, err
}

var stepWords = map[supervision.Act]string{
	actIssue: "发出", actLate: "过了答复期", supervision.ActRead: "知晓", supervision.ActReply: "答复", supervision.ActAccept: "认可答复", supervision.ActReturn: "退回重写",
	supervision.ActCancel: "撤销", supervision.ActClose: "关闭", supervision.ActRemind: "催办", supervision.ActEnd: "关闭", supervision.ActRise: "升级",
}

// found looks up what bears on a card, so that the answer can be held against it.
func (a *App) found(ctx context.Context, c store.Card, alike, byHandler int) ([]Found, error) {
	out := []Found{}
	add := func(text, value string, bad bool) {
		mark := "plain"
		if bad {
			mark = "bad"
		}
		out = append(out, Found{text, value, mark})
	}
	f, err := a.Window.Facts(ctx, c.Case)
	if err != nil && !errors.Is(err, window.ErrNoSuchCase) {
		return out, err
	}
	if err == nil {
		add("办件现在", f.State.Text()+ended(f), false)
		if f.Clock.Text != "" {
			add("时限", f.Clock.Text, f.Clock.Overdue > 0)
		}
		switch {
		case f.Notices == 0:
			out = append(out, Found{"有没有一次性告知过", "没有", "plain"})
		case f.Notices == 1:
			out = append(out, Found{"有没有一次性告知过", "1 次", "good"})
		default:
			add("有没有一次性告知过", fmt.Sprintf("%d 次，多于一次", f.Notices), true)
		}
		if f.Deferred > 0 {
			add("容缺的材料还差", fmt.Sprintf("%d 份", f.Deferred), false)
		}
		if f.Clock.Standing {
			out = append(out, Found{"时钟是不是停着", "停表中，不计时", "good"})
		}
	}
	add("这个部门近 90 天同类的牌", fmt.Sprintf("第 %d 张", alike), alike >= 3)
	if byHandler > 0 {
		add("这个经办人近 90 天同类的牌", fmt.Sprintf("第 %d 张", byHandler), byHandler >= 3)
	}
	return out, nil
}

func ended(f window.Facts) string {
	if f.ClosedAt.IsZero() {
		return ""
	}
	return "，" + calendar.DateOf(f.ClosedAt).Chinese() + "结束"
}

// RuleRow is one rule with its words and how often it was raised.
type RuleRow struct {
	rules.Rule
	Words string `json:"words"`
	Last  int    `json:"raised" doc:"近 30 天发出的牌"`
}

// RuleBook is the page 督办规则.
type RuleBook struct {
	Version  int          `json:"version"`
	All      bool         `json:"all"`
	Items    []string     `json:"items"`
	Rules    []RuleRow    `json:"rules"`
	Office   rules.Office `json:"office"`
	Versions []RuleChange `json:"versions"`
}

// RuleChange is one version of the rules.
type RuleChange struct {
	Version int    `json:"version"`
	At      string `json:"at"`
	By      string `json:"by"`
	Reason  string `json:"reason"`
	Rules   int    `json:"rules"`
}

// mostVersions bounds the history that the page shows.
const mostVersions = 50

// Rules shows the rules in force and what they were.
func (a *App) Rules(ctx context.Context) (out RuleBook, err error) {
	var set rules.Setting
	out.Versions, out.Rules = []RuleChange{}, []RuleRow{}
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if set, err = a.setting(ctx, q); err != nil {
			return err
		}
		for _, r := range set.Rules {
			n, err := store.Alike(ctx, q, r.ID, "", "", a.today().AddDays(1-lastDays).Time())
			if err != nil {
				return err
			}
			out.Rules = append(out.Rules, RuleRow{Rule: r, Words: r.Words(), Last: n})
		}
		list, err := store.Versions(ctx, q, mostVersions)
		for _, v := range list {
			s, err := settingOf(v)
			if err != nil {
				return err
			}
			out.Versions = append(out.Versions, RuleChange{Version: v.Version, At: stamp(v.At), By: v.By, Reason: v.Reason, Rules: len(s.Rules)})
		}
		return err
	})
	out.Version, out.All, out.Items, out.Office = set.Version, set.All, set.Items, set.Office
	return out, err
}
