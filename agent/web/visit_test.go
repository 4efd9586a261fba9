package web_test

import (
	"bytes"
	"crypto/rand"
	"image/jpeg"
	"image/png"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"tongban/agent/outbox"
	"tongban/agent/screen"
	"tongban/deploy/sim/simtest"
)

func scribble() [][][4]float64 {
	var s [][4]float64
	for i := range 60 {
		s = append(s, [4]float64{100 + float64(i)*8, 200 + 80*math.Sin(float64(i)/4), float64(i * 10), 0.5})
	}
	return [][][4]float64{s}
}

func (b *bed) sign(role string) screen.State {
	b.t.Helper()
	return b.do("matter/sign", screen.Sign{Role: role, Width: 900, Height: 400, Strokes: scribble()})
}

func (b *bed) capture(material string) screen.Capture {
	b.t.Helper()
	var c screen.Capture
	if err := b.ask(http.MethodPost, "/api/matter/capture", screen.Shoot{Material: material}, rand.Text(), &c); err != nil {
		b.t.Fatalf("capture: %v", err)
	}
	return c
}

// fill goes through the matter up to the check page.
func (b *bed) fill(who string) screen.State {
	b.t.Helper()
	b.do("matter/choose", screen.Choose{Item: "glbt"})
	b.do("matter/consent", nil)
	b.do("matter/answer", screen.Answer{Question: "who", Option: who})
	b.do("matter/form", screen.Entries{Group: "who", Values: map[string]any{}})
	b.do("matter/form", screen.Entries{Group: "contact", Values: map[string]any{"phone": "13908162150"}})
	b.sim.Paper(simtest.Camera, "hukou")
	c := b.capture("hukou")
	if !c.OK || c.Page == nil {
		b.t.Fatalf("capture refused: %+v", c)
	}
	b.do("matter/keep", screen.Keep{Material: "hukou", Page: c.Page.ID})
	b.do("matter/defer", screen.Defer{Material: "card", On: true})
	return b.sign("applicant")
}

func (b *bed) slipIs(state string) screen.Done {
	b.t.Helper()
	b.until("slip "+state, func() bool {
		s := b.state()
		return s.Visit != nil && s.Visit.Done != nil && s.Visit.Done.Slip.State == state
	})
	return *b.state().Visit.Done
}

