package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/vault"
	"tongban/central/modules/province"
	"tongban/central/modules/province/internal/store"
	"tongban/central/modules/window"
)

// within refuses a case that lies outside the caller's scope as if it were not there.
func (a *App) within(ctx context.Context, no, perm string) (window.Facts, error) {
	f, err := a.Window.Facts(ctx, no)
	if err != nil {
		return f, err
	}
	if !actor.From(ctx).Scope(perm).Covers(actor.Place{Region: f.Region, Department: f.Department, Handler: f.Handler}) {
		return f, window.ErrNoSuchCase
	}
	return f, nil
}

// holder returns the number of a case's applicant; the look is on record.
func (a *App) holder(ctx context.Context, no, purpose string) (string, error) {
	body, err := a.Window.Application(ctx, no, purpose)
	if err != nil {
		return "", err
	}
	if body.Applicant.IDNumber == "" {
		return "", province.ErrNoPerson
	}
	return body.Applicant.IDNumber, nil
}

// call asks one of the other five with a small JSON body and refuses an answer that says no.
func (a *App) call(ctx context.Context, system, op, path string, in, out any, said *outcome) error {
	six, err := a.connected()
	if err != nil {
		return err
	}
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode request: %w", err)
	}
	if _, err := six.ask(ctx, system, op, http.MethodPost, path, body, out); err != nil {
		if errors.Is(err, errAbsent) {
			return province.ErrNone
		}
		return err
	}
	if said.Code != "0" {
		return errs.E(errs.Conflict, "province.refused", "省里没有给："+said.words(), fmt.Errorf("%s: %s", system, said.Code))
	}
	return nil
}

type theirMaterial struct {
	ID     string `json:"materialId"`
	Name   string `json:"materialName"`
	Source string `json:"source"`
	At     string `json:"issuedOn"`
	Mime   string `json:"mime"`
	Digest string `json:"digest"`
}

func (m theirMaterial) ours() province.Material {
	return province.Material{ID: clip(m.ID, 60), Name: clip(m.Name, 100), Source: clip(m.Source, 60), Issued: clip(m.At, 20), Mime: clip(m.Mime, 60), Digest: clip(m.Digest, 64)}
}

// Materials implements province.Service.
func (a *App) Materials(ctx context.Context, no, purpose string) ([]province.Material, error) {
	id, err := a.holder(ctx, no, "查省电子材料库："+purpose)
	if err != nil {
		return nil, err
	}
	var got struct {
		outcome
		Materials []theirMaterial `json:"materials"`
	}
	if err := a.call(ctx, sysMaterials, "query", "/v1/query", map[string]string{"certNo": id, "purpose": purpose}, &got, &got.outcome); err != nil {
		return nil, err
	}
	out := []province.Material{}
	for _, m := range got.Materials {
		out = append(out, m.ours())
	}
	return out, nil
}

// Fetch implements province.Service.
func (a *App) Fetch(ctx context.Context, no, id, purpose string) (province.Material, []byte, error) {
	cert, err := a.holder(ctx, no, "取省电子材料："+purpose)
	if err != nil {
		return province.Material{}, nil, err
	}
	var got struct {
		outcome
		Material theirMaterial `json:"material"`
		Content  []byte        `json:"content"`
	}
	if err := a.call(ctx, sysMaterials, "fetch", "/v1/files/"+url.PathEscape(id), map[string]string{"certNo": cert, "purpose": purpose}, &got, &got.outcome); err != nil {
		return province.Material{}, nil, err
	}
	if digest(got.Content) != got.Material.Digest {
		return province.Material{}, nil, errors.Join(province.ErrAnswer, errors.New("a material does not fit its digest"))
	}
	return got.Material.ours(), got.Content, nil
}

// Keep implements province.Service.
func (a *App) Keep(ctx context.Context, no, name, mime string, content []byte) (province.Material, error) {
	cert, err := a.holder(ctx, no, "存入省电子材料库："+name)
	if err != nil {
		return province.Material{}, err
	}
	var got struct {
		outcome
		Material theirMaterial `json:"material"`
	}
	in := map[string]any{"msgId": ids.New(), "certNo": cert, "materialName": name, "mime": mime, "issuedOn": calendar.DateOf(a.Clock.Now()).String(), "content": content}
	if err := a.call(ctx, sysMaterials, "keep", "/v1/files", in, &got, &got.outcome); err != nil {
		return province.Material{}, err
	}
	if got.Material.Digest != digest(content) {
		return province.Material{}, errors.Join(province.ErrAnswer, errors.New("the library kept something else"))
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		if err := a.prove(ctx, tx, province.Proof{Message: got.Material.ID, Case: no, Direction: "out", What: "keep", Digest: got.Material.Digest}); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "province.keep", Object: no, Detail: map[string]string{"material": got.Material.ID, "digest": got.Material.Digest}})
	})
	return got.Material.ours(), err
}

// Licences implements province.Service: first the consent is on record, then the province is asked.
func (a *App) Licences(ctx context.Context, no, kind string, c province.Consent) ([]province.Licence, error) {
	return a.licences(ctx, no, kind, c, func() (string, error) { return a.holder(ctx, no, "查省电子证照："+c.Purpose) })
}

