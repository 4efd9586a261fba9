package app

import (
	"context"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/applicants"
	"tongban/central/modules/catalogue/internal/diff"
	"tongban/fleet/wire/matter"
)

// Tryout is what an applicant with these answers is asked and told (情形试办).
type Tryout struct {
	Answers   map[string]string `json:"answers"` // those that still count
	Question  *TriedQuestion    `json:"question,omitempty"`
	Settled   bool              `json:"settled"`
	Stop      string            `json:"stop"`
	Materials []TriedPaper      `json:"materials"`
	Groups    []TriedGroup      `json:"groups"`
	Signers   []string          `json:"signers"`
	Fee       string            `json:"fee"`
	Fees      []catalogue.Fee   `json:"fees"`
	LimitText string            `json:"limit_text"`
	Windows   string            `json:"windows"`
}

// TriedQuestion is the next question with its place.
type TriedQuestion struct {
	matter.Question
	No int `json:"no"`
	Of int `json:"of"`
}

// TriedPaper is one material with what the answers make of it.
type TriedPaper struct {
	Code     string           `json:"code"`
	Name     string           `json:"name"`
	Plain    string           `json:"plain"`
	Need     string           `json:"need" enum:"required,exempt,deferrable,commitment,unknown"`
	Note     string           `json:"note"`
	Copies   int              `json:"copies"`
	Original bool             `json:"original"`
	Source   string           `json:"source"`
	SourceBy string           `json:"source_by"`
	Trust    string           `json:"trust"`
	Licence  string           `json:"licence"`
	Why      string           `json:"why"`
	Because  []matter.Because `json:"because"`
}

// TriedGroup is one screen of the form.
type TriedGroup struct {
	ID     string   `json:"id"`
	Title  string   `json:"title"`
	Fields []string `json:"fields"`
}

// Commitment is what an applicant may promise in the place of a paper (告知承诺).
const Commitment = "commitment"

// Try answers for a version, for the open draft where version is -1, or for the entry given.
func (a *App) Try(ctx context.Context, code string, version int, e *catalogue.Entry, answers map[string]string) (Tryout, error) {
	if e == nil {
		found, err := a.entryAt(ctx, code, version)
		if err != nil {
			return Tryout{}, err
		}
		e = &found
	}
	if err := a.formInto(ctx, e); err != nil {
		return Tryout{}, err
	}
	return try(e, answers), nil
}

func try(e *catalogue.Entry, answers map[string]string) Tryout {
	it := &e.Item
	t := Tryout{
		Answers: matter.Prune(it, answers), Materials: []TriedPaper{}, Groups: []TriedGroup{}, Signers: []string{}, Fee: e.Fee, Fees: e.Fees,
		LimitText: it.Promise.Plain(it.Handling), Windows: e.National.Windows,
	}
	if t.Fees == nil {
		t.Fees = []catalogue.Fee{}
	}
	q, no, of, settled, stop := matter.Next(it, t.Answers)
	t.Settled, t.Stop = settled, stop
	if q != nil {
		t.Question = &TriedQuestion{Question: *q, No: no, Of: of}
	}
	if stop != "" {
		return t
	}
	traits := map[string]catalogue.Trait{}
	for _, p := range e.Papers {
		traits[p.Code] = p
	}
	for _, n := range matter.Materials(it, t.Answers) {
		p := traits[n.Code]
		row := TriedPaper{
			Code: n.Code, Name: n.Name, Plain: n.Plain, Need: n.Need, Note: n.Note, Copies: n.Copies, Original: n.Original, Source: p.Source, SourceBy: p.SourceBy,
			Trust: p.Trust, Licence: p.Licence, Why: n.Why, Because: []matter.Because{},
		}
		if n.Need == matter.Required && p.Commitment {
			row.Need, row.Note = Commitment, "可以签告知承诺书代替，核查由部门来做"
		}
		if why, ok := matter.Explain(it, t.Answers, n.Code); ok {
			row.Because = why.Because
		}
		t.Materials = append(t.Materials, row)
	}
	for _, g := range matter.Groups(it, t.Answers) {
		group := TriedGroup{ID: g.ID, Title: g.Title, Fields: []string{}}
		for _, f := range g.Fields {
			group.Fields = append(group.Fields, f.Label)
		}
		t.Groups = append(t.Groups, group)
	}
	for _, s := range matter.Signers(it, t.Answers) {
		t.Signers = append(t.Signers, s.Label)
	}
	return t
}

// maxApplicants bounds one run.
const maxApplicants = 10_000

// Applicants sends invented applicants through an item; version as in Try.
func (a *App) Applicants(ctx context.Context, code string, version int, n int, seed uint64) (applicants.Report, error) {
	e, err := a.entryAt(ctx, code, version)
	if err != nil {
		return applicants.Report{}, err
	}
	if err := a.formInto(ctx, &e); err != nil {
		return applicants.Report{}, err
	}
	return applicants.Run(&e.Item, min(max(n, 1), maxApplicants), seed), nil
}

// Diff is what to says differently from from; versions as in Try.
func (a *App) Diff(ctx context.Context, code string, from, to int) ([]diff.Change, error) {
	before, err := a.entryAt(ctx, code, from)
	if err != nil {
		return nil, err
	}
	after, err := a.entryAt(ctx, code, to)
	if err != nil {
		return nil, err
	}
	return a.compare(&before, &after)
}
