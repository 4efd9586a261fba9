package app

import (
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/migrations"
	"tongban/central/modules/catalogue/seed"
	"tongban/fleet/wire/matter"
)

// files copies the seed, so that a test can change it.
func files(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(seed.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(seed.FS, path)
		out[path] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func edit(files fstest.MapFS, path, old, new string) {
	files[path] = &fstest.MapFile{Data: []byte(strings.Replace(string(files[path].Data), old, new, 1))}
}

// open returns the use cases over a seed, loaded.
func open(t testing.TB, k *kerneltest.Kit, files fs.FS) *App {
	t.Helper()
	k.Migrate(t, db.Migrations{Name: "catalogue", FS: migrations.FS})
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(Needs{DB: k.DB, Log: k.Log, Seed: files, Calendar: cal, Clock: k.Clock, Offices: k.Org})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

const versions = `SELECT count(*) FROM catalogue_item_version`

func TestLoadingAgainChangesNothing(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		open(t, k, seed.FS)
		rows, audited, told := k.Count(t, versions), k.AuditCount(t), k.EventCount(t)
		k.Clock.Advance(time.Hour)
		a := open(t, k, seed.FS)

		got := []int64{k.Count(t, versions), k.AuditCount(t), k.EventCount(t)}
		if d := cmp.Diff([]int64{rows, audited, told}, got); d != "" {
			t.Errorf("rows, audit, events (-before +after):\n%s", d)
		}
		if c, err := a.Counts(t.Context()); err != nil || c != (catalogue.Counts{Items: int(rows), Smart: 20}) {
			t.Errorf("counts %+v, %v", c, err)
		}
	})
}

// A changed file is a new version; a case keeps the one it was filed with, and the form counts by itself.
func TestChangeIsANewVersion(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		changed := files(t)
		before, err := open(t, k, changed).Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}

		edit(changed, "items/glbt.yaml", "promise: {days: 5,", "promise: {days: 6,")
		a := open(t, k, changed)
		now, old := get(t, a, "glbt", 0), get(t, a, "glbt", 1)
		if now.Version != 2 || now.Promise.Days != 6 || now.Form.Version != 1 {
			t.Errorf("version %d promises %d days with form %d", now.Version, now.Promise.Days, now.Form.Version)
		}
		if old.Version != 1 || old.Promise.Days != 5 {
			t.Errorf("the old version now says %d days", old.Promise.Days)
		}
		if other := get(t, a, "cbzm", 0); other.Version != 1 {
			t.Errorf("an item that did not change has version %d", other.Version)
		}
		after, err := a.Snapshot(t.Context())
		if err != nil || after.Version == before.Version {
			t.Errorf("the snapshot is still %s, %v", after.Version, err)
		}

		edit(changed, "items/glbt.yaml", "title: 高龄津贴申请表", "title: 高龄津贴申请审批表")
		if it := get(t, open(t, k, changed), "glbt", 0); it.Version != 3 || it.Form.Version != 2 {
			t.Errorf("version %d with form %d, want 3 with 2", it.Version, it.Form.Version)
		}
	})
}

// An item gone from the seed can no longer be applied for; its running cases still find it, and it may come back.
func TestWithdrawAndRestore(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		fewer := files(t)
		open(t, k, fewer)
		kept := fewer["items/spxj.yaml"]
		delete(fewer, "items/spxj.yaml")
		a := open(t, k, fewer)
		if offered(t, a, "spxj") {
			t.Error("still offered")
		}
		if it := get(t, a, "spxj", 0); it.Version != 1 {
			t.Errorf("a running case finds version %d", it.Version)
		}

		fewer["items/spxj.yaml"] = kept
		a = open(t, k, fewer)
		if !offered(t, a, "spxj") || get(t, a, "spxj", 0).Version != 1 {
			t.Error("it did not come back as it was")
		}
	})
}

