package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/forms"
	"tongban/central/modules/forms/internal/design"
	"tongban/central/modules/forms/internal/store"
	"tongban/fleet/wire/matter"
)

// DraftInfo is where a draft stands.
type DraftInfo struct {
	Rev   int         `json:"rev"`
	State forms.State `json:"state" enum:"editing,submitted,returned"`
	Base  int         `json:"base" doc:"从哪一版开始改，0 = 新表"`
	By    string      `json:"by" doc:"最后编辑的人"`
	At    time.Time   `json:"at"`
	Note  string      `json:"note,omitempty" doc:"退回的原因"`
}

// Draft is a design in the making (表单草稿).
type Draft struct {
	DraftInfo
	Design forms.Design  `json:"design"`
	Faults []forms.Fault `json:"faults" nullable:"false"`
}

var (
	errNoDraft = errs.E(errs.NotFound, "forms.no_draft", "这张表没有草稿", nil)
	errTaken   = errs.E(errs.Conflict, "forms.taken", "已经有这个编号的表了，换一个编号", nil)
	errFaults  = errs.E(errs.Invalid, "forms.faults", "还有问题没改好，改好再提交", nil)
)

// Create begins a form from nothing, or as a copy of another.
func (a *App) Create(ctx context.Context, id, title, from string) (Draft, error) {
	if !design.GoodID(id) {
		return Draft{}, errs.E(errs.Invalid, "forms.bad_id", "表单编号用小写字母、数字和横线，以字母开头，2到40位", nil)
	}
	d := design.Blank(id, title)
	if from != "" {
		was, err := a.Design(ctx, from, 0)
		if err != nil {
			return Draft{}, err
		}
		d = was
		d.ID, d.Title, d.Version = id, title, 0
	}
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		switch _, err := store.Get(ctx, tx, id); {
		case err == nil:
			return errTaken
		case !errors.Is(err, store.ErrNone):
			return err
		}
		if err := store.Put(ctx, tx, store.Head{ID: id, Title: title}); err != nil {
			return err
		}
		if err := a.keep(ctx, tx, store.Draft{ID: id, Rev: 1, State: string(forms.Editing)}, d); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "forms.create", Object: id, Detail: map[string]string{"from": from}})
	})
	if err != nil {
		return Draft{}, err
	}
	return a.Draft(ctx, id)
}

// StartDraft begins a draft from the version in force; one that is open is returned as it is.
func (a *App) StartDraft(ctx context.Context, id string) (Draft, error) {
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		switch _, err := store.GetDraft(ctx, tx, id); {
		case err == nil:
			return nil
		case !errors.Is(err, store.ErrNone):
			return err
		}
		v, err := store.GetVersion(ctx, tx, id, 0)
		if errors.Is(err, store.ErrNone) {
			return ErrUnknown
		}
		if err != nil {
			return err
		}
		var d forms.Design
		if err := json.Unmarshal([]byte(v.Body), &d); err != nil {
			return fmt.Errorf("decode form %s: %w", id, err)
		}
		if err := a.keep(ctx, tx, store.Draft{ID: id, Rev: 1, State: string(forms.Editing), Base: v.Version}, d); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "forms.start_draft", Object: id, Detail: map[string]string{"base": fmt.Sprint(v.Version)}})
	})
	if err != nil {
		return Draft{}, err
	}
	return a.Draft(ctx, id)
}

// keep writes the draft down as the actor's.
func (a *App) keep(ctx context.Context, tx db.Tx, row store.Draft, d forms.Design) error {
	d.Version = row.Base
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode draft: %w", err)
	}
	who := tx.Actor()
	row.Body, row.ByID, row.ByName = string(body), who.ID, who.Name
	return store.PutDraft(ctx, tx, row)
}

// Draft returns the open draft of a form, with what is wrong with it.
func (a *App) Draft(ctx context.Context, id string) (Draft, error) {
	var row store.Draft
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		row, err = store.GetDraft(ctx, q, id)
		return err
	})
	if errors.Is(err, store.ErrNone) {
		return Draft{}, errNoDraft
	}
	if err != nil {
		return Draft{}, err
	}
	return a.shown(row)
}

func info(row store.Draft) DraftInfo {
	return DraftInfo{Rev: row.Rev, State: forms.State(row.State), Base: row.Base, By: row.ByName, At: db.FromMs(row.At), Note: row.Note}
}

func (a *App) shown(row store.Draft) (Draft, error) {
	var d forms.Design
	if err := json.Unmarshal([]byte(row.Body), &d); err != nil {
		return Draft{}, fmt.Errorf("decode draft: %w", err)
	}
	return Draft{DraftInfo: info(row), Design: d, Faults: design.Verify(d, a.seed.Library)}, nil
}

