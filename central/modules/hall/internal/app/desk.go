package app

import (
	"cmp"
	"context"
	"slices"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/store"
)

// Named is a thing with its name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Ticket is one number as the counter sees it (号票).
type Ticket struct {
	ID           string `json:"id"`
	No           string `json:"no"`
	Category     string `json:"category"`
	CategoryName string `json:"category_name"`
	Zone         string `json:"zone"`
	ZoneName     string `json:"zone_name"`
	Priority     string `json:"priority"`
	PriorityText string `json:"priority_text"`
	Channel      string `json:"channel"`
	ChannelText  string `json:"channel_text"`
	State        string `json:"state"`
	StateText    string `json:"state_text"`
	Window       string `json:"window"`
	WindowNo     string `json:"window_no"`
	TakenAt      string `json:"taken_at"`
	CalledAt     string `json:"called_at"`
	StartedAt    string `json:"started_at"`
	WaitedMin    int    `json:"waited_min" doc:"到现在等了多少分钟"`
	ServedMin    int    `json:"served_min" doc:"到现在办了多少分钟"`
	Calls        int    `json:"calls"`
	HoldReason   string `json:"hold_reason"`
	Visit        bool   `json:"visit" doc:"已经确认过身份"`
}

// channels are where tickets come from.
var channels = map[string]string{"machine": "现场取号", "counter": "导办台取号", "desk": "没取号，直接到窗", "appointment": "预约", "kiosk": "自助终端取号"}

func (m *model) ticket(t store.Ticket) Ticket {
	c, _ := m.category(t.Category)
	z, _ := m.zone(t.Zone)
	out := Ticket{
		ID: t.ID, No: t.No, Category: t.Category, CategoryName: c.Name, Zone: t.Zone, ZoneName: z.Name, Priority: string(t.Priority), PriorityText: t.Priority.Text(),
		Channel: t.Channel, ChannelText: channels[t.Channel], State: string(t.State), StateText: t.State.Text(), Window: t.Window, WindowNo: t.WindowNo,
		TakenAt: stamp(t.Taken), CalledAt: stamp(t.Called), StartedAt: stamp(t.Started), Calls: t.Calls, HoldReason: t.Reason,
		WaitedMin: minutes(t.WaitedMs), ServedMin: minutes(t.HandledMs),
	}
	switch t.State {
	case hall.Waiting:
		out.WaitedMin = minutes(t.WaitedMs + m.now - t.Since)
	case hall.Serving:
		out.ServedMin = minutes(t.HandledMs + m.now - t.Since)
	}
	return out
}

// DeskSeat is where the caller sits.
type DeskSeat struct {
	Window   string      `json:"window"`
	No       string      `json:"no"`
	Label    string      `json:"label"`
	ZoneName string      `json:"zone_name"`
	State    string      `json:"state" enum:"on,away"`
	Reason   string      `json:"reason"`
	Since    string      `json:"since"`
	Helps    string      `json:"helps" doc:"今天支援的分区"`
	Takes    []hall.Take `json:"takes" nullable:"false"`
}

// MaySit is a window that the caller may sign on to.
type MaySit struct {
	Window  string `json:"window"`
	No      string `json:"no"`
	Label   string `json:"label"`
	TakenBy string `json:"taken_by"`
}

// Today is what the caller did today.
type Today struct {
	Served         int    `json:"served"`
	AverageSeconds int    `json:"average_seconds"`
	LastNo         string `json:"last_no"`
	LastSeconds    int    `json:"last_seconds"`
}

// ZoneCount is a zone with how many wait.
type ZoneCount struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Waiting int    `json:"waiting"`
}

// OtherWindow is one a ticket can be moved to.
type OtherWindow struct {
	ID    string `json:"id"`
	No    string `json:"no"`
	Label string `json:"label"`
	State string `json:"state"`
}

// CategoryOf is a category one can take a number for.
type CategoryOf struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Zone string `json:"zone"`
}

// Desk is everything that a clerk's page needs of the hall (窗口工作面).
type Desk struct {
	Hall       *Named        `json:"hall"`
	Seat       *DeskSeat     `json:"seat"`
	MaySit     []MaySit      `json:"may_sit" nullable:"false"`
	Current    *Ticket       `json:"current"`
	Visit      *Visit        `json:"visit"`
	Next       *Ticket       `json:"next"`
	Waiting    int           `json:"waiting"`
	Priority   int           `json:"priority"`
	LongestMin int           `json:"longest_min"`
	PromiseMin int           `json:"promise_min"`
	Passed     []Ticket      `json:"passed" nullable:"false"`
	Held       []Ticket      `json:"held" nullable:"false"`
	Today      Today         `json:"today"`
	Zones      []ZoneCount   `json:"zones" nullable:"false"`
	Windows    []OtherWindow `json:"windows" nullable:"false"`
	Categories []CategoryOf  `json:"categories" nullable:"false"`
	Now        string        `json:"now"`
}

