package app

import (
	"context"
	"fmt"
	"slices"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/kernel/org"
	"tongban/central/kernel/paper"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/internal/store"
)

// Shelf is the folders and returned tasks of a hall (材料交接).
type Shelf struct {
	ToSend   []FolderView `json:"to_send" nullable:"false" doc:"在窗口，等送出"`
	OnTheWay []FolderView `json:"on_the_way" nullable:"false" doc:"送出了，没人签收"`
	There    []FolderView `json:"there" nullable:"false" doc:"在部门"`
	Missing  []FolderView `json:"missing" nullable:"false" doc:"签收时少了材料"`
	Back     []FolderView `json:"back" nullable:"false" doc:"交回窗口或档案室的"`
	Returned []Row        `json:"returned" nullable:"false" doc:"部门没有签收的"`
	Late     int          `json:"late"`
	Answer   string       `json:"answer"`
}

const mostFolders = 100

// Shelf lists the folders that the caller looks after.
func (a *App) Shelf(ctx context.Context) (Shelf, error) {
	s := Shelf{ToSend: []FolderView{}, OnTheWay: []FolderView{}, There: []FolderView{}, Missing: []FolderView{}, Back: []FolderView{}, Returned: []Row{}}
	within := actor.From(ctx).Scope(desk.PermCustody)
	var folders []store.Folder
	var returned []store.Task
	err := a.DB.View(ctx, func(q db.Query) error {
		for _, kind := range []string{atWindow, atDepartment, atArchive} {
			some, err := store.Folders(ctx, q, within, kind, nil, mostFolders)
			if err != nil {
				return err
			}
			folders = append(folders, some...)
		}
		var err error
		returned, _, err = store.List(ctx, q, store.Filter{States: []desk.State{desk.Returned}, Within: within, Page: 1, Size: mostFolders})
		return err
	})
	if err != nil {
		return s, err
	}
	names, err := a.departments(ctx)
	if err != nil {
		return s, err
	}
	for _, t := range returned {
		row, _, err := a.row(ctx, t, names[t.Department].Name)
		if err != nil {
			return s, err
		}
		s.Returned = append(s.Returned, row)
	}
	views, err := a.folderViews(ctx, folders, names)
	if err != nil {
		return s, err
	}
	for _, v := range views {
		s.put(v)
	}
	s.Answer = s.sentence()
	return s, nil
}

// put adds a folder where somebody looks for it: what lacks a paper is there and nowhere else.
func (s *Shelf) put(v FolderView) {
	lacks := slices.ContainsFunc(v.Papers, func(p PaperRow) bool { return p.State == "missing" })
	into := &s.Back
	switch {
	case lacks:
		into = &s.Missing
	case v.State == "sent":
		into = &s.OnTheWay
	case v.Kind == atWindow && len(v.Chain) == 0:
		into = &s.ToSend
	case v.Kind == atDepartment:
		into = &s.There
	}
	*into = append(*into, v)
	if v.Late {
		s.Late++
	}
}

func (s *Shelf) sentence() string {
	switch {
	case s.Late > 0:
		return fmt.Sprintf("%d 个材料袋过了送达时间，先送它们", s.Late)
	case len(s.Returned) > 0:
		return fmt.Sprintf("%d 件被部门退回，改好再送", len(s.Returned))
	case len(s.Missing) > 0:
		return fmt.Sprintf("%d 个材料袋少了材料，请补送", len(s.Missing))
	case len(s.ToSend) > 0:
		return fmt.Sprintf("%d 个材料袋等送出，都还来得及", len(s.ToSend))
	default:
		return "没有等送出的材料袋"
	}
}

// Folder returns a folder by what is written on it, or by the case's number.
func (a *App) Folder(ctx context.Context, code string) (v FolderView, err error) {
	var f store.Folder
	var t store.Task
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if f, err = a.folder(ctx, q, code); err != nil {
			return err
		}
		t, err = store.Get(ctx, q, f.No)
		return err
	})
	if err != nil {
		return v, err
	}
	return a.folderView(ctx, f, t)
}

var paperStates = map[string]string{"expected": "待交", "received": "收到", "missing": "缺", "absent": "本件不交"}

var formWords = map[string]string{"original": "原件", "copy": "复印件"}

func (a *App) folderView(ctx context.Context, f store.Folder, t store.Task) (FolderView, error) {
	names, err := a.departments(ctx)
	if err != nil {
		return FolderView{}, err
	}
	in, err := a.inside(ctx, []store.Folder{f})
	if err != nil {
		return FolderView{}, err
	}
	return a.viewOf(ctx, f, t, in, named(names, f.Department)), nil
}

// folderViews are many folders with what is in them, read together.
func (a *App) folderViews(ctx context.Context, folders []store.Folder, names map[string]org.Department) ([]FolderView, error) {
	in, err := a.inside(ctx, folders)
	if err != nil {
		return nil, err
	}
	out := make([]FolderView, 0, len(folders))
	for _, f := range folders {
		out = append(out, a.viewOf(ctx, f, in.tasks[f.No], in, named(names, f.Department)))
	}
	return out, nil
}

// inside is what is in some folders, whose they are and through whose hands they went.
type inside struct {
	tasks  map[string]store.Task
	papers map[string][]store.Paper
	chains map[string][]store.Handover
}

