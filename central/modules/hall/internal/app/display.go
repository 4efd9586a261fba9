package app

import (
	"context"
	"errors"
	"slices"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/store"
)

// Shown is one number on a display.
type Shown struct {
	No     string `json:"no"`
	Window string `json:"window"`
	Label  string `json:"label"`
	State  string `json:"state" enum:"called,serving"`
	At     string `json:"at"`
	Calls  int    `json:"calls"`
}

// ShownZone is a zone on the board.
type ShownZone struct {
	Name    string `json:"name"`
	Waiting int    `json:"waiting"`
	Next    string `json:"next"`
}

// Display is what a window's display or the hall's board shows (窗口显示屏). Numbers only, nobody's data.
type Display struct {
	Kind     string      `json:"kind" enum:"window,board"`
	Hall     string      `json:"hall"`
	Window   string      `json:"window"`
	Label    string      `json:"label"`
	Zone     string      `json:"zone"`
	State    string      `json:"state" enum:"open,away,closed"`
	Current  *Shown      `json:"current"`
	Next     string      `json:"next"`
	Waiting  int         `json:"waiting"`
	Calls    []Shown     `json:"calls" nullable:"false"`
	Zones    []ShownZone `json:"zones" nullable:"false"`
	Clock    string      `json:"clock"`
	Workdays string      `json:"day"`
}

// ErrNoDisplay means that a token opens nothing.
var ErrNoDisplay = hall.ErrNoSuchWindow

// Display returns what the display of a token shows, and its hall.
func (a *App) Display(ctx context.Context, token string) (out Display, hallID string, err error) {
	kinds, _, err := a.kinds(ctx)
	if err != nil {
		return out, "", err
	}
	names, err := a.names(ctx)
	if err != nil {
		return out, "", err
	}
	err = a.DB.View(ctx, func(q db.Query) error {
		id, window, err := a.behind(ctx, q, token)
		if err != nil {
			return err
		}
		m, err := a.load(ctx, q, id, kinds)
		if err != nil {
			return err
		}
		hallID = id
		now := a.Clock.Now().In(clock.Shanghai)
		out = Display{Kind: "board", Hall: names[id], Calls: []Shown{}, Zones: []ShownZone{}, Clock: now.Format("15:04"), State: "open", Workdays: m.day}
		if window == "" {
			m.board(&out)
			return nil
		}
		w, _ := m.window(window)
		m.sign(w, &out)
		return nil
	})
	return out, hallID, err
}

// behind finds what a token belongs to: a window, or a hall when window is "".
func (a *App) behind(ctx context.Context, q db.Query, token string) (hallID, window string, err error) {
	halls, err := store.Halls(ctx, q)
	if err != nil {
		return "", "", err
	}
	if i := slices.IndexFunc(halls, func(h store.Hall) bool { return h.Board == token }); i >= 0 {
		return halls[i].ID, "", nil
	}
	w, err := store.GetWindow(ctx, q, token)
	if errors.Is(err, hall.ErrNoSuchWindow) || err == nil && w.Display != token {
		return "", "", ErrNoDisplay
	}
	return w.Hall, w.ID, err
}

// called are those at the windows, the one called last first.
func (m *model) called() []Shown {
	at := store.In(m.tickets, hall.Called, hall.Serving)
	slices.SortStableFunc(at, func(a, b store.Ticket) int {
		return int(max(min(max(b.Called, sinceCall(b))-max(a.Called, sinceCall(a)), 1), -1))
	})
	out := []Shown{}
	for _, t := range at {
		w, _ := m.window(t.Window)
		out = append(out, Shown{No: t.No, Window: t.WindowNo, Label: w.Label, State: string(t.State), At: stamp(max(t.Called, sinceCall(t))), Calls: t.Calls})
	}
	return out
}

// sinceCall is when a ticket was called again.
func sinceCall(t store.Ticket) int64 {
	if t.State == hall.Called {
		return t.Since
	}
	return t.Called
}

func (m *model) board(out *Display) {
	out.Calls = m.called()
	if len(out.Calls) > 8 {
		out.Calls = out.Calls[:8]
	}
	for _, z := range m.zones {
		if z.Closed {
			continue
		}
		one := ShownZone{Name: z.Code + " 区 " + z.Name}
		for _, t := range store.Waiting(m.tickets) {
			if t.Zone == z.ID {
				if one.Waiting == 0 {
					one.Next = t.No
				}
				one.Waiting++
				out.Waiting++
			}
		}
		out.Zones = append(out.Zones, one)
	}
}

func (m *model) sign(w store.Window, out *Display) {
	z, _ := m.zone(w.Zone)
	s, on := m.seatAt(w.ID)
	out.Kind, out.Window, out.Label, out.Zone = "window", w.No, w.Label, z.Name
	switch {
	case w.Closed || !on:
		out.State = "closed"
	case s.State == seatAway:
		out.State = "away"
	}
	if waiting := m.queue(w, s.Account); on && len(waiting) > 0 {
		out.Next, out.Waiting = waiting[0].No, len(waiting)
	}
	for _, c := range m.called() {
		if c.Window == w.No {
			out.Current = &c
			return
		}
	}
}
