package app

import (
	"fmt"
	"slices"

	"tongban/central/kernel/vault"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire/matter"
)

// Paths of the files of a case, below the staff audience.
const staff = "/api/staff/v1/window"

// papers lists every material the answers ask for, also those that were exempt or left out, so that a gap is seen.
func (a *App) papers(l loaded) []Paper {
	out := []Paper{}
	for _, n := range wanted(&l.item, l.body.Answers, l.extra.Agent) {
		p := Paper{Code: n.Code, Name: n.Name, Need: n.Need, Note: n.Note, Trust: "C", Defer: n.Defer, Deferred: l.awaits(n.Code), Pages: []Page{}}
		for _, f := range l.pages {
			if f.Material == n.Code {
				p.Pages = append(p.Pages, Page{ID: f.ID, URL: staff + "/cases/" + l.No + "/pages/" + f.ID})
			}
		}
		l.sourceOf(&p)
		out = append(out, p)
	}
	return out
}

// sourceOf says where a paper came from, and how far it can be trusted: A from a register or a licence, B compared with the
// original, C a picture, D nothing but words.
func (l loaded) sourceOf(p *Paper) {
	h := l.extra.Held[p.Code]
	switch {
	case p.Need == matter.Exempt:
		p.Trust, p.Source = "A", "exempt"
	case h.Source == SourceLicence:
		p.Trust, p.Source, p.From = "A", h.Source, h.Note
	case h.Source == SourceEarlier:
		p.Trust, p.Source, p.From = "B", h.Source, h.Note
	case p.Deferred:
		p.Trust, p.Source = "D", SourceLater
	case len(p.Pages) > 0:
		p.Source = SourceScan
		if h.OriginalSeen {
			p.Trust, p.From = "B", "看过原件"
		} else if slices.Contains(l.extra.Photos, p.Code) {
			p.Trust, p.From = "C", byPhone
		}
	}
}

// awaits reports whether a paper is still to come.
func (l loaded) awaits(code string) bool {
	for _, w := range l.awaited {
		if w.Material == code {
			return w.CameAt == 0
		}
	}
	for _, m := range l.body.Materials {
		if m.Code == code {
			return m.Deferred
		}
	}
	return false
}

func (a *App) signatureRows(l loaded, full bool) ([]SignatureRow, error) {
	out := []SignatureRow{}
	for _, s := range l.signatures {
		name, err := a.Vault.OpenRow(className, s.CaseNo+"/"+s.Material, s.NameSealed)
		if err != nil {
			return nil, fmt.Errorf("open signer: %w", err)
		}
		if !full {
			name = vault.MaskName(name)
		}
		label := s.Material
		for _, want := range l.item.Signers {
			if want.Role == s.Material {
				label = want.Label
			}
		}
		out = append(out, SignatureRow{
			Role: s.Material, Label: label, Name: name, Statement: s.Statement, At: stamp(s.At),
			URL: staff + "/cases/" + l.No + "/signatures/" + s.Material,
		})
	}
	return out, nil
}

func (a *App) points(l loaded) []Point {
	out := []Point{}
	for i, p := range matter.Points(&l.item, l.body.Answers) {
		t := l.ticks[p.ID]
		out = append(out, Point{
			ID: p.ID, No: i + 1, Text: p.Text, Law: p.Law, On: p.On, Ref: p.Ref, Ticked: t.Ticked, Note: t.Note, By: t.By, At: stamp(t.At),
			Advice: a.advise(l, p),
		})
	}
	return out
}

// verdict answers "would this be refused as it is?" from what the machine found and what was ticked.
func verdict(points []Point, papers []Paper) Verdict {
	v := Verdict{OK: true}
	var wrong []string
	for _, p := range points {
		if p.Advice != nil && !p.Advice.OK && !p.Ticked {
			wrong = append(wrong, p.Advice.Text)
		}
		if !p.Ticked {
			v.Open++
		}
	}
	for _, p := range papers {
		if p.Need == "required" && len(p.Pages) == 0 && (p.Source == "" || p.Source == SourceLater) {
			wrong = append(wrong, "缺"+p.Name)
		}
	}
	switch {
	case len(wrong) > 0:
		v.OK, v.Title = false, "照现在这样受理，会被退回"
		v.Detail = fmt.Sprintf("%d 处必须解决：%s", len(wrong), wrong[0])
	case v.Open > 0:
		v.Title, v.Detail = "没有发现会被退回的问题", fmt.Sprintf("还有 %d 点等您看过", v.Open)
	default:
		v.Title, v.Detail = "可以受理", fmt.Sprintf("%d 点都看过了", len(points))
	}
	return v
}

func documentRows(docs []store.Document) []DocumentRow {
	out := []DocumentRow{}
	for _, d := range docs {
		out = append(out, DocumentRow{
			ID: d.ID, No: d.No, Kind: d.Kind, Title: d.Title, CreatedAt: stamp(d.CreatedAt), URL: staff + "/documents/" + d.ID + "/pdf",
			VerifyCode: d.Code, State: d.State,
		})
	}
	return out
}

func historyRows(entries []store.Entry) []HistoryRow {
	out := []HistoryRow{}
	for _, e := range entries {
		out = append(out, HistoryRow{At: stamp(e.At), Title: e.Title, Note: e.Note, Actor: e.Actor, Kind: e.Kind})
	}
	return out
}