func (a *App) inside(ctx context.Context, folders []store.Folder) (in inside, err error) {
	codes, nos := make([]string, len(folders)), make([]string, len(folders))
	for i, f := range folders {
		codes[i], nos[i] = f.Code, f.No
	}
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if in.tasks, err = store.ByNo(ctx, q, nos); err != nil {
			return err
		}
		if in.papers, err = store.PapersIn(ctx, q, codes); err != nil {
			return err
		}
		in.chains, err = store.HandoversOf(ctx, q, codes)
		return err
	})
	return in, err
}

func (a *App) viewOf(ctx context.Context, f store.Folder, t store.Task, in inside, office string) FolderView {
	v := FolderView{
		Code: f.Code, No: f.No, Item: t.ItemName, Applicant: t.Applicant, State: f.State, Holder: f.HolderName, Kind: f.HolderKind, DueAt: stamp(f.DueAt),
		DueText: minute(f.DueAt), MadeAt: stamp(f.MadeAt), Papers: []PaperRow{}, Chain: []HandoverRow{}, Whole: true, Task: string(t.State), Version: t.Version,
		Reason: t.Reason, Office: office, Label: "/api/staff/v1/desk/folders/" + f.Code + "/label",
	}
	chain := in.chains[f.Code]
	for _, p := range in.papers[f.Code] {
		v.Papers = append(v.Papers, PaperRow{
			Ord: p.Ord, Material: p.Material, Name: p.Name, Form: p.Form, FormText: formWords[p.Form], Wanted: p.Wanted, Got: p.Got, State: p.State,
			StateText: paperStates[p.State], Note: p.Note,
		})
	}
	for _, h := range chain {
		v.Chain = append(v.Chain, HandoverRow{
			Seq: h.Seq, From: h.From, Sent: h.Sent, To: h.To, Got: h.Got, SentAt: stamp(h.SentAt), GotAt: stamp(h.GotAt), State: h.State, Note: h.Note,
		})
	}
	v.Whole = whole(f, chain)
	v.Late = v.Kind == atWindow && f.State == "here" && len(chain) == 0 && t.State == desk.Waiting && a.Clock.Now().After(db.FromMs(f.DueAt))
	v.StateText = "在" + f.HolderName
	if f.State == "sent" && len(chain) > 0 {
		v.StateText = "送往" + chain[len(chain)-1].To + "，没人签收"
	}
	v.MaySend = f.State == "here" && holds(ctx, f.HolderKind, f)
	v.MayTake = f.State == "sent" && len(chain) > 0 && holds(ctx, chain[len(chain)-1].ToKind, f) && t.State != desk.Waiting
	return v
}

// whole reports whether every hand-over starts where the one before ended, and only the last one may be under way.
func whole(f store.Folder, chain []store.Handover) bool {
	kind := atWindow
	for i, h := range chain {
		if h.FromKind != kind || h.Seq != i+1 || h.State != "received" && i < len(chain)-1 {
			return false
		}
		if h.State == "received" {
			kind = h.ToKind
		}
	}
	return kind == f.HolderKind
}

// Label draws the label of a folder (材料袋标签): A5 across, a code for the scanner, what is in it and where it has to be.
func (a *App) Label(ctx context.Context, code string) ([]byte, error) {
	v, err := a.Folder(ctx, code)
	if err != nil {
		return nil, err
	}
	engine, err := a.engine()
	if err != nil {
		return nil, fmt.Errorf("open paper engine: %w", err)
	}
	c := engine.Canvas(210, 148)
	c.Page()
	c.Frame(8, 8, 194, 132, 0.4)
	put := func(x, y, w, h, size float64, t paper.Text) {
		c.Text(x, y, w, h, t, paper.Setting{Size: size, Least: size * 0.6, Top: true})
	}
	put(16, 14, 110, 10, 12, paper.Plain("材料袋"))
	put(16, 23, 120, 18, 34, paper.Strong(v.Code))
	put(16, 43, 128, 10, 14, paper.Strong(v.Item))
	put(16, 54, 128, 8, 11, paper.Plain(v.No+"　"+v.Applicant))
	put(16, 63, 128, 8, 11, paper.Plain("送 "+v.Office))
	put(16, 72, 128, 8, 11, paper.Strong(v.DueText+" 前送到"))
	if err := c.QR(150, 14, 46, a.Public+"/console/#/desk/folders?at="+v.Code); err != nil {
		return nil, fmt.Errorf("draw code of folder: %w", err)
	}
	c.Line(16, 84, 194, 84, 0.3)
	y := 87.0
	for i, p := range v.Papers {
		if p.State == "absent" {
			continue
		}
		if y > 130 {
			put(16, y, 170, 6, 9, paper.Plain(fmt.Sprintf("另有 %d 份，见系统里的清单", len(v.Papers)-i)))
			break
		}
		c.Box(16, y+0.6, 10, false)
		put(23, y, 138, 6, 10, paper.Plain(p.Name))
		put(162, y, 34, 6, 10, paper.Plain(fmt.Sprintf("%s %d 份", p.FormText, p.Wanted)))
		y += 6.4
	}
	out, err := c.Finish("材料袋 "+v.Code, v.Office)
	return out.PDF, err
}
