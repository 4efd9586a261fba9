package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window/internal/store"
	"tongban/central/modules/window/internal/synth"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// ErrNotEmpty means that a centre has cases: a made-up history must never lie among real ones.
var ErrNotEmpty = errs.E(errs.Conflict, "window.not_empty", "中心里已经有办件，合成历史只能造在空的中心上", nil)

// seedPage is how many cases are written at once; with their columns they stay below what one statement may carry.
const seedPage = 500

// Seed fills an empty centre with a made-up history of n cases that ends yesterday, and returns the ledger that its maker kept (合成历史).
func (a *App) Seed(ctx context.Context, n int, seed uint64, hall string, windows []string) (synth.Ledger, error) {
	var held int
	if err := a.DB.View(ctx, func(q db.Query) (err error) {
		held, err = store.Held(ctx, q)
		return err
	}); err != nil {
		return nil, err
	}
	if held > 0 {
		return nil, ErrNotEmpty
	}
	items, err := a.Items.Items(ctx)
	if err != nil {
		return nil, err
	}
	places := map[string]actor.Place{}
	for _, it := range items {
		if places[it.Code], err = a.place(ctx, it, "", hall); err != nil {
			return nil, err
		}
	}
	var page []store.Case
	var lines []store.Line
	flush := func() error {
		if len(page) == 0 {
			return nil
		}
		err := a.DB.Do(ctx, func(tx db.Tx) error {
			if err := store.AddAll(ctx, tx, page); err != nil {
				return err
			}
			for _, l := range lines {
				if err := store.AddLine(ctx, tx, l); err != nil {
					return err
				}
			}
			return nil
		})
		page, lines = page[:0], lines[:0]
		return err
	}
	ledger, err := synth.Make(synth.Plan{
		N: n, Seed: seed, Months: 18, Last: a.today().AddDays(-1), Items: items, Windows: windows, Hall: hall, Calendar: a.Calendar,
		Places: func(it matter.Item) (string, string) { p := places[it.Code]; return p.Region, p.Department },
	}, func(c synth.Case) error {
		row, err := a.madeUp(c)
		if err != nil {
			return err
		}
		page = append(page, row)
		if !c.Pause.From.IsZero() {
			lines = append(lines, store.Line{
				ID: ids.New(), CaseNo: c.No, Kind: store.LineSuspension, Special: "testing", From: c.Pause.From.String(), To: c.Pause.To.String(), ToldTo: c.Pause.To.String(),
				Reason: "合成历史", ByName: "合成", At: at(c.Pause.From, 600),
			})
		}
		if len(page) == seedPage {
			return flush()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := flush(); err != nil {
		return nil, err
	}
	return ledger, a.DB.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "window.make_up", Object: "window_case", Detail: map[string]string{"cases": fmt.Sprint(n), "seed": fmt.Sprint(seed)}})
	})
}

// at is a minute of a day.
func at(d calendar.Date, minute int) int64 {
	if d.IsZero() {
		return 0
	}
	return db.Ms(d.Time().Add(time.Duration(minute) * time.Minute))
}

// madeUp is the row of a made-up case, sealed like every other.
func (a *App) madeUp(c synth.Case) (store.Case, error) {
	s := wire.Submission{CaseNo: c.No, Item: c.Item.Code, ItemVersion: c.Item.Version, Form: map[string]any{"phone": c.Phone}, SubmittedAt: c.Received.Time()}
	s.Applicant.Name, s.Applicant.IDNumber = c.Name, c.ID
	row := store.Case{
		No: c.No, EnvelopeID: "made-up/" + c.No, Item: c.Item.Code, ItemVersion: c.Item.Version, ItemName: c.Item.Name, State: c.State, Version: 1,
		Channel: c.Channel, Window: c.Window, Place: c.Place, NameMasked: vault.MaskName(c.Name), IDMasked: vault.MaskID(c.ID), IDBlind: a.Vault.Blind(classID, c.ID),
		LookupBlind: a.Vault.Blind(classSlip, c.No), CheckBlind: "", SubmittedAt: at(c.Received, c.Minute), ReceivedAt: at(c.Received, c.Minute),
		AcceptedOn: c.Accepted.String(), ClosedAt: at(c.Done, min(c.Minute+60, 1020)), Due: c.Due.String(), StatutoryDue: c.Statutory.String(), Calendar: a.Calendar.Version(),
		SeenBy: "合成", Region: c.Region, Department: c.Department, Notices: c.Notices,
	}
	due, err := a.Calendar.Due(c.Received, calendar.Budget{Days: noticeDays, Unit: calendar.Working}, nil)
	if err != nil {
		return row, err
	}
	row.NoticeDue = due.Due.String()
	body, err := json.Marshal(s)
	if err != nil {
		return row, fmt.Errorf("encode case: %w", err)
	}
	for _, f := range []struct {
		to           *string
		class, plain string
	}{
		{&row.NameSealed, className, c.Name}, {&row.IDSealed, classID, c.ID}, {&row.BodySealed, classBody, string(body)},
	} {
		if *f.to, err = a.Vault.SealRow(f.class, c.No, f.plain); err != nil {
			return row, fmt.Errorf("seal case: %w", err)
		}
	}
	return row, nil
}