// Desk returns the caller's desk.
func (a *App) Desk(ctx context.Context) (Desk, error) {
	me := auth.Who(ctx).ID
	kinds, _, err := a.kinds(ctx)
	if err != nil {
		return Desk{}, err
	}
	names, err := a.names(ctx)
	if err != nil {
		return Desk{}, err
	}
	out := Desk{MaySit: []MaySit{}, Passed: []Ticket{}, Held: []Ticket{}, Zones: []ZoneCount{}, Windows: []OtherWindow{}, Categories: []CategoryOf{}, Now: stamp(db.Ms(a.Clock.Now()))}
	var m *model
	err = a.DB.View(ctx, func(q db.Query) error {
		id, err := a.hallOf(ctx, q, me)
		if err != nil || id == "" {
			return err
		}
		if m, err = a.load(ctx, q, id, kinds); err != nil {
			return err
		}
		return a.fill(ctx, q, m, me, &out)
	})
	if err != nil || m == nil {
		return out, err
	}
	out.Hall = &Named{ID: m.hall.ID, Name: names[m.hall.ID]}
	var sitting []string
	for _, s := range m.seats {
		sitting = append(sitting, s.Account)
	}
	who, err := a.people(ctx, sitting)
	if err != nil {
		return out, err
	}
	for _, s := range m.staff {
		w, ok := m.window(s.Window)
		if s.Account != me || !ok || w.Closed {
			continue
		}
		one := MaySit{Window: w.ID, No: w.No, Label: w.Label}
		if taken, is := m.seatAt(w.ID); is && taken.Account != me {
			one.TakenBy = who[taken.Account].Name
		}
		out.MaySit = append(out.MaySit, one)
	}
	return out, nil
}

// hallOf is the hall where an account sits, else is assigned, "" for none.
func (a *App) hallOf(ctx context.Context, q db.Query, account string) (string, error) {
	s, ok, err := store.SeatOf(ctx, q, account, a.today())
	if err != nil || ok {
		return s.Hall, err
	}
	staff, err := store.AllStaff(ctx, q, "")
	if i := slices.IndexFunc(staff, func(s store.Staff) bool { return s.Account == account }); err == nil && i >= 0 {
		return staff[i].Hall, nil
	}
	return "", err
}

func (a *App) fill(ctx context.Context, q db.Query, m *model, me string, out *Desk) error {
	out.PromiseMin = m.hall.Promise
	waiting := map[string]int{}
	for _, t := range store.Waiting(m.tickets) {
		waiting[t.Zone]++
	}
	for _, z := range m.zones {
		if !z.Closed {
			out.Zones = append(out.Zones, ZoneCount{ID: z.ID, Name: z.Name, Waiting: waiting[z.ID]})
		}
	}
	for _, c := range m.categories {
		if !c.Closed {
			out.Categories = append(out.Categories, CategoryOf{ID: c.ID, Name: c.Name, Zone: c.Zone})
		}
	}
	seat, sits := m.seatOf(me)
	for _, w := range m.windows {
		if s, on := m.seatAt(w.ID); on && w.ID != seat.Window {
			out.Windows = append(out.Windows, OtherWindow{ID: w.ID, No: w.No, Label: w.Label, State: s.State})
		}
	}
	if err := a.fillToday(ctx, q, m, me, out); err != nil || !sits {
		return err
	}
	w, _ := m.window(seat.Window)
	z, _ := m.zone(w.Zone)
	helps, _ := m.zone(m.helping(w))
	out.Seat = &DeskSeat{Window: w.ID, No: w.No, Label: w.Label, ZoneName: z.Name, State: seat.State, Reason: seat.Reason, Since: stamp(seat.Since), Helps: helps.Name, Takes: append([]hall.Take{}, m.ofWindow[w.ID]...)}

	for i, t := range m.queue(w, me) {
		one := m.ticket(t)
		if i == 0 {
			out.Next = &one
		}
		out.Waiting++
		if t.Rank > 0 {
			out.Priority++
		}
		out.LongestMin = max(out.LongestMin, one.WaitedMin)
	}
	for _, t := range m.tickets {
		one := m.ticket(t)
		switch {
		case t.State == hall.Held && t.Account == me:
			out.Held = append(out.Held, one)
		case t.State == hall.Passed && (t.Account == me || m.calls(w, me, t)):
			out.Passed = append(out.Passed, one)
		case t.Account == me && (t.State == hall.Called || t.State == hall.Serving):
			v, ok, err := store.VisitOf(ctx, q, t.ID)
			if err != nil {
				return err
			}
			one.Visit = ok && v.State != hall.VisitEnded
			out.Current = &one
			if one.Visit {
				shown, err := a.visit(ctx, q, v)
				if err != nil {
					return err
				}
				out.Visit = &shown
			}
		}
	}
	return nil
}

func (a *App) fillToday(ctx context.Context, q db.Query, m *model, me string, out *Desk) error {
	ended, err := store.EndedToday(ctx, q, m.hall.ID, m.day)
	if err != nil {
		return err
	}
	var sum int64
	for _, t := range ended {
		if t.Account != me || t.State != hall.Done {
			continue
		}
		if out.Today.Served == 0 {
			out.Today.LastNo, out.Today.LastSeconds = t.No, int(t.HandledMs/1000)
		}
		out.Today.Served++
		sum += t.HandledMs
	}
	out.Today.AverageSeconds = int(sum / 1000 / int64(cmp.Or(out.Today.Served, 1)))
	return nil
}
