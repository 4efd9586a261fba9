package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/diff"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/central/modules/catalogue/internal/lint"
	"tongban/central/modules/catalogue/internal/store"
)

// Draft is the open draft of an item as its page shows it (草案).
type Draft struct {
	ID           string          `json:"id"`
	Code         string          `json:"code"`
	Name         string          `json:"name"`
	Kind         string          `json:"kind" enum:"change,new,claim,import,split,merge"`
	Reason       string          `json:"reason"`
	Base         int             `json:"base"`
	Revision     int             `json:"revision"`
	State        string          `json:"state"`
	StateText    string          `json:"state_text"`
	Author       string          `json:"author"`
	AuthorName   string          `json:"author_name"`
	ReviewerName string          `json:"reviewer_name"`
	SavedAt      string          `json:"saved_at"`
	Effective    string          `json:"effective"`
	Entry        catalogue.Entry `json:"entry"`
	Acts         []string        `json:"acts"`
	Changes      []diff.Change   `json:"changes"`
	Findings     []lint.Finding  `json:"findings"`
	Missing      []elements.Gap  `json:"missing"`
	Comments     []CommentRow    `json:"comments"`
	Completeness Completeness    `json:"completeness"`
	History      []HistoryRow    `json:"history"`
}

// CommentRow is one comment with its answers.
type CommentRow struct {
	ID        string      `json:"id"`
	Element   string      `json:"element"`
	Title     string      `json:"title"`
	Text      string      `json:"text"`
	State     string      `json:"state" enum:"open,answered,resolved"`
	StateText string      `json:"state_text"`
	By        string      `json:"by"`
	At        string      `json:"at"`
	Answers   []AnswerRow `json:"answers"`
}

// AnswerRow is one answer.
type AnswerRow struct {
	By   string `json:"by"`
	At   string `json:"at"`
	Text string `json:"text"`
}

// Completeness is how much of what must be filled in is (完备度).
type Completeness struct {
	Filled int              `json:"filled"`
	Must   int              `json:"must"`
	Groups []GroupCompleted `json:"groups"`
}

// GroupCompleted is the same for one group of elements.
type GroupCompleted struct {
	Group   string   `json:"group"`
	Title   string   `json:"title"`
	Filled  int      `json:"filled"`
	Must    int      `json:"must"`
	Missing []string `json:"missing"`
}

// HistoryRow is one line of the draft's history.
type HistoryRow struct {
	At    string `json:"at"`
	Actor string `json:"actor"`
	Title string `json:"title"`
	Note  string `json:"note"`
}

// Draft returns the open draft of an item.
func (a *App) Draft(ctx context.Context, code string) (Draft, error) {
	var d store.Draft
	var comments []store.Comment
	var history []store.Told
	var before catalogue.Entry
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if d, err = loadDraft(ctx, q, code); err != nil {
			return err
		}
		if comments, err = store.Comments(ctx, q, d.ID); err != nil {
			return err
		}
		if history, err = store.History(ctx, q, d.ID); err != nil {
			return err
		}
		if d.Base == 0 {
			return nil
		}
		row, err := store.Get(ctx, q, code, d.Base, 0)
		if errors.Is(err, store.ErrNone) {
			return nil
		}
		if err != nil {
			return err
		}
		before, err = entryOf(row)
		return err
	})
	if err != nil {
		return Draft{}, err
	}
	out := Draft{
		ID: d.ID, Code: d.Code, Name: d.Name, Kind: d.Kind, Reason: d.Reason, Base: d.Base, Revision: d.Revision, State: string(d.State), StateText: d.State.Text(),
		Author: d.Author, AuthorName: d.AuthorName, ReviewerName: d.ReviewerName, SavedAt: stamp(d.Changed), Effective: d.Effective,
		Comments: []CommentRow{}, History: []HistoryRow{}, Missing: []elements.Gap{},
	}
	if out.Entry, err = draftEntry(d); err != nil {
		return out, err
	}
	if err := a.formInto(ctx, &out.Entry); err != nil {
		return out, err
	}
	if out.Changes, err = a.compare(&before, &out.Entry); err != nil {
		return out, err
	}
	if out.Findings, err = a.findings(ctx, &out.Entry); err != nil {
		return out, err
	}
	table, err := elements.Shipped()
	if err != nil {
		return out, err
	}
	out.Missing = append(out.Missing, table.Missing(&out.Entry)...)
	out.Completeness = completeness(table, &out.Entry, out.Missing)
	for _, c := range comments {
		out.Comments = append(out.Comments, commentRow(c, a.titleOf(c.Element)))
	}
	for _, h := range history {
		out.History = append(out.History, HistoryRow{At: stamp(h.At), Actor: h.Actor, Title: h.Title, Note: h.Note})
	}
	out.Acts = a.actsOn(ctx, d)
	return out, nil
}

// actsOn is what the caller may do with the draft now.
func (a *App) actsOn(ctx context.Context, d store.Draft) []string {
	out := []string{}
	for _, act := range catalogue.Acts(d.State, func(perm string) bool { return a.may(ctx, d, perm) == nil }) {
		out = append(out, string(act))
	}
	reviews := d.State == catalogue.Reviewing && a.may(ctx, d, catalogue.PermReview) == nil
	if reviews || d.State == catalogue.Approved && actor.From(ctx).Can(catalogue.PermPublish) {
		out = append(out, "comment")
	}
	return out
}

func commentRow(c store.Comment, title string) CommentRow {
	row := CommentRow{
		ID: c.ID, Element: c.Element, Title: title, Text: c.Text, State: c.State, By: c.ByName, At: stamp(c.At), Answers: []AnswerRow{},
		StateText: map[string]string{store.CommentOpen: "待处理", store.CommentAnswered: "已答复", store.CommentResolved: "已解决"}[c.State],
	}
	for _, x := range c.Answers {
		row.Answers = append(row.Answers, AnswerRow{By: x.ByName, At: stamp(x.At), Text: x.Text})
	}
	return row
}

// titleOf is what the place of a comment is called.
func (a *App) titleOf(element string) string {
	table, err := elements.Shipped()
	if err != nil {
		return element
	}
	if e, ok := table.Find(element); ok {
		return e.Title
	}
	name, key, _ := strings.Cut(element, "/")
	words := map[string]string{"form": "表单", "signers": "签名人", "themes": "一件事", "inventory": "个人信息清单"}[name]
	if s, ok := table.Sub(name); ok {
		words = s.Title
	}
	if words == "" {
		return element
	}
	return strings.TrimSpace(words + " " + key)
}

// completeness counts by group what must be filled in.
func completeness(table *elements.Table, e *catalogue.Entry, missing []elements.Gap) Completeness {
	out := Completeness{Groups: []GroupCompleted{}}
	out.Filled, out.Must = table.Filled(e)
	for _, g := range table.Groups {
		row := GroupCompleted{Group: g.Key, Title: g.Title, Missing: []string{}}
		for _, el := range table.Elements {
			if el.Group == g.Key && table.Wanted(el, e) {
				row.Must++
			}
		}
		inTable := 0
		for _, gap := range missing {
			if gap.Group != g.Key {
				continue
			}
			if gap.Table != "" {
				inTable++
			}
			if !slices.Contains(row.Missing, gap.Title) {
				row.Missing = append(row.Missing, gap.Title)
			}
			row.Filled--
		}
		row.Must += inTable
		row.Filled += row.Must
		out.Groups = append(out.Groups, row)
	}
	return out
}
