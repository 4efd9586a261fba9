package app

import (
	"fmt"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire/matter"
)

// Paths of the files of a case, below the staff audience.
const staff = "/api/staff/v1/window"

// papers lists every material the answers ask for, also those that were exempt or left out, so that a gap is seen.
func (a *App) papers(l loaded) []Paper {
	out := []Paper{}
	for _, n := range matter.Materials(&l.item, l.body.Answers) {
		p := Paper{Code: n.Code, Name: n.Name, Need: n.Need, Note: n.Note, Trust: "C", Pages: []Page{}}
		if n.Need == "exempt" {
			p.Trust = "A"
		}
		for _, m := range l.body.Materials {
			p.Deferred = p.Deferred || (m.Code == n.Code && m.Deferred)
		}
		for _, f := range l.pages {
			if f.Material == n.Code {
				p.Pages = append(p.Pages, Page{ID: f.ID, URL: staff + "/cases/" + l.No + "/pages/" + f.ID})
			}
		}
		out = append(out, p)
	}
	return out
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
		if p.Need == "required" && len(p.Pages) == 0 && !p.Deferred {
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

func ledger(l loaded, s calendar.Strip) []LedgerRow {
	out := []LedgerRow{}
	if l.AcceptedOn == "" {
		return out
	}
	basis := "—"
	for _, d := range l.documents {
		if d.Kind == "acceptance" {
			basis = "受理通知书 " + d.No
		}
	}
	out = append(out, LedgerRow{From: l.AcceptedOn, To: "—", State: "受理日，不计", Basis: basis})
	var first, last string
	n := 0
	for _, c := range s.Cells {
		if c.Kind == calendar.Used {
			if first == "" {
				first = c.Date.String()
			}
			last, n = c.Date.String(), n+1
		}
	}
	if n > 0 {
		out = append(out, LedgerRow{From: first, To: last, State: "计时", Days: n, Total: n, Basis: "—"})
	}
	return out
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
