package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"tongban/central/kernel/blobs"
	"tongban/central/kernel/db"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
)

// Verdicts of a check (核验结果).
const (
	CheckValid    = "valid"
	CheckChanged  = "changed"
	CheckRevoked  = "revoked"
	CheckNotFound = "not_found"
)

// Verified is what anybody who holds a paper may learn: whether it counts, and the facts to compare with the paper. Names
// are masked, of numbers only the last four are shown, and nothing says who asked.
type Verified struct {
	Verdict string        `json:"verdict" enum:"valid,changed,revoked,not_found"`
	Title   string        `json:"title"`
	No      string        `json:"no"`
	Office  string        `json:"office"`
	Date    string        `json:"date"`
	Note    string        `json:"note"`
	Facts   []window.Fact `json:"facts"`

	Differences []Difference `json:"differences"`
}

// Difference is one thing in which a file differs from the record.
type Difference struct {
	Label  string `json:"label"`
	Yours  string `json:"yours"`
	Record string `json:"record"`
}

// proven are the facts a paper proves, as a verifier sees them.
func (f PaperFacts) proven() []window.Fact {
	if f.Card != nil {
		return f.provenCard()
	}
	facts := []window.Fact{
		{Label: "文书", Value: f.title()}, {Label: "编号", Value: f.No}, {Label: "办件编号", Value: f.CaseNo},
		{Label: "申请人", Value: vault.MaskName(f.Applicant)}, {Label: "证件号", Value: "后四位 " + tail(f.IDMasked)}, {Label: "事项", Value: f.Item},
		{Label: "日期", Value: f.On.Long()},
	}
	switch f.Kind {
	case KindAcceptance, KindTolerance, KindPause, KindResume, KindExtension:
		if !f.Strip.PromiseDue.Due.IsZero() {
			facts = append(facts, window.Fact{Label: "承诺办结", Value: f.Strip.PromiseDue.Due.Long()}, window.Fact{Label: "法定办结", Value: f.Strip.StatutoryDue.Due.Long()})
		}
	case KindNotice, KindRenotice:
		facts = append(facts, window.Fact{Label: "要补的", Value: fmt.Sprintf("%d 项", len(f.Gaps))}, window.Fact{Label: "补正期限", Value: f.GapsUntil.Long()})
	case KindVisit:
		for _, m := range f.Matters {
			facts = append(facts, window.Fact{Label: m.Item, Value: m.CaseNo + "，" + m.State})
		}
	case KindProof:
		facts = append(append(facts, f.Proof...), window.Fact{Label: "有效期到", Value: f.ValidUntil.Long()})
	}
	return facts
}

// provenCard is what a paper of supervision proves; it is about an office and names no applicant.
func (f PaperFacts) provenCard() []window.Fact {
	c := f.Card
	facts := []window.Fact{
		{Label: "文书", Value: f.title()}, {Label: "编号", Value: f.No}, {Label: "办件编号", Value: f.CaseNo}, {Label: "督办牌号", Value: c.No},
		{Label: "责任单位", Value: c.To}, {Label: "事项", Value: f.Item}, {Label: "原因", Value: c.Why}, {Label: "日期", Value: f.On.Long()},
	}
	if !c.ReplyBy.IsZero() {
		facts = append(facts, window.Fact{Label: "答复期限", Value: c.ReplyBy.Format("2006-01-02 15:04")})
	}
	return facts
}

func tail(masked string) string {
	r := []rune(masked)
	return string(r[max(0, len(r)-4):])
}

// VerifyCode checks a paper by the code printed on it.
func (a *App) VerifyCode(ctx context.Context, code string) (Verified, error) {
	return a.verify(ctx, store.ByCode, plainCode(code))
}

// VerifyFile checks a file: every byte of it. A file that carries a known code but other bytes is changed, and the answer
// shows what the record says.
func (a *App) VerifyFile(ctx context.Context, pdf []byte, code string) (Verified, error) {
	v, err := a.verify(ctx, store.ByDigest, string(blobs.Of(pdf)))
	if err != nil || code == "" {
		return v, err
	}
	if v.Verdict != CheckNotFound {
		return a.same(ctx, v, code)
	}
	if v, err = a.VerifyCode(ctx, code); err != nil || v.Verdict == CheckNotFound {
		return v, err
	}
	v.Verdict, v.Note = CheckChanged, "这份文件和发出的不一样，下面是发出时的内容"
	v.Differences, err = a.differences(ctx, pdf, code)
	return v, err
}

// same answers about a file that we know to be ours: it has to be the paper whose code was asked, and not one of another case.
func (a *App) same(ctx context.Context, file Verified, code string) (Verified, error) {
	asked, err := a.VerifyCode(ctx, code)
	if err != nil || asked.No == file.No {
		return file, err
	}
	if asked.Verdict == CheckNotFound {
		return asked, nil
	}
	asked.Verdict, asked.Note = CheckChanged, "这份文件是另一份文书，不是您扫码的这一份，下面是扫码这份的内容"
	asked.Differences = []Difference{{Label: "编号", Yours: file.No, Record: asked.No}}
	return asked, nil
}

// Recognise names the paper whose bytes these are.
func (a *App) Recognise(ctx context.Context, pdf []byte) (string, error) {
	v, err := a.verify(ctx, store.ByDigest, string(blobs.Of(pdf)))
	if err != nil || v.Verdict != CheckValid {
		return "", err
	}
	return v.Title + " " + v.No, nil
}

// differences compares what can be compared of two files without reading their words: the fingerprints.
func (a *App) differences(ctx context.Context, pdf []byte, code string) ([]Difference, error) {
	var d store.Document
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		d, _, err = store.FindDocument(ctx, q, store.ByCode, plainCode(code))
		return err
	})
	short := func(digest string) string { return strings.ToUpper(strings.TrimPrefix(digest, "sha256:")[:8]) }
	return []Difference{{Label: "文件指纹", Yours: short(string(blobs.Of(pdf))), Record: short(d.PlainDigest)}}, err
}

// plainCode forgives the dash and lower case of a typed code.
func plainCode(code string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
}

func (a *App) verify(ctx context.Context, by store.By, value string) (Verified, error) {
	none := Verified{Verdict: CheckNotFound, Facts: []window.Fact{}, Differences: []Difference{}}
	var d store.Document
	var found bool
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		d, found, err = store.FindDocument(ctx, q, by, value)
		return err
	})
	if err != nil || !found {
		return none, err
	}
	if d.FactsSealed == "" { // kept for as long as the law wants, and no longer
		none.Verdict, none.Title, none.No, none.Office, none.Date, none.Note = CheckRevoked, d.Title, d.No, d.Office, stamp(d.CreatedAt)[:10], d.StateNote
		return none, nil
	}
	text, err := a.Vault.OpenRow(classBody, d.ID, d.FactsSealed)
	if err != nil {
		return none, fmt.Errorf("open facts: %w", err)
	}
	v := Verified{Verdict: CheckValid, Title: d.Title, No: d.No, Office: d.Office, Date: stamp(d.CreatedAt)[:10], Differences: []Difference{}}
	if err := json.Unmarshal([]byte(text), &v.Facts); err != nil {
		return none, fmt.Errorf("decode facts: %w", err)
	}
	if d.State == "revoked" {
		v.Verdict, v.Note, v.Facts = CheckRevoked, d.StateNote, v.Facts[:2]
	}
	return v, nil
}