// act moves a draft one step of its life. change may replace the design.
func (a *App) act(ctx context.Context, id string, rev int, act forms.Act, action string, change func(tx db.Tx, row *store.Draft, d *forms.Design) error, reason string) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		row, err := store.GetDraft(ctx, tx, id)
		if errors.Is(err, store.ErrNone) {
			return errNoDraft
		}
		if err != nil {
			return err
		}
		if row.Rev != rev {
			return forms.ErrChanged
		}
		to, err := forms.Next(forms.State(row.State), act)
		if err != nil {
			return err
		}
		var d forms.Design
		if err := json.Unmarshal([]byte(row.Body), &d); err != nil {
			return fmt.Errorf("decode draft: %w", err)
		}
		if change != nil {
			if err := change(tx, &row, &d); err != nil {
				return err
			}
		}
		if to == forms.Gone {
			err = store.DropDraft(ctx, tx, id)
		} else {
			row.State, row.Rev = string(to), row.Rev+1
			err = a.keep(ctx, tx, row, d)
		}
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: action, Object: id, Reason: reason, Detail: map[string]string{"rev": fmt.Sprint(rev)}})
	})
}

// SaveDraft keeps what the designer drew. A draft may have faults; they come back with it.
func (a *App) SaveDraft(ctx context.Context, id string, rev int, d forms.Design) (Draft, error) {
	if d.ID != id {
		return Draft{}, errs.E(errs.Invalid, "forms.bad_id", "表单编号不能改", nil)
	}
	if d.Screens == nil {
		d.Screens = []matter.Group{}
	}
	if settled, err := design.Settle(d); err == nil {
		d = settled
	}
	err := a.act(ctx, id, rev, forms.ActSave, "forms.save_draft", func(_ db.Tx, row *store.Draft, was *forms.Design) error {
		row.Note = ""
		*was = d
		return nil
	}, "")
	if err != nil {
		return Draft{}, err
	}
	return a.Draft(ctx, id)
}

// SubmitDraft hands the draft over for publishing; one with faults stays.
func (a *App) SubmitDraft(ctx context.Context, id string, rev int) (Draft, error) {
	err := a.act(ctx, id, rev, forms.ActSubmit, "forms.submit_draft", func(_ db.Tx, _ *store.Draft, d *forms.Design) error {
		return a.sound(*d)
	}, "")
	if err != nil {
		return Draft{}, err
	}
	return a.Draft(ctx, id)
}

// sound refuses a design with faults, naming each.
func (a *App) sound(d forms.Design) error {
	var fields []errs.Field
	for _, f := range design.Verify(d, a.seed.Library) {
		if !f.Warn {
			fields = append(fields, errs.Field{Path: "design." + f.Where, Message: f.Words})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return errs.WithFields(errFaults, fields...)
}

// WithdrawDraft takes a submitted draft back to go on editing.
func (a *App) WithdrawDraft(ctx context.Context, id string, rev int) (Draft, error) {
	if err := a.act(ctx, id, rev, forms.ActWithdraw, "forms.withdraw_draft", nil, ""); err != nil {
		return Draft{}, err
	}
	return a.Draft(ctx, id)
}

// ReturnDraft sends a submitted draft back, with the reason.
func (a *App) ReturnDraft(ctx context.Context, id string, rev int, note string) (Draft, error) {
	err := a.act(ctx, id, rev, forms.ActReturn, "forms.return_draft", func(_ db.Tx, row *store.Draft, _ *forms.Design) error {
		row.Note = note
		return nil
	}, note)
	if err != nil {
		return Draft{}, err
	}
	return a.Draft(ctx, id)
}

// DropDraft gives a draft up. A form that was never published goes with it.
func (a *App) DropDraft(ctx context.Context, id string, rev int, reason string) error {
	return a.act(ctx, id, rev, forms.ActDrop, "forms.drop_draft", func(tx db.Tx, row *store.Draft, _ *forms.Design) error {
		if row.Base > 0 {
			return nil
		}
		return store.Remove(ctx, tx, id)
	}, reason)
}

// PublishDraft makes the draft the version in force, at once.
func (a *App) PublishDraft(ctx context.Context, id string, rev int) (int, error) {
	version := 0
	err := a.act(ctx, id, rev, forms.ActPublish, "forms.publish", func(tx db.Tx, row *store.Draft, d *forms.Design) error {
		if err := a.sound(*d); err != nil {
			return err
		}
		head, err := store.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		if head.Version != row.Base {
			return forms.ErrChanged // a newer release brought its own version meanwhile
		}
		version, err = a.publish(ctx, tx, *d, head)
		return err
	}, "")
	return version, err
}
