package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"tongban/agent/clock"
	"tongban/agent/journal"
	"tongban/agent/outbox"
	"tongban/agent/screen"
	"tongban/agent/seal"
	"tongban/agent/session"
	"tongban/agent/slip"
	"tongban/drivers"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Submit hands the matter in: Bind → Seal → Outbox. When it returns without an error the submission is on the disk, sealed,
// with its number, and the slip is on its way; whether the network is there makes no difference to that.
func (a *App) Submit(ctx context.Context, id string) error {
	b, err := a.bind(id)
	if err != nil {
		return err
	}
	caseNo, err := a.store(ctx, b)
	if errors.Is(err, outbox.ErrFull) {
		_ = a.lookAtDisk(context.WithoutCancel(ctx)) // the next citizen is told before anything is asked
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.working = false
	if err != nil {
		delete(a.receipts, b.envelope)
		a.o.Log.Error("submission was not stored", "hop", "Outbox", "err", err)
		a.changed()
		return err
	}
	a.o.Log.Info("submission stored", "hop", "Outbox", "envelope", b.envelope, "case_no", caseNo)
	v := a.visit
	if v == nil || v.ID != id { // cannot happen while working is set; the case is safe either way
		return errVisitOver
	}
	if err := v.Do(session.Submit); err != nil {
		return err
	}
	v.Touched = a.o.Clock.Now()
	a.handedIn(v, b, caseNo)
	a.changed()
	return nil
}

// bound is everything that leaves the visit for the outbox.
type bound struct {
	station  *Station
	envelope string
	sub      wire.Submission // without the case number
	paths    []string        // ciphertext in the visit's folder, beside files
	files    []outbox.File
	item     matter.Item
	due      time.Time
	answer   string
	askBy    time.Time
	slip     slip.Slip
	job      string
	take     []string
	receipt  chan struct{}
}

// bind checks that nothing is missing and gathers what is handed in.
func (a *App) bind(id string) (*bound, error) {
	var b *bound
	err := a.with(id, session.Stay, func(v *session.Visit) error {
		m := v.Matter
		if m == nil {
			return errNoMatter
		}
		if a.working {
			return errBusy
		}
		if b := a.blocked(); b != nil {
			return problem(http.StatusServiceUnavailable, "screen.blocked", b.Title+"。"+b.Message, nil)
		}
		if missing := a.missing(v); len(missing) > 0 {
			return problem(http.StatusConflict, "screen.incomplete", "还差一点："+strings.Join(missing, "，"), nil)
		}
		var err error
		if b, err = a.gather(v, m); err != nil {
			return err
		}
		a.working = true
		a.stopCamera()
		a.receipts[b.envelope] = b.receipt
		return nil
	})
	return b, err
}

func (a *App) gather(v *session.Visit, m *session.Matter) (*bound, error) {
	now := a.o.Clock.Now().Truncate(time.Second)
	job, err := a.newID()
	if err != nil {
		return nil, err
	}
	due, _ := a.answerDay(m.Item)
	b := &bound{
		station: a.station, envelope: m.Envelope, item: m.Item, due: due, answer: a.answer(m.Item), askBy: a.askBy(), job: job,
		take: []string{"身份证"}, receipt: make(chan struct{}),
		sub: wire.Submission{
			CheckCode: m.CheckCode, LookupKey: m.LookupKey, Item: m.Item.Code, ItemVersion: m.Item.Version, Applicant: v.Person.Person,
			Consents: []wire.Consent{{Kind: "notice", Version: fmt.Sprintf("%s.%d", m.Item.Code, m.Item.Version), At: m.Consented}},
			Answers:  maps.Clone(m.Answers), Form: maps.Clone(m.Values), Materials: []wire.Material{}, Signatures: []wire.Signature{}, SubmittedAt: now,
		},
	}
	got, later := []string{}, []string{}
	if len(m.Item.Form.Groups) > 0 {
		got = append(got, "申请表 1 份")
	}
	for _, n := range matter.Materials(&m.Item, m.Answers) {
		pages := m.Pages[n.Code]
		switch {
		case len(pages) > 0:
			got = append(got, fmt.Sprintf("%s %d 页", n.Name, len(pages)))
			b.take = append(b.take, n.Name)
		case m.Deferred[n.Code]:
			later = append(later, n.Name+"，"+a.deferDay(n.Defer))
		default:
			continue
		}
		mat := wire.Material{Code: n.Code, Deferred: len(pages) == 0}
		for _, p := range pages {
			mat.Pages = append(mat.Pages, b.file(v, p.ID, p.File))
		}
		b.sub.Materials = append(b.sub.Materials, mat)
	}
	for _, g := range matter.Signers(&m.Item, m.Answers) {
		s, p := m.Signed[g.Role], signer(v, g)
		sig := wire.Signature{Role: g.Role, Name: p.Name, Statement: s.Statement, Image: b.file(v, s.Name, s.File), At: s.At}
		if g.OwnCard {
			sig.IDNumber = p.IDNumber
		}
		b.sub.Signatures = append(b.sub.Signatures, sig)
	}
	m.Item.Minimise(&b.sub)
	if err := seal.Validate(&m.Item, &b.sub); err != nil {
		return nil, err
	}
	if a.o.Rack.Has(drivers.KindReceipt) {
		b.take = append(b.take, "小票")
	}
	b.slip = slip.Slip{
		Service: a.o.Service, Item: m.Item.Name, Applicant: maskName(v.Person.Name), Got: got, Later: later, Answer: "最晚" + slipDay(due),
		At: now.In(clock.Shanghai), CheckCode: m.CheckCode, Phone: phoneTail(m), AskBy: b.askBy.Format("1月2日15:04"), Fee: m.Item.Fee,
		QR: a.link(m.LookupKey), Place: a.station.Place, Label: a.station.Label, Helpline: a.o.Model.Helpline,
	}
	return b, nil
}

// file notes one picture that travels with the case. The key is copied: the visit zeroes its own when it is wiped.
func (b *bound) file(v *session.Visit, name string, f wire.File) wire.File {
	f.Key = slices.Clone(f.Key)
	b.paths = append(b.paths, v.Folder.Path(name))
	b.files = append(b.files, outbox.File{Digest: f.Digest, Size: f.Size})
	return f
}

func (a *App) deferDay(days int) string {
	today := a.o.Clock.Now().In(clock.Shanghai)
	if snap, ok := a.o.Content.Snapshot(); ok {
		text, _ := matter.Due(snap.Calendar, today.Format(time.DateOnly), matter.Limit{Days: days, Unit: matter.Working})
		if d, ok := parseDay(text); ok {
			return d.Format("1月2日") + "前"
		}
	}
	return fmt.Sprintf("%d个工作日内", days)
}

// link is what the QR opens: a random key below the centre's public address, no name and no number.
func (a *App) link(key string) string { return strings.TrimSuffix(a.station.Public, "/") + "/p/" + key }

// store seals and stores, files first. Number, envelope, local state and the slip's row are one transaction.
func (a *App) store(ctx context.Context, b *bound) (string, error) {
	ctx = context.WithoutCancel(ctx) // a page that goes away must not leave a half-given answer
	for i, f := range b.files {
		if err := a.o.Box.Adopt(b.paths[i], f); err != nil {
			return "", errors.Join(err, a.o.Box.Disown(ctx, b.envelope, b.files))
		}
	}
	caseNo, err := a.o.Box.PutCase(ctx, outbox.Case{
		ID: b.envelope, Number: b.station.Number, Day: b.sub.SubmittedAt.In(clock.Shanghai), Item: b.item.Name, Due: b.due.Format(time.DateOnly),
		Answer: b.answer, CheckCode: b.sub.CheckCode, Files: b.files,
		Seal: func(caseNo string, seq int64) (wire.Envelope, error) {
			b.sub.CaseNo = caseNo
			return b.station.Sealer.Close(seal.Order{ID: b.envelope, Lane: wire.LaneCase, Kind: wire.KindSubmission, Seq: seq, At: a.o.Clock.Now()}, b.sub)
		},
		Also: func(ctx context.Context, tx *sql.Tx, caseNo string) error {
			b.slip.CaseNo = caseNo
			rec, err := a.remember(b)
			if err != nil {
				return err
			}
			return a.o.Journal.AddIn(ctx, tx, journal.Job{ID: b.job, CaseNo: caseNo, Kind: string(slip.Stored), Cuts: -1, Recovery: rec})
		},
	})
	if err != nil {
		return "", errors.Join(err, a.o.Box.Disown(ctx, b.envelope, b.files))
	}
	return caseNo, nil
}

// handedIn shows what the citizen holds now and sends the slip on its way. Called with mu held.
func (a *App) handedIn(v *session.Visit, b *bound, caseNo string) {
	v.Done = &session.Done{Done: a.doneOf(b, caseNo), Envelope: b.envelope, Job: b.job}
	v.Finished = append(v.Finished, screen.FinishedIn{CaseNo: caseNo, Item: b.item.Name})
	if err := v.Drop(); err != nil {
		a.o.Log.Error("pages of a stored matter were not removed", "err", err)
	}
	a.waiting++
	if v.Done.Slip.State != slipPrinting {
		delete(a.receipts, b.envelope)
		return
	}
	run := printRun{visit: v.ID, job: b.job, envelope: b.envelope, slip: b.slip, receipt: b.receipt}
	a.wg.Go(func() { a.print(a.ctx, run) })
}

func (a *App) doneOf(b *bound, caseNo string) screen.Done {
	d := screen.Done{
		CaseNo: caseNo, CheckCode: b.sub.CheckCode, Item: b.item.Name, ItemCode: b.item.Code, State: outbox.StateStored,
		At: b.slip.At.Format("1月2日 15:04"), Answer: b.answer, AskBy: b.askBy.Format("1月2日 15:04"), QR: b.slip.QR, Take: b.take,
		Slip: a.slipWords(slipPrinting, ""),
	}
	if !a.o.Rack.Has(drivers.KindReceipt) {
		d.Slip = a.slipWords(slipNone, "")
	}
	return d
}

// CaseMoved is the centre's news: a receipt turns 已收下 into 窗口已收到, on the screen and for a slip that still waits.
func (a *App) CaseMoved(moved []outbox.CaseState) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range moved {
		if v := a.visit; v != nil && v.Done != nil && v.Done.CaseNo == s.CaseNo && s.State != outbox.StateStored {
			v.Done.State = outbox.StateReceived
		}
	}
	a.changed()
}

// Receipt is one final answer of the centre. Only an accepted envelope lets a slip say 窗口已收到.
func (a *App) Receipt(r wire.Receipt) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.receipts[r.ID]
	if !ok || r.Status != wire.Accepted && r.Status != wire.Duplicate {
		return
	}
	delete(a.receipts, r.ID)
	close(c)
}
