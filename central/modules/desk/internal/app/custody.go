package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/internal/store"
	"tongban/central/modules/window"
)

var (
	errFolderMoved = errs.E(errs.Conflict, "desk.folder_moved", "材料袋刚换了手，请看最新的交接记录", nil)
	errNotWithYou  = errs.E(errs.Forbidden, "desk.not_with_you", "材料袋不在您这里，请由拿着它的一方交出", nil)
	errUnticked    = errs.E(errs.Invalid, "desk.unticked", "材料袋里的每一份都要写明收到几份", nil)
)

// Holders of a folder.
const (
	atWindow     = "window"
	atDepartment = "department"
	atArchive    = "archive"
)

// Count says what was found of one line of a folder (清点).
type Count struct {
	Ord  int    `json:"ord" minimum:"1" maximum:"60" doc:"第几份"`
	Got  int    `json:"got" minimum:"0" maximum:"20" doc:"收到几份"`
	Note string `json:"note,omitempty" maxLength:"100" doc:"少了的为什么"`
}

// fold makes the folder of a case that hands papers over, lying at the window until somebody takes it away.
func (a *App) fold(ctx context.Context, tx db.Tx, f window.Facts, r desk.Rule) (store.Folder, error) {
	due, err := a.deadline(r, tx.Now())
	if err != nil {
		return store.Folder{}, err
	}
	now := tx.Now().In(clock.Shanghai)
	n, err := store.NextNumber(ctx, tx, "folder."+now.Format("2006"))
	if err != nil {
		return store.Folder{}, err
	}
	folder := store.Folder{
		Code: fmt.Sprintf("F%s-%04d", now.Format("06"), n), No: f.No, Region: f.Region, Department: f.Department, State: "here",
		HolderKind: atWindow, HolderName: windowName(f), DueAt: db.Ms(due), MadeAt: db.Ms(tx.Now()),
	}
	papers, err := a.papersOf(ctx, f, r)
	if err != nil {
		return store.Folder{}, err
	}
	return folder, store.AddFolder(ctx, tx, folder, papers)
}

func windowName(f window.Facts) string {
	if f.Window != "" {
		return f.Window + " 窗口"
	}
	return "综合窗口"
}

// papersOf lists what has to be handed over: what the rule names, else every material of the item.
func (a *App) papersOf(ctx context.Context, f window.Facts, r desk.Rule) ([]store.Paper, error) {
	var out []store.Paper
	for _, m := range r.Materials {
		out = append(out, store.Paper{Material: m.Material, Name: m.Name, Form: m.Form, Wanted: m.Count, State: "expected"})
	}
	if len(out) > 0 {
		return out, nil
	}
	item, err := a.Items.Item(ctx, f.Item, f.ItemVersion)
	if err != nil {
		return nil, fmt.Errorf("load item of %s: %w", f.No, err)
	}
	for _, p := range defaultPapers(item.Materials) {
		out = append(out, store.Paper{Material: p.Material, Name: p.Name, Form: p.Form, Wanted: p.Count, State: "expected"})
	}
	return out, nil
}

// Send hands a folder over (送出): from where it is to the department, back to the window, or to the archive. What is left out
// of it is said by its holder, who knows the case.
func (a *App) Send(ctx context.Context, code, to, note string, counts []Count) (FolderView, error) {
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		f, err := a.folder(ctx, tx, code)
		if err != nil {
			return err
		}
		if f.State != "here" {
			return errFolderMoved
		}
		if !holds(ctx, f.HolderKind, f) {
			return errNotWithYou
		}
		if to == f.HolderKind {
			return bad("to", "材料袋已经在这里")
		}
		if err := a.recount(ctx, tx, f, counts); err != nil {
			return err
		}
		name, id := a.receiver(ctx, f, to)
		chain, err := store.Handovers(ctx, tx, f.Code)
		if err != nil {
			return err
		}
		h := store.Handover{
			Folder: f.Code, Seq: len(chain) + 1, FromKind: f.HolderKind, FromID: f.Holder, From: f.HolderName, Sent: person(ctx), ToKind: to, ToID: id, To: name,
			SentAt: db.Ms(tx.Now()), State: "sent", Note: note,
		}
		if err := store.PutHandover(ctx, tx, h); err != nil {
			return err
		}
		next := f
		next.State = "sent"
		if ok, err := store.MoveFolder(ctx, tx, next, f); err != nil || !ok {
			return orMoved(err)
		}
		return a.tellFolder(ctx, tx, f, deed{act: "send", text: "材料袋 " + f.Code + " 交给" + name, note: "材料袋送出", topic: desk.TopicFolder, folder: f.Code, reason: note})
	})
	if err != nil {
		return FolderView{}, err
	}
	return a.Folder(ctx, code)
}

