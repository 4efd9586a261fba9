package app

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

// Hint is one item that the city brain thinks of.
type Hint struct {
	Item, Why  string
	Confidence float64
}

// Adviser is the city brain (城市智脑).
type Adviser interface {
	Advise(ctx context.Context, text string) (hints []Hint, model string, err error)
}

// Advised is one item of the catalogue that may be what somebody means.
type Advised struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Why     string `json:"why"`
	Percent int    `json:"percent" doc:"它有多大把握"`
}

// Advice is what the city brain thinks, never more than that: the clerk decides.
type Advice struct {
	Connected bool      `json:"connected"`
	State     string    `json:"state" enum:"ok,silent,none"`
	Text      string    `json:"text"`
	Rows      []Advised `json:"rows" nullable:"false"`
}

// Advisable says whether there is somebody to ask.
func (a *App) Advisable() Advice {
	return Advice{Connected: a.Brain != nil, State: "none", Rows: []Advised{}}
}

const mostAdvised = 5

// Advise asks which item fits what a citizen says. Numbers do not leave: nobody needs one to say what they want. A brain that is
// silent is said, and the counter goes on without it.
func (a *App) Advise(ctx context.Context, words string) (Advice, error) {
	out := a.Advisable()
	words = plainWords(words)
	if words == "" {
		return out, errs.E(errs.Invalid, "joined.words", "先写下群众想办什么，再问", nil)
	}
	if a.Brain == nil {
		out.Text = "还没有接城市智脑，请按名称找"
		return out, nil
	}
	hints, model, err := a.Brain.Advise(ctx, words)
	if err != nil {
		a.Log.WarnContext(ctx, "city brain did not advise", "cause", err.Error())
		out.State, out.Text = "silent", "城市智脑没有应答，请按名称找"
		return out, nil
	}
	slices.SortStableFunc(hints, func(x, y Hint) int { return cmp.Compare(y.Confidence, x.Confidence) })
	had := map[string]bool{}
	for _, h := range hints {
		name, known := a.known(ctx, h.Item)
		if !known || had[h.Item] || len(out.Rows) == mostAdvised {
			continue
		}
		had[h.Item] = true
		out.Rows = append(out.Rows, Advised{Code: h.Item, Name: name, Why: h.Why, Percent: int(h.Confidence * 100)})
	}
	out.State, out.Text = "ok", "城市智脑的建议，仅供参考，由您决定"
	if len(out.Rows) == 0 {
		out.Text = "城市智脑没有想到合适的，请按名称找"
	}
	return out, a.DB.Do(ctx, func(tx db.Tx) error {
		return audit.Write(ctx, tx, audit.Record{Action: "joined.advise", Object: "brain", Detail: map[string]string{"model": model, "hints": fmt.Sprint(len(hints)), "shown": fmt.Sprint(len(out.Rows))}})
	})
}

// digits are numbers of people, phones and cards.
var digits = regexp.MustCompile(`[0-9０-９Xx]{5,}`)

func plainWords(s string) string {
	r := []rune(strings.Join(strings.Fields(digits.ReplaceAllString(s, "（号码）")), " "))
	return string(r[:min(len(r), 200)])
}
