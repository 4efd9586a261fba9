package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/vault"
	"tongban/central/modules/region"
	"tongban/central/modules/region/internal/store"
	"tongban/central/modules/window"
	"tongban/fleet/wire"
)

// forwarded is what another region sends of a matter that it received for us.
type forwarded struct {
	ItemCode  string `json:"itemCode"`
	Mode      string `json:"mode"`
	Paper     bool   `json:"paper"`
	Office    string `json:"office"`
	Parcel    string `json:"parcel"`
	Applicant struct {
		Type         string `json:"type"`
		Name         string `json:"name"`
		IDNumber     string `json:"id_number"`
		Sex          string `json:"sex"`
		Nation       string `json:"nation"`
		Birth        string `json:"birth"`
		Address      string `json:"address"`
		IdentifiedBy string `json:"identified_by"`
	} `json:"applicant"`
	Answers   map[string]string `json:"answers"`
	Form      map[string]any    `json:"form"`
	Materials []struct {
		Code  string   `json:"code"`
		Pages [][]byte `json:"pages"`
	} `json:"materials"`
	Signatures []struct {
		Role      string `json:"role"`
		Statement string `json:"statement"`
		Image     []byte `json:"image"`
	} `json:"signatures"`
}

const (
	mostPages   = 60
	notReadable = "内容读不出来，请按约定重送"
)

// arrived takes in one matter that another region received for us. What does not pass the checks of a hand-in goes back with the
// reason; where originals are still on their way, it waits for them: our days begin on the day on which they are here.
func (a *App) arrived(ctx context.Context, h happening) error {
	in, s, why, err := a.readForwarded(ctx, h)
	if err != nil {
		return err
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.SetCursor(ctx, tx, feedName, h.Seq); err != nil {
			return err
		}
		r := store.Arrival{
			ID: clip(h.No, 40), Region: clip(h.Region, 12), RegionName: a.dir.name(clip(h.Region, 12)), Item: clip(in.ItemCode, 40), ItemName: clip(in.ItemCode, 40), Mode: region.Mode(in.Mode), Paper: in.Paper,
			State: store.ArrivalPaperDue, Parcel: clip(in.Parcel, 40), NameMasked: vault.MaskName(s.Applicant.Name), IDBlind: a.Vault.Blind(classID, s.Applicant.IDNumber), At: db.Ms(tx.Now()),
		}
		if item, err := a.Items.Item(ctx, in.ItemCode, 0); err == nil {
			r.ItemName = item.Name
		} else if why == "" {
			why = "这里没有这个事项"
		}
		text, err := json.Marshal(s)
		if err != nil {
			return fmt.Errorf("encode arrival: %w", err)
		}
		if r.BodySealed, err = a.Vault.SealRow(classCase, r.ID, string(text)); err != nil {
			return err
		}
		if fresh, err := store.AddArrival(ctx, tx, r); err != nil || !fresh {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "region.arrive", Object: r.ID, Detail: map[string]string{"region": r.Region, "item": r.Item}}); err != nil {
			return err
		}
		switch {
		case why != "":
			return a.unfit(ctx, tx, r, why)
		case r.Paper:
			if err := a.tellArrival(ctx, tx, r, "received", "电子申请收到，等纸件"); err != nil {
				return err
			}
			return a.emitArrival(ctx, tx, r)
		}
		return a.takeIn(ctx, tx, r, s)
	})
}

// readForwarded reads what was sent and puts its files among the blobs; why says what is wrong with it.
func (a *App) readForwarded(ctx context.Context, h happening) (in forwarded, s wire.Submission, why string, err error) {
	if err := json.Unmarshal(h.Application, &in); err != nil || h.No == "" {
		return in, s, notReadable, nil //nolint:nilerr // goes back with the reason
	}
	if !region.Mode(in.Mode).Known() {
		in.Mode = string(region.Collect)
	}
	p := in.Applicant
	now := a.Clock.Now()
	s = wire.Submission{
		Applicant: wire.Person{Type: p.Type, Name: p.Name, IDNumber: p.IDNumber, Sex: p.Sex, Nation: p.Nation, Birth: p.Birth, Address: p.Address, IdentifiedBy: p.IdentifiedBy, IdentifiedAt: h.At},
		Consents:  []wire.Consent{{Kind: "notice", Version: "region", At: h.At}}, Answers: in.Answers, Form: in.Form, SubmittedAt: now,
	}
	pages := 0
	for _, m := range in.Materials {
		one := wire.Material{Code: m.Code}
		for _, page := range m.Pages {
			if pages++; pages > mostPages || len(page) == 0 || len(page) > largestPage {
				return in, s, notReadable, nil
			}
			f, err := a.keepFile(ctx, page)
			if err != nil {
				return in, s, "", err
			}
			one.Pages = append(one.Pages, f)
		}
		s.Materials = append(s.Materials, one)
	}
	for _, g := range in.Signatures {
		f, err := a.keepFile(ctx, g.Image)
		if err != nil {
			return in, s, "", err
		}
		s.Signatures = append(s.Signatures, wire.Signature{Role: g.Role, Name: p.Name, Statement: clip(g.Statement, 200), Image: f, At: h.At})
	}
	return in, s, "", nil
}

