package app_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
)

// issued is one paper as somebody holds it.
type issued struct {
	window.Document
	pdf []byte
}

// maker makes papers by the acts that make them in the office.
type maker struct {
	*scene
	t    *testing.T
	seq  int
	made map[string]issued
}

func (m *maker) keep(d window.Document) {
	m.t.Helper()
	p, err := m.app.Paper(m.clerk(m.t), d.ID)
	if err != nil {
		m.t.Fatalf("%s: %v", d.Kind, err)
	}
	m.made[d.Kind] = issued{d, p.Bytes}
}

func (m *maker) does(no string, d window.Decision) {
	m.t.Helper()
	_, doc, err := m.decide(m.t, no, d)
	if err != nil {
		m.t.Fatalf("%s: %v", d.Act, err)
	}
	m.keep(window.Document{ID: doc.ID, No: doc.No, Kind: doc.Kind, Title: doc.Title, Code: strings.ReplaceAll(doc.VerifyCode, "-", "")})
}

// fresh hands one in and returns its number.
func (m *maker) fresh(item string) string {
	m.t.Helper()
	m.seq++
	return m.received(m.t, item, m.seq)
}

func (m *maker) accepted() string {
	m.t.Helper()
	no := m.fresh("glbt")
	m.does(no, window.Decision{Act: window.ActAccept})
	return no
}

func (m *maker) later() (no, code string) {
	m.t.Helper()
	m.seq++
	sub, code := m.withLater(m.t, "spjy", m.seq)
	if _, err := m.take(m.t, sub); err != nil {
		m.t.Fatal(err)
	}
	m.does(sub.CaseNo, window.Decision{Act: window.ActTolerate, Days: 5, Gaps: []window.Gap{{What: "还没有开到", How: "开好后交到任一窗口", Ref: code}}})
	return sub.CaseNo, code
}

