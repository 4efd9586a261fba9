package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	contract "tongban/central/modules/catalogue"
	catalogue "tongban/central/modules/catalogue/module"
	"tongban/central/modules/catalogue/seed"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
	"tongban/central/modules/window/internal/papers"
	"tongban/central/modules/window/migrations"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
	"tongban/fleet/wire/matter/mattertest"
)

// scene is a window with the items that the catalogue describes in full, on a real database.
type scene struct {
	*kerneltest.Kit
	app *app.App
	cat *catalogue.Catalogue

	firstPoint string // of the case that firstOf looked at

	people staff

	mu   sync.Mutex
	told []wire.CaseNotice
}

// staff are the accounts of the scene by id.
type staff map[string]auth.Actor

func (s staff) Person(_ context.Context, id string) (auth.Account, auth.Actor, error) {
	who, ok := s[id]
	if !ok {
		return auth.Account{}, who, errs.E(errs.NotFound, "auth.no_account", "没有这个账号", nil)
	}
	return auth.Account{ID: id, Name: who.Name}, who, nil
}

func (s staff) List(context.Context, auth.Filter) (out []auth.Account, n int, err error) {
	for id, who := range s {
		out = append(out, auth.Account{ID: id, Name: who.Name})
	}
	return out, len(out), nil
}

var engine = sync.OnceValues(papers.New)

func open(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	cat, err := catalogue.With(k.Kernel, seed.Described, contract.Outside{})
	if err != nil {
		t.Fatal(err)
	}
	k.Use(t, cat.Module, kernel.Module{Name: "window", Migrations: db.Migrations{Name: "window", FS: migrations.FS}})
	if err := cat.Module.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	drawer, err := engine()
	if err != nil {
		t.Skipf("no fonts in this build: %v", err)
	}
	s := &scene{Kit: k, cat: cat, people: staff{}}
	s.app = app.New(app.Needs{
		DB: k.DB, Clock: k.Clock, Vault: k.Vault, Blobs: k.Blobs, Events: k.Events, Jobs: k.Jobs, Items: cat.Service, Offices: k.Org, Calendar: cal, Papers: drawer, Privacy: k.Privacy, Staff: s.people,
		Notify: s.notify, Public: "https://example.invalid", Log: k.Log,
	})
	return s
}

func (s *scene) notify(_ context.Context, tx db.Tx, _ string, n wire.CaseNotice) error {
	tx.OnCommit(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.told = append(s.told, n)
	})
	return nil
}

var from = app.Origin{Terminal: "K-01", Number: 1, Hall: "涪城区政务服务中心", Place: "涪城区政务服务中心 3号机", Region: "510703"}

// everything is what a clerk may do.
var everything = []string{
	window.PermRead, window.PermAccept, window.PermNotice, window.PermRefuse, window.PermGrant, window.PermUnmask, window.PermRegister,
	window.PermRenotice, window.PermDecide, window.PermWithdraw,
}

// zhou is a citizen of the unassigned county 510799.
var zhou = wire.Person{
	Type: "resident", Name: "周立明", IDNumber: "510799199001010018", Sex: "male", Nation: "01", Birth: "1990-01-01",
	Address: "四川省绵阳市样例区通办路1号1栋1单元101号", IdentifiedBy: "idcard",
}

// submission makes a whole one, with a file for every paper that the answers ask for.
func (s *scene) submission(t *testing.T, item string, seq int) wire.Submission {
	t.Helper()
	it, err := s.cat.Service.Item(t.Context(), item, 0)
	if err != nil {
		t.Fatal(err)
	}
	no, err := wire.CaseNo(s.Clock.Now(), from.Number, seq)
	if err != nil {
		t.Fatal(err)
	}
	sub := wire.Submission{
		CaseNo: no, CheckCode: "AB2C3D", LookupKey: ids.Key(), Item: it.Code, ItemVersion: it.Version, Applicant: zhou,
		Consents: []wire.Consent{{Kind: "notice", Version: "1", At: s.Clock.Now()}}, Answers: answers(t, &it), SubmittedAt: s.Clock.Now(),
	}
	sub.Form = form.Prefill(it.Form, zhou)
	for _, g := range matter.Groups(&it, sub.Answers) {
		for _, f := range g.Fields {
			if _, ok := sub.Form[f.Name]; !ok {
				sub.Form[f.Name] = mattertest.Good(it.Form, f)
			}
		}
	}
	for _, m := range matter.Materials(&it, sub.Answers) {
		if m.Need == "required" || m.Need == "deferrable" {
			sub.Materials = append(sub.Materials, wire.Material{Code: m.Code, Pages: []wire.File{s.file(t, "page of "+m.Code, "image/jpeg")}})
		}
	}
	for _, g := range matter.Signers(&it, sub.Answers) {
		sub.Signatures = append(sub.Signatures, wire.Signature{
			Role: g.Role, Name: zhou.Name, Statement: g.Statement, Image: s.file(t, "signature of "+g.Role, "image/png"), At: s.Clock.Now(),
		})
	}
	it.Minimise(&sub)
	return sub
}

func answers(t *testing.T, it *matter.Item) map[string]string {
	t.Helper()
	out := map[string]string{}
	for range 50 {
		q, _, _, settled, _ := matter.Next(it, out)
		if settled || q == nil {
			return out
		}
		for _, o := range q.Options {
			if o.Stop == "" {
				out[q.ID] = o.Value
				break
			}
		}
	}
	t.Fatal("questions do not end")
	return nil
}

func (s *scene) file(t *testing.T, plain, mime string) wire.File {
	t.Helper()
	c, key, err := wire.Encrypt([]byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	d := blobs.Of(c)
	if _, err := s.Blobs.Put(t.Context(), bytes.NewReader(c), d); err != nil {
		t.Fatal(err)
	}
	return wire.File{Digest: string(d), Size: int64(len(c)), MIME: mime, Key: key}
}

// take plays the gate: one transaction, acting as the terminal.
func (s *scene) take(t *testing.T, sub wire.Submission) (wire.Envelope, error) {
	t.Helper()
	body, err := json.Marshal(sub)
	if err != nil {
		t.Fatal(err)
	}
	env := wire.Envelope{ID: ids.New(), Terminal: from.Terminal, Kind: wire.KindSubmission, MadeAt: s.Clock.Now()}
	ctx := auth.As(t.Context(), auth.Actor{Kind: auth.Terminal, ID: from.Terminal})
	return env, s.DB.Do(ctx, func(tx db.Tx) error {
		no, err := s.app.Take(ctx, tx, env, from, body)
		if err == nil && no != sub.CaseNo {
			err = fmt.Errorf("took %s as %s", sub.CaseNo, no)
		}
		return err
	})
}

// received hands one in and returns its number.
func (s *scene) received(t *testing.T, item string, seq int) string {
	t.Helper()
	sub := s.submission(t, item, seq)
	if _, err := s.take(t, sub); err != nil {
		t.Fatal(err)
	}
	return sub.CaseNo
}

func (s *scene) clerk(t *testing.T) context.Context {
	t.Helper()
	return auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "u1", Name: "周敏", Desk: "B 区 12 号窗", Roles: []string{"clerk"}}.Granted(everything...))
}

func (s *scene) show(t *testing.T, no string) app.Case {
	t.Helper()
	c, err := s.app.Show(s.clerk(t), no)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *scene) later(days int) { s.Clock.Advance(time.Duration(days) * 24 * time.Hour) }
