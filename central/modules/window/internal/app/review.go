package app

import (
	"fmt"
	"slices"
	"strings"

	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// Verdicts of a pre-review: would this be refused as it is?
const (
	WouldPass   = "ok"
	WouldNeed   = "would_need"
	WouldRefuse = "would_refuse"
)

// Review is the machine's pre-review of a registration (登记预审). It never decides.
type Review struct {
	Verdict string       `json:"verdict" enum:"ok,would_need,would_refuse"`
	Title   string       `json:"title"`
	Detail  string       `json:"detail"`
	Gaps    []ReviewGap  `json:"gaps"`
	Points  []DraftPoint `json:"points"`
}

// ReviewGap is one thing that stands in the way, ready for a one-time notice.
type ReviewGap struct {
	What       string `json:"what"`
	How        string `json:"how"`
	Ref        string `json:"ref"` // material, entry of the form, signer, question or point
	Name       string `json:"name"`
	On         string `json:"on" enum:"identity,question,material,form,date,signature,point"`
	Deferrable bool   `json:"deferrable"`
	Fatal      bool   `json:"fatal"` // would be refused, not repaired
}

// DraftPoint is one review point beside the pages it concerns.
type DraftPoint struct {
	ID     string      `json:"id"`
	No     int         `json:"no"`
	Text   string      `json:"text"`
	Law    string      `json:"law"`
	On     string      `json:"on"`
	Ref    string      `json:"ref"`
	Pages  []DraftLeaf `json:"pages"`
	Advice *Advice     `json:"advice,omitempty"`
	Judged bool        `json:"judged"` // the clerk said something
	OK     bool        `json:"ok"`
	Note   string      `json:"note"`
}

// reviewed is a review with how much of it is met.
type reviewed struct {
	Review
	done, total int
}

// loaded shows a draft as the case it would be, so that the advice is the same before and after.
func (w working) loaded() loaded {
	l := loaded{
		Case: store.Case{Channel: ChannelWindow, Window: w.Window, ClerkName: w.OwnerName}, item: w.item,
		body:  wire.Submission{Applicant: w.body.Applicant, Answers: w.body.Answers, Form: w.body.Form},
		extra: extra{Agent: w.body.Agent, Held: w.held(), Signed: w.body.Signed, Told: w.body.Told}, ticks: map[string]store.Tick{},
	}
	for _, p := range w.pages {
		f := p.File
		if p.Role != "" {
			f.Material = p.Role
			l.signatures = append(l.signatures, store.Signature{File: f, At: p.AddedAt})
			continue
		}
		l.pages = append(l.pages, f)
	}
	all := w.held()
	for _, code := range sorted(all) {
		if all[code].Source == SourceLater {
			l.body.Materials = append(l.body.Materials, wire.Material{Code: code, Deferred: true})
		}
	}
	return l
}

// review looks at a registration as far as it has come.
func (a *App) review(w working) reviewed {
	l := w.loaded()
	r := reviewed{Review: Review{Gaps: []ReviewGap{}, Points: []DraftPoint{}}}
	check := func(met bool, g ReviewGap) {
		r.total++
		if met {
			r.done++
			return
		}
		r.Gaps = append(r.Gaps, g)
	}
	p := w.body.Applicant
	check(p.Name != "" && p.IDNumber != "", ReviewGap{On: "identity", What: "还没有申请人", How: "读身份证，或手工输入并核对证件", Name: "申请人"})
	unfit := w.unfit()
	if unfit != "" {
		check(false, ReviewGap{On: "identity", What: "这件事" + unfit + "，申请人的证件合不上", How: "请申请人换居民身份证；没有的，先问" + w.item.Office + "怎么办", Name: "申请人的证件"})
	}
	_, _, _, settled, stop := matter.Next(&w.item, w.body.Answers)
	switch {
	case stop != "":
		check(false, ReviewGap{On: "question", What: stop, How: "改办合适的事项，或不予受理", Name: "情形", Fatal: true})
	default:
		check(settled, ReviewGap{On: "question", What: "情形没有问完", How: "接着问完", Name: "情形"})
	}
	for _, n := range wanted(&w.item, w.body.Answers, w.body.Agent) {
		if n.Need == matter.Required || n.Need == matter.Deferrable {
			check(w.holds(n), ReviewGap{
				On: "material", What: "缺" + n.Name, How: repair(n), Ref: n.Code, Name: n.Name, Deferrable: n.Need == matter.Deferrable,
			})
		}
	}
	if settled {
		for _, g := range a.formGaps(w) {
			if unfit == "" || !fromDocument(w.item, g.Ref) { // said once, where it can be mended
				check(false, g)
			}
		}
		r.total++
		r.done++
	}
	for _, s := range matter.Signers(&w.item, w.body.Answers) {
		check(w.signature(s).Signed != "", ReviewGap{On: "signature", What: s.Label + "没有签名", How: "请" + s.Label + "在签字板或纸上签名", Ref: s.Role, Name: s.Label})
	}
	for i, pt := range matter.Points(&w.item, w.body.Answers) {
		r.Points = append(r.Points, a.draftPoint(w, l, i, pt))
		s, judged := w.body.Stances[pt.ID]
		r.total++
		switch {
		case judged && !s.OK:
			what := s.Note
			if what == "" {
				what = "不符合：" + pt.Text
			}
			r.Gaps = append(r.Gaps, ReviewGap{On: "point", What: what, How: "按审查要点改好再交：" + pt.Text, Ref: refOf(pt), Name: pt.Text, Fatal: pt.On == "condition", Deferrable: w.deferrable(pt.Ref)})
		case judged:
			r.done++
		default:
			if x := r.Points[i].Advice; pt.On == "identity" && x != nil && !x.OK {
				r.Gaps = append(r.Gaps, ReviewGap{On: "identity", What: x.Text, How: "按审查要点核对证件：" + pt.Text, Ref: pt.ID, Name: pt.Text, Fatal: x.unmet})
			}
		}
	}
	r.conclude()
	return r
}

func refOf(p matter.Point) string {
	if p.On == "material" && p.Ref != "" {
		return p.Ref
	}
	return p.ID
}

func (w working) deferrable(code string) bool {
	return slices.ContainsFunc(matter.Materials(&w.item, w.body.Answers), func(n matter.Needed) bool { return n.Code == code && n.Need == matter.Deferrable })
}

// holds reports whether a material is there: scanned, or something stands for it, or it may come later and was said to.
func (w working) holds(n matter.Needed) bool {
	p := w.paper(n)
	switch p.Source {
	case SourceLicence, SourceEarlier:
		return true
	case SourceLater:
		return n.Need == matter.Deferrable
	}
	return len(p.Pages) > 0
}

func repair(n matter.Needed) string {
	how := n.Plain
	if how == "" {
		how = n.Name
	}
	if n.Need == matter.Deferrable {
		return fmt.Sprintf("交%s；也可以先受理，%d 个工作日内补交", how, n.Defer)
	}
	return "交" + how
}

// formGaps are the entries that the form's own rules refuse, and dates of validity that are over.
func (a *App) formGaps(w working) []ReviewGap {
	var out []ReviewGap
	wrong := form.CheckItem(&w.item, w.body.Answers, w.body.Form)
	wrong = append(wrong, form.Differs(w.item.Form, w.body.Form, w.body.Applicant)...)
	for _, e := range wrong {
		label := fieldLabel(w.item, e.Field)
		out = append(out, ReviewGap{On: "form", What: e.Message, How: "改“" + label + "”这一项", Ref: e.Field, Name: label})
	}
	for _, g := range matter.Shown(matter.Groups(&w.item, w.body.Answers), w.body.Form) {
		for _, f := range g.Fields {
			if day := text(w.body.Form[f.Name]); f.Widget == "date" && day != "" && ends(f.Label) && day < a.today().String() {
				out = append(out, ReviewGap{On: "date", What: f.Label + "是 " + day + "，已经过期", How: "换有效的，或先容缺受理再补", Ref: f.Name, Name: f.Label})
			}
		}
	}
	return out
}

// unfit is what the item wants of a document and the applicant's, which is not a citizen's card, does not have. A citizen's number that
// was typed wrong is a fault of the entry.
func (w working) unfit() string {
	if p := w.body.Applicant; p.IDNumber != "" && p.Type != "" && p.Type != "resident" {
		return form.Unfit(&w.item, p)
	}
	return ""
}

// fromDocument reports whether an entry is taken from the applicant's document and cannot be typed.
func fromDocument(item matter.Item, name string) bool {
	for _, g := range item.Form.Groups {
		for _, f := range g.Fields {
			if f.Name == name {
				return f.Widget == "readonly" && f.Source != ""
			}
		}
	}
	return false
}

// ends reports whether a date is the end of something that has to be valid.
func ends(label string) bool {
	return slices.ContainsFunc([]string{"到期", "截止", "届满", "有效期", "终止日"}, func(w string) bool { return strings.Contains(label, w) })
}

func fieldLabel(item matter.Item, name string) string {
	for _, g := range item.Form.Groups {
		for _, f := range g.Fields {
			if f.Name == name {
				return f.Label
			}
		}
	}
	return name
}

func (a *App) draftPoint(w working, l loaded, i int, p matter.Point) DraftPoint {
	s, judged := w.body.Stances[p.ID]
	out := DraftPoint{
		ID: p.ID, No: i + 1, Text: p.Text, Law: p.Law, On: p.On, Ref: p.Ref, Pages: []DraftLeaf{}, Advice: a.advise(l, p), Judged: judged, OK: s.OK, Note: s.Note,
	}
	for _, page := range w.pages {
		if (p.On == "material" && page.Role == "" && page.Material == p.Ref) || (p.On == "signature" && page.Role != "" && (p.Ref == "" || page.Role == p.Ref)) {
			out.Pages = append(out.Pages, DraftLeaf{ID: page.ID, URL: w.url(page), MIME: page.MIME})
		}
	}
	return out
}

// conclude answers the question: would this be refused?
func (r *Review) conclude() {
	open := 0
	for _, p := range r.Points {
		if !p.Judged {
			open++
		}
	}
	fatal := slices.ContainsFunc(r.Gaps, func(g ReviewGap) bool { return g.Fatal })
	switch {
	case fatal:
		r.Verdict, r.Title = WouldRefuse, "照现在这样，会不予受理"
		for _, g := range r.Gaps {
			if g.Fatal {
				r.Detail = g.What
				break
			}
		}
	case len(r.Gaps) > 0:
		r.Verdict, r.Title = WouldNeed, fmt.Sprintf("照现在这样，会要求补正 %d 处", len(r.Gaps))
		r.Detail = r.Gaps[0].What
	case open > 0:
		r.Verdict, r.Title, r.Detail = WouldPass, "没有发现会被退回的问题", fmt.Sprintf("还有 %d 点等您看过", open)
	default:
		r.Verdict, r.Title, r.Detail = WouldPass, "可以受理", fmt.Sprintf("%d 点都看过了", len(r.Points))
	}
}