// A whole visit with the network: the slip says 窗口已收到, the centre can open everything, the terminal keeps nothing.
func TestWholeVisit(t *testing.T) {
	b := newBed(t, bedOptions{})
	s := b.identify("dilnur")
	p := s.Visit.Person
	if p.Masked != "迪*提" || p.Sex != "女" || p.Nation != "维吾尔族" || !p.Confirmed || strings.Contains(p.ID, "19460315") {
		t.Errorf("person: %+v", p)
	}
	s = b.fill("self")
	m := s.Visit.Matter
	if len(m.Missing) != 0 || !m.Settled || strings.Join(m.Steps, ",") != "notice,questions,form,materials,sign,check" {
		t.Fatalf("missing %v, steps %v", m.Missing, m.Steps)
	}
	if v, _ := m.Values["id_number"].(string); strings.Contains(v, "19460315") {
		t.Errorf("the state shows the number: %s", v)
	}
	var pic []byte
	if err := b.ask(http.MethodGet, "/api/pages/"+m.Materials[0].Pages[0].ID+".jpg", nil, "", &pic); err != nil {
		t.Fatal(err)
	}
	if _, err := jpeg.Decode(bytes.NewReader(pic)); err != nil {
		t.Error(err)
	}
	if err := b.ask(http.MethodGet, "/api/signatures/applicant.png", nil, "", &pic); err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(pic)); err != nil {
		t.Error(err)
	}
	from := time.Now()
	s = b.do("matter/submit", nil)
	if took := time.Since(from); took > 500*time.Millisecond && !racing {
		t.Errorf("submit took %s", took)
	}
	d := s.Visit.Done
	if d == nil || d.State != outbox.StateStored || d.Slip.State != "printing" || !strings.HasPrefix(d.QR, "https://zwfw.example.cn/p/") {
		t.Fatalf("done: %+v", d)
	}
	b.until("receipt", func() bool { return b.state().Visit.Done.State == outbox.StateReceived })
	done := b.slipIs("printed")
	sub := b.centre.submissions()
	if len(sub) != 1 || sub[0].CaseNo != done.CaseNo || sub[0].Applicant.IDNumber != "510799194603150066" || sub[0].CheckCode != done.CheckCode {
		t.Fatalf("centre has %+v", sub)
	}
	if sub[0].Form["id_number"] != "510799194603150066" || sub[0].Form["phone"] != "13908162150" || len(sub[0].Materials) != 2 || !sub[0].Materials[1].Deferred {
		t.Errorf("form %v, materials %+v", sub[0].Form, sub[0].Materials)
	}
	if _, err := jpeg.Decode(bytes.NewReader(b.centre.picture(t, sub[0].Materials[0].Pages[0]))); err != nil {
		t.Error(err)
	}
	if _, err := png.Decode(bytes.NewReader(b.centre.picture(t, sub[0].Signatures[0].Image))); err != nil {
		t.Error(err)
	}
	if slips := b.sim.Slips(); len(slips) != 1 || !slips[0].Complete {
		t.Errorf("slips: %+v", slips)
	}
	b.do("rate", screen.Rate{Level: 5})
	if s = b.do("rate", screen.Rate{Level: 1}); s.Visit.Done.Rated != 5 {
		t.Errorf("rated %d", s.Visit.Done.Rated)
	}
	b.do("visit/end", screen.EndVisit{Reason: "finished"})
	if s := b.state(); s.Visit != nil {
		t.Errorf("visit is still there: %+v", s.Visit)
	}
	if c := b.code("matter/consent", nil); c != "screen.visit_over" {
		t.Errorf("stale call: %s", c)
	}
	b.leavesNothing("迪丽努尔·阿卜杜热依木艾合买提", "510799194603150066", "13908162150", "和睦里")
}

