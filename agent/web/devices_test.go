package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tongban/agent/screen"
	"tongban/deploy/sim/simtest"
)

func (b *bed) phase(want string, within time.Duration) *screen.Identify {
	b.t.Helper()
	from := time.Now()
	b.until("phase "+want, func() bool {
		s := b.state()
		return s.Visit != nil && s.Visit.Identify != nil && s.Visit.Identify.Phase == want
	})
	if took := time.Since(from); took > within && !racing {
		b.t.Errorf("phase %s came after %s, at most %s", want, took, within)
	}
	i := b.state().Visit.Identify
	if i == nil || i.Title == "" || i.Message == "" {
		b.t.Errorf("phase %s has no words: %+v", want, i)
	}
	return i
}

// Every failure is on the screen within 3 s, and the next card is read without a restart.
func TestCardFailures(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.do("visit/start", nil)
	for _, c := range []struct {
		fault string
		value int
		at    string
		want  string
	}{
		{"unknown-card", 0, "", "unknown"},
		{"pulled", 0, "", "early"},
		{"two-cards", 0, "", "unreadable"},
		{"sam", 0, "", "down"},
	} {
		if s := b.do("identify/start", nil); s.Visit.Identify.Phase != "waiting" {
			t.Fatalf("%s: starts in %s", c.fault, s.Visit.Identify.Phase)
		}
		b.sim.Press(simtest.IDCard, c.fault, c.value)
		b.sim.PutCard("zhou")
		b.phase(c.want, 3*time.Second)
		b.sim.Clear()
		b.sim.TakeCard()
		time.Sleep(200 * time.Millisecond)
		b.sim.PutCard("zhou")
		b.until("read after "+c.fault, func() bool { return b.state().Visit.Person != nil })
		b.sim.TakeCard()
		b.do("identify/cancel", nil)
	}
	// Noise that stops is read through by a second try; noise that stays is said.
	b.do("identify/start", nil)
	b.sim.Press(simtest.IDCard, "checksum", 0)
	b.sim.PutCard("zhou")
	b.phase("noise", 3*time.Second)
	b.sim.Clear()
	b.sim.TakeCard()
	b.do("identify/cancel", nil)
}

func TestReaderUnpluggedAndBack(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.do("visit/start", nil)
	b.do("identify/start", nil)
	b.sim.Press(simtest.IDCard, "cut", -1)
	b.phase("down", 3*time.Second)
	b.until("ability", func() bool { return b.state().Abilities[0].State == "down" })
	var d screen.ItemDetail
	if err := b.ask(http.MethodGet, "/api/items/glbt", nil, "", &d); err != nil || d.Here != "no" || d.Where == "" {
		t.Errorf("item without a reader: %+v, %v", d.ItemRow, err)
	}
	if c := b.code("matter/choose", screen.Choose{Item: "glbt"}); c != "screen.not_here" {
		t.Errorf("choose: %s", c)
	}
	b.sim.Release(simtest.IDCard, "cut")
	b.phase("waiting", 10*time.Second)
	b.sim.PutCard("zhou")
	b.until("read", func() bool { return b.state().Visit.Person != nil })

	b.do("identify/start", nil)
	b.sim.TakeCard()
	b.sim.Press(simtest.IDCard, "silent", 0)
	b.phase("silent", 4*time.Second)
	b.sim.Clear()
	b.phase("waiting", 10*time.Second)
}