// everyPaper lets each act happen once; a kind that no act here makes is found by the test.
func (m *maker) everyPaper() {
	t := m.t
	t.Helper()
	m.employ("head", "何志远", window.PermDecide, window.PermRenotice)
	gaps := []window.Gap{{What: "户口簿首页没有拍", How: "带户口簿到窗口补拍首页"}}

	no := m.accepted()
	args, err := json.Marshal(map[string]string{"no": no})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.app.Receipt(auth.AsSystem(t.Context(), "jobs"), args); err != nil {
		t.Fatal(err)
	}
	for _, d := range m.show(t, no).Documents {
		if d.Kind == app.KindReceipt {
			m.keep(window.Document{ID: d.ID, No: d.No, Kind: d.Kind, Title: d.Title, Code: strings.ReplaceAll(d.VerifyCode, "-", "")})
		}
	}
	m.does(no, window.Decision{Act: window.ActPause, ReasonCode: "testing", Days: 5, Reason: "房屋安全检测，由样例检测公司做"})
	m.does(no, window.Decision{Act: window.ActResume})
	m.does(no, window.Decision{Act: window.ActExtend, Days: 10, Reason: "需要向外省核实户籍情况", Approver: "head"})
	m.does(no, window.Decision{Act: window.ActDeny, Reason: "不符合高龄津贴发放条件"})

	m.does(m.accepted(), window.Decision{Act: window.ActWithdraw, Reason: "申请人不办了"})
	m.does(m.fresh("cbzm"), window.Decision{Act: window.ActGrant, Facts: []window.Fact{
		{Label: "参保地", Value: "绵阳市涪城区"}, {Label: "参保险种", Value: "企业职工基本养老保险"}, {Label: "参保状态", Value: "正常"},
		{Label: "缴费到", Value: "2026年10月"}, {Label: "累计缴费月数", Value: "148"},
	}})
	m.does(m.fresh("spxj"), window.Decision{Act: window.ActRefuse, ReasonCode: "not_ours", Reason: "经营场所不在绵阳市内，不属于本机关管辖", RightOffice: "经营场所所在地的市场监督管理局"})

	no = m.fresh("glbt")
	m.does(no, window.Decision{Act: window.ActNotice, Gaps: gaps, Days: 5})
	m.does(no, window.Decision{Act: window.ActSupplement})
	m.does(no, window.Decision{Act: window.ActRenotice, Gaps: gaps, Days: 5, Reason: "第一次漏看了户口簿首页", Approver: "head"})

	no, code := m.later()
	m.does(no, window.Decision{Act: window.ActSupply, Materials: []string{code}})
	m.does(no, window.Decision{Act: window.ActGrant})
	doc, err := m.app.Deliver(m.clerk(t), no, window.Delivery{
		Recipient: vault.Name(zhou.Name), IDMasked: "510799********0018", Relation: "本人", Way: "当面领取", Certificate: "JY-样例-0001", Signed: "手写屏签名", Handed: []window.Fact{{Label: "正本", Value: "1"}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.keep(doc)

	m.app.Visited = func(context.Context, string) (app.Visited, error) {
		return app.Visited{TicketNo: "M007", Cases: []string{no}}, nil
	}
	if doc, err = m.app.VisitReceipt(m.clerk(t), "v-1"); err != nil {
		t.Fatal(err)
	}
	m.keep(doc)
	for _, level := range []string{"reminder", "yellow", "red"} {
		m.card(no, level)
	}

	no, _ = m.later()
	m.scene.later(8)
	m.does(no, window.Decision{Act: window.ActLapse, Reason: "到期没有补交"})
}

func (m *maker) card(no, level string) {
	m.t.Helper()
	ctx := auth.AsSystem(m.t.Context(), "supervision")
	c := window.Card{
		No: "P-2026-0001", Level: level, Office: "绵阳市政务服务管理局", Mark: "绵政务", To: "涪城区民政局", Handler: "林岚", Rule: "承诺时限快用完", Words: "用去 80%，或只余 1 工作日",
		Why: "余 1 工作日", ReplyBy: time.Date(2026, 12, 7, 17, 0, 0, 0, clock.Shanghai), Clock: "余 1 工作日", Due: "2026-12-04", Statutory: "2026-12-25",
	}
	var doc window.Document
	err := m.DB.Do(ctx, func(tx db.Tx) (err error) {
		doc, err = m.app.CardPaper(ctx, tx, no, c)
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	file, err := m.app.OpenCardPaper(ctx, doc.ID)
	if err != nil {
		m.t.Fatal(err)
	}
	m.made[doc.Kind] = issued{doc, file}
}

// public is the centre's key as whoever checks has it.
func (s *scene) public(t *testing.T) string {
	t.Helper()
	p := s.Vault.Provider()
	id, err := p.Active(t.Context(), crypto.Audit)
	if err != nil {
		t.Fatal(err)
	}
	key, err := p.PublicKey(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(key)
}

// Every kind of paper that there is, made by the act that makes it (每种文书都能核验): it verifies by its code and its file at the centre,
// and by its file and its printed code without the centre; and whichever byte is changed, cut off or added is found both ways. A new kind without its act
// here fails the test.
func TestEveryKindOfPaperVerifies(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		m := &maker{scene: open(t, k), t: t, made: map[string]issued{}}
		codes := map[string]string{}
		m.app.Papers = looking{m.app.Papers, codes}
		m.everyPaper()
		trusts := window.Trusting(m.public(t))
		tried, found := 0, 0
		for _, kind := range app.Kinds() {
			p, ok := m.made[kind]
			if !ok {
				t.Errorf("no act of this test makes a paper of kind %s", kind)
				continue
			}
			if v, err := m.app.VerifyCode(t.Context(), p.Code); err != nil || v.Verdict != app.CheckValid || v.No != p.No {
				t.Errorf("%s by its code: %+v, %v", kind, v, err)
			}
			if v, err := m.app.VerifyFile(t.Context(), p.pdf, p.Code); err != nil || v.Verdict != app.CheckValid {
				t.Errorf("%s by its file: %+v, %v", kind, v, err)
			}
			proof, err := window.CheckFile(p.pdf, trusts)
			if err != nil || proof.No != p.No || proof.Kind != kind || proof.Code != p.Code || proof.Title != p.Title {
				t.Errorf("%s without the centre: %+v, %v", kind, proof, err)
			}
			if q, err := window.CheckPrinted(codes[p.No], m.public(t)); err != nil || q.No != p.No || q.Kind != kind || q.Code() != p.Code {
				t.Errorf("%s by its printed code without the centre: %q: %+v, %v", kind, codes[p.No], q, err)
			}
			a, b := m.spoil(t, p, trusts)
			tried, found = tried+a, found+b
		}
		fmt.Printf("papers: %d kinds, %d spoiled files, %d found without the centre\n", len(m.made), tried, found)
		if tried != found {
			t.Errorf("%d of %d spoiled files were found", found, tried)
		}
	})
}

// spoil changes one byte at a time: a seeded sample over the whole file, and each byte of what stands behind the drawing.
func (m *maker) spoil(t *testing.T, p issued, trusts window.Trust) (tried, found int) {
	t.Helper()
	dice := rand.New(rand.NewPCG(510799, uint64(len(p.Kind))))
	places := []int{0, len(p.pdf) - 1}
	for range 150 {
		places = append(places, dice.IntN(len(p.pdf)))
	}
	for i := bytes.LastIndex(p.pdf, []byte("\n%tongban-paper")); i < len(p.pdf); i += 1 + dice.IntN(3) {
		places = append(places, i)
	}
	for n, at := range places {
		bad := bytes.Clone(p.pdf)
		bad[at] ^= byte(1 << dice.IntN(8))
		tried++
		if _, err := window.CheckFile(bad, trusts); err != nil {
			found++
		} else {
			t.Errorf("%s: byte %d of %d is %q and nobody minds", p.Kind, at, len(bad), bad[at])
		}
		if n%40 == 0 {
			if v, err := m.app.VerifyFile(t.Context(), bad, p.Code); err != nil || v.Verdict != app.CheckChanged {
				t.Errorf("%s: byte %d at the centre: %s, %v", p.Kind, at, v.Verdict, err)
			}
		}
	}
	for what, bad := range map[string][]byte{
		"cut": p.pdf[:len(p.pdf)-1], "longer": append(bytes.Clone(p.pdf), '\n'), "twice": append(bytes.Clone(p.pdf), p.pdf...), "half": p.pdf[:len(p.pdf)/2], "empty": nil,
		"unsigned": p.pdf[:bytes.LastIndex(p.pdf, []byte("\n%tongban-paper"))],
	} {
		tried++
		if _, err := window.CheckFile(bad, trusts); err != nil {
			found++
		} else {
			t.Errorf("%s, %s: nobody minds", p.Kind, what)
		}
	}
	return tried, found
}

// Each way to deceive has its verdict: another's key, a forged code, a paper of another case, a sample, a paper whose time is over.
func TestDeceptionsHaveTheirVerdict(t *testing.T) {
	s := open(t, kerneltest.New(t))
	m := &maker{scene: s, t: t, made: map[string]issued{}}
	first := m.accepted()
	one := m.made[app.KindAcceptance]
	m.accepted()
	other := m.made[app.KindAcceptance]

	mine := s.public(t)
	stranger := open(t, kerneltest.New(t)).public(t)
	if _, err := window.CheckFile(one.pdf, window.Trusting(stranger)); !errors.Is(err, window.ErrOtherKey) {
		t.Errorf("another centre's key: %v", err)
	}
	if _, err := window.CheckFile(one.pdf, window.Trusting(stranger, window.KeyMark(mine))); err != nil {
		t.Errorf("by the short mark of the key: %v", err)
	}

	v, err := s.app.VerifyFile(t.Context(), other.pdf, one.Code)
	if err != nil || v.Verdict != app.CheckChanged || len(v.Differences) != 1 || v.Differences[0].Yours != other.No || v.Differences[0].Record != one.No {
		t.Errorf("the paper of another case under this code: %+v, %v", v, err)
	}
	if v, err := s.app.VerifyFile(t.Context(), one.pdf, "ZZZZ-ZZZZ"); err != nil || v.Verdict != app.CheckNotFound {
		t.Errorf("a true file under a code that nobody gave out: %+v, %v", v, err)
	}
	if v, err := s.app.VerifyCode(t.Context(), "ZZZZZZZZ"); err != nil || v.Verdict != app.CheckNotFound {
		t.Errorf("a forged code: %+v, %v", v, err)
	}

	no := m.fresh("glbt")
	sample, err := s.app.Preview(s.clerk(t), no, window.Decision{Act: window.ActAccept, Version: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := window.CheckFile(sample, window.Trusting(mine)); !errors.Is(err, window.ErrUnsigned) {
		t.Errorf("a sample: %v", err)
	}

	s.Exec(t, `UPDATE window_document SET state = 'revoked', state_note = '已作废' WHERE case_no = $1`, first)
	if v, err := s.app.VerifyFile(t.Context(), one.pdf, one.Code); err != nil || v.Verdict != app.CheckRevoked || v.Note != "已作废" || len(v.Facts) != 2 {
		t.Errorf("a paper that was withdrawn: %+v, %v", v, err)
	}
	if _, err := window.CheckFile(one.pdf, window.Trusting(mine)); err != nil {
		t.Errorf("without the centre nobody can know that it was withdrawn; the bytes are as issued: %v", err)
	}
}

// What the code of a printed paper states is proven by itself; one changed letter of it is found, and so is the code of another
// address in front of it.
func TestPrintedCodeProvesItself(t *testing.T) {
	s := open(t, kerneltest.New(t))
	codes := map[string]string{}
	s.app.Papers = looking{s.app.Papers, codes}
	m := &maker{scene: s, t: t, made: map[string]issued{}}
	no := m.accepted()
	drawn := codes[m.made[app.KindAcceptance].No]
	paper := m.made[app.KindAcceptance]
	mine := s.public(t)
	p, err := window.CheckPrinted(drawn, mine)
	if err != nil || p.No != paper.No || p.Case != no || p.Kind != app.KindAcceptance || p.Code() != paper.Code || p.On != "2026-11-26" {
		t.Fatalf("%s: %+v, %v", drawn, p, err)
	}
	if strings.Contains(drawn, zhou.Name) || strings.Contains(drawn, zhou.IDNumber) || len(drawn) > 287 {
		t.Errorf("the code holds %d bytes: %s", len(drawn), drawn)
	}
	for i := range len(drawn) {
		for _, c := range []byte("A9-") {
			bad := []byte(drawn)
			if bad[i] == c {
				continue
			}
			bad[i] = c
			if _, err := window.CheckPrinted(string(bad), mine); err == nil {
				t.Errorf("%s passes", bad)
			}
		}
	}
	for _, bad := range []string{"", "https://example.invalid/v/" + paper.Code, drawn[:len(drawn)-1], drawn + "A", drawn + "=", strings.Replace(drawn, "example.invalid", "example.com", 1)} {
		if _, err := window.CheckPrinted(bad, mine); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
	if _, err := window.CheckPrinted(drawn, open(t, kerneltest.New(t)).public(t)); !errors.Is(err, window.ErrForged) {
		t.Errorf("another centre's key: %v", err)
	}
}

// looking notes what the code of each paper holds, by the paper's number.
type looking struct {
	app.Papers
	codes map[string]string
}

func (l looking) Draw(f app.PaperFacts) ([]byte, error) {
	l.codes[f.No] = f.VerifyURL
	return l.Papers.Draw(f)
}
