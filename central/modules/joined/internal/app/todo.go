package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/modules/joined"
	"tongban/central/modules/joined/internal/store"
)

// ours is the name of the window's own cases among the systems of the list.
const ours = "window"

// Todo is one thing that waits, in whichever system (待办).
type Todo struct {
	System    string `json:"system" enum:"window,onething,estate,cannot"`
	No        string `json:"no"`
	Title     string `json:"title"`
	Who       string `json:"who" doc:"申请人，脱敏；别的系统不说是谁"`
	StateText string `json:"state_text"`
	What      string `json:"what" doc:"要做什么"`
	Level     string `json:"level" enum:"green,yellow,red,red+,blue,illegal,"`
	Due       string `json:"due"`
	DueText   string `json:"due_text"`
	Updated   string `json:"updated"`
}

// TodoSource is one system that the list draws from, and whether it can be believed just now.
type TodoSource struct {
	System string `json:"system"`
	Title  string `json:"title"`
	State  string `json:"state" enum:"ok,silent" doc:"silent 没有应答，列的是上次听说的"`
	Text   string `json:"text"`
	AsOf   string `json:"as_of" doc:"什么时候听它说的"`
	Total  int    `json:"total"`
	Door   string `json:"door" doc:"用统一登录进"`
}

// Todos is what waits for the caller in all systems, the nearest date first.
type Todos struct {
	Rows    []Todo       `json:"rows" nullable:"false"`
	Sources []TodoSource `json:"sources" nullable:"false"`
}

// mostTodos bounds what is listed of each system; all are counted.
const mostTodos = 50

// Todos lists what waits. A neighbour that is silent keeps its rows, as they were last heard of, and hides none of the others.
func (a *App) Todos(ctx context.Context) (Todos, error) {
	out := Todos{Rows: []Todo{}, Sources: []TodoSource{}}
	cases, total, err := a.Cases.Waiting(ctx, mostTodos)
	if err != nil {
		return out, err
	}
	out.Sources = append(out.Sources, TodoSource{System: ours, Title: ourName, State: "ok", Text: "本平台", AsOf: stamp(a.Clock.Now()), Total: total})
	for _, c := range cases {
		out.Rows = append(out.Rows, Todo{
			System: ours, No: c.No, Title: c.Item, Who: c.Applicant, StateText: c.StateText, What: c.Todo, Level: c.Level, Due: c.Due, DueText: c.DueText, Updated: stamp(c.At),
		})
	}
	states, err := a.Adapters.States(ctx)
	if err != nil {
		return out, err
	}
	lasts, err := a.Adapters.Lasts(ctx)
	if err != nil {
		return out, err
	}
	for _, n := range a.neighbours() {
		src, rows, err := a.waiting(ctx, n, states, lasts[n.System()])
		if err != nil {
			return out, err
		}
		out.Sources, out.Rows = append(out.Sources, src), append(out.Rows, rows...)
	}
	slices.SortStableFunc(out.Rows, func(x, y Todo) int {
		return cmp.Or(cmp.Compare(far(x), far(y)), cmp.Compare(y.Updated, x.Updated))
	})
	return out, nil
}

// far is the date a thing is ordered by; what has none comes after what has.
func far(t Todo) string { return cmp.Or(t.Due, "9") }

func (a *App) waiting(ctx context.Context, n Neighbour, states map[string]adapter.State, last adapter.Last) (TodoSource, []Todo, error) {
	src := TodoSource{System: n.System(), Title: n.Title(), State: "ok", Text: "正常", Door: n.Door(), AsOf: stamp(last.At)}
	st, known := states[n.System()]
	if !known {
		st = adapter.State{Enabled: true, Breaker: adapter.Closed}
	}
	h := Health{Name: n.System()}
	judge(&h, st)
	if err := a.refused(ctx, &h); err != nil {
		return src, nil, err
	}
	if h.State != "ok" && h.State != "unknown" || last.At.IsZero() {
		src.State, src.Text = "silent", cmp.Or(h.Text, "还没有问到")
	}
	var list []store.Matter
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		list, src.Total, err = store.Open(ctx, q, n.System(), mostTodos)
		return err
	})
	if err != nil {
		return src, nil, err
	}
	today := calendar.DateOf(a.Clock.Now())
	var out []Todo
	for _, m := range list {
		shown, err := a.shown(ctx, m, nil)
		if err != nil {
			return src, nil, err
		}
		t := Todo{System: n.System(), No: m.No, Title: m.Title, StateText: shown.StateText, What: toDo(shown), Due: m.Due, Updated: shown.Updated}
		t.Level, t.DueText = nearness(m.Due, today)
		out = append(out, t)
	}
	return src, out, nil
}

// toDo says what the window has to do about a matter of another system.
func toDo(m Matter) string {
	switch {
	case m.System == joined.OneThing && m.State == joined.Supplement:
		return "有事项要补正，请告诉申请人"
	case m.System == joined.OneThing && m.Unsent:
		return "本窗口的变化还没有送到，通了自己送"
	case m.System == joined.OneThing:
		return "没挂办件的事项，收了件挂上"
	case m.System == joined.Cannot && m.State == joined.Waiting:
		return "受理这条反映"
	case m.System == joined.Cannot:
		return "跟到办成，按时回复"
	}
	return "跟进度，办好通知领证"
}

// nearness is the colour and the words of a day until which somebody has to be answered.
func nearness(due string, today calendar.Date) (level, text string) {
	day, err := calendar.ParseDate(due)
	if err != nil {
		return "", ""
	}
	left := int(day.Time().Sub(today.Time()) / (24 * time.Hour))
	switch {
	case left < 0:
		return string(calendar.Red), fmt.Sprintf("超期 %d 天", -left)
	case left == 0:
		return string(calendar.Yellow), "今天到期"
	case left == 1:
		return string(calendar.Yellow), "明天到期"
	}
	return string(calendar.Green), fmt.Sprintf("还有 %d 天", left)
}
