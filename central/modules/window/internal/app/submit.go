package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// Counters have the terminal numbers from firstCounter on (ADR 0004); windows are spread over them, so that a busy hall does not
// wait for one row.
const (
	firstCounter = 900
	counters     = 100
)

// lastOfADay is the highest count of one number on a day.
const lastOfADay = 9999

// Submitted is a registration that became a case (收件).
type Submitted struct {
	CaseNo      string `json:"case_no"`
	CheckCode   string `json:"check_code"` // for asking without a card, on the slip
	ProgressURL string `json:"progress_url"`
	Case        Case   `json:"case"`
}

// errIncomplete means that the registration lacks something.
var errIncomplete = errs.E(errs.Invalid, "window.incomplete", "还缺内容，不能收件", nil)

// Submit hands a registration in: it becomes a case with a number of its own, by the same checks that a terminal's hand-in
// passes. What lacks something is taken in only when the clerk goes on to say so on paper; the missing papers are then awaited.
func (a *App) Submit(ctx context.Context, id string, revision int, incomplete bool) (Submitted, error) {
	w, err := a.openDraft(ctx, id)
	if err != nil {
		return Submitted{}, err
	}
	if w.Crossing != "" {
		return Submitted{}, errAcross
	}
	if revision != w.Revision {
		return Submitted{}, window.ErrDraftChanged
	}
	if err := a.ready(w, incomplete); err != nil {
		return Submitted{}, err
	}
	s, err := a.submission(w)
	if err != nil {
		return Submitted{}, err
	}
	if extra := w.item.Unlisted(s); len(extra) > 0 {
		return Submitted{}, errs.E(errs.Invalid, wire.CodeInvalid, "登记了事项字段清单之外的个人信息", fmt.Errorf("unlisted: %s", strings.Join(extra, ", ")))
	}
	earlier, err := a.earlierPages(ctx, w)
	if err != nil {
		return Submitted{}, err
	}
	var no string
	err = a.DB.Do(ctx, func(tx db.Tx) (err error) {
		no, err = a.takeIn(ctx, tx, w, s, earlier)
		return err
	})
	if err != nil {
		return Submitted{}, err
	}
	out := Submitted{CaseNo: no, CheckCode: s.CheckCode, ProgressURL: a.Public + "/p/" + s.LookupKey}
	out.Case, err = a.view(ctx, no)
	return out, err
}