// LicencesOf implements province.Service.
func (a *App) LicencesOf(ctx context.Context, about, holder, kind string, c province.Consent) ([]province.Licence, error) {
	return a.licences(ctx, about, kind, c, func() (string, error) {
		if holder == "" {
			return "", province.ErrNoPerson
		}
		return holder, nil
	})
}

func (a *App) licences(ctx context.Context, no, kind string, c province.Consent, holder func() (string, error)) ([]province.Licence, error) {
	if _, err := a.connected(); err != nil {
		return nil, err
	}
	consent := ids.New()
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.AddConsent(ctx, tx, consent, no, kind, c); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "province.consent", Object: no, Reason: c.Purpose, Detail: map[string]string{"way": c.Way, "kind": kind, "consent": consent}})
	})
	if err != nil {
		return nil, err
	}
	cert, err := holder()
	if err != nil {
		return nil, err
	}
	var got struct {
		outcome
		Licences []struct {
			ID     string `json:"licenceId"`
			Type   string `json:"licenceType"`
			Name   string `json:"licenceName"`
			No     string `json:"licenceNo"`
			Office string `json:"issuer"`
			From   string `json:"validFrom"`
			To     string `json:"validTo"`
			State  string `json:"state"`
		} `json:"licences"`
	}
	in := map[string]string{"certNo": cert, "licenceType": kind, "consentId": consent, "purpose": c.Purpose}
	if err := a.call(ctx, sysLicences, "query", "/v1/query", in, &got, &got.outcome); err != nil {
		return nil, err
	}
	out := []province.Licence{}
	for _, l := range got.Licences {
		out = append(out, province.Licence{
			ID: clip(l.ID, 60), Type: clip(l.Type, 40), Name: clip(l.Name, 60), No: vault.MaskID(clip(l.No, 60)), Office: clip(l.Office, 60), From: clip(l.From, 20), To: clip(l.To, 20), State: clip(l.State, 20),
		})
	}
	return out, a.DB.Do(ctx, func(tx db.Tx) error { return store.CountConsent(ctx, tx, consent, len(out)) })
}

// sealName is the seal we ask for.
const sealName = "政务服务专用章"

// Seal implements province.Service.
func (a *App) Seal(ctx context.Context, title string, file []byte) (province.Seal, error) {
	var got struct {
		outcome
		ID        string    `json:"sealId"`
		Name      string    `json:"sealName"`
		Digest    string    `json:"digest"`
		At        time.Time `json:"at"`
		Signature string    `json:"signature"`
	}
	in := map[string]any{"msgId": ids.New(), "digest": digest(file), "title": title, "sealName": sealName, "at": db.FromMs(db.Ms(a.Clock.Now()))}
	if err := a.call(ctx, sysSeal, "seal", "/v1/seals", in, &got, &got.outcome); err != nil {
		return province.Seal{}, err
	}
	s := province.Seal{ID: clip(got.ID, 60), Name: got.Name, Digest: got.Digest, At: got.At, Signature: got.Signature}
	if err := a.CheckSeal(s, file); err != nil {
		return province.Seal{}, errors.Join(province.ErrAnswer, err)
	}
	return s, a.DB.Do(ctx, func(tx db.Tx) error {
		if err := a.prove(ctx, tx, province.Proof{Message: s.ID, Direction: "in", What: "seal", Digest: s.Digest, Facts: factsJSON(map[string]string{"signature": s.Signature, "at": strconv.FormatInt(s.At.UnixMilli(), 10)})}); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "province.seal", Object: s.ID, Detail: map[string]string{"title": title, "digest": s.Digest}})
	})
}

// CheckSeal implements province.Service. It needs no line: the province's public key is at hand.
func (a *App) CheckSeal(s province.Seal, file []byte) error {
	if a.six == nil {
		return province.ErrOffline
	}
	sig, err := hex.DecodeString(s.Signature)
	if err != nil || s.Digest != digest(file) || crypto.Verify(a.six.peer, s.Text(), sig) != nil {
		return province.ErrSeal
	}
	return nil
}

// Standing implements province.Service.
func (a *App) Standing(ctx context.Context, no string) (province.Standing, error) {
	out := province.Standing{No: no}
	err := a.DB.View(ctx, func(q db.Query) error {
		c, there, err := store.FindCase(ctx, q, no)
		if err != nil || !there {
			return err
		}
		list, err := store.OfCase(ctx, q, no)
		if err != nil {
			return err
		}
		out = standing(c, list)
		return nil
	})
	return out, err
}

func standing(c store.Case, list []store.Message) province.Standing {
	out := province.Standing{No: c.No, Sent: true, ProvNo: c.ProvNo, Returned: c.Returned}
	for _, m := range list {
		if m.Direction != "out" {
			continue
		}
		if !m.State.Settled() {
			out.Waiting++
		}
		if out.State == "" || !m.State.Settled() && out.Waiting == 1 || out.Waiting == 0 {
			out.State, out.StateText, out.At = m.State, m.State.Text(), db.FromMs(max(m.SettledAt, m.SentAt, m.CreatedAt))
		}
	}
	return out
}

var _ province.Service = (*App)(nil)

// MayUse refuses a case that lies outside the scope in which the caller may use the library.
func (a *App) MayUse(ctx context.Context, no string) error {
	_, err := a.within(ctx, no, province.PermLibrary)
	return err
}
