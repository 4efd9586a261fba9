package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/privacy"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window"
)

// private is the scene with what the window holds registered, as the centre does it.
func private(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	s := open(t, k)
	if err := k.Privacy.Register("window", s.app.Private()); err != nil {
		t.Fatal(err)
	}
	return s
}

// A database of the first version: everything sealed under the key file's root and bound to no row. It is read as it is, and
// after one re-sealing everything has the class's own key and hangs on its row.
func TestCasesOfTheFirstVersionAreReadAndSealedAnew(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := private(t, k)
		no := s.received(t, "glbt", 1)
		old, err := vault.Load(k.Config.KeyFile)
		if err != nil {
			t.Fatal(err)
		}
		columns := s.app.Private().Columns
		former := map[string]string{"person.name": "person", "person.id_number": "person", "case": "case", "file": "file"}
		for _, c := range columns {
			age(t, k, old, c, former[c.Class])
		}
		if n := versions(t, k, columns, "v1."); n < 6 {
			t.Fatalf("only %d values were aged", n)
		}
		if c := s.show(t, no); c.Person.Name != zhou.Name || len(c.Signatures) == 0 || c.Signatures[0].Name != zhou.Name {
			t.Errorf("an old case: %+v", c.Person)
		}
		if err := k.Privacy.Reseal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := versions(t, k, columns, "v1."); n != 0 {
			t.Errorf("%d values were left behind", n)
		}
		c := s.show(t, no)
		if c.Person.Name != zhou.Name {
			t.Errorf("a case sealed anew: %+v", c.Person)
		}
		page := ""
		for _, p := range c.Papers {
			if len(p.Pages) > 0 {
				page = p.Pages[0].ID
			}
		}
		if _, err := s.app.Page(s.clerk(t), no, page); err != nil {
			t.Errorf("a page sealed anew: %v", err)
		}
	})
}

// age seals every value of a column as the first version did.
func age(t *testing.T, k *kerneltest.Kit, old *vault.Vault, c privacy.Column, class string) {
	t.Helper()
	key := strings.Join(c.Key, " || '/' || ")
	ctx := t.Context()
	err := k.DB.Do(ctx, func(tx db.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT `+key+`, `+c.Column+` FROM `+c.Table+` WHERE `+c.Column+` <> ''`)
		if err != nil {
			return err
		}
		found := map[string]string{}
		for rows.Next() {
			var id, sealed string
			if err := rows.Scan(&id, &sealed); err != nil {
				return errors.Join(err, rows.Close())
			}
			found[id] = sealed
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		for id, sealed := range found {
			plain, err := k.Vault.OpenRow(c.Class, id, sealed)
			if err != nil {
				return fmt.Errorf("%s %s: %w", c.Name(), id, err)
			}
			v1, err := old.Seal(class, plain)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE `+c.Table+` SET `+c.Column+` = $1 WHERE `+key+` = $2`, v1, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func versions(t *testing.T, k *kerneltest.Kit, columns []privacy.Column, prefix string) (n int64) {
	t.Helper()
	for _, c := range columns {
		n += k.Count(t, `SELECT count(*) FROM `+c.Table+` WHERE `+c.Column+` LIKE $1`, prefix+"%")
	}
	return n
}

// Ten years after its end a case loses its person, and keeps what the statistics need; a hold keeps it whole.
func TestACaseIsForgottenAfterItsTime(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := private(t, k)
		admin := auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "sec", Roles: []string{"security-admin"}}.Granted(privacy.PermRetention))
		var nos []string
		for seq := 1; seq <= 3; seq++ {
			no := s.received(t, "glbt", seq)
			nos = append(nos, no)
			if seq == 3 {
				break // still open: no time runs
			}
			for _, act := range []window.Act{window.ActAccept, window.ActGrant} {
				if _, _, err := s.decide(t, no, window.Decision{Act: act}); err != nil {
					t.Fatalf("%s: %v", act, err)
				}
			}
		}
		if _, err := k.Privacy.SetHold(admin, "case", nos[1], "行政诉讼进行中"); err != nil {
			t.Fatal(err)
		}
		k.Clock.Advance(3651 * 24 * time.Hour)
		if _, err := k.Privacy.Apply(admin, "清理到期数据"); err != nil || s.show(t, nos[0]).Person.Name != zhou.Name {
			t.Fatalf("too early: %v", err)
		}
		k.Clock.Advance(2 * 24 * time.Hour)
		if _, err := k.Privacy.Apply(admin, "清理到期数据"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.app.Show(s.clerk(t), nos[0]); errs.CodeOf(err) != "window.expired" {
			t.Errorf("a forgotten case: %v", err)
		}
		for _, no := range nos[1:] {
			if c := s.show(t, no); c.Person.Name != zhou.Name {
				t.Errorf("%s lost its person", no)
			}
		}
		left := k.Count(t, `SELECT (SELECT count(*) FROM window_page WHERE case_no = $1) + (SELECT count(*) FROM window_signature WHERE case_no = $1)
			+ (SELECT count(*) FROM window_document WHERE case_no = $1 AND (key_sealed <> '' OR facts_sealed <> ''))
			+ (SELECT count(*) FROM window_case WHERE no = $1 AND (name_masked <> '' OR id_blind <> '' OR id_masked <> ''))`, nos[0])
		if left != 0 {
			t.Errorf("%d rows still hold something of the person", left)
		}
		if n := k.Count(t, `SELECT count(*) FROM window_case WHERE item = 'glbt' AND closed_at > 0`); n != 2 {
			t.Errorf("the statistics see %d cases", n)
		}
		found, err := k.Privacy.FindPerson(context.Background(), zhou.IDNumber)
		if err != nil || len(found) != 2 || found[0].Rows != 2 {
			t.Errorf("found %+v, %v", found, err)
		}
	})
}

// What a person gets of their cases is theirs and whole.
func TestExportOfAPerson(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := private(t, k)
		no := s.received(t, "glbt", 1)
		source := s.app.Private().Sources[0]
		data, err := source.Export(t.Context(), zhou.IDNumber)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{no, zhou.Name, zhou.IDNumber, zhou.Address} {
			if !strings.Contains(string(text), want) {
				t.Errorf("the export lacks %q: %s", want, text)
			}
		}
		if other, err := source.Export(t.Context(), "510799198512310026"); err != nil || other != nil {
			t.Errorf("somebody else gets %v, %v", other, err)
		}
	})
}
