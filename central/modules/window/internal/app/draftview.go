package app

import (
	"encoding/json"
	"slices"

	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire/matter"
)

// DraftView is one registration in work, for the one who works on it (登记).
type DraftView struct {
	ID        string            `json:"id"`
	Revision  int               `json:"revision"`
	State     string            `json:"state" enum:"draft,parked"`
	Item      ItemFacts         `json:"item"`
	Hall      string            `json:"hall"`
	Window    string            `json:"window"`
	Ticket    string            `json:"ticket"`
	Visit     string            `json:"visit"`
	Owner     string            `json:"owner"`
	OwnerName string            `json:"owner_name"`
	Reason    string            `json:"reason"`
	CreatedAt string            `json:"created_at"`
	UpdatedAt string            `json:"updated_at"`
	ExpiresOn string            `json:"expires_on"`
	Person    CounterPerson     `json:"applicant"`
	Agent     *Agent            `json:"agent,omitempty"`
	Answers   map[string]string `json:"answers"`
	Form      map[string]any    `json:"form"`
	Guide     Guide             `json:"guide"`
	Asked     []Asked           `json:"asked"`
	Groups    []EntryGroup      `json:"groups"`
	Schema    any               `json:"schema"`
	Materials []WantedPaper     `json:"materials"`
	Signers   []WantedSignature `json:"signers"`
	Review    Review            `json:"review"`
	IfToday   string            `json:"if_today"`         // the dates if it were accepted today
	Across    string            `json:"across,omitempty"` // where it goes when it is received for another region, in words
}

// Guide is what to ask next (情形引导).
type Guide struct {
	Question *Asked `json:"question,omitempty"`
	No       int    `json:"no"`
	Of       int    `json:"of"`
	Settled  bool   `json:"settled"`
	Stop     string `json:"stop"`
}

// Asked is one question with its answer, "" where it is open.
type Asked struct {
	ID      string   `json:"id"`
	Text    string   `json:"text"`
	Why     string   `json:"why"`
	Law     string   `json:"law"`
	Answer  string   `json:"answer"`
	Options []Choice `json:"options"`
}

// Choice is one thing to choose.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Hint  string `json:"hint"`
	Stop  string `json:"stop"`
}

// EntryGroup is one part of the form that applies.
type EntryGroup struct {
	ID     string       `json:"id"`
	Title  string       `json:"title"`
	Fields []EntryField `json:"fields"`
}

// EntryField is one entry.
type EntryField struct {
	Name     string       `json:"name"`
	Label    string       `json:"label"`
	Widget   string       `json:"widget"`
	Hint     string       `json:"hint"`
	Source   string       `json:"source"`
	Masked   bool         `json:"masked"`
	Required bool         `json:"required"`
	Options  []Choice     `json:"options"`
	Columns  []EntryField `json:"columns"`
	MinRows  int          `json:"min_rows"`
	MaxRows  int          `json:"max_rows"`
}

// WantedPaper is one material with what is there of it.
type WantedPaper struct {
	Code         string      `json:"code"`
	Name         string      `json:"name"`
	Plain        string      `json:"plain"`
	How          string      `json:"how"`
	Why          string      `json:"why"`
	Need         string      `json:"need" enum:"required,deferrable,exempt,unknown"`
	Note         string      `json:"note"`
	DeferDays    int         `json:"defer_days"`
	MaxPages     int         `json:"max_pages"`
	Copies       int         `json:"copies"`
	Original     bool        `json:"original"` // is to be looked at
	Source       string      `json:"source" enum:",scan,licence,earlier,later,exempt"`
	Ref          string      `json:"ref"`
	SourceNote   string      `json:"source_note"`
	OriginalSeen bool        `json:"original_seen"`
	Pages        []DraftLeaf `json:"pages"`
	Shared       bool        `json:"shared"`                // the applicant agreed to it on their own phone
	Trust        string      `json:"trust" enum:",A,B,C,D"` // A a register or a licence, B compared with the original, C a picture, D words
}

// DraftLeaf is one page.
type DraftLeaf struct {
	ID   string `json:"id"`
	URL  string `json:"url"`
	MIME string `json:"mime"`
}

// WantedSignature is one person who signs.
type WantedSignature struct {
	Role      string `json:"role"`
	Label     string `json:"label"`
	Statement string `json:"statement"`
	Signed    string `json:"signed" enum:",pad,paper"`
	URL       string `json:"url"`
}

// authority is the paper that is asked for when somebody acts for the applicant.
var authority = matter.Needed{
	Material: matter.Material{Code: CodeAuthority, Name: "授权委托书和代办人身份证件", Plain: "委托书，写明委托办这件事", Why: "代别人办，要有本人授权", MaxPages: mostPages, Copies: 1},
	Need:     matter.Required,
}

// wanted are the materials that the answers ask for, with the authority where somebody acts for the applicant.
func wanted(item *matter.Item, answers map[string]string, agent *Agent) []matter.Needed {
	list := matter.Materials(item, answers)
	if agent != nil {
		list = append(slices.Clone(list), authority)
	}
	return list
}