// ready refuses a registration that lacks something, with every place.
func (a *App) ready(w working, incomplete bool) error {
	var fields []errs.Field
	for _, g := range a.review(w).Gaps {
		if g.On == "point" || g.On == "date" { // judgements: the clerk may take it in all the same, and say so on paper
			continue
		}
		if g.On == "identity" || !incomplete {
			fields = append(fields, errs.Field{Path: g.Ref, Message: g.What})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	words := fmt.Sprintf("还有 %d 处没有齐：%s", len(fields), fields[0].Message)
	return errs.WithFields(errs.E(errs.Invalid, errs.CodeOf(errIncomplete), words, nil), fields...)
}

// submission is the registration in the words of a hand-in.
func (a *App) submission(w working) (wire.Submission, error) {
	now := a.Clock.Now()
	s := wire.Submission{
		CheckCode: checkCode(), LookupKey: ids.Key(), Item: w.item.Code, ItemVersion: w.item.Version, Applicant: w.body.Applicant,
		Consents: []wire.Consent{{Kind: "notice", Version: "counter", At: now}}, Answers: matter.Prune(&w.item, w.body.Answers),
		Form: form.Keep(&w.item, w.body.Answers, w.body.Form), SubmittedAt: now,
	}
	signers := map[string]matter.Signer{}
	for _, g := range matter.Signers(&w.item, w.body.Answers) {
		signers[g.Role] = g
	}
	pages := map[string][]wire.File{}
	for _, p := range w.pages {
		key, err := a.Vault.OpenRow(classKey, keyRow(p.File), p.KeySealed)
		if err != nil {
			return s, fmt.Errorf("open file key: %w", err)
		}
		f := wire.File{Digest: p.Digest, Size: p.Size, MIME: p.MIME, Key: []byte(key)}
		if p.Role == "" {
			pages[p.Material] = append(pages[p.Material], f)
			continue
		}
		name := w.body.Applicant.Name
		if w.body.Agent != nil {
			name = w.body.Agent.Name
		}
		if g, ok := signers[p.Role]; ok {
			s.Signatures = append(s.Signatures, wire.Signature{Role: p.Role, Name: name, Statement: g.Statement, Image: f, At: fromMs(p.AddedAt)})
		}
	}
	for _, n := range wanted(&w.item, w.body.Answers, w.body.Agent) {
		switch {
		case len(pages[n.Code]) > 0:
			s.Materials = append(s.Materials, wire.Material{Code: n.Code, Pages: pages[n.Code]})
		case (n.Need == matter.Required || n.Need == matter.Deferrable) && !w.standsIn(n.Code):
			s.Materials = append(s.Materials, wire.Material{Code: n.Code, Deferred: true})
		}
	}
	w.item.Minimise(&s)
	return s, nil
}

// standsIn reports whether something stands for a paper.
func (w working) standsIn(code string) bool {
	source := w.held()[code].Source
	return source == SourceLicence || source == SourceEarlier
}

// takeIn makes the case: number, row, pages, signatures, judgements, history, audit, receipt and event, and the draft ends.
func (a *App) takeIn(ctx context.Context, tx db.Tx, w working, s wire.Submission, earlier []store.File) (string, error) {
	now := tx.Now()
	no, err := a.counterNo(ctx, tx, w.Window)
	if err != nil {
		return "", err
	}
	s.CaseNo = no
	place := strings.TrimSpace(w.Hall + " " + w.Window)
	held := w.held()
	maps.DeleteFunc(held, func(_ string, h Held) bool { return h.Source == SourceLater })
	c, err := a.newCase(application{s, extra{Agent: w.body.Agent, Held: held, Signed: w.body.Signed, Told: w.body.Told, Photos: w.photographed()}}, w.item, wire.Envelope{ID: w.ID}, Origin{Place: place}, db.Ms(now))
	if err != nil {
		return "", err
	}
	c.Channel, c.Window, c.Ticket, c.Clerk, c.ClerkName, c.Handler, c.SeenBy = ChannelWindow, w.Window, w.Ticket, w.Owner, w.OwnerName, w.Owner, w.OwnerName
	c.Region, c.Department = w.Region, w.Department
	for _, h := range held {
		if h.Source == SourceLicence || h.Source == SourceEarlier {
			c.Exempt++
		}
	}
	if err := store.Add(ctx, tx, c); err != nil {
		return "", err
	}
	if err := a.moveFiles(ctx, tx, w, s, earlier); err != nil {
		return "", err
	}
	if err := awaitLater(ctx, tx, w.item, s); err != nil {
		return "", err
	}
	for _, id := range sorted(w.body.Stances) {
		j := w.body.Stances[id]
		if err := store.PutTick(ctx, tx, store.Tick{CaseNo: no, Point: id, Ticked: j.OK, Note: j.Note, By: w.OwnerName, At: db.Ms(now)}); err != nil {
			return "", err
		}
	}
	if err := a.tellTakenIn(ctx, tx, w, c); err != nil {
		return "", err
	}
	_, err = store.DropDrafts(ctx, tx, []string{w.ID})
	return no, err
}

// identifiedWays says how an applicant was identified (确认身份的方式).
var identifiedWays = map[string]string{"idcard": "读卡", "passport": "读护照、通行证", "chip": "读证件芯片，核验通过", "code": "亮码", "typed": "手工输入，看过证件"}

func (a *App) tellTakenIn(ctx context.Context, tx db.Tx, w working, c store.Case) error {
	who := "本人"
	if w.body.Agent != nil {
		who = "代办人，有授权"
	}
	way := identifiedWays[w.body.Applicant.IdentifiedBy]
	note := strings.Join(slices.DeleteFunc([]string{w.Window, w.Ticket, who, way}, func(s string) bool { return s == "" }), "，")
	if err := store.Tell(ctx, tx, store.Entry{ID: ids.New(), CaseNo: c.No, At: c.ReceivedAt, Kind: "person", Title: "收件登记", Note: note, Actor: w.OwnerName}); err != nil {
		return err
	}
	detail := map[string]string{"window": w.Window, "ticket": w.Ticket, "draft": w.ID}
	if err := audit.Write(ctx, tx, audit.Record{Action: "window.receive", Object: c.No, Detail: detail}); err != nil {
		return err
	}
	if err := a.orderReceipt(ctx, tx, c.No); err != nil {
		return err
	}
	moved := movedOf(c, tx.Now())
	moved.Draft = w.ID
	return events.Emit(ctx, tx, events.Event{Topic: window.TopicReceived, Key: c.No, Data: moved})
}

// moveFiles gives the draft's pages to the case, and the earlier papers that stand for one.
func (a *App) moveFiles(ctx context.Context, tx db.Tx, w working, s wire.Submission, earlier []store.File) error {
	ord := map[string]int{}
	add := func(f store.File) error {
		ord[f.Material]++
		f.CaseNo, f.Ord = s.CaseNo, ord[f.Material]
		return store.AddPage(ctx, tx, f)
	}
	for _, p := range w.pages {
		if p.Role == "" {
			p.File.Source, p.File.AddedBy = SourceScan, w.OwnerName
			if err := add(p.File); err != nil {
				return err
			}
		}
	}
	for _, f := range earlier {
		if err := add(f); err != nil {
			return err
		}
	}
	s.Materials = nil // the pages are there already, under their own keys
	return a.keepPapers(ctx, tx, s.CaseNo, s)
}

// earlierPages are the pages of earlier cases of the same person that stand for papers of this one, under keys of their own.
func (a *App) earlierPages(ctx context.Context, w working) (out []store.File, err error) {
	all := w.held()
	for _, code := range sorted(all) {
		h := all[code]
		if h.Source != SourceEarlier {
			continue
		}
		no, material, _ := strings.Cut(h.Ref, "/")
		pages, err := a.pagesOf(ctx, w.IDBlind, no, material)
		if err != nil {
			return nil, err
		}
		for _, p := range pages {
			key, err := a.Vault.OpenRow(classKey, keyRow(p), p.KeySealed)
			if err != nil {
				return nil, fmt.Errorf("open file key: %w", err)
			}
			f, err := a.file(wire.File{Digest: p.Digest, Size: p.Size, MIME: p.MIME, Key: []byte(key)}, ids.New(),
				store.File{Material: code, Source: SourceEarlier, AddedBy: no, AddedAt: db.Ms(a.Clock.Now())})
			if err != nil {
				return nil, err
			}
			out = append(out, f)
		}
	}
	return out, nil
}

// pagesOf are the pages of one material of an earlier case, if that case is the same person's.
func (a *App) pagesOf(ctx context.Context, person, no, material string) (out []store.File, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		c, err := store.Get(ctx, q, no)
		if err != nil && !errors.Is(err, window.ErrNoSuchCase) {
			return err
		}
		if err != nil || person == "" || c.IDBlind != person {
			return wrong("materials", "没有找到这个人以前交过的这份材料，请重新选")
		}
		pages, err := store.Pages(ctx, q, no)
		out = slices.DeleteFunc(pages, func(f store.File) bool { return f.Material != material })
		return err
	})
	if err == nil && len(out) == 0 {
		err = wrong("materials", "那个办件里没有这份材料的扫描页，请重新选")
	}
	return out, err
}

