package app

import (
	"context"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/modules/region"
	"tongban/central/modules/region/internal/store"
)

// mostRows bounds a list.
const mostRows = 200

// Row is one case in a list: masked.
type Row struct {
	No         string `json:"no"`
	Item       string `json:"item"`
	Applicant  string `json:"applicant"`
	Home       string `json:"home"`
	Mode       string `json:"mode" enum:"collect,online,joint"`
	ModeText   string `json:"mode_text"`
	State      string `json:"state" enum:"registered,sent,underway,arrived,correcting,accepted,decided,declined,returning,returned,handed,withdrawn"`
	StateText  string `json:"state_text"`
	Owes       string `json:"owes" enum:"here,home,post,applicant,"`
	OwesText   string `json:"owes_text"`
	Ours       Clock  `json:"ours"`
	Theirs     Clock  `json:"theirs"`
	Waiting    int    `json:"waiting" doc:"还没送到的报文"`
	Stuck      string `json:"stuck" doc:"被退回的原因"`
	Odd        string `json:"odd"`
	Registered string `json:"registered_at"`
}

// ArrivalRow is one matter that another region received for us.
type ArrivalRow struct {
	ID        string `json:"id"`
	Region    string `json:"region"`
	Item      string `json:"item"`
	Applicant string `json:"applicant"`
	ModeText  string `json:"mode_text"`
	State     string `json:"state" enum:"paper_due,taken,unfit"`
	StateText string `json:"state_text"`
	CaseNo    string `json:"case_no"`
	Told      string `json:"told" doc:"最近告诉对方的"`
	At        string `json:"at"`
}

// List is the page (跨域通办).
type List struct {
	Rows      []Row        `json:"rows" nullable:"false"`
	Arrivals  []ArrivalRow `json:"arrivals" nullable:"false"`
	Open      int          `json:"open"`
	Ended     int          `json:"ended"`
	Mine      int          `json:"mine" doc:"本窗口现在该办的"`
	Connected bool         `json:"connected"`
}

// Query is what a list shows.
type Query struct {
	Ended bool
	Text  string
}

// List shows what was received here for others, and what others received for us.
func (a *App) List(ctx context.Context, f Query) (List, error) {
	in := actor.From(ctx).Scope(region.PermRead)
	out := List{Rows: []Row{}, Arrivals: []ArrivalRow{}, Connected: a.line != nil}
	err := a.DB.View(ctx, func(q db.Query) error {
		out.Rows, out.Arrivals = out.Rows[:0], out.Arrivals[:0]
		cases, err := store.List(ctx, q, store.Filter{Ended: f.Ended, Query: f.Text, Most: mostRows, In: in})
		if err != nil {
			return err
		}
		for _, c := range cases {
			r, err := a.row(ctx, q, c)
			if err != nil {
				return err
			}
			if r.Owes == string(region.Here) {
				out.Mine++
			}
			out.Rows = append(out.Rows, r)
		}
		if out.Open, out.Ended, err = store.Count(ctx, q, in); err != nil || !in.Covers(actor.Place{Region: a.dir.Here.Code}) {
			return err
		}
		arrivals, err := store.Arrivals(ctx, q, mostRows)
		if err != nil {
			return err
		}
		for _, r := range arrivals {
			out.Arrivals = append(out.Arrivals, arrivalRow(r))
			if r.State == store.ArrivalPaperDue {
				out.Mine++
			}
		}
		return nil
	})
	return out, err
}

func arrivalRow(r store.Arrival) ArrivalRow {
	text := map[string]string{store.ArrivalPaperDue: "等纸件，到了才算收到", store.ArrivalTaken: "已收件", store.ArrivalUnfit: "退回：" + r.Reason}[r.State]
	told := map[string]string{
		"noticed": "要求补正", "accepted": "已受理", "declined": "不予受理", "decided": "已办结", "withdrawn": "撤件", "suspended": "停表", "supplied": "补正收到",
	}[r.Told]
	return ArrivalRow{ID: r.ID, Region: r.RegionName, Item: r.ItemName, Applicant: r.NameMasked, ModeText: r.Mode.Text(), State: r.State, StateText: text, CaseNo: r.CaseNo, Told: told, At: stamp(r.At)}
}