func (a *App) draftView(w working) DraftView {
	p, b := w.body.Applicant, w.body
	v := DraftView{
		ID: w.ID, Revision: w.Revision, State: w.State, Item: facts(w.item), Hall: w.Hall, Window: w.Window, Ticket: w.Ticket, Visit: w.Visit,
		Owner: w.Owner, OwnerName: w.OwnerName, Across: w.CrossingName, Reason: w.Reason, CreatedAt: stamp(w.CreatedAt), UpdatedAt: stamp(w.UpdatedAt), ExpiresOn: w.ExpiresOn,
		Person: CounterPerson{Type: p.Type, Name: p.Name, IDNumber: p.IDNumber, Sex: p.Sex, Nation: p.Nation, Birth: p.Birth, Address: p.Address, Way: p.IdentifiedBy},
		Agent:  b.Agent, Answers: b.Answers, Form: b.Form, Asked: []Asked{}, Groups: []EntryGroup{}, Materials: []WantedPaper{}, Signers: []WantedSignature{},
		Review: a.review(w).Review,
	}
	q, no, of, settled, stop := matter.Next(&w.item, b.Answers)
	v.Guide = Guide{No: no, Of: of, Settled: settled, Stop: stop}
	if q != nil {
		asked := askedOf(*q, "")
		v.Guide.Question = &asked
	}
	for _, q := range w.item.Questions {
		if answer, ok := b.Answers[q.ID]; ok {
			v.Asked = append(v.Asked, askedOf(q, answer))
		}
	}
	var schema struct {
		Required []string `json:"required"`
	}
	_ = json.Unmarshal(w.item.Form.Schema, &schema)   //nolint:errcheck // published schemas were checked; none required is the worst
	_ = json.Unmarshal(w.item.Form.Schema, &v.Schema) //nolint:errcheck // the same
	for _, g := range matter.Shown(matter.Groups(&w.item, b.Answers), b.Form) {
		group := EntryGroup{ID: g.ID, Title: g.Title, Fields: []EntryField{}}
		for _, f := range g.Fields {
			group.Fields = append(group.Fields, entryField(f, schema.Required))
		}
		v.Groups = append(v.Groups, group)
	}
	for _, n := range wanted(&w.item, b.Answers, b.Agent) {
		v.Materials = append(v.Materials, w.paper(n))
	}
	for _, s := range matter.Signers(&w.item, b.Answers) {
		v.Signers = append(v.Signers, w.signature(s))
	}
	if due, err := a.dates(w.item, a.today()); err == nil && w.Crossing == "" {
		v.IfToday = due.text(w.item)
	}
	return v
}

func askedOf(q matter.Question, answer string) Asked {
	return Asked{ID: q.ID, Text: q.Text, Why: q.Why, Law: q.Law, Answer: answer, Options: choices(q.Options)}
}

func choices(options []matter.Option) []Choice {
	out := []Choice{}
	for _, o := range options {
		out = append(out, Choice(o))
	}
	return out
}

func entryField(f matter.Field, required []string) EntryField {
	e := EntryField{
		Name: f.Name, Label: f.Label, Widget: f.Widget, Hint: f.Hint, Source: f.Source, Masked: f.Masked, Required: slices.Contains(required, f.Name),
		Options: choices(f.Options), Columns: []EntryField{}, MinRows: f.MinRows, MaxRows: f.MaxRows,
	}
	for _, c := range f.Columns {
		e.Columns = append(e.Columns, entryField(c, nil))
	}
	return e
}

func (w working) paper(n matter.Needed) WantedPaper {
	h := w.held()[n.Code]
	p := WantedPaper{
		Code: n.Code, Name: n.Name, Plain: n.Plain, How: n.How, Why: n.Why, Need: n.Need, Note: n.Note, DeferDays: n.Defer, MaxPages: n.MaxPages, Copies: n.Copies,
		Original: n.Original, Source: h.Source, Ref: h.Ref, SourceNote: h.Note, OriginalSeen: h.OriginalSeen, Pages: []DraftLeaf{}, Shared: h.Consent != "",
	}
	for _, page := range w.pages {
		if page.Material == n.Code && page.Role == "" {
			p.Pages = append(p.Pages, DraftLeaf{ID: page.ID, URL: w.url(page), MIME: page.MIME})
		}
	}
	switch {
	case n.Need == matter.Exempt:
		p.Source = "exempt"
	case p.Source == "" && len(p.Pages) > 0:
		p.Source = SourceScan
	}
	p.Trust = trust(p.Source, p.OriginalSeen, len(p.Pages) > 0)
	if p.Source == SourceScan && p.SourceNote == "" && slices.Contains(w.photographed(), n.Code) {
		p.SourceNote = byPhone
	}
	return p
}

// byPhone says where a picture came from that the applicant took.
const byPhone = "申请人手机拍的"

// trust is how far a paper can be relied on by where it came from (可信等级).
func trust(source string, seen, there bool) string {
	switch {
	case source == "exempt" || source == SourceLicence:
		return "A"
	case source == SourceEarlier || there && seen:
		return "B"
	case source == SourceLater:
		return "D"
	case there:
		return "C"
	}
	return ""
}

func (w working) url(p store.DraftPage) string {
	return staff + "/registrations/" + w.ID + "/pages/" + p.ID
}

func (w working) signature(s matter.Signer) WantedSignature {
	out := WantedSignature{Role: s.Role, Label: s.Label, Statement: s.Statement}
	if slices.Contains(w.body.Signed, s.Role) {
		out.Signed = "paper"
	}
	for _, p := range w.pages {
		if p.Role == s.Role {
			out.Signed, out.URL = "pad", w.url(p)
		}
	}
	return out
}
