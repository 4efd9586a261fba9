package web_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"tongban/agent/screen"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
)

// travelBed is a terminal with a reader of documents and a matter that every document goes for.
func travelBed(t *testing.T, device string, at func(*simtest.Bench) string) *bed {
	t.Helper()
	sim := simtest.Start(t, simtest.IDCard, simtest.Receipt, simtest.Camera, device)
	it := sampleItem()
	it.Form.Schema = bytes.Replace(it.Form.Schema, []byte("cn-id"), []byte("cn-cert"), 1)
	b := newBed(t, bedOptions{still: true, sim: sim, item: &it, addresses: map[string]string{"passport": at(sim)}})
	b.until("reader ready", func() bool { return b.rack.Status(drivers.KindPassport).Ready() })
	return b
}

// A citizen of another country types what is printed, lays the passport down, says who he is, and takes up a matter.
func TestPassportInPlaceOfACard(t *testing.T) {
	b := travelBed(t, simtest.Passport, func(s *simtest.Bench) string { return s.Passport })
	b.do("visit/start", nil)
	if i := b.do("identify/document", screen.Document{}).Visit.Identify; i.Phase != "ask" || !i.Document || i.Message == "" {
		t.Fatalf("begins with %+v", i)
	}
	var no *refused
	if _, err := b.try("identify/document", screen.Document{Number: "9", Birth: "1990-02-30", Expires: "2031"}); !errors.As(err, &no) || no.Code != "screen.invalid" || len(no.Fields) != 3 {
		t.Errorf("three mistakes: %v", err)
	}

	typed := screen.Document{Number: "e51079901", Birth: "1990-01-11", Expires: "2031-05-20"}
	if i := b.do("identify/document", typed).Visit.Identify; i.Phase != "waiting" {
		t.Fatalf("waits with %+v", i)
	}
	b.sim.Paper(simtest.Passport, "xie")
	if i := b.phase("ask", 3*time.Second); !strings.Contains(i.Title, "没有打开") {
		t.Errorf("another day of birth: %+v", i)
	}
	typed.Birth = "1990-01-01"
	b.do("identify/document", typed)
	b.until("read", func() bool { return b.state().Visit.Person != nil })
	if p := b.state().Visit.Person; p.Name != "谢样例" || p.CardType != "passport" || p.Birth != "1990-01-01" || p.Sex != "女" || p.Confirmed || p.Expired || strings.Contains(p.ID, "079901") {
		t.Errorf("read %+v", p)
	}
	b.do("identify/confirm", nil)
	s := b.do("matter/choose", screen.Choose{Item: "glbt"})
	if v := s.Visit.Matter.Values; v["name"] != "谢样例" || v["id_number"] == nil {
		t.Errorf("filled in: %v", v)
	}
	b.do("visit/end", screen.EndVisit{Reason: "left"})
	b.until("the passport left behind is said", func() bool {
		v := b.state().Visit
		return v != nil && v.CardLeft && v.DocumentLeft && v.Person == nil
	})
	b.sim.Paper(simtest.Passport, "none")
	b.until("attract screen", func() bool { return b.state().Visit == nil })
	if l := b.logs.String(); strings.Contains(l, "E51079901") || strings.Contains(l, "谢样例") {
		t.Error("the log names the holder")
	}
}

// What happens to chips is said in words, nothing of a document that is not genuine is used, and the card reader is asked again after.
func TestPassportFailures(t *testing.T) {
	b := travelBed(t, simtest.Passport, func(s *simtest.Bench) string { return s.Passport })
	b.do("visit/start", nil)
	typed := screen.Document{Number: "E51079901", Birth: "1990-01-01", Expires: "2031-05-20"}
	for _, c := range []struct{ fault, phase, title string }{
		{"tampered", "unknown", "没有通过核验"},
		{"cloned", "unknown", "没有通过核验"},
		{"pulled", "early", "拿早了"},
	} {
		b.do("identify/document", typed)
		b.sim.Press(simtest.Passport, c.fault, 0)
		b.sim.Paper(simtest.Passport, "xie")
		if i := b.phase(c.phase, 10*time.Second); !strings.Contains(i.Title, c.title) {
			t.Errorf("%s: %+v", c.fault, i)
		}
		if b.state().Visit.Person != nil {
			t.Errorf("%s: somebody was identified", c.fault)
		}
		b.sim.Clear()
		b.sim.Paper(simtest.Passport, "none")
		b.do("identify/cancel", nil)
	}
	b.do("identify/document", typed)
	b.sim.Press(simtest.Passport, "cut", -1)
	b.phase("down", 4*time.Second)
	if i := b.do("identify/document", screen.Document{}).Visit.Identify; i.Phase != "down" {
		t.Errorf("asked again without a reader: %+v", i)
	}
	b.do("identify/start", nil)
	if code := b.code("identify/document", screen.Document{}); code != "screen.no_reader" {
		t.Errorf("without a reader: %s", code)
	}
	b.sim.PutCard("zhou") // the card reader has gone on waiting
	b.until("card read", func() bool { return b.state().Visit.Person != nil })
}

// A reader of printed lines asks for nothing: drawn through is read.
func TestPermitDrawnThrough(t *testing.T) {
	b := travelBed(t, simtest.MRZ, func(s *simtest.Bench) string { return "mrz-serial@serial:" + s.MRZ })
	b.do("visit/start", nil)
	if i := b.do("identify/document", screen.Document{}).Visit.Identify; i.Phase != "waiting" || !strings.Contains(i.Title, "刷") {
		t.Fatalf("begins with %+v", i)
	}
	var drawn time.Time
	b.until("read", func() bool { // what comes before the reader listens is nobody's: he draws again
		if time.Since(drawn) > 2*time.Second {
			drawn = time.Now()
			b.sim.Paper(simtest.MRZ, "home")
		}
		return b.state().Visit.Person != nil
	})
	if p := b.state().Visit.Person; p == nil || p.Name != "张证" || p.CardType != "hkmo" {
		t.Fatalf("read %+v", p)
	}
	b.do("identify/cancel", nil)
	if b.state().Visit.Person != nil || b.ask(http.MethodPost, "/api/identify/confirm", struct{}{}, rand.Text(), nil) == nil {
		t.Error("who said it is not him is still here")
	}
}