func TestPublishedVersionsAreNotEdited(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		open(t, k, seed.FS)
		for _, statement := range []string{`UPDATE catalogue_item_version SET body = '{}'`, `DELETE FROM catalogue_item_version`} {
			err := k.DB.Do(t.Context(), func(tx db.Tx) error {
				_, err := tx.ExecContext(t.Context(), statement)
				return err
			})
			if err == nil {
				t.Errorf("%s is let through", statement)
			}
		}
	})
}

// A seed with a fault is refused as a whole: what is in force stays.
func TestFaultySeedChangesNothing(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		broken := files(t)
		a := open(t, k, broken)
		edit(broken, "items/cbzm.yaml", "minutes: 2", "minutes: 3")
		edit(broken, "items/glbt.yaml", "elsewhere, is: [moved]", "elsewhere, is: [mooved]")
		err := a.Load(t.Context())
		if err == nil || !strings.Contains(err.Error(), `question elsewhere has no option "mooved"`) {
			t.Errorf("Load = %v", err)
		}
		if it := get(t, a, "cbzm", 0); it.Version != 1 {
			t.Error("half of a faulty seed was published")
		}
	})
}

func TestUnknownItem(t *testing.T) {
	a := open(t, kerneltest.New(t), seed.FS)
	for _, c := range []struct {
		code    string
		version int
	}{{"nothing", 0}, {"glbt", 9}, {"", 0}} {
		_, err := a.Item(t.Context(), c.code, c.version)
		if errs.KindOf(err) != errs.NotFound || errs.CodeOf(err) != catalogue.CodeUnknownItem {
			t.Errorf("%v: %v", c, err)
		}
	}
}

func TestSnapshot(t *testing.T) {
	a := open(t, kerneltest.New(t), seed.FS)
	s, err := a.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var first []string
	for _, it := range s.Items[:4] {
		first = append(first, it.Code)
	}
	if d := cmp.Diff([]string{"glbt", "cbzm", "sbkbl", "gzf"}, first); d != "" {
		t.Errorf("frequent ones (-want +got):\n%s", d)
	}
	tiles := 0
	for _, c := range s.Categories {
		if c.Tile > 0 {
			tiles++
		}
	}
	if tiles != 9 || s.Categories[8].Key != matter.AllKey {
		t.Errorf("%d tiles", tiles)
	}
	for _, it := range s.Items {
		if runes(it.Pinyin) != runes(it.Name) || len(it.Syllables) != runes(it.Name) {
			t.Errorf("%s: pinyin %q does not run along the name", it.Code, it.Pinyin)
		}
	}
	// The terminal counts with what it is given just as the centre does.
	for _, accepted := range []string{"2026-02-13", "2026-09-24", "2026-12-30"} {
		d, err := calendar.ParseDate(accepted)
		if err != nil {
			t.Fatal(err)
		}
		want, err := a.Calendar.Due(d, calendar.Budget{Days: 5, Unit: calendar.Working}, nil)
		if err != nil {
			t.Fatal(err)
		}
		day, provisional := matter.Due(s.Calendar, accepted, matter.Limit{Days: 5, Unit: matter.Working})
		if day != want.Due.String() || provisional != want.Provisional {
			t.Errorf("%s: terminal says %s %v, centre %s", accepted, day, provisional, want)
		}
	}
}

// The whole of one item as a terminal gets it; a difference is a change of the contract or of the item.
func TestGoldenItem(t *testing.T) {
	it := get(t, open(t, kerneltest.New(t), seed.FS), "glbt", 0)
	got, err := json.MarshalIndent(it, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/glbt.json"
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)+"\n"); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func get(t testing.TB, a *App, code string, version int) matter.Item {
	t.Helper()
	it, err := a.Item(t.Context(), code, version)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func offered(t testing.TB, a *App, code string) bool {
	t.Helper()
	items, err := a.Items(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(items, func(it matter.Item) bool { return it.Code == code })
}