// A foreigner's permit cannot fill a form that wants a citizen's number. That is said before the first question, with where to go, and
// the same matter is open to the citizen who comes next.
func TestAPermitThatTheMatterDoesNotTake(t *testing.T) {
	b := newBed(t, bedOptions{})
	detail := func() (d screen.ItemDetail) {
		t.Helper()
		if err := b.ask(http.MethodGet, "/api/items/glbt", nil, "", &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	b.identify("foreign17")
	if d := detail(); d.Here != "no" || d.Why != "card" || !strings.Contains(d.Where, "居民身份证") || !strings.Contains(d.Where, d.Office) {
		t.Errorf("with a permit: %+v, %s", d.ItemRow, d.Where)
	}
	if d := detail(); d.Bring[0].Have || d.Bring[0].Note != "带原件" {
		t.Errorf("what to carry to the window: %+v", d.Bring)
	}
	_, err := b.try("matter/choose", screen.Choose{Item: "glbt"})
	if err == nil || !strings.Contains(err.Error(), "screen.not_here: 这件事要用居民身份证办") || b.state().Visit.Matter != nil {
		t.Errorf("choose: %v", err)
	}
	b.do("visit/end", screen.EndVisit{Reason: "left"})
	b.visit = ""
	b.identify("zhou")
	if d := detail(); d.Here != "full" {
		t.Errorf("with a citizen's card: %+v", d.ItemRow)
	}
	b.do("matter/choose", screen.Choose{Item: "glbt"})
}

// A card laid on the attract screen starts a visit; one that is left at the end keeps the screen until it is gone.
func TestCardStartsAndIsLeft(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.sim.PutCard("zhou")
	b.until("visit", func() bool { s := b.state(); return s.Visit != nil && s.Visit.Person != nil })
	b.visit = b.state().Visit.ID
	b.do("identify/confirm", nil)
	b.do("visit/end", screen.EndVisit{Reason: "left"})
	b.until("card left", func() bool { s := b.state(); return s.Visit != nil && s.Visit.CardLeft })
	if v := b.state().Visit; v.Person != nil || v.Matter != nil || len(v.Finished) != 0 {
		t.Errorf("the shell holds %+v", v)
	}
	if c := b.code("visit/touch", nil); c != "screen.visit_over" {
		t.Errorf("touch: %s", c)
	}
	b.sim.TakeCard()
	b.until("attract", func() bool { return b.state().Visit == nil })
	time.Sleep(700 * time.Millisecond)
	if b.state().Visit != nil {
		t.Error("a visit began by itself")
	}
	b.sim.PutCard("zhang")
	b.until("next visit", func() bool {
		s := b.state()
		return s.Visit != nil && s.Visit.Person != nil && strings.HasPrefix(s.Visit.Person.Name, "张")
	})
}

func TestExpiredCardIsNotTaken(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.do("visit/start", nil)
	b.do("identify/start", nil)
	b.sim.PutCard("luo")
	b.until("read", func() bool { return b.state().Visit.Person != nil })
	if p := b.state().Visit.Person; !p.Expired {
		t.Errorf("person: %+v", p)
	}
	if c := b.code("identify/confirm", nil); c != "screen.card_expired" {
		t.Errorf("confirm: %s", c)
	}
}

// Pages that nobody could read are refused with the reason; good ones are taken; the camera is off while nobody scans.
func TestCapture(t *testing.T) {
	if racing {
		t.Skip("needs the emulated camera")
	}
	b := newBed(t, bedOptions{})
	b.identify("zhou")
	if err := b.ask(http.MethodGet, "/api/camera/preview", nil, "", &screen.Preview{}); err == nil {
		t.Error("the camera is on without a matter")
	}
	b.do("matter/choose", screen.Choose{Item: "glbt"})
	b.do("matter/answer", screen.Answer{Question: "who", Option: "self"})
	b.sim.Paper(simtest.Camera, "none")
	if c := b.capture("hukou"); c.OK || c.Verdict != "noPage" || c.Title == "" || c.Page != nil {
		t.Errorf("bare mat: %+v", c)
	}
	b.sim.Paper(simtest.Camera, "hukou")
	for fault, want := range map[string]string{"blurred": "blurred", "dark": "tooDark", "cutoff": "cutOff", "blank": "empty"} {
		b.sim.Press(simtest.Camera, fault, 0)
		if c := b.capture("hukou"); c.OK || c.Verdict != want || c.Message == "" {
			t.Errorf("%s: %+v", fault, c)
		}
		b.sim.Clear()
	}
	var p screen.Preview
	b.until("live picture", func() bool {
		return b.ask(http.MethodGet, "/api/camera/preview", nil, "", &p) == nil && p.Verdict == "good"
	})
	var jpg []byte
	if err := b.ask(http.MethodGet, "/api/camera/frame?rev=1", nil, "", &jpg); err != nil || len(jpg) < 1000 {
		t.Errorf("frame of %d bytes, %v", len(jpg), err)
	}
	if p.Width == 0 || p.Corners[2][0] <= p.Corners[0][0] || len(p.Checks) != 3 {
		t.Errorf("preview: %+v", p)
	}
	first := b.capture("hukou")
	if !first.OK {
		t.Fatalf("good page: %+v", first)
	}
	if c := b.code("matter/keep", screen.Keep{Material: "hukou", Page: "other"}); c != "screen.no_page" {
		t.Errorf("keep another: %s", c)
	}
	s := b.do("matter/keep", screen.Keep{Material: "hukou", Page: first.Page.ID})
	if n := len(s.Visit.Matter.Materials[0].Pages); n != 1 {
		t.Errorf("%d pages", n)
	}
	if s = b.do("matter/drop", screen.Keep{Material: "hukou", Page: first.Page.ID}); len(s.Visit.Matter.Materials[0].Pages) != 0 {
		t.Error("dropped page is still there")
	}
	if c := b.code("matter/capture", screen.Shoot{Material: "nonsense"}); c != "screen.no_material" {
		t.Errorf("unknown material: %s", c)
	}
	b.sim.Press(simtest.Camera, "cut", 0)
	if c := b.capture("hukou"); c.OK || c.Verdict != "down" {
		t.Errorf("unplugged camera: %+v", c)
	}
}

// What the printer says is what the screen says: no paper, no slip, and once more only when the last did not come out.
func TestPrinterTrouble(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.identify("zhou")
	b.fill("self")
	b.sim.Press(simtest.Receipt, "paper-out", 0)
	b.until("ability", func() bool {
		return b.state().Abilities[2].State == "down" && b.state().Abilities[2].Note == "没纸了"
	})
	b.do("matter/submit", nil)
	d := b.slipIs("failed")
	if !strings.Contains(d.Slip.Title, "没纸") || d.CaseNo == "" {
		t.Errorf("slip: %+v", d.Slip)
	}
	b.sim.Paper(simtest.Receipt, "roll")
	b.until("paper", func() bool { return b.state().Abilities[2].State == "ok" })
	b.do("slip/print", nil)
	b.slipIs("printed")
	if c := b.code("slip/print", nil); c != "screen.slip_out" {
		t.Errorf("a third slip: %s", c)
	}
	if n := len(b.sim.Slips()); n != 1 {
		t.Errorf("%d slips", n)
	}
	if len(b.centre.submissions()) != 1 {
		t.Error("the case did not arrive")
	}
}

func TestPrinterThatCannotSay(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.identify("zhou")
	b.fill("self")
	b.sim.Press(simtest.Receipt, "power-after", 60)
	b.do("matter/submit", nil)
	b.until("an honest state", func() bool { s := b.state().Visit.Done.Slip.State; return s == "failed" || s == "unknown" })
	if b.state().Visit.Done.Slip.State == "unknown" {
		s := b.do("slip/answer", screen.SlipAnswer{CameOut: false})
		if s.Visit.Done.Slip.State != "failed" {
			t.Errorf("after 没有: %+v", s.Visit.Done.Slip)
		}
	}
}

// A terminal without a printer says so before anything is asked, and works.
func TestWithoutPrinter(t *testing.T) {
	b := newBed(t, bedOptions{without: []string{"receipt"}})
	b.identify("zhou")
	var rows screen.Items
	if err := b.ask(http.MethodGet, "/api/items?frequent=1", nil, "", &rows); err != nil || len(rows.Rows) != 1 || rows.Rows[0].Here != "part" {
		t.Errorf("items: %+v, %v", rows, err)
	}
	b.fill("self")
	s := b.do("matter/submit", nil)
	if d := s.Visit.Done; d.Slip.State != "none" || len(d.Take) != 2 {
		t.Errorf("done: %+v", d)
	}
	b.until("arrival", func() bool { return len(b.centre.submissions()) == 1 })
}
