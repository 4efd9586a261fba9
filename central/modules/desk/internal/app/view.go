package app

import (
	"context"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/internal/store"
	"tongban/central/modules/window"
)

// Row is one task in a list.
type Row struct {
	No          string `json:"no"`
	Item        string `json:"item"`
	ItemCode    string `json:"item_code"`
	Applicant   string `json:"applicant"`
	Place       string `json:"place"`
	Department  string `json:"department"`
	HandlerName string `json:"handler_name"`
	Mine        bool   `json:"mine"`
	State       string `json:"state"`
	StateText   string `json:"state_text"`
	Version     int    `json:"version"`
	AssignedAt  string `json:"assigned_at"`
	SignedAt    string `json:"signed_at"`
	SignedBy    string `json:"signed_by"`
	Due         string `json:"due"`
	DueText     string `json:"due_text"`
	Level       string `json:"level"`
	Standing    bool   `json:"standing" doc:"停表"`
	StepDue     string `json:"step_due"`
	StepText    string `json:"step_text"`
	StepLate    bool   `json:"step_late"`
	Missing     int    `json:"missing"`
	Reason      string `json:"reason"`
	Outcome     string `json:"outcome"`
}

// Counts are the numbers of the tabs.
type Counts struct {
	Sign      int `json:"sign"`
	Mine      int `json:"mine"`
	Office    int `json:"office"`
	Opinions  int `json:"opinions"`
	Forwarded int `json:"forwarded"`
	Returned  int `json:"returned"`
}

// Board is one page of tasks.
type Board struct {
	Rows   []Row  `json:"rows" nullable:"false"`
	Total  int    `json:"total"`
	Page   int    `json:"page"`
	Size   int    `json:"size"`
	Counts Counts `json:"counts"`
	Answer string `json:"answer"`
}

// DeedRow is one line of what was done.
type DeedRow struct {
	At   string `json:"at"`
	Act  string `json:"act"`
	Who  string `json:"who"`
	Text string `json:"text"`
}

// Detail is one task in full.
type Detail struct {
	Row
	Acts     []string          `json:"acts" nullable:"false"`
	Ticks    map[string]string `json:"ticks"`
	Rule     int               `json:"rule_version"`
	Folder   *FolderView       `json:"folder"`
	Opinions []OpinionRow      `json:"opinions" nullable:"false"`
	Deeds    []DeedRow         `json:"deeds" nullable:"false"`
	Heads    []PersonRow       `json:"heads" nullable:"false" doc:"可以批准延期的人"`
	Case     int               `json:"case_version"`
}