func (a *App) row(ctx context.Context, q db.Query, c store.Case) (Row, error) {
	who, text := a.owes(c)
	r := Row{
		No: c.No, Item: c.ItemName, Applicant: c.NameMasked, Home: c.HomeName, Mode: string(c.Mode), ModeText: c.Mode.Text(), State: string(c.State), StateText: c.State.Text(),
		Owes: string(who), OwesText: text, Ours: a.ours(c), Theirs: a.theirs(c), Odd: c.Odd, Registered: stamp(c.RegisteredAt),
	}
	var err error
	if r.Waiting, r.Stuck, err = store.Waiting(ctx, q, c.No); err != nil {
		return r, err
	}
	if r.Stuck != "" {
		r.Owes, r.OwesText = string(region.Here), "本窗口：没有送到，"+r.Stuck+"，改好后重送"
	}
	return r, nil
}

// StepRow is one line of the history.
type StepRow struct {
	At    string `json:"at"`
	Side  string `json:"side" enum:"here,home,post"`
	Title string `json:"title"`
	Text  string `json:"text"`
	By    string `json:"by"`
}

// LetterRow is one letter with its evidence.
type LetterRow struct {
	Title     string `json:"title"`
	State     string `json:"state" enum:"queued,sent,confirmed,rejected"`
	StateText string `json:"state_text"`
	Answer    string `json:"answer"`
	Digest    string `json:"digest" doc:"正文的 SM3"`
	Receipt   string `json:"receipt" doc:"对方签名的回执"`
	At        string `json:"at"`
	Attempts  int    `json:"attempts"`
}

// PartRow is what one of several authorities does.
type PartRow struct {
	Name string `json:"name"`
	What string `json:"what"`
	Ours bool   `json:"ours"`
	Done string `json:"done_at"`
}

// PaperRow is one paper that was handed in.
type PaperRow struct {
	Name  string `json:"name"`
	Pages int    `json:"pages"`
	Note  string `json:"note"`
}

// Detail is one case (跨域件).
type Detail struct {
	Row
	Version    int         `json:"version"`
	IDMasked   string      `json:"id_masked"`
	Agent      bool        `json:"agent"`
	Receiver   string      `json:"receiver" doc:"收件地"`
	Hall       string      `json:"hall"`
	Clerk      string      `json:"clerk"`
	HomeOffice string      `json:"home_office" doc:"办理地"`
	HomeNo     string      `json:"home_no"`
	Paper      bool        `json:"paper"`
	Outcome    string      `json:"outcome" enum:",granted,denied,declined"`
	Result     string      `json:"result"`
	Gaps       []string    `json:"gaps" nullable:"false"`
	ParcelOut  string      `json:"parcel_out"`
	OutAt      string      `json:"parcel_out_at"`
	ParcelBack string      `json:"parcel_back"`
	BackAt     string      `json:"parcel_back_at"`
	Ordering   bool        `json:"ordering" doc:"已下单，等单号"`
	Supplied   int         `json:"supplied" doc:"补正已扫的页"`
	Acts       []string    `json:"acts" nullable:"false" doc:"现在能办的：post,supplement,withdraw,hand,land,part,resend"`
	Papers     []PaperRow  `json:"papers" nullable:"false"`
	Parts      []PartRow   `json:"parts" nullable:"false"`
	Steps      []StepRow   `json:"steps" nullable:"false"`
	Letters    []LetterRow `json:"letters" nullable:"false"`
	Line       Line        `json:"line"`
}

// Open shows one case to somebody who looks at it. The look is kept in the audit.
func (a *App) Open(ctx context.Context, no string) (Detail, error) {
	d, err := a.Show(ctx, no)
	if err != nil {
		return d, err
	}
	return d, a.DB.Do(ctx, func(tx db.Tx) error { return audit.Write(ctx, tx, audit.Record{Action: "region.show", Object: no}) })
}

