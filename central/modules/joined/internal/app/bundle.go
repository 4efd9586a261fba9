package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/joined"
	"tongban/central/modules/joined/internal/store"
	"tongban/central/modules/window"
)

// Item is one item of a bundle or theme as a page shows it.
type Item struct {
	Code      string       `json:"code"`
	Name      string       `json:"name"`
	Role      string       `json:"role,omitempty" enum:"lead,cooperate,"`
	Known     bool         `json:"known" doc:"编码和本市事项目录一致"`
	State     joined.State `json:"state,omitempty"`
	StateText string       `json:"state_text,omitempty"`
	Case      string       `json:"case,omitempty" doc:"在本窗口的办件编号"`
}

// Theme is one theme that can be taken in, or why not.
type Theme struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Version int    `json:"version"`
	Source  string `json:"source" enum:"here,there" doc:"here 本平台的主题，there 一件事配置系统发布的"`
	Items   []Item `json:"items" nullable:"false"`
	Ready   bool   `json:"ready" doc:"每一项的编码都对得上，可以收件"`
	Why     string `json:"why,omitempty"`
}

// Line is one line of a history.
type Line struct {
	At   string `json:"at"`
	Text string `json:"text"`
	By   string `json:"by"`
}

// Matter is a bundle or registration as a page shows it.
type Matter struct {
	System    string       `json:"system" enum:"onething,estate,cannot"`
	Title     string       `json:"title"`
	No        string       `json:"no"`
	Origin    string       `json:"origin" enum:"here,there" doc:"在哪边发起"`
	State     joined.State `json:"state" doc:"本窗口按同一规则算的整体状态"`
	StateText string       `json:"state_text"`
	Peer      string       `json:"peer" doc:"对方说的状态"`
	Equal     bool         `json:"equal" doc:"两边状态一致"`
	Unsent    bool         `json:"unsent" doc:"本窗口的变化还没有送到"`
	Due       string       `json:"due" doc:"最晚哪天要答复，没有就空着"`
	Updated   string       `json:"updated"`
	Seen      string       `json:"seen" doc:"什么时候听对方说的"`
	Items     []Item       `json:"items" nullable:"false"`
	Steps     []Line       `json:"steps" nullable:"false"`
}

// Bundles is the page of the one-thing matters.
type Bundles struct {
	Themes    []Theme  `json:"themes" nullable:"false"`
	Rows      []Matter `json:"rows" nullable:"false"`
	Door      string   `json:"door" doc:"一件事平台的地址，用统一登录进"`
	Connected bool     `json:"connected"`
}

func (a *App) known(ctx context.Context, code string) (string, bool) {
	i, err := a.Items.Item(ctx, code, 0)
	if err != nil {
		return "", false
	}
	return i.Name, true
}

// themes are ours and those published over there, with whether each can be taken in here.
func (a *App) themes(ctx context.Context) ([]Theme, error) {
	ours, err := a.Themes.Themes(ctx)
	if err != nil {
		return nil, err
	}
	out := []Theme{}
	for _, t := range ours {
		one := Theme{Code: t.Code, Name: t.Name, Version: 1, Source: "here"}
		for _, m := range t.Items {
			one.Items = append(one.Items, Item{Code: m.Item, Role: m.Role})
		}
		out = append(out, one)
	}
	var theirs []store.Theme
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		theirs, err = store.Themes(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	published := []Theme{}
	for _, t := range theirs {
		one := Theme{Code: t.Code, Name: t.Name, Version: t.Version, Source: "there"}
		for _, i := range t.Items {
			role := "cooperate"
			if i.Role == "lead" {
				role = "lead"
			}
			one.Items = append(one.Items, Item{Code: i.Code, Name: i.Name, Role: role})
		}
		published = append(published, one)
	}
	out = append(published, out...)
	for n := range out {
		a.judge(ctx, &out[n])
	}
	return out, nil
}

// judge says whether every item of a theme is one of the catalogue, by code.
func (a *App) judge(ctx context.Context, t *Theme) {
	var unknown []string
	for i := range t.Items {
		name, ok := a.known(ctx, t.Items[i].Code)
		if t.Items[i].Known = ok; ok {
			t.Items[i].Name = name
		} else {
			unknown = append(unknown, t.Items[i].Code)
		}
	}
	if t.Ready = len(unknown) == 0 && len(t.Items) > 0; !t.Ready {
		t.Why = "目录里没有 " + strings.Join(unknown, "、") + "：请配置系统改对编码再发布"
	}
}

// Bundles returns the themes and the newest bundles of both sides.
func (a *App) Bundles(ctx context.Context) (Bundles, error) {
	out := Bundles{Rows: []Matter{}, Connected: a.OneThing != nil}
	if a.OneThing != nil {
		out.Door = a.OneThing.Door()
	}
	var err error
	if out.Themes, err = a.themes(ctx); err != nil {
		return out, err
	}
	var rows []store.Matter
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		rows, err = store.List(ctx, q, joined.OneThing, false, 100)
		return err
	})
	if err != nil {
		return out, err
	}
	for _, m := range rows {
		one, err := a.shown(ctx, m, nil)
		if err != nil {
			return out, err
		}
		out.Rows = append(out.Rows, one)
	}
	return out, nil
}

