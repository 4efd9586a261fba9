package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// sort is a kind of paper: its title, and the words that tell it apart in a number, 绵涪审民受〔2026〕151号.
type sort struct{ title, mark string }

var sorts = map[string]sort{
	KindReceipt: {"收件凭证", "收"}, KindAcceptance: {"受理通知书", "受"}, KindNotice: {"一次性告知书", "告"}, KindRefusal: {"不予受理通知书", "不受"},
	KindClosing: {"办结通知书", "结"}, KindProof: {"", "证"}, KindTolerance: {"容缺受理通知书", "容"}, KindRenotice: {"一次性告知书（再次）", "再告"},
	KindSupplement: {"补正材料收件凭证", "补"}, KindSupply: {"补交材料收件凭证", "交"}, KindDenial: {"不予行政许可决定书", "不许"},
	KindPause: {"特别程序告知书", "特"}, KindResume: {"恢复计时告知书", "复"}, KindExtension: {"延长办理期限告知书", "延"},
	KindWithdrawal: {"撤件回执", "撤"}, KindLapse: {"终止办理告知书", "终"}, KindDelivery: {"送达回证", "送"}, KindVisit: {"接待回执", "接"},
	KindCardNote: {"督办单", "督"}, KindCardYellow: {"黄牌", "黄牌"}, KindCardRed: {"红牌", "红牌"},
}

// Kinds lists every kind of paper that there is, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(sorts)) }

// CardTitle is what a paper of supervision is called.
func CardTitle(kind string) string { return sorts[kind].title }

// issue gives a paper its number and a verify code, draws it and puts it, encrypted, among the blobs. A blob whose transaction
// fails is an orphan that nobody can open; sweeping it is the store's work.
func (a *App) issue(ctx context.Context, n number, facts PaperFacts) (store.Document, error) {
	facts.No, facts.Code = n.String(), verifyCode()
	pdf, err := a.drawn(ctx, facts)
	if err != nil {
		return store.Document{}, fmt.Errorf("draw %s: %w", facts.Kind, err)
	}
	return a.keep(ctx, facts, pdf)
}

// drawn makes the file of a numbered paper, which proves itself without us: by the code on the sheet and by the signature behind
// the file.
func (a *App) drawn(ctx context.Context, f PaperFacts) ([]byte, error) {
	p := a.Vault.Provider()
	key, err := p.Active(ctx, crypto.Audit) // the one for what must hold for years
	if err != nil {
		return nil, fmt.Errorf("find signing key: %w", err)
	}
	public, err := p.PublicKey(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("read public key: %w", err)
	}
	sign := func(message []byte) ([]byte, error) { return p.Sign(ctx, key, message) }
	code := strings.ReplaceAll(f.Code, "-", "")
	f.VerifyURL, err = window.SignPrinted(window.Printed{Address: a.Public + "/v/" + code, Kind: f.Kind, No: f.No, Case: f.CaseNo, On: f.On.String()}, sign)
	if err != nil {
		return nil, err
	}
	pdf, err := a.Papers.Draw(f)
	if err != nil {
		return nil, err
	}
	return window.SignFile(pdf, window.Proof{
		Kind: f.Kind, Title: f.title(), No: f.No, Case: f.CaseNo, Code: code, Office: f.Office, On: f.On.String(), KeyID: string(key), Public: hex.EncodeToString(public),
	}, sign)
}

// keep encrypts the paper and describes it.
func (a *App) keep(ctx context.Context, f PaperFacts, pdf []byte) (store.Document, error) {
	cipher, key, err := wire.Encrypt(pdf)
	if err != nil {
		return store.Document{}, err
	}
	digest := blobs.Of(cipher)
	if _, err := a.Blobs.Put(ctx, bytes.NewReader(cipher), digest); err != nil {
		return store.Document{}, fmt.Errorf("keep paper: %w", err)
	}
	doc := store.Document{
		ID: ids.New(), No: f.No, CaseNo: f.CaseNo, Kind: f.Kind, Title: f.title(), Code: strings.ReplaceAll(f.Code, "-", ""), State: "valid",
		Office: f.Office, CreatedAt: db.Ms(a.Clock.Now()), PlainDigest: string(blobs.Of(pdf)), Digest: string(digest), Size: int64(len(cipher)),
	}
	if doc.KeySealed, err = a.Vault.SealRow(classKey, doc.ID, string(key)); err != nil {
		return doc, fmt.Errorf("seal paper key: %w", err)
	}
	proven, err := json.Marshal(f.proven())
	if err != nil {
		return doc, fmt.Errorf("encode facts: %w", err)
	}
	if doc.FactsSealed, err = a.Vault.SealRow(classBody, doc.ID, string(proven)); err != nil {
		return doc, fmt.Errorf("seal facts: %w", err)
	}
	return doc, nil
}

