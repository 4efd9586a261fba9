package app_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	held "tongban/central/kernel/privacy"
	"tongban/central/modules/privacy"
	"tongban/central/modules/privacy/internal/app"
	"tongban/central/modules/privacy/migrations"
)

const number, name = "510703199001010023", "周立明"

// scene is the module over a real kernel with one source that holds something of one person.
func scene(t *testing.T, k *kerneltest.Kit) *app.App {
	t.Helper()
	k.Migrate(t, db.Migrations{Name: "privacy", FS: migrations.FS})
	a := app.New(app.Needs{DB: k.DB, Clock: k.Clock, Vault: k.Vault, Held: k.Privacy, Titles: map[string]string{"privacy": "个人信息保护"}})
	for module, r := range map[string]held.Registration{"privacy": a.Private(), "test": {Sources: []held.Source{{
		Name: "test.case", Title: "办件",
		Find: func(_ context.Context, _ db.Query, id string) (int, error) {
			if id == number {
				return 2, nil
			}
			return 0, nil
		},
		Export: func(_ context.Context, id string) (any, error) {
			if id == number {
				return map[string]string{"applicant": name, "id_number": id}, nil
			}
			return nil, nil
		},
	}}}} {
		if err := k.Privacy.Register(module, r); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func as(t *testing.T, role string, perms ...string) context.Context {
	t.Helper()
	return auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "u1", Name: "何志远", Roles: []string{role}}.Granted(perms...))
}

func handler(t *testing.T) context.Context {
	return as(t, "supervisor", privacy.PermRequest, privacy.PermExport)
}

func asked(kind privacy.Kind) app.Asked {
	return app.Asked{Kind: kind, IDNumber: number, Name: name, Channel: "窗口", Note: "请把我的办件都给我一份，电话 13800000026"}
}

// A request from beginning to end; what is in the database is sealed and what is in lists is masked.
func TestARequestIsHandled(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a := scene(t, k)
		r, err := a.Add(handler(t), asked(privacy.Copy))
		if err != nil {
			t.Fatal(err)
		}
		if r.No != "GX20261126-001" || r.SubjectMasked != "周*明 510703********0023" || r.DaysLeft != 30 || len(r.Found) != 2 {
			t.Errorf("%+v", r)
		}
		bare := k.Count(t, `SELECT count(*) FROM privacy_request WHERE id_sealed LIKE '%'||$1||'%' OR note_sealed LIKE '%1380000%' OR name_sealed LIKE '%'||$2||'%'`, number, name)
		if bare != 0 {
			t.Error("something lies in the clear")
		}
		if _, err := a.Export(handler(t), r.ID, "本人到窗口领取"); !errors.Is(err, privacy.ErrNotNow) {
			t.Errorf("export before anybody took it: %v", err)
		}
		if r, err = a.Act(handler(t), r.ID, privacy.ActTake, "由我办理"); err != nil || r.Handler != "何志远" || r.State != "taken" {
			t.Fatalf("%+v, %v", r, err)
		}
		if r, err = a.Act(handler(t), r.ID, privacy.ActExtend, "材料较多，需要时间"); err != nil || r.DaysLeft != 45 {
			t.Fatalf("%+v, %v", r, err)
		}
		if _, err = a.Act(handler(t), r.ID, privacy.ActExtend, "还是来不及"); errs.CodeOf(err) != "privacy.extended" {
			t.Errorf("put off twice: %v", err)
		}
		export(t, k, a, r.ID)
		if r, err = a.Act(handler(t), r.ID, privacy.ActFinish, "已当面交付"); err != nil || r.State != "finished" || len(r.Acts) != 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		if _, err := a.Act(handler(t), r.ID, privacy.ActRefuse, "改变主意了"); !errors.Is(err, privacy.ErrNotNow) {
			t.Errorf("after the end: %v", err)
		}
		list, err := a.List(handler(t), "finished", 1, 20)
		if err != nil || list.Total != 1 || list.Rows[0].Note != "" {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// export proves that the full data leaves only with permission and clearance, after two records.
func export(t *testing.T, k *kerneltest.Kit, a *app.App, id string) {
	t.Helper()
	if _, err := a.Export(as(t, "supervisor", privacy.PermRequest), id, "本人到窗口领取"); errs.KindOf(err) != errs.Forbidden {
		t.Errorf("without the permission: %v", err)
	}
	if _, err := a.Export(as(t, "security-admin", privacy.PermExport), id, "本人到窗口领取"); errs.CodeOf(err) != "privacy.clearance" {
		t.Errorf("below the clearance: %v", err)
	}
	before := k.AuditCount(t)
	e, err := a.Export(handler(t), id, "本人到窗口领取")
	if err != nil {
		t.Fatal(err)
	}
	if n := k.AuditCount(t) - before; n != 2 {
		t.Errorf("%d records", n)
	}
	var b bytes.Buffer
	if err := e.WriteZip(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		text += f.Name + "\n" + string(part)
	}
	for _, want := range []string{"说明.txt", "test.case.json", number, "privacy.request.json", "请把我的办件都给我一份"} {
		if !strings.Contains(text, want) {
			t.Errorf("the export lacks %q", want)
		}
	}
}

// Deleting, correcting and withdrawing hand nothing out.
func TestOnlyAccessAndCopyHandOut(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a := scene(t, k)
		for _, kind := range []privacy.Kind{privacy.Correct, privacy.Delete, privacy.Withdraw} {
			r, err := a.Add(handler(t), asked(kind))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := a.Act(handler(t), r.ID, privacy.ActTake, "由我办理"); err != nil {
				t.Fatal(err)
			}
			if _, err := a.Export(handler(t), r.ID, "本人到窗口领取"); !errors.Is(err, privacy.ErrNotNow) {
				t.Errorf("%s: %v", kind, err)
			}
		}
		bad := asked(privacy.Access)
		bad.IDNumber = "510703199001010024"
		if _, err := a.Add(handler(t), bad); errs.CodeOf(err) != "privacy.id_number" {
			t.Errorf("a wrong number: %v", err)
		}
	})
}