// recount takes lines out of a folder before it leaves: a paper that this case does not need is not missing later.
func (a *App) recount(ctx context.Context, tx db.Tx, f store.Folder, counts []Count) error {
	papers, err := store.Papers(ctx, tx, f.Code)
	if err != nil {
		return err
	}
	for _, c := range counts {
		i := slices.IndexFunc(papers, func(p store.Paper) bool { return p.Ord == c.Ord })
		if i < 0 {
			return bad("papers", "没有这一份材料，请刷新后再看")
		}
		p := papers[i]
		p.Wanted, p.State, p.Note = c.Got, "expected", c.Note
		if c.Got == 0 {
			p.State = "absent"
		}
		if err := store.PutPaper(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// Receive takes a folder that was handed over (接收), by window or archive; a department receives by signing, and here what comes
// later.
func (a *App) Receive(ctx context.Context, code string, counts []Count) (FolderView, error) {
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		f, err := a.folder(ctx, tx, code)
		if err != nil {
			return err
		}
		chain, err := store.Handovers(ctx, tx, f.Code)
		if err != nil {
			return err
		}
		if f.State != "sent" || len(chain) == 0 {
			return errFolderMoved
		}
		if !holds(ctx, chain[len(chain)-1].ToKind, f) {
			return errNotWithYou
		}
		missing, err := a.take(ctx, tx, f, counts)
		if err != nil {
			return err
		}
		d := deed{act: "receive", text: "收到材料袋 " + f.Code + lack(missing), note: "材料袋收到", topic: desk.TopicFolder, folder: f.Code, missing: missing}
		return a.tellFolder(ctx, tx, f, d)
	})
	if err != nil {
		return FolderView{}, err
	}
	return a.Folder(ctx, code)
}

// take ends the last hand-over of a folder at its receiver and notes what was found. A folder that nobody registered as sent is
// registered now: it did change hands.
func (a *App) take(ctx context.Context, tx db.Tx, f store.Folder, counts []Count) (missing []string, err error) {
	papers, err := store.Papers(ctx, tx, f.Code)
	if err != nil {
		return nil, err
	}
	for _, p := range papers {
		if p.State == "absent" {
			continue
		}
		i := slices.IndexFunc(counts, func(c Count) bool { return c.Ord == p.Ord })
		if i < 0 {
			return nil, errs.WithFields(errUnticked, errs.Field{Path: "papers", Message: "“" + p.Name + "”还没有清点"})
		}
		p.Got, p.State, p.Note = counts[i].Got, "received", counts[i].Note
		if p.Got < p.Wanted {
			p.State = "missing"
			missing = append(missing, p.Name)
		}
		if err := store.PutPaper(ctx, tx, p); err != nil {
			return nil, err
		}
	}
	chain, err := store.Handovers(ctx, tx, f.Code)
	if err != nil {
		return nil, err
	}
	h := store.Handover{
		Folder: f.Code, Seq: len(chain) + 1, FromKind: f.HolderKind, FromID: f.Holder, From: f.HolderName, ToKind: atDepartment, ToID: f.Department,
		To: a.named(ctx, f.Department), SentAt: db.Ms(tx.Now()), Note: "送出时没有登记",
	}
	if n := len(chain); n > 0 && chain[n-1].State == "sent" {
		h = chain[n-1]
	}
	h.Got, h.GotAt, h.State = person(ctx), db.Ms(tx.Now()), "received"
	if len(missing) > 0 {
		h.Note = strings.TrimPrefix(h.Note+"；缺 "+strings.Join(missing, "、"), "；")
	}
	if err := store.PutHandover(ctx, tx, h); err != nil {
		return nil, err
	}
	next := f
	next.State, next.HolderKind, next.Holder, next.HolderName = "here", h.ToKind, h.ToID, h.To
	if ok, err := store.MoveFolder(ctx, tx, next, f); err != nil || !ok {
		return nil, orMoved(err)
	}
	return missing, nil
}

func (a *App) tellFolder(ctx context.Context, tx db.Tx, f store.Folder, d deed) error {
	t, err := store.Get(ctx, tx, f.No)
	if err != nil {
		return err
	}
	return a.tell(ctx, tx, t, d)
}

// folder returns one by what is written on it, if the caller may look after its papers.
func (a *App) folder(ctx context.Context, q db.Query, code string) (store.Folder, error) {
	column := "code"
	if code = codeOf(code); !strings.HasPrefix(code, "F") {
		column = "no"
	}
	f, found, err := store.FindFolder(ctx, q, column, code)
	if err != nil {
		return f, err
	}
	at := actor.Place{Region: f.Region, Department: f.Department}
	if !found || !actor.From(ctx).Scope(desk.PermCustody).Covers(at) {
		return store.Folder{}, store.ErrNoSuchFolder
	}
	return f, nil
}

// codeOf is a folder's code in what a scanner types: the code itself, or the address in its QR code.
func codeOf(typed string) string {
	typed = strings.ToUpper(strings.TrimSpace(typed))
	if i := strings.LastIndexAny(typed, "/="); i >= 0 {
		typed = typed[i+1:]
	}
	return typed
}

// holds reports whether the caller acts for one kind of holder of a folder.
func holds(ctx context.Context, kind string, f store.Folder) bool {
	perm := desk.PermSend
	if kind == atDepartment {
		perm = desk.PermSign
	}
	return actor.From(ctx).Scope(perm).Covers(actor.Place{Region: f.Region, Department: f.Department})
}

func (a *App) receiver(ctx context.Context, f store.Folder, kind string) (name, id string) {
	switch kind {
	case atDepartment:
		return a.named(ctx, f.Department), f.Department
	case atArchive:
		return "档案室", ""
	default:
		return "综合窗口", ""
	}
}

func person(ctx context.Context) string {
	who := actor.From(ctx)
	return strings.TrimSpace(who.Name + " " + who.Desk)
}

func orMoved(err error) error {
	if err == nil {
		return errFolderMoved
	}
	return err
}

func lack(missing []string) string {
	if len(missing) == 0 {
		return "，齐全"
	}
	return "，缺 " + strings.Join(missing, "、")
}