func (f PaperFacts) title() string {
	if f.Kind == KindProof {
		return f.Item
	}
	return sorts[f.Kind].title
}

// Preview draws the paper of an act as a sample without number or code; nothing is kept.
func (a *App) Preview(ctx context.Context, no string, d window.Decision) ([]byte, error) {
	if err := complete(d); err != nil {
		return nil, err
	}
	l, out, err := a.foresee(ctx, no, d)
	if err != nil {
		return nil, err
	}
	facts, err := a.paperFacts(ctx, l, out, d)
	if err != nil {
		return nil, err
	}
	facts.Draft, facts.No, facts.Code, facts.VerifyURL = true, "（样张，未编号）", "----", a.Public+"/v/sample"
	pdf, err := a.Papers.Draw(facts)
	if err != nil {
		return nil, fmt.Errorf("draw sample: %w", err)
	}
	return pdf, nil
}

func (a *App) paperFacts(ctx context.Context, l loaded, o outcome, d window.Decision) (PaperFacts, error) {
	who := actor.From(ctx)
	today := a.today()
	p := person(l, true)
	f := PaperFacts{
		Kind: kindOf(l, d.Act), CaseNo: l.No, Office: l.item.Office, Applicant: p.Name, IDMasked: p.IDMasked, PhoneMasked: p.PhoneMasked,
		Item: l.ItemName, AppliedAt: fromMs(l.SubmittedAt).In(clock.Shanghai), On: today, At: a.Clock.Now().In(clock.Shanghai),
		PromiseBudget: budget(l.item.Promise), StatutoryBudget: budget(l.item.Statutory),
		NoClock: l.item.Handling == matter.Immediate && l.item.Promise.Days == 0,
		Fee:     l.item.Fee, How: l.item.Result.How, Gaps: named(l, d.Gaps), Reason: d.Reason, ReasonCode: d.ReasonCode, RightOffice: d.RightOffice,
		Conditions: l.item.Conditions, Law: quotes(l.item), Clerk: who.Name, Desk: who.Desk, Helpline: "12345", Government: "绵阳市人民政府",
	}
	f.Applied = calendar.DateOf(f.AppliedAt)
	a.receivedPapers(&f, l)
	if err := a.paperClock(&f, l, o, d); err != nil {
		return f, err
	}
	later(&f, l, o, d)
	if f.Kind == KindProof {
		f.Item, f.Proof = l.item.Result.Name, d.Facts
		f.Purpose, f.ValidUntil = "本人办事", today.AddDays(proofDays)
	}
	if f.Kind == KindClosing {
		f.Proof = []window.Fact{{Label: "结果", Value: l.item.Result.Name}, {Label: "怎么领", Value: l.item.Result.How}}
		f.ValidUntil = today.AddDays(proofDays)
	}
	return f, nil
}

// named says in words which paper each gap is about.
func named(l loaded, gaps []window.Gap) []window.Gap {
	out := slices.Clone(gaps)
	for i, g := range out {
		if g.Ref == "form" {
			out[i].Name = l.item.Form.Title
		}
		if name := nameOf(l, g.Ref); name != "" {
			out[i].Name = name
		}
	}
	return out
}

// proofDays is how long a printed proof counts.
const proofDays = 30

func (a *App) receivedPapers(f *PaperFacts, l loaded) {
	f.Received, f.Filled = []ReceivedPaper{{Name: l.item.Form.Title}}, "终端填写"
	if l.Channel == ChannelWindow {
		f.Filled = "窗口填写"
	}
	if l.body.Applicant.IdentifiedBy == byChannel {
		f.Filled = "网上填写"
	}
	for _, m := range a.papers(l) {
		switch {
		case m.Deferred:
			f.Deferred = append(f.Deferred, m.Name)
		case m.Need == matter.Exempt:
			f.Exempt = append(f.Exempt, ExemptPaper{Name: m.Name, Because: "按您的情况不用交"})
		case m.Source == SourceLicence:
			f.Exempt = append(f.Exempt, ExemptPaper{Name: m.Name, Because: "已用电子证照核对"})
		case m.Source == SourceEarlier:
			f.Exempt = append(f.Exempt, ExemptPaper{Name: m.Name, Because: "以前交过，已调取"})
		case len(m.Pages) > 0:
			seen := ""
			if l.extra.Held[m.Code].OriginalSeen {
				seen = "是"
			}
			f.Received = append(f.Received, ReceivedPaper{Name: m.Name, Pages: len(m.Pages), Seen: seen})
		}
	}
}