// What was answered is kept three years, and then it is gone with its steps.
func TestRequestsExpire(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a := scene(t, k)
		r, err := a.Add(handler(t), asked(privacy.Access))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Act(handler(t), r.ID, privacy.ActRefuse, "不是本人提出"); err != nil {
			t.Fatal(err)
		}
		k.Clock.Advance(1095 * 24 * time.Hour)
		admin := as(t, "security-admin", held.PermRetention)
		if run, err := a.Run(admin, "清理到期数据"); err != nil || k.Count(t, `SELECT count(*) FROM privacy_request`) != 1 {
			t.Errorf("too early: %+v, %v", run, err)
		}
		k.Clock.Advance(2 * 24 * time.Hour)
		if _, err := a.Run(admin, "清理到期数据"); err != nil {
			t.Fatal(err)
		}
		if n := k.Count(t, `SELECT (SELECT count(*) FROM privacy_request) + (SELECT count(*) FROM privacy_step)`); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}

func TestTheRegisterSaysWhy(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a := scene(t, k)
		if _, err := a.Add(handler(t), asked(privacy.Access)); err != nil {
			t.Fatal(err)
		}
		r, err := a.Register(t.Context())
		if err != nil || r.Counts.Classes < 10 || r.Counts.Sealed < 3 {
			t.Fatalf("%+v, %v", r.Counts, err)
		}
		for _, c := range r.Classes {
			if c.Purpose == "" || c.Basis == "" || c.Mask == "" || c.Retention.Text == "" || c.Key.Version != 1 {
				t.Errorf("%+v", c)
			}
		}
		keys, err := a.Rotate(as(t, "security-admin", held.PermKeys), "subject.request", "定期轮换")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range keys.Classes {
			if want := map[bool]int{true: 2, false: 1}[c.Class == "subject.request"]; c.ActiveVersion != want {
				t.Errorf("%s has version %d", c.Class, c.ActiveVersion)
			}
		}
		ret, err := a.Retention(t.Context())
		if err != nil || len(ret.Rules) < 3 || ret.Rules[0].NextAt != "2026-11-27T02:00:00+08:00" {
			t.Errorf("%+v, %v", ret.Rules, err)
		}
	})
}
