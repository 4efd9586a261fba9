package app

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire/matter"
)

// errRuns keeps a running case out of the archive.
var errRuns = errs.E(errs.Conflict, "window.still_runs", "这个办件还没有办结，办结以后才能归档", nil)

// Deliver implements window.Handing.
func (a *App) Deliver(ctx context.Context, no string, d window.Delivery, also window.Also) (window.Document, error) {
	l, err := a.load(ctx, no)
	if err != nil {
		return window.Document{}, err
	}
	if l.State.Open() {
		return window.Document{}, errRuns
	}
	doc, err := a.numbered(ctx, l.item.DocMark, a.deliveryFacts(ctx, l, d), func(tx db.Tx, doc store.Document) error {
		who := actor.From(ctx)
		err := store.Tell(ctx, tx, store.Entry{
			ID: ids.New(), CaseNo: no, At: db.Ms(tx.Now()), Kind: "person", Title: "已送达", Note: doc.Title + " " + doc.No + "，" + d.Way, Actor: who.Name + " " + who.Desk,
		})
		if err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "window.deliver", Object: no, Detail: map[string]string{"document": doc.No, "way": d.Way}}); err != nil || also == nil {
			return err
		}
		moved := movedOf(l.Case, tx.Now())
		moved.Document = doc.No
		return also(ctx, tx, moved, documentOf(doc))
	})
	return documentOf(doc), err
}

func (a *App) deliveryFacts(ctx context.Context, l loaded, d window.Delivery) PaperFacts {
	who, p := actor.From(ctx), person(l, true)
	f := PaperFacts{
		Kind: KindDelivery, CaseNo: l.No, Office: l.item.Office, Applicant: p.Name, IDMasked: p.IDMasked, Item: l.ItemName,
		AppliedAt: fromMs(l.SubmittedAt).In(clock.Shanghai), On: a.today(), At: a.Clock.Now().In(clock.Shanghai),
		Clerk: who.Name, Desk: who.Desk, Helpline: "12345", Government: "绵阳市人民政府", Delivery: &d,
	}
	f.Applied = calendar.DateOf(f.AppliedAt)
	if f.Clerk == "" {
		f.Clerk = "综合窗口"
	}
	for _, doc := range l.documents {
		if doc.Kind != KindReceipt && doc.Kind != KindDelivery && doc.Kind != KindVisit {
			f.Delivered = append(f.Delivered, window.Fact{Label: doc.Title, Value: doc.No})
		}
	}
	return f
}

// Contents implements window.Handing.
func (a *App) Contents(ctx context.Context, no string) (window.Contents, error) {
	l, err := a.load(ctx, no)
	if err != nil {
		return window.Contents{}, err
	}
	if l.State.Open() {
		return window.Contents{}, errRuns
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "window.hand_on", Object: no, Reason: "归档"})
	})
	if err != nil {
		return window.Contents{}, err
	}
	out := window.Contents{Office: l.item.Office, Application: l.body}
	if out.Facts, err = a.factsOf(ctx, l.Case, l.lines); err != nil {
		return out, err
	}
	if err := a.contentFiles(ctx, l, &out); err != nil {
		return out, err
	}
	for _, d := range l.documents {
		pdf, err := a.decrypt(ctx, store.File{ID: d.ID, Digest: d.Digest, KeySealed: d.KeySealed})
		if err != nil {
			return out, fmt.Errorf("open document %s: %w", d.ID, err)
		}
		out.Documents = append(out.Documents, window.ContentDocument{No: d.No, Kind: d.Kind, Title: d.Title, Code: d.Code, At: shanghai(d.CreatedAt), PDF: pdf})
	}
	for _, e := range l.history {
		out.History = append(out.History, window.ContentEvent{At: shanghai(e.At), Title: e.Title, Note: e.Note, By: e.Actor, Kind: e.Kind})
	}
	slices.Reverse(out.History)
	return out, nil
}

func (a *App) contentFiles(ctx context.Context, l loaded, out *window.Contents) error {
	names := map[string]string{}
	for _, m := range matter.Materials(&l.item, l.body.Answers) {
		names[m.Code] = m.Name
	}
	for i, f := range l.pages {
		plain, err := a.decrypt(ctx, f)
		if err != nil {
			return fmt.Errorf("open page %s: %w", f.ID, err)
		}
		name := path.Join(f.Material, strconv.Itoa(i+1)+suffix(f.MIME))
		out.Materials = append(out.Materials, window.ContentFile{Name: name, Title: names[f.Material], MIME: f.MIME, Bytes: plain})
	}
	for _, s := range l.signatures {
		plain, err := a.decrypt(ctx, s.File)
		if err != nil {
			return fmt.Errorf("open signature: %w", err)
		}
		out.Signatures = append(out.Signatures, window.ContentFile{Name: s.Material + suffix(s.MIME), Title: s.Statement, MIME: s.MIME, Bytes: plain})
	}
	return nil
}

func suffix(mime string) string {
	switch mime {
	case "image/png":
		return ".png"
	case "application/pdf":
		return ".pdf"
	default:
		return ".jpg"
	}
}

func shanghai(ms int64) time.Time { return fromMs(ms).In(clock.Shanghai) }
