package app

import (
	"context"
	"strconv"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/vault"
	"tongban/central/modules/region"
	"tongban/central/modules/region/internal/store"
	"tongban/central/modules/window"
)

// Register takes a registration of the window that is for another region (代收登记): it gets its number, and is on its way the moment it
// is kept.
func (a *App) Register(ctx context.Context, draft string, revision int) (Detail, error) {
	done, err := a.Cases.HandAcross(ctx, draft, revision, a.registered)
	if err != nil {
		return Detail{}, err
	}
	return a.Show(ctx, done.No)
}

func (a *App) registered(ctx context.Context, tx db.Tx, w window.Across) error {
	h, t, err := a.dir.find(w.Target, w.Item)
	if err != nil {
		return err
	}
	p := w.Submission.Applicant
	c := store.Case{
		No: w.No, Target: w.Target, Home: h.Code, HomeName: h.Name, HomeOffice: h.Office, Mode: t.Mode, Paper: t.Paper, Item: w.Item, ItemVersion: w.ItemVersion, ItemName: w.ItemName,
		State: region.Registered, Version: 1, NameMasked: vault.MaskName(p.Name), IDMasked: vault.MaskID(p.IDNumber), IDBlind: a.Vault.Blind(classID, p.IDNumber), Agent: w.Agent,
		Region: w.Region, Department: w.Department, Handler: w.Clerk, ClerkName: w.ClerkName, Hall: w.Hall, Window: w.Window, Ticket: w.Ticket, Draft: w.Draft,
		SendDays: t.Send, AnswerDays: t.Answer, Promised: t.Promised, RegisteredAt: db.Ms(tx.Now()),
	}
	if c.Region == "" {
		c.Region = a.dir.Here.Code
	}
	if c.BodySealed, err = a.sealBody(c.No, body{Submission: w.Submission, Stands: w.Stands, Phone: w.Phone.Reveal()}); err != nil {
		return err
	}
	if err := store.Add(ctx, tx, c); err != nil {
		return err
	}
	for i, one := range t.Parts {
		code := one.Region
		if code == "here" {
			code = a.dir.Here.Code
		}
		if err := store.AddPart(ctx, tx, store.Part{No: c.No, Ord: i + 1, Region: code, Name: a.dir.name(code), What: one.What}); err != nil {
			return err
		}
	}
	if err := a.here(ctx, tx, c.No, "代收登记", "收件地 "+a.dir.name(c.Region)+"，办理地 "+c.HomeName+"，"+c.Mode.Text()+"；只做形式和身份核对"); err != nil {
		return err
	}
	if err := audit.Write(ctx, tx, audit.Record{Action: "region.register", Object: c.No, Detail: map[string]string{"home": c.Home, "mode": string(c.Mode), "paper": strconv.FormatBool(c.Paper)}}); err != nil {
		return err
	}
	if err := a.queue(ctx, tx, c, kindApply, "送申请", nil); err != nil {
		return err
	}
	return emit(ctx, tx, region.TopicRegistered, c)
}
