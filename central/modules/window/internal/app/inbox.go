package app

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/check"
	"tongban/central/kernel/db"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// ended are the states in which nothing is left to do.
var ended = []window.State{window.Refused, window.Granted, window.Denied, window.Withdrawn, window.Lapsed}

// tabs are the lists of the inbox.
var tabs = map[string][]window.State{
	"todo":     {window.Received, window.Noticed},
	"accepted": {window.Accepted, window.Suspended},
	"closed":   ended,
	"all":      nil,
}

// Ask is what a list asks for. Query is a case number, an ID number, or words of a name or an item.
type Ask struct {
	Tab, Query, Item string
	Page, Size       int
}

// Inbox returns one page of cases.
func (a *App) Inbox(ctx context.Context, ask Ask) (Inbox, error) {
	out := Inbox{Rows: []Row{}, Page: max(ask.Page, 1), Size: min(max(ask.Size, 1), 200)}
	f := store.Filter{States: tabs[ask.Tab], Item: ask.Item, Page: out.Page, Size: out.Size, Within: actor.From(ctx).Scope(window.PermRead)}
	if err := a.aim(ctx, &f, strings.TrimSpace(ask.Query)); err != nil {
		return out, err
	}
	var rows []store.Case
	var n store.Counts
	err := a.DB.View(ctx, func(q db.Query) error {
		var err error
		if rows, out.Total, out.More, err = store.List(ctx, q, f); err != nil {
			return err
		}
		n, err = store.Count(ctx, q, f.Within, db.Ms(a.today().Time()))
		return err
	})
	if err != nil {
		return out, err
	}
	if out.Seq, err = a.Events.Last(ctx); err != nil {
		return out, fmt.Errorf("read last event: %w", err)
	}
	if out.Rows, err = a.rows(ctx, rows); err != nil {
		return out, err
	}
	out.Counts = counts(n)
	out.Answer = answer(out.Counts)
	return out, nil
}

// mostWords bounds the items and names that words may stand for.
const mostWords = 20

// aim turns what was typed into what is looked up by an index, so that no word becomes a look at every case: a number, the items
// whose name holds the words, else the masked names that fit.
func (a *App) aim(ctx context.Context, f *store.Filter, q string) error {
	if q == "" {
		return nil
	}
	if no, err := wire.ParseCaseNo(q); err == nil {
		f.No, f.States = no, nil
		return nil
	}
	if v := check.Verify(check.ID, q); v.State != check.Invalid {
		f.IDBlind, f.States = a.Vault.Blind(classID, v.Normalised), nil
		return nil
	}
	items, err := a.Items.Items(ctx)
	if err != nil {
		return fmt.Errorf("list items: %w", err)
	}
	letters := utf8.RuneCountInString(q)
	for _, it := range items {
		if letters > 1 && strings.Contains(it.Name, q) && len(f.Items) < mostWords { // one alone is a family name
			f.Items = append(f.Items, it.Code)
		}
	}
	if len(f.Items) > 0 {
		return nil
	}
	if !strings.Contains(q, "*") && letters > 1 {
		q = vault.MaskName(q)
	}
	return a.DB.View(ctx, func(v db.Query) (err error) {
		if f.Names, err = store.NamesFrom(ctx, v, q, mostWords); err == nil && len(f.Names) == 0 {
			f.Names = []string{q} // nobody's: an empty list, not all of it
		}
		return err
	})
}

func counts(n store.Counts) Counts {
	return Counts{
		Todo: n.ByState[window.Received] + n.ByState[window.Noticed], Unseen: n.Unseen,
		Accepted: n.ByState[window.Accepted] + n.ByState[window.Suspended], Notice: n.ByState[window.Noticed],
		Closed: n.Ended, Today: n.Today,
	}
}

// rows shows cases as a list does; their ledgers are read at once.
func (a *App) rows(ctx context.Context, cases []store.Case) ([]Row, error) {
	lines, err := a.linesOfAll(ctx, cases)
	if err != nil {
		return nil, err
	}
	out := []Row{}
	for _, c := range cases {
		row, err := a.row(ctx, c, lines[c.No])
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// linesOfAll reads the ledgers of the cases that can have one.
func (a *App) linesOfAll(ctx context.Context, cases []store.Case) (lines map[string][]store.Line, err error) {
	var nos []string
	for _, c := range cases {
		if c.AcceptedOn != "" {
			nos = append(nos, c.No)
		}
	}
	if len(nos) == 0 {
		return nil, nil
	}
	err = a.DB.Glance(ctx, func(q db.Query) error {
		lines, err = store.Lines(ctx, q, nos...)
		return err
	})
	return lines, err
}

func answer(c Counts) string {
	switch {
	case c.Today == 0 && c.Todo == 0:
		return "今天还没有收件，也没有等您处理的"
	case c.Unseen > 0:
		return fmt.Sprintf("今天收到 %d 件，%d 件还没有人看过", c.Today, c.Unseen)
	case c.Todo > 0:
		return fmt.Sprintf("今天收到 %d 件，%d 件等答复", c.Today, c.Todo)
	default:
		return fmt.Sprintf("今天收到 %d 件，都处理过了", c.Today)
	}
}

func (a *App) row(ctx context.Context, c store.Case, lines []store.Line) (Row, error) {
	item, err := a.versions.of(ctx, c.Item, c.ItemVersion)
	if err != nil {
		return Row{}, fmt.Errorf("load item of %s: %w", c.No, err)
	}
	clock, _, err := a.clockOf(c, item, lines)
	if err != nil {
		return Row{}, err
	}
	r := Row{
		No: c.No, Item: c.ItemName, ItemCode: c.Item, Applicant: c.NameMasked, IDMasked: c.IDMasked, Channel: c.Channel,
		Terminal: c.Terminal, Place: c.Place, State: string(c.State), StateText: c.State.Text(), ReceivedAt: stamp(c.ReceivedAt),
		Due: c.Due, DueText: clock.Text, Level: clock.Level, Strip: clock.Strip, Materials: c.Materials,
		Unread: c.State == window.Received && c.SeenBy == "", Todo: todo(c, item),
	}
	if c.State == window.Received || c.State == window.Noticed {
		r.Due = c.NoticeDue
		if due, err := calendar.ParseDate(c.NoticeDue); err == nil && a.today().After(due) {
			r.Level = string(calendar.Red)
		}
	}
	return r, nil
}

func todo(c store.Case, item matter.Item) string {
	switch c.State {
	case window.Received:
		if item.Handling == matter.Immediate {
			return "看材料，当场办结"
		}
		return "看材料，决定是否受理"
	case window.Noticed:
		return "等申请人补材料"
	case window.Suspended:
		return "特别程序中，做完就恢复计时"
	case window.Accepted:
		if c.Deferred > 0 {
			return fmt.Sprintf("等补交 %d 份容缺材料", c.Deferred)
		}
		return "办理，到期前办结"
	default:
		return "已结束"
	}
}
