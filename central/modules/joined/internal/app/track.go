package app

import (
	"context"
	"errors"
	"strings"
	"sync"

	"tongban/central/kernel/db"
	"tongban/central/modules/joined"
	"tongban/central/modules/joined/internal/store"
)

// Asked is what one system said of a number.
type Asked struct {
	System string `json:"system"`
	Title  string `json:"title"`
	Answer string `json:"answer" enum:"found,unknown,silent"`
	Text   string `json:"text"`
}

// Track is the answer to a number (进度查询).
type Track struct {
	No     string  `json:"no"`
	Asked  []Asked `json:"asked" nullable:"false"`
	Fresh  string  `json:"fresh" enum:"live,kept,none" doc:"live 刚问的，kept 对方没有应答、是上次听说的"`
	AsOf   string  `json:"as_of"`
	Matter *Matter `json:"matter,omitempty"`
}

// Track asks every neighbour for a number, all at once, and says of each what it answered. Where the one that knows it is silent,
// what was last heard is shown with its time.
func (a *App) Track(ctx context.Context, no string) (Track, error) {
	no = strings.ToUpper(strings.TrimSpace(no))
	out := Track{No: no, Asked: []Asked{}, Fresh: "none"}
	all := a.neighbours()
	type said struct {
		told  Told
		found bool
		err   error
	}
	answers := make([]said, len(all))
	var wait sync.WaitGroup
	for i, n := range all {
		wait.Go(func() { answers[i].told, answers[i].found, answers[i].err = n.Matter(ctx, no) })
	}
	wait.Wait()
	var kept store.Matter
	var steps []store.Step
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if kept, err = store.Get(ctx, q, no); errors.Is(err, joined.ErrNoSuchBundle) {
			return nil
		} else if err != nil {
			return err
		}
		steps, err = store.Steps(ctx, q, kept.System, no)
		return err
	})
	if err != nil {
		return out, err
	}
	for i, n := range all {
		row := Asked{System: n.System(), Title: n.Title(), Answer: "unknown", Text: "没有这个编号"}
		switch s := answers[i]; {
		case s.err != nil:
			row.Answer, row.Text = "silent", "没有应答，不能说有没有"
		case s.found:
			row.Answer, row.Text = "found", "有，刚问的"
			m := s.told.Matter
			if kept.No != "" {
				m.Origin, m.Version, m.Sent = kept.Origin, kept.Version, kept.Sent
			}
			m.Seen = a.Clock.Now()
			shown, err := a.shown(ctx, m, newest(s.told.Steps))
			if err != nil {
				return out, err
			}
			out.Matter, out.Fresh, out.AsOf = &shown, "live", stamp(m.Seen)
		}
		out.Asked = append(out.Asked, row)
	}
	if out.Matter == nil && kept.No != "" {
		shown, err := a.shown(ctx, kept, steps)
		if err != nil {
			return out, err
		}
		out.Matter, out.Fresh, out.AsOf = &shown, "kept", stamp(kept.Seen)
	}
	return out, nil
}

func newest(steps []store.Step) []store.Step {
	out := make([]store.Step, len(steps))
	for i, s := range steps {
		out[len(steps)-1-i] = s
	}
	return out
}

// Registrations returns what is known of the newest registrations, for the page beside the search.
func (a *App) Registrations(ctx context.Context) ([]Matter, string, error) {
	out := []Matter{}
	if a.Estate == nil {
		return out, "", nil
	}
	var rows []store.Matter
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		rows, err = store.List(ctx, q, joined.Estate, false, 50)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	for _, m := range rows {
		one, err := a.shown(ctx, m, nil)
		if err != nil {
			return nil, "", err
		}
		out = append(out, one)
	}
	return out, a.Estate.Door(), nil
}