// The same press twice, and the same press with an answer that got lost, is one case.
func TestSubmitTwiceIsOneCase(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.identify("zhou")
	b.fill("self")
	var first, second screen.State
	errs := make(chan error, 2)
	for _, s := range []*screen.State{&first, &second} {
		go func() { errs <- b.ask(http.MethodPost, "/api/matter/submit", struct{}{}, "the-same-key", s) }()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	if first.Visit.Done.CaseNo != second.Visit.Done.CaseNo {
		t.Errorf("%s and %s", first.Visit.Done.CaseNo, second.Visit.Done.CaseNo)
	}
	if c := b.code("matter/submit", nil); c != "screen.no_matter" && c != "screen.not_now" {
		t.Errorf("a third press: %s", c)
	}
	b.slipIs("printed")
	b.until("arrival", func() bool { return len(b.centre.submissions()) == 1 })
	if n := len(b.sim.Slips()); n != 1 {
		t.Errorf("%d slips", n)
	}
	if err := b.ask(http.MethodPost, "/api/matter/submit", map[string]any{}, "short", &first); err == nil {
		t.Error("a short key is taken")
	}
}

// A signature stands for what was signed: any change after it takes it away, and looking again without a change does not.
func TestChangeTakesTheSignatureAway(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.identify("zhou")
	signed := func(s screen.State) bool { return s.Visit.Matter.Signers[0].Signed }
	if s := b.fill("self"); !signed(s) {
		t.Fatal("not signed")
	}
	if s := b.do("matter/form", screen.Entries{Group: "contact", Values: map[string]any{"phone": "13908162150"}}); !signed(s) {
		t.Error("the same entry took the signature away")
	}
	if s := b.do("matter/form", screen.Entries{Group: "contact", Values: map[string]any{"phone": "13908162151"}}); signed(s) {
		t.Error("signed over another telephone number")
	}
	b.sign("applicant")
	if s := b.do("matter/defer", screen.Defer{Material: "card", On: false}); signed(s) {
		t.Error("signed over other papers")
	}
	if c := b.code("matter/submit", nil); c == "" {
		t.Error("handed in without a signature")
	}
}

// Without the network everything works: 已收下, the stored slip, progress from what the terminal knows; then it arrives.
func TestOffline(t *testing.T) {
	b := newBed(t, bedOptions{offline: true})
	b.identify("zhou")
	var rows screen.Items
	if err := b.ask(http.MethodGet, "/api/items?q=津贴", nil, "", &rows); err != nil || len(rows.Rows) != 1 || rows.Rows[0].Here != "full" {
		t.Errorf("items: %+v, %v", rows, err)
	}
	b.fill("self")
	s := b.do("matter/submit", nil)
	if s.Link.Online || s.Visit.Done.State != outbox.StateStored || s.Visit.Done.AskBy == "" {
		t.Errorf("done: %+v", s.Visit.Done)
	}
	d := b.slipIs("printed")
	var p screen.Progress
	if err := b.ask(http.MethodGet, "/api/progress", nil, "", &p); err != nil || !p.Stale || len(p.Cases) != 1 || p.Cases[0].State != outbox.StateStored {
		t.Errorf("progress: %+v, %v", p, err)
	}
	path := "/api/progress?case_no=" + strings.TrimPrefix(strings.ReplaceAll(d.CaseNo, "-", ""), "MY") + "&check_code=" + strings.ToLower(d.CheckCode[:3]+"-"+d.CheckCode[3:])
	if err := b.ask(http.MethodGet, path, nil, "", &p); err != nil || !p.Stale || len(p.Cases) != 1 {
		t.Errorf("by slip: %+v, %v", p, err)
	}
	if err := b.ask(http.MethodGet, "/api/progress?case_no="+d.CaseNo+"&check_code=AAAAAA", nil, "", &p); err == nil {
		t.Error("a wrong check code opens the case")
	}
	b.centre.network(true)
	b.until("arrival", func() bool { return len(b.centre.submissions()) == 1 })
	b.until("received", func() bool { return b.state().Visit.Done.State == outbox.StateReceived })
	if len(b.sim.Slips()) != 1 {
		t.Error("a second slip was printed")
	}
	if err := b.ask(http.MethodGet, "/api/progress", nil, "", &p); err != nil || p.Stale || p.Cases[0].State != "accepted" {
		t.Errorf("progress online: %+v, %v", p, err)
	}
}

// A second person signs on their own card, and it must be another one.
func TestSecondSigner(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.identify("zhou")
	s := b.fill("spouse")
	if len(s.Visit.Matter.Signers) != 2 || len(s.Visit.Matter.Missing) != 1 {
		t.Fatalf("signers %+v, missing %v", s.Visit.Matter.Signers, s.Visit.Matter.Missing)
	}
	if c := b.code("matter/sign", screen.Sign{Role: "spouse", Width: 900, Height: 400, Strokes: scribble()}); c != "screen.signer_unread" {
		t.Errorf("unread signer: %s", c)
	}
	s = b.do("identify/start", nil)
	if s.Visit.Identify.For != "spouse" {
		t.Fatalf("waits for %s", s.Visit.Identify.For)
	}
	b.sim.PutCard("zhou")
	b.until("own card refused", func() bool { i := b.state().Visit.Identify; return i != nil && i.Phase == "unknown" })
	if m := b.state().Visit.Identify.Title; !strings.Contains(m, "本人") {
		t.Errorf("title: %s", m)
	}
	b.sim.TakeCard()
	time.Sleep(300 * time.Millisecond)
	b.sim.PutCard("zhang")
	b.until("second card", func() bool { return b.state().Visit.Matter.Signers[1].Read })
	b.sim.TakeCard()
	if n := b.state().Visit.Matter.Signers[1].Name; n != "张*岚" {
		t.Errorf("second signer is %s", n)
	}
	b.sign("spouse")
	b.do("matter/submit", nil)
	b.until("arrival", func() bool { return len(b.centre.submissions()) == 1 })
	sig := b.centre.submissions()[0].Signatures
	if len(sig) != 2 || sig[1].IDNumber != "510799198512310026" || sig[0].IDNumber != "" {
		t.Errorf("signatures: %+v", sig)
	}
	b.slipIs("printed")
	b.do("visit/end", screen.EndVisit{Reason: "finished"})
	b.leavesNothing("周立明", "张晓岚", "510799198512310026", "510799199001010018")
}