// DocumentView is a paper that an act made.
type DocumentView struct {
	ID    string `json:"id"`
	No    string `json:"no"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Decided is what a decision answers.
type Decided struct {
	Task     Detail       `json:"task"`
	Document DocumentView `json:"document"`
}

// PaperRow is one line of a folder.
type PaperRow struct {
	Ord       int    `json:"ord"`
	Material  string `json:"material"`
	Name      string `json:"name"`
	Form      string `json:"form"`
	FormText  string `json:"form_text"`
	Wanted    int    `json:"wanted"`
	Got       int    `json:"got"`
	State     string `json:"state"`
	StateText string `json:"state_text"`
	Note      string `json:"note"`
}

// HandoverRow is one change of hands.
type HandoverRow struct {
	Seq    int    `json:"seq"`
	From   string `json:"from"`
	Sent   string `json:"sent_by"`
	To     string `json:"to"`
	Got    string `json:"got_by"`
	SentAt string `json:"sent_at"`
	GotAt  string `json:"got_at"`
	State  string `json:"state"`
	Note   string `json:"note"`
}

// FolderView is a folder with its papers and its chain.
type FolderView struct {
	Code      string        `json:"code"`
	No        string        `json:"no"`
	Item      string        `json:"item"`
	Applicant string        `json:"applicant"`
	State     string        `json:"state"`
	StateText string        `json:"state_text"`
	Holder    string        `json:"holder"`
	Kind      string        `json:"holder_kind"`
	DueAt     string        `json:"due_at"`
	DueText   string        `json:"due_text"`
	Late      bool          `json:"late"`
	MadeAt    string        `json:"made_at"`
	Papers    []PaperRow    `json:"papers" nullable:"false"`
	Chain     []HandoverRow `json:"chain" nullable:"false"`
	Whole     bool          `json:"whole" doc:"交接链没有断"`
	Task      string        `json:"task_state"`
	Version   int           `json:"task_version"`
	Reason    string        `json:"reason"`
	Office    string        `json:"office"`
	MaySend   bool          `json:"may_send"`
	MayTake   bool          `json:"may_take"`
	Label     string        `json:"label_url"`
}

// OpinionRow is one question and its answer.
type OpinionRow struct {
	ID         string `json:"id"`
	No         string `json:"no"`
	Item       string `json:"item"`
	From       string `json:"from"`
	Department string `json:"department"`
	Person     string `json:"person"`
	Question   string `json:"question"`
	Due        string `json:"due"`
	Late       bool   `json:"late"`
	AskedAt    string `json:"asked_at"`
	State      string `json:"state"`
	Stance     string `json:"stance"`
	StanceText string `json:"stance_text"`
	Answer     string `json:"answer"`
	AnsweredBy string `json:"answered_by"`
	AnsweredAt string `json:"answered_at"`
}

// Ask is what a list of tasks asks for.
type TasksAsk struct {
	Tab, Query string
	Page, Size int
}

var reviewing = []desk.State{desk.Reviewing, desk.Asking}

// filterOf is one tab as the store asks for it.
func filterOf(tab string, f store.Filter) store.Filter {
	switch tab {
	case "sign":
		f.States = []desk.State{desk.Waiting}
	case "mine":
		f.States, f.Handler = []desk.State{desk.Reviewing, desk.Asking, desk.Forwarded}, f.Me.Account
	case "office":
		f.States = reviewing
	case "forwarded":
		f.States = []desk.State{desk.Forwarded}
	case "returned":
		f.States = []desk.State{desk.Returned}
	case "done":
		f.States = []desk.State{desk.Decided, desk.Closed}
	}
	return f
}

// Tasks returns one page of the caller's tasks.
func (a *App) Tasks(ctx context.Context, ask TasksAsk) (Board, error) {
	b := Board{Rows: []Row{}, Page: max(ask.Page, 1), Size: min(max(ask.Size, 1), 200)}
	m, err := a.me(ctx)
	if err != nil {
		return b, err
	}
	base := store.Filter{Within: actor.From(ctx).Scope(desk.PermRead), Me: &m, Page: b.Page, Size: b.Size}
	var rows []store.Task
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		f := filterOf(ask.Tab, base)
		f.Query = ask.Query
		if rows, b.Total, err = store.List(ctx, q, f); err != nil {
			return err
		}
		b.Counts, err = a.count(ctx, q, base, m)
		return err
	})
	if err != nil {
		return b, err
	}
	names, err := a.departments(ctx)
	if err != nil {
		return b, err
	}
	for _, t := range rows {
		row, _, err := a.row(ctx, t, names[t.Department].Name)
		if err != nil {
			return b, err
		}
		b.Rows = append(b.Rows, row)
	}
	b.Answer = answer(b)
	return b, nil
}

func (a *App) count(ctx context.Context, q db.Query, base store.Filter, m store.Me) (c Counts, err error) {
	for tab, into := range map[string]*int{"sign": &c.Sign, "mine": &c.Mine, "office": &c.Office, "forwarded": &c.Forwarded, "returned": &c.Returned} {
		if *into, err = store.Count(ctx, q, filterOf(tab, base)); err != nil {
			return c, err
		}
	}
	asked, err := store.Asked(ctx, q, actor.From(ctx).Scope(desk.PermAnswer), m.Login, true)
	c.Opinions = len(asked)
	return c, err
}

func answer(b Board) string {
	switch {
	case b.Counts.Sign > 0 && b.Counts.Mine == 0:
		return fmt.Sprintf("%d 件等签收", b.Counts.Sign)
	case b.Counts.Sign > 0:
		return fmt.Sprintf("%d 件等签收，%d 件在您手上", b.Counts.Sign, b.Counts.Mine)
	case b.Counts.Opinions > 0:
		return fmt.Sprintf("%d 件在您手上，别的部门等您答复 %d 条意见", b.Counts.Mine, b.Counts.Opinions)
	case b.Counts.Office > 0 && b.Counts.Office == b.Counts.Mine:
		return fmt.Sprintf("科室在办 %d 件，都在您手上", b.Counts.Office)
	case b.Counts.Office > 0:
		return fmt.Sprintf("科室在办 %d 件，%d 件在您手上", b.Counts.Office, b.Counts.Mine)
	default:
		return "没有等您签收或办理的"
	}
}

// row is one task with its case's clock.
func (a *App) row(ctx context.Context, t store.Task, department string) (Row, window.Facts, error) {
	f, err := a.Window.Facts(ctx, t.No)
	if err != nil && !missingErr(err) {
		return Row{}, f, err
	}
	r := Row{
		No: t.No, Item: t.ItemName, ItemCode: t.Item, Applicant: t.Applicant, Place: t.Place, Department: department, HandlerName: t.HandlerName,
		Mine: t.Handler == actor.From(ctx).ID, State: string(t.State), StateText: t.State.Text(), Version: t.Version, AssignedAt: stamp(t.AssignedAt),
		SignedAt: stamp(t.SignedAt), SignedBy: t.SignedBy, Due: t.Due, DueText: f.Clock.Text, Level: f.Clock.Level, Standing: f.Clock.Standing && f.State == window.Suspended,
		StepDue: t.StepDue, Missing: t.Missing, Reason: t.Reason, Outcome: t.Outcome,
	}
	if f.Due != "" {
		r.Due = f.Due
	}
	if !t.State.Open() {
		r.Level, r.DueText = "", window.State(t.Outcome).Text()
	}
	r.StepText, r.StepLate = a.stepText(t)
	return r, f, nil
}

// stepText is the department's own clock in words.
func (a *App) stepText(t store.Task) (text string, late bool) {
	switch {
	case t.State == desk.Waiting:
		return "签收后起算", false
	case t.StepDue == "" || !t.State.Open():
		return "", false
	}
	due, err := calendar.ParseDate(t.StepDue)
	if err != nil {
		return "", false
	}
	if late = a.today().After(due); late {
		return "本环节 " + due.Chinese() + "前，已超", true
	}
	return "本环节 " + due.Chinese() + "前", false
}

// Task returns one task in full.
func (a *App) Task(ctx context.Context, no string) (Detail, error) {
	t, err := a.see(ctx, no, desk.PermRead)
	if err != nil {
		return Detail{}, err
	}
	return a.detail(ctx, t)
}

// custodian returns a task as the window may see it: where it stands, not what is thought about it.
func (a *App) custodian(ctx context.Context, no string) (d Detail, err error) {
	var t store.Task
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		t, err = store.Get(ctx, q, no)
		return err
	})
	if err != nil {
		return d, err
	}
	return a.detail(ctx, t)
}

func (a *App) detail(ctx context.Context, t store.Task) (Detail, error) {
	names, err := a.departments(ctx)
	if err != nil {
		return Detail{}, err
	}
	row, facts, err := a.row(ctx, t, names[t.Department].Name)
	if err != nil {
		return Detail{}, err
	}
	d := Detail{Row: row, Acts: []string{}, Ticks: ticksOf(t), Rule: t.RuleVersion, Opinions: []OpinionRow{}, Deeds: []DeedRow{}, Case: facts.Version}
	for _, act := range desk.Acts(t.State) {
		d.Acts = append(d.Acts, string(act))
	}
	if d.Heads, err = a.heads(ctx, t.Department); err != nil {
		return d, err
	}
	var folder store.Folder
	var found bool
	err = a.DB.View(ctx, func(q db.Query) error {
		all, err := store.Opinions(ctx, q, t.No)
		if err != nil {
			return err
		}
		for _, o := range all {
			d.Opinions = append(d.Opinions, a.opinionRow(o, names[o.Department].Name, t.ItemName))
		}
		deeds, err := store.Deeds(ctx, q, t.No)
		if err != nil {
			return err
		}
		for _, one := range deeds {
			d.Deeds = append(d.Deeds, DeedRow{At: stamp(one.At), Act: one.Act, Who: one.Who, Text: one.Text})
		}
		folder, found, err = store.FindFolder(ctx, q, "no", t.No)
		return err
	})
	if err != nil || !found {
		return d, err
	}
	v, err := a.folderView(ctx, folder, t)
	d.Folder = &v
	return d, err
}

func (a *App) opinionRow(o store.Opinion, department, item string) OpinionRow {
	r := OpinionRow{
		ID: o.ID, No: o.No, Item: item, From: o.From, Department: department, Person: o.Person, Question: o.Question, Due: o.Due, AskedAt: stamp(o.AskedAt),
		State: o.State, Stance: o.Stance, StanceText: stanceWords[o.Stance], Answer: o.Answer, AnsweredBy: o.By, AnsweredAt: stamp(o.AnsweredAt),
	}
	if due, err := calendar.ParseDate(o.Due); err == nil {
		r.Late = o.State == "open" && a.today().After(due)
	}
	return r
}

// OpinionsForMe lists what the caller's department is asked, open questions first.
func (a *App) OpinionsForMe(ctx context.Context, open bool) ([]OpinionRow, error) {
	m, err := a.me(ctx)
	if err != nil {
		return nil, err
	}
	names, err := a.departments(ctx)
	if err != nil {
		return nil, err
	}
	out := []OpinionRow{}
	err = a.DB.View(ctx, func(q db.Query) error {
		all, err := store.Asked(ctx, q, actor.From(ctx).Scope(desk.PermAnswer), m.Login, open)
		if err != nil {
			return err
		}
		for _, o := range all {
			t, err := store.Get(ctx, q, o.No)
			if err != nil {
				return err
			}
			out = append(out, a.opinionRow(o, names[o.Department].Name, t.ItemName))
		}
		return nil
	})
	return out, err
}