// counterNo gives out the next number of a window's series.
func (a *App) counterNo(ctx context.Context, tx db.Tx, label string) (string, error) {
	day := tx.Now().In(clock.Shanghai)
	h := fnv.New32a()
	_, _ = h.Write([]byte(label)) // a hash never fails
	for i := range counters {
		number := firstCounter + (int(h.Sum32()%counters)+i)%counters
		n, err := store.NextNumber(ctx, tx, fmt.Sprintf("case %s-%d", day.Format("060102"), number))
		if err != nil {
			return "", err
		}
		if n <= lastOfADay {
			no, err := wire.CaseNo(day, number, int(n))
			if err != nil {
				return "", fmt.Errorf("make case number: %w", err)
			}
			return no, nil
		}
	}
	return "", errs.E(errs.Unavailable, "window.no_numbers", "今天的办件编号用完了，请联系系统管理员", nil)
}

// checkCode makes the six letters of a slip.
func checkCode() string {
	b := make([]byte, 0, 6)
	var r [1]byte
	for len(b) < 6 {
		if _, err := rand.Read(r[:]); err != nil {
			panic("window: no random numbers: " + err.Error())
		}
		if int(r[0]) < 232 {
			b = append(b, codeLetters[int(r[0])%len(codeLetters)])
		}
	}
	return string(b)
}
