package app

import (
	"testing"
	"time"

	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/catalogue/seed"
)

// Thirty rows are previewed and imported: three are refused by their cells, the others arrive to be drafted. The same spreadsheet again
// changes nothing, and what is exported comes back without a difference (gov. scenarios 1 and 4).
func TestImportArrivesToBeDrafted(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		a, p := open(t, k, seed.FS), staff(t)
		raw, err := SampleSheet(readSeed(t), 30)
		if err != nil {
			t.Fatal(err)
		}
		seen := must[Preview](t, "preview")(a.PreviewImport(p.publisher, "样例.xlsx", raw))
		if seen.New != 27 || seen.Refused != 3 || len(seen.Bad) != 3 || seen.Token == "" {
			t.Fatalf("preview %d new, %d refused, %v", seen.New, seen.Refused, seen.Bad)
		}
		const drafts = `SELECT count(*) FROM catalogue_draft WHERE state = 'pending'`
		if n := k.Count(t, drafts); n != 0 {
			t.Errorf("a preview makes %d drafts", n)
		}
		_, err = a.Import(p.editor, seen.Token)
		refused(t, "somebody else's upload", "catalogue.no_upload", err)
		audited := k.AuditCount(t)
		done := must[Imported](t, "import")(a.Import(p.publisher, seen.Token))
		if done.Made != 27 || done.Refused != 3 || k.Count(t, drafts) != 27 {
			t.Errorf("%+v, %d drafts to be drafted", done, k.Count(t, drafts))
		}
		if n := k.AuditCount(t) - audited; n != 28 {
			t.Errorf("%d audit records, want one for each draft and one for the import", n)
		}
		_, err = a.Import(p.publisher, seen.Token)
		refused(t, "the same import again", "catalogue.no_upload", err)
		again := must[Preview](t, "preview again")(a.PreviewImport(p.publisher, "样例.xlsx", raw))
		if again.New != 0 || again.Changed != 0 || again.Same != 27 {
			t.Errorf("the same spreadsheet again: %d new, %d changed, %d same", again.New, again.Changed, again.Same)
		}
		k.Clock.Advance(time.Hour)
		all, err := a.Export(p.publisher, EntryAsk{})
		if err != nil {
			t.Fatal(err)
		}
		back := must[Preview](t, "re-import")(a.PreviewImport(p.publisher, "实施清单.xlsx", all))
		if back.Same != len(readSeed(t).Items) || len(back.Changes) != 0 || len(back.Bad) != 0 {
			t.Errorf("an export comes back with %d of %d the same, %v %v", back.Same, len(readSeed(t).Items), back.Changes, back.Bad)
		}
		if _, err := a.PreviewImport(p.publisher, "x.xlsx", []byte("no")); err == nil {
			t.Error("anything is taken for a spreadsheet")
		}
	})
}