// paperClock draws the strip of the paper: the limits from the day of acceptance, or the applicant's own days of a notice. What
// moves the clock is drawn as of today, everything else as it was promised.
func (a *App) paperClock(f *PaperFacts, l loaded, o outcome, d window.Decision) (err error) {
	from, clock := f.On, calendar.Clock{Accepted: f.On}
	switch {
	case f.Kind == KindNotice || f.Kind == KindRenotice:
		clock.Promise = calendar.Budget{Days: d.Days, Unit: calendar.Working}
	case o.next.AcceptedOn == "":
		return nil
	default:
		if clock, err = clockWith(o.next.AcceptedOn, l.item, o.lines); err != nil {
			return err
		}
		if from = clock.Accepted; f.Kind == KindPause || f.Kind == KindResume || f.Kind == KindExtension {
			from = f.On
		}
	}
	f.PromiseBudget, f.StatutoryBudget = clock.Promise, clock.Statutory
	if f.Strip, err = a.Calendar.Strip(clock, from); err != nil {
		return fmt.Errorf("draw clock: %w", err)
	}
	f.GapsUntil = f.Strip.PromiseDue.Due
	return nil
}

// later fills in what the papers after acceptance say. Dates that were kept are dates: one that does not read stays empty, and
// the paper is then refused.
func later(f *PaperFacts, l loaded, o outcome, d window.Decision) {
	read := func(s string) calendar.Date {
		day, _ := calendar.ParseDate(s) //nolint:errcheck // see above
		return day
	}
	f.AcceptedOn, f.WasPromise, f.WasStatutory = read(o.next.AcceptedOn), read(l.Due), read(l.StatutoryDue)
	f.Days, f.Approver, f.Joint, f.Procedure = d.Days, o.approver, joint(l.item), window.Procedures[d.ReasonCode]
	if p, ok := lastPause(o.lines); ok && (d.Act == window.ActPause || d.Act == window.ActResume) {
		f.Procedure, f.From, f.To, f.Told = window.Procedures[p.Special], read(p.From), read(p.To), read(p.ToldTo)
	}
	for _, code := range d.Materials {
		f.Came = append(f.Came, nameOf(l, code))
	}
	switch d.Act {
	case window.ActTolerate:
		f.GapsUntil, f.Deferred = read(o.next.DeferredDue), nil
		f.Received = slices.DeleteFunc(f.Received, func(r ReceivedPaper) bool {
			return slices.ContainsFunc(o.await, func(w store.Awaited) bool { return w.Name == r.Name })
		})
	case window.ActSupplement:
		f.AnswerBy = read(o.next.NoticeDue)
	case window.ActSupply:
		f.Deferred = nil
		for _, w := range o.awaited {
			if w.CameAt == 0 {
				f.Deferred = append(f.Deferred, w.Name)
			}
		}
	case window.ActLapse:
		if f.GapsUntil = read(l.NoticeDue); l.State == window.Accepted {
			f.GapsUntil = read(l.DeferredDue)
		}
		if len(f.Deferred) == 0 {
			f.Deferred = []string{"见一次性告知书"}
		}
	}
}

// kinds are the papers of the acts whose paper does not hang on the item.
var kinds = map[window.Act]string{
	window.ActAccept: KindAcceptance, window.ActNotice: KindNotice, window.ActRefuse: KindRefusal, window.ActTolerate: KindTolerance,
	window.ActRenotice: KindRenotice, window.ActSupplement: KindSupplement, window.ActSupply: KindSupply, window.ActDeny: KindDenial,
	window.ActPause: KindPause, window.ActResume: KindResume, window.ActExtend: KindExtension, window.ActWithdraw: KindWithdrawal,
	window.ActLapse: KindLapse,
}

func kindOf(l loaded, act window.Act) string {
	if kind, ok := kinds[act]; ok {
		return kind
	}
	if l.item.Result.Template != "" {
		return KindProof
	}
	return KindClosing
}

// quotes are the articles of the item itself; which article the act stands on is the drawer's knowledge.
func quotes(item matter.Item) []LawQuote {
	var out []LawQuote
	for _, l := range item.Law {
		out = append(out, LawQuote{Name: l.Name, Article: l.Article, Text: l.Text})
	}
	return out
}

// codeLetters leaves out what is mistaken for something else when read aloud or typed: 0 O 1 I L U V.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTWXYZ"

// verifyCode makes eight letters, shown as two groups: about 39 random bits, guarded by the rate limit of the public API.
func verifyCode() string {
	b := make([]byte, 0, 9)
	var r [1]byte
	for len(b) < 9 {
		if len(b) == 4 {
			b = append(b, '-')
			continue
		}
		if _, err := rand.Read(r[:]); err != nil {
			panic("window: no random numbers: " + err.Error())
		}
		// The 29 letters go eight times into 232; the rest is thrown away, so that every letter is as likely.
		if int(r[0]) < 232 {
			b = append(b, codeLetters[int(r[0])%len(codeLetters)])
		}
	}
	return string(b)
}