// shown is a matter for a page, with the history given.
func (a *App) shown(ctx context.Context, m store.Matter, steps []store.Step) (Matter, error) {
	out := Matter{
		System: m.System, Title: m.Title, No: m.No, Origin: m.Origin, State: m.State, StateText: m.StateText, Peer: m.StateText, Equal: true,
		Unsent: m.Version > m.Sent, Due: m.Due, Updated: stamp(m.Updated), Seen: stamp(m.Seen), Items: []Item{}, Steps: []Line{},
	}
	children, err := a.children(ctx, m)
	if err != nil {
		return out, err
	}
	states := []joined.State{}
	for _, c := range children {
		i := Item{Code: c.Item, Name: c.Name, State: c.State, StateText: c.StateText, Case: c.Case}
		if name, ok := a.known(ctx, c.Item); ok {
			i.Known, i.Name = true, name
		}
		out.Items = append(out.Items, i)
		states = append(states, c.State)
	}
	if m.System == joined.OneThing {
		out.State, out.StateText = joined.Overall(states)
		out.Equal = out.State == m.State && !out.Unsent
	}
	for _, s := range steps {
		out.Steps = append(out.Steps, Line{At: stamp(s.At), Text: s.Text, By: s.By})
	}
	return out, nil
}

// Show returns one matter with its history.
func (a *App) Show(ctx context.Context, no string) (Matter, error) {
	var m store.Matter
	var steps []store.Step
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if m, err = store.Get(ctx, q, no); err != nil {
			return err
		}
		steps, err = store.Steps(ctx, q, m.System, no)
		return err
	})
	if err != nil {
		return Matter{}, err
	}
	return a.shown(ctx, m, steps)
}

// fits checks that the caller may put this case on that item.
func (a *App) fits(ctx context.Context, item, caseNo string) error {
	f, err := a.Cases.Facts(ctx, caseNo)
	if err != nil {
		return err
	}
	if !actor.From(ctx).Scope(joined.PermBundle).Covers(actor.Place{Region: f.Region, Department: f.Department, Handler: f.Handler}) {
		return window.ErrNoSuchCase
	}
	if f.Item != item {
		return joined.ErrOtherItem
	}
	return nil
}

// Start begins a bundle here with cases by item; items without one are handled over there.
func (a *App) Start(ctx context.Context, theme string, cases map[string]string) (Matter, error) {
	all, err := a.themes(ctx)
	if err != nil {
		return Matter{}, err
	}
	m := store.Matter{System: joined.OneThing, Origin: "here", Version: 1, State: joined.Underway, StateText: "还没有送到"}
	for _, t := range all {
		if t.Code != theme || !t.Ready {
			continue
		}
		m.Theme, m.Title = t.Code, t.Name
		for _, i := range t.Items {
			m.Children = append(m.Children, store.Child{Item: i.Code, Name: i.Name, State: joined.Waiting, StateText: "等待办理"})
		}
	}
	if m.Theme == "" {
		return Matter{}, joined.ErrNoSuchTheme
	}
	bound := 0
	for _, c := range m.Children {
		if no := strings.TrimSpace(cases[c.Item]); no != "" {
			if err := a.fits(ctx, c.Item, no); err != nil {
				return Matter{}, err
			}
			bound++
		}
	}
	if bound == 0 {
		return Matter{}, errs.E(errs.Invalid, "joined.no_case", "至少一项要有本窗口的办件，请填办件编号", nil)
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		n, err := store.Cursor(ctx, tx, "bundle")
		if err != nil {
			return err
		}
		if err := store.SetCursor(ctx, tx, "bundle", n+1); err != nil {
			return err
		}
		m.No = fmt.Sprintf("ZCYJS%s%05d", tx.Now().In(clock.Shanghai).Format("2006"), n+1)
		m.Updated, m.Seen = tx.Now(), tx.Now()
		if err := store.Put(ctx, tx, m); err != nil {
			return err
		}
		if _, err := store.AddStep(ctx, tx, m.System, m.No, store.Step{ID: m.No + "-0", At: tx.Now(), Text: "综合窗口发起", By: actor.From(ctx).Name}); err != nil {
			return err
		}
		for _, c := range m.Children {
			if no := strings.TrimSpace(cases[c.Item]); no != "" {
				if err := a.bind(ctx, tx, m, c.Item, no); err != nil {
					return err
				}
			}
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "joined.start", Object: m.No}); err != nil {
			return err
		}
		return errors.Join(a.tell(ctx, tx, m), a.soon(ctx, tx))
	})
	if err != nil {
		return Matter{}, err
	}
	return a.Show(ctx, m.No)
}

func (a *App) bind(ctx context.Context, tx db.Tx, m store.Matter, item, caseNo string) error {
	if err := store.Bind(ctx, tx, m.No, item, caseNo); err != nil {
		return err
	}
	return a.Cases.Note(ctx, tx, caseNo, window.Note{Kind: "person", Title: "挂到一件事套件", Text: m.Title + "，" + m.No})
}

// Bind says that a case of this window stands for an item of a bundle, wherever the bundle was begun.
func (a *App) Bind(ctx context.Context, no, item, caseNo string) (Matter, error) {
	caseNo = strings.TrimSpace(caseNo)
	if err := a.fits(ctx, item, caseNo); err != nil {
		return Matter{}, err
	}
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		m, err := store.Get(ctx, tx, no)
		if err != nil {
			return err
		}
		i := -1
		for n, c := range m.Children {
			if c.Item == item {
				i = n
			}
		}
		switch {
		case i < 0:
			return joined.ErrOtherItem
		case m.Children[i].State == joined.Done || m.Children[i].State == joined.Refused:
			return errs.E(errs.Conflict, "joined.over", "这一项在一件事平台已经办完，不用再挂办件", nil)
		}
		if err := a.bind(ctx, tx, m, item, caseNo); err != nil {
			return err
		}
		if err := store.Raise(ctx, tx, no); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "joined.bind", Object: no}); err != nil {
			return err
		}
		return errors.Join(a.tell(ctx, tx, m), a.soon(ctx, tx))
	})
	if err != nil {
		return Matter{}, err
	}
	return a.Show(ctx, no)
}