// takeIn makes it a case of the window, or sends it back with the reason.
func (a *App) takeIn(ctx context.Context, tx db.Tx, r store.Arrival, s wire.Submission) error {
	from := r.State
	no, err := a.Cases.TakeAcross(ctx, tx, window.Forwarded{ID: r.ID, From: r.RegionName + "代收", Region: r.Region, Item: r.Item, Submission: s}, tx.Now())
	switch {
	case errs.KindOf(err) == errs.Invalid || errs.KindOf(err) == errs.NotFound:
		return a.unfit(ctx, tx, r, errs.MessageOf(err))
	case err != nil:
		return err
	}
	r.CaseNo, r.State, r.BodySealed, r.PaperAt = no, store.ArrivalTaken, "", db.Ms(tx.Now())
	if err := store.PutArrival(ctx, tx, r, from); err != nil {
		return err
	}
	if err := a.tellArrival(ctx, tx, r, "received", "办理地收件，编号 "+no); err != nil {
		return err
	}
	return a.emitArrival(ctx, tx, r)
}

func (a *App) unfit(ctx context.Context, tx db.Tx, r store.Arrival, why string) error {
	from := r.State
	r.State, r.Reason, r.BodySealed = store.ArrivalUnfit, clip(why, 200), ""
	if err := store.PutArrival(ctx, tx, r, from); err != nil {
		return err
	}
	if err := a.tellArrival(ctx, tx, r, "unfit", why); err != nil {
		return err
	}
	return a.emitArrival(ctx, tx, r)
}

// tellArrival sends the other region how its matter stands here.
func (a *App) tellArrival(ctx context.Context, tx db.Tx, r store.Arrival, state, text string) error {
	facts := map[string]any{"state": state, "text": text, "caseNo": r.CaseNo}
	return a.queueTo(ctx, tx, r.ID, r.Region, kindStatus, clip(text, 60), facts)
}

func (a *App) emitArrival(ctx context.Context, tx db.Tx, r store.Arrival) error {
	return events.Emit(ctx, tx, events.Event{Topic: region.TopicArrived, Key: r.ID, Data: region.Moved{No: r.ID, Item: r.Item, ItemName: r.ItemName, Home: a.dir.Here.Code, Region: a.dir.Here.Code, At: tx.Now()}})
}

// PaperCame says that the originals of an arrival are here (纸件到了): it becomes a case today.
func (a *App) PaperCame(ctx context.Context, id string) (List, error) {
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		r, err := store.GetArrival(ctx, tx, id)
		if err != nil {
			return err
		}
		if r.State != store.ArrivalPaperDue {
			return region.ErrNotNow
		}
		if !actor.From(ctx).Scope(region.PermWork).Covers(actor.Place{Region: a.dir.Here.Code}) {
			return region.ErrBeyond
		}
		text, err := a.Vault.OpenRow(classCase, r.ID, r.BodySealed)
		if err != nil {
			return fmt.Errorf("open arrival: %w", err)
		}
		var s wire.Submission
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return fmt.Errorf("decode arrival: %w", err)
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "region.paper_came", Object: r.ID}); err != nil {
			return err
		}
		return a.takeIn(ctx, tx, r, s)
	})
	if err != nil {
		return List{}, err
	}
	return a.List(ctx, Query{})
}

// Followed are the topics that Follow wants.
func Followed() []string { return []string{"window."} }

// statuses is what another region is told of each event of the window.
var statuses = map[string]struct{ state, text string }{
	window.TopicNoticed: {"noticed", "要求补正"}, window.TopicAccepted: {"accepted", "已受理"}, window.TopicRefused: {"declined", "不予受理"}, window.TopicGranted: {"decided", "准予，办结"},
	window.TopicDenied: {"decided", "不予许可"}, window.TopicWithdrawn: {"withdrawn", "撤件"}, window.TopicLapsed: {"withdrawn", "终止"}, window.TopicSuspended: {"suspended", "停表"},
	window.TopicResumed: {"accepted", "恢复计时"}, window.TopicExtended: {"accepted", "延期"}, window.TopicSupplied: {"supplied", "补正收到"},
}

// Follow tells the other region what becomes of its matter here, in the event's own transaction.
func (a *App) Follow(ctx context.Context, tx db.Tx, e events.Event) error {
	say, known := statuses[e.Topic]
	if !known {
		return nil
	}
	r, err := store.ArrivalOf(ctx, tx, e.Key)
	if errors.Is(err, region.ErrNone) {
		return nil // not of another region
	}
	if err != nil {
		return err
	}
	var moved window.Moved
	if err := e.Decode(&moved); err != nil {
		return nil //nolint:nilerr // an event of the window that is of no case
	}
	r.Told = say.state
	if err := store.PutArrival(ctx, tx, r, r.State); err != nil {
		return err
	}
	if err := a.queueTo(ctx, tx, r.ID, r.Region, kindStatus, say.text, map[string]any{"state": say.state, "text": say.text, "caseNo": e.Key, "due": moved.Due, "at": moved.At.UTC().Format(time.RFC3339)}); err != nil {
		return err
	}
	return a.Cases.Note(ctx, tx, e.Key, window.Note{Kind: "machine", Title: "告诉收件地：" + say.text, Text: r.RegionName, By: "跨域通办"})
}
