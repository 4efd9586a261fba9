package app

import (
	"context"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/privacy"
	"tongban/central/modules/window/internal/store"
)

// errExpired means that the time for which the law has a case kept is over.
var errExpired = errs.E(errs.NotFound, "window.expired", "这个办件的个人信息已按留存规则删除", nil)

// Private says what the window holds of persons, how long, and how to find it.
func (a *App) Private() privacy.Registration {
	column := func(table, title, name, class, at string, key ...string) privacy.Column {
		return privacy.Column{Table: table, Title: title, Column: name, Class: class, Key: key, Bound: true, At: at}
	}
	return privacy.Registration{
		Columns: []privacy.Column{
			column("window_case", "办件", "name_sealed", className, "closed_at", "no"),
			column("window_case", "办件", "id_sealed", classID, "closed_at", "no"),
			column("window_case", "办件", "body_sealed", classBody, "closed_at", "no"),
			column("window_page", "材料扫描页", "key_sealed", classKey, "", "id"),
			column("window_signature", "签名", "name_sealed", className, "at", "case_no", "role"),
			column("window_signature", "签名", "key_sealed", classKey, "at", "case_no", "role"),
			column("window_draft", "登记", "body_sealed", classBody, "updated_at", "id"),
			column("window_draft_page", "登记里的扫描页", "key_sealed", classKey, "added_at", "id"),
			column("window_document", "决定文书", "key_sealed", classKey, "created_at", "id"),
			column("window_document", "决定文书", "facts_sealed", classBody, "created_at", "id"),
		},
		Rules: []privacy.Rule{{
			Name: "case", Title: "办结的办件", What: "去标识化：姓名、证件号、表单、材料、签名、文书删除，编号、事项、日期留作统计",
			Basis: "《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第 8 号）：定期 10 年", Days: 3652, Least: 3652, Most: 10958,
			Due: func(ctx context.Context, q db.Query, before time.Time, after string, limit int) ([]string, error) {
				return store.Ended(ctx, q, db.Ms(before), after, limit)
			},
			Drop: store.Forget,
		}, {
			Name: "draft", Title: "没有收件的登记", What: "删除：没有收件就没有办件，填的内容和扫描页都不留",
			Basis: "《个人信息保护法》第十九条：保存期限为实现处理目的所必要的最短时间", Days: draftDays, Least: 1, Most: 30,
			Due: func(ctx context.Context, q db.Query, before time.Time, after string, limit int) ([]string, error) {
				return store.StaleDrafts(ctx, q, db.Ms(before), after, limit)
			},
			Drop: store.DropDrafts,
		}},
		Sources: []privacy.Source{
			{Name: "window.case", Title: "办件", Find: a.countPerson, Export: a.exportPerson},
			{Name: "window.draft", Title: "登记", Find: a.countDrafts, Export: a.exportDrafts},
		},
	}
}

func (a *App) countPerson(ctx context.Context, q db.Query, idNumber string) (int, error) {
	return store.CountPerson(ctx, q, a.Vault.Blind(classID, idNumber))
}

// exported is one case as its applicant may take it along (查阅、复制).
type exported struct {
	No          string             `json:"no"`
	Item        string             `json:"item"`
	State       string             `json:"state"`
	SubmittedAt string             `json:"submitted_at"`
	ReceivedAt  string             `json:"received_at"`
	ClosedAt    string             `json:"closed_at,omitempty"`
	Applicant   any                `json:"applicant"`
	Answers     map[string]string  `json:"answers"`
	Form        map[string]any     `json:"form"`
	Papers      []exportedFile     `json:"papers"`
	Documents   []exportedDocument `json:"documents"`
	History     []HistoryRow       `json:"history"`
}

type exportedFile struct {
	Material string `json:"material"`
	Pages    int    `json:"pages"`
}

type exportedDocument struct {
	No    string `json:"no"`
	Title string `json:"title"`
	At    string `json:"at"`
	Code  string `json:"verify_code"`
}

// exportPerson gathers what is held of one person, in the clear. The caller has recorded the look.
func (a *App) exportPerson(ctx context.Context, idNumber string) (any, error) {
	var nos []string
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		nos, err = store.PersonCases(ctx, q, a.Vault.Blind(classID, idNumber))
		return err
	})
	if err != nil || len(nos) == 0 {
		return nil, err
	}
	// The right is the person's and knows no place: what lies in another hall is theirs too.
	ctx = auth.AsSystem(ctx, "privacy.export")
	out := make([]exported, 0, len(nos))
	for _, no := range nos {
		l, err := a.load(ctx, no)
		if err != nil {
			return nil, err
		}
		out = append(out, export(l))
	}
	return out, nil
}

func export(l loaded) exported {
	e := exported{
		No: l.No, Item: l.ItemName, State: string(l.State), SubmittedAt: stamp(l.SubmittedAt), ReceivedAt: stamp(l.ReceivedAt), ClosedAt: stamp(l.ClosedAt),
		Applicant: l.body.Applicant, Answers: l.body.Answers, Form: l.body.Form, Papers: []exportedFile{}, Documents: []exportedDocument{}, History: historyRows(l.history),
	}
	for _, m := range l.body.Materials {
		e.Papers = append(e.Papers, exportedFile{Material: m.Code, Pages: len(m.Pages)})
	}
	for _, d := range l.documents {
		e.Documents = append(e.Documents, exportedDocument{No: d.No, Title: d.Title, At: stamp(d.CreatedAt), Code: d.Code})
	}
	return e
}

func (a *App) countDrafts(ctx context.Context, q db.Query, idNumber string) (int, error) {
	return store.CountDrafts(ctx, q, store.DraftFilter{IDBlind: a.Vault.Blind(classID, idNumber)})
}

// exportDrafts gathers what a person gave at a counter and has not handed in.
func (a *App) exportDrafts(ctx context.Context, idNumber string) (any, error) {
	var drafts []store.Draft
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		drafts, err = store.Drafts(ctx, q, store.DraftFilter{IDBlind: a.Vault.Blind(classID, idNumber), Most: mostParked})
		return err
	})
	if err != nil || len(drafts) == 0 {
		return nil, err
	}
	ctx = auth.AsSystem(ctx, "privacy.export")
	out := make([]any, 0, len(drafts))
	for _, d := range drafts {
		w, err := a.openDraft(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"item": w.ItemName, "created_at": stamp(w.CreatedAt), "content": w.body})
	}
	return out, nil
}
