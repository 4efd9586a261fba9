package web_test

import (
	"net/http"
	"testing"

	"tongban/agent/screen"
	"tongban/drivers"
)

// The same program on the profile of the desktop terminal offers a matter only where every device that it needs exists there; a slip is the one
// thing that goes without its printer, to the phone (HW-D0.2). What cannot be done here is said before anything is asked, and cannot be begun.
func TestDesktopOffersOnlyWhatItsDevicesServe(t *testing.T) {
	for name, c := range map[string]struct {
		needs []string
		here  string
	}{
		"reader and scanner":    {[]string{"idcard", "scanner"}, "full"},
		"a slip as well":        {[]string{"idcard", "scanner", "receipt"}, "part"},
		"a fingerprint":         {[]string{"idcard", "scanner", "fingerprint"}, "no"},
		"a paper to be printed": {[]string{"idcard", "laser"}, "no"},
		"a passport":            {[]string{"passport"}, "no"},
	} {
		t.Run(name, func(t *testing.T) {
			it := sampleItem()
			it.Needs = c.needs
			b := newBed(t, bedOptions{model: "desk-15", without: []string{"receipt"}, item: &it, offline: true, still: true})
			if b.rack.Has(drivers.KindReceipt) || !b.rack.Has(drivers.KindIDCard) || !b.rack.Has(drivers.KindScanner) || b.state().Terminal.Model != "desk-15" {
				t.Fatalf("not the desktop terminal: %+v", b.state().Terminal)
			}
			var d screen.ItemDetail
			if err := b.ask(http.MethodGet, "/api/items/"+it.Code, nil, "", &d); err != nil || d.Here != c.here {
				t.Fatalf("%+v %v", d.ItemRow, err)
			}
			if c.here == "no" && (d.Why != "device" || d.HereText == "" || d.Where == "") {
				t.Errorf("does not say why and where to go: %+v", d)
			}
			b.identify("zhou")
			if c.here == "no" {
				if code := b.code("matter/choose", screen.Choose{Item: it.Code}); code != "screen.not_here" {
					t.Errorf("choose: %s", code)
				}
				return
			}
			if s := b.do("matter/choose", screen.Choose{Item: it.Code}); s.Visit.Matter == nil {
				t.Error("not begun")
			}
		})
	}
}