// Show returns one case as it is now.
func (a *App) Show(ctx context.Context, no string) (Detail, error) {
	var d Detail
	var c store.Case
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if c, err = see(ctx, q, no); err != nil {
			return err
		}
		d, err = a.detail(ctx, q, c)
		return err
	})
	if err != nil {
		return d, err
	}
	names, err := a.Cases.PaperNames(ctx, c.Item, c.ItemVersion)
	if err != nil {
		return d, err
	}
	if b, err := a.openBody(c); err == nil {
		for _, m := range b.Materials {
			d.Papers = append(d.Papers, PaperRow{Name: names[m.Code], Pages: len(m.Pages)})
		}
		for _, s := range b.Stands {
			d.Papers = append(d.Papers, PaperRow{Name: names[s.Code], Note: "证照代替 " + s.Note})
		}
		for _, e := range b.Extra {
			note := "补正"
			if !e.Sent {
				d.Supplied++
				note = "补正，还没送"
			}
			d.Papers = append(d.Papers, PaperRow{Name: e.Name, Pages: 1, Note: note})
		}
	}
	return d, nil
}

func (a *App) detail(ctx context.Context, q db.Query, c store.Case) (Detail, error) {
	r, err := a.row(ctx, q, c)
	if err != nil {
		return Detail{}, err
	}
	d := Detail{
		Row: r, Version: c.Version, IDMasked: c.IDMasked, Agent: c.Agent, Receiver: a.dir.name(c.Region), Hall: c.Hall + " " + c.Window, Clerk: c.ClerkName, HomeOffice: c.HomeOffice, HomeNo: c.HomeNo,
		Paper: c.Paper, Outcome: c.Outcome, Result: c.Result, Gaps: gapList(c.Gaps), ParcelOut: c.ParcelOut, OutAt: c.ParcelOutAt, ParcelBack: c.ParcelBack, BackAt: c.ParcelBackAt,
		Ordering: c.ParcelOrder != "", Acts: []string{}, Papers: []PaperRow{}, Parts: []PartRow{}, Steps: []StepRow{}, Letters: []LetterRow{}, Line: a.drawn(c),
	}
	parts, err := store.Parts(ctx, q, c.No)
	if err != nil {
		return d, err
	}
	oursOpen := false
	for _, p := range parts {
		ours := p.Region == a.dir.Here.Code
		oursOpen = oursOpen || ours && p.DoneAt == 0
		d.Parts = append(d.Parts, PartRow{Name: p.Name, What: p.What, Ours: ours, Done: stamp(p.DoneAt)})
	}
	steps, err := store.Steps(ctx, q, c.No)
	if err != nil {
		return d, err
	}
	for i := range steps { // newest first
		s := steps[len(steps)-1-i]
		d.Steps = append(d.Steps, StepRow{At: stamp(s.At), Side: s.Side, Title: s.Title, Text: s.Text, By: s.By})
	}
	letters, err := store.Messages(ctx, q, c.No)
	if err != nil {
		return d, err
	}
	for _, m := range letters {
		d.Letters = append(d.Letters, LetterRow{Title: m.Title, State: string(m.State), StateText: m.State.Text(), Answer: m.Answer, Digest: m.Digest, Receipt: m.Receipt, At: stamp(m.CreatedAt), Attempts: m.Attempts})
	}
	for _, one := range []struct {
		name string
		act  region.Act
		when bool
	}{
		{"post", region.ActPost, c.ParcelOrder == ""}, {"supplement", region.ActSupplement, true}, {"hand", region.ActHand, true}, {"land", region.ActLand, true}, {"withdraw", region.ActWithdraw, true},
	} {
		if _, err := region.Next(c.State, one.act, c.Paper); err == nil && one.when {
			d.Acts = append(d.Acts, one.name)
		}
	}
	if oursOpen && c.State == region.Accepted {
		d.Acts = append(d.Acts, "part")
	}
	if d.Stuck != "" {
		d.Acts = append(d.Acts, "resend")
	}
	return d, nil
}
