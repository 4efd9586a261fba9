package app

import (
	"context"
	"fmt"
	"slices"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/store"
)

// Dot is one who waits, on the map.
type Dot struct {
	No       string `json:"no"`
	Minutes  int    `json:"minutes"`
	Priority string `json:"priority"`
	Over     bool   `json:"over"`
}

// LiveWindow is one window on the map.
type LiveWindow struct {
	ID        string `json:"id"`
	No        string `json:"no"`
	Label     string `json:"label"`
	Staff     string `json:"staff"`
	State     string `json:"state" enum:"serving,called,idle,away,over,absent,closed"`
	StateText string `json:"state_text"`
	Ticket    string `json:"ticket"`
	Minutes   int    `json:"minutes"`
	Note      string `json:"note"`
	Fault     string `json:"fault" doc:"配置有误时说哪里"`
	Helps     string `json:"helps"`
}

// LiveZone is one zone on the map.
type LiveZone struct {
	ID      string       `json:"id"`
	Code    string       `json:"code"`
	Name    string       `json:"name"`
	Windows []LiveWindow `json:"windows" nullable:"false"`
	Waiting []Dot        `json:"waiting" nullable:"false"`
	Longest int          `json:"longest"`
	Over    bool         `json:"over"`
}

// Advice is what should be done now, with what it will do (现在该做).
type Advice struct {
	Level  string `json:"level" enum:"bad,warn,info"`
	Title  string `json:"title"`
	Text   string `json:"text"`
	Act    string `json:"act" enum:"support,configure,none"`
	Label  string `json:"label"`
	Window string `json:"window"`
	Zone   string `json:"zone"`
}

// LiveCount is how many windows are in a state.
type LiveCount struct {
	State string `json:"state"`
	Text  string `json:"text"`
	N     int    `json:"n"`
}

// Live is a hall as it stands this moment (大厅此刻).
type Live struct {
	Hall     Named       `json:"hall"`
	Halls    []Named     `json:"halls" nullable:"false"`
	Answer   string      `json:"answer"`
	At       string      `json:"at"`
	Promise  int         `json:"promise"`
	Waiting  int         `json:"waiting"`
	Zones    []LiveZone  `json:"zones" nullable:"false"`
	Counts   []LiveCount `json:"counts" nullable:"false"`
	Advice   []Advice    `json:"advice" nullable:"false"`
	Findings []Finding   `json:"findings" nullable:"false"`
	Board    string      `json:"board"`
	Direct   bool        `json:"direct" doc:"调用者可以调度"`
}

// words of the states of a window, in the order of the legend.
var states = []struct{ state, text string }{
	{"serving", "办理中"}, {"called", "叫号中"}, {"idle", "空闲"}, {"over", "超时"}, {"away", "暂离"}, {"absent", "无人"}, {"closed", "未开"},
}

func stateText(s string) string {
	for _, one := range states {
		if one.state == s {
			return one.text
		}
	}
	return s
}

// Live returns a hall as it stands; "" is the caller's first.
func (a *App) Live(ctx context.Context, id string) (out Live, err error) {
	kinds, items, err := a.kinds(ctx)
	if err != nil {
		return out, err
	}
	names, err := a.names(ctx)
	if err != nil {
		return out, err
	}
	var m *model
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if out.Halls, err = a.mine(ctx, q, names, hall.PermMap); err != nil {
			return err
		}
		if id == "" && len(out.Halls) > 0 {
			id = out.Halls[0].ID
		}
		if m, err = a.load(ctx, q, id, kinds); err != nil {
			return err
		}
		return m.may(ctx, hall.PermMap)
	})
	if err != nil {
		return out, err
	}
	var sitting []string
	for _, s := range m.seats {
		sitting = append(sitting, s.Account)
	}
	for _, s := range m.shifts {
		sitting = append(sitting, s.Account)
	}
	who, err := a.people(ctx, sitting)
	if err != nil {
		return out, err
	}
	out.Hall, out.At, out.Promise, out.Board = Named{ID: id, Name: names[id]}, stamp(m.now), m.hall.Promise, "/display/"+m.hall.Board
	out.Direct = m.may(ctx, hall.PermDirect) == nil
	out.Findings = []Finding{}
	if m.may(ctx, hall.PermConfigRead) == nil {
		if out.Findings, err = a.findings(ctx, m, items); err != nil {
			return out, err
		}
	}
	a.fillLive(m, who, &out)
	return out, nil
}

func (a *App) fillLive(m *model, who map[string]auth.Account, out *Live) {
	on := calendar.DateOf(a.Clock.Now())
	shifts := m.onShift(on, a.minute(), a.Calendar.Day(on).Workday)
	counts := map[string]int{}
	out.Zones = []LiveZone{}
	for _, z := range m.zones {
		if z.Closed {
			continue
		}
		one := LiveZone{ID: z.ID, Code: z.Code, Name: z.Name, Windows: []LiveWindow{}, Waiting: []Dot{}}
		for _, w := range m.windows {
			if w.Zone != z.ID {
				continue
			}
			lw := m.liveWindow(w, shifts, who)
			for _, f := range out.Findings {
				if f.Window == w.No && lw.Fault == "" {
					lw.Fault = f.Title
				}
			}
			counts[lw.State]++
			one.Windows = append(one.Windows, lw)
		}
		for _, t := range store.Waiting(m.tickets) {
			if t.Zone != z.ID {
				continue
			}
			d := Dot{No: t.No, Minutes: minutes(t.WaitedMs + m.now - t.Since), Priority: t.Priority.Text()}
			d.Over = d.Minutes > m.hall.Promise
			one.Longest, one.Over = max(one.Longest, d.Minutes), one.Over || d.Over
			one.Waiting = append(one.Waiting, d)
		}
		out.Waiting += len(one.Waiting)
		out.Zones = append(out.Zones, one)
	}
	out.Counts = []LiveCount{}
	for _, s := range states {
		out.Counts = append(out.Counts, LiveCount{State: s.state, Text: s.text, N: counts[s.state]})
	}
	out.Answer = answerOf(out, m.open(), counts)
	out.Advice = a.advise(m, out, shifts, who)
}

func answerOf(out *Live, windows int, counts map[string]int) string {
	open := counts["serving"] + counts["called"] + counts["idle"] + counts["over"]
	for _, z := range out.Zones {
		if z.Over {
			return fmt.Sprintf("%s 区等得太久：最久 %d 分钟，承诺 %d 分钟", z.Code, z.Longest, out.Promise)
		}
	}
	switch {
	case out.Waiting == 0 && open == 0:
		return fmt.Sprintf("%d 个窗口都还没有人坐", windows)
	case out.Waiting == 0:
		return fmt.Sprintf("没有人在等，%d 个窗口能办", open)
	}
	return fmt.Sprintf("%d 人在等，都在承诺的 %d 分钟内", out.Waiting, out.Promise)
}

func (m *model) liveWindow(w store.Window, shifts []store.Shift, who map[string]auth.Account) LiveWindow {
	out := LiveWindow{ID: w.ID, No: w.No, Label: w.Label, State: "closed"}
	z, _ := m.zone(m.helping(w))
	if z.ID != "" {
		out.Helps = z.Code + " 区"
	}
	s, on := m.seatAt(w.ID)
	if !on {
		i := slices.IndexFunc(shifts, func(sh store.Shift) bool { return sh.Window == w.ID })
		if i >= 0 && !w.Closed {
			out.State, out.Staff, out.Note = "absent", who[shifts[i].Account].Name, "排了班没到岗"
			out.Minutes = sinceMinute(m.now, shifts[i].From)
		}
		out.StateText = stateText(out.State)
		return out
	}
	out.Staff, out.State, out.Minutes = who[s.Account].Name, "idle", minutes(m.now-s.Since)
	if s.State == seatAway {
		out.State, out.Note = "away", s.Reason
	}
	for _, t := range m.tickets {
		if t.Window != w.ID || t.State != hall.Called && t.State != hall.Serving {
			continue
		}
		out.Ticket, out.State, out.Minutes = t.No, string(t.State), minutes(m.now-t.Since)
		if t.State == hall.Serving {
			out.Minutes = minutes(t.HandledMs + m.now - t.Since)
			if c, ok := m.category(t.Category); ok && out.Minutes > 2*c.Minutes {
				out.State, out.Note = "over", fmt.Sprintf("同类一般 %d 分钟", c.Minutes)
			}
		}
	}
	out.StateText = stateText(out.State)
	return out
}

// sinceMinute is how many minutes have gone since a minute of today.
func sinceMinute(now int64, minute int) int {
	t := db.FromMs(now).In(calendar.Shanghai)
	return max(t.Hour()*60+t.Minute()-minute, 0)
}

// advise turns the picture into acts with what they will do.
func (a *App) advise(m *model, out *Live, shifts []store.Shift, who map[string]auth.Account) []Advice {
	found := []Advice{}
	for _, z := range out.Zones {
		if !z.Over {
			continue
		}
		adv := Advice{Level: "warn", Title: fmt.Sprintf("%s 区等候超承诺 %d 分钟", z.Code, z.Longest-out.Promise), Text: "没有别的区的空闲窗口会办这里的事：请增开窗口，或从后台叫人。", Act: "none", Zone: z.ID}
		if w, ok := m.helper(z, out); ok {
			s, _ := m.seatAt(w.ID)
			adv.Title += fmt.Sprintf("，%s 空着", w.No)
			adv.Text = fmt.Sprintf("%s 的 %s 会办这里的事。调过来以后，先叫等得最久的 %s。", w.No, who[s.Account].Name, z.Waiting[0].No)
			adv.Act, adv.Label, adv.Window = "support", fmt.Sprintf("调 %s 支援 %s 区", w.No, z.Code), w.ID
		}
		found = append(found, adv)
	}
	for _, z := range out.Zones {
		for _, w := range z.Windows {
			switch w.State {
			case "absent":
				found = append(found, Advice{Level: "bad", Title: fmt.Sprintf("%s 排了 %s，%d 分钟没到岗", w.No, w.Staff, w.Minutes), Text: "联系本人；来不了就改派，今天的班次当场生效。", Act: "configure", Label: "改派", Window: w.No})
			case "over":
				found = append(found, Advice{Level: "info", Title: fmt.Sprintf("%s 的 %s 办了 %d 分钟", w.No, w.Ticket, w.Minutes), Text: w.Note + "。去看看要不要帮忙。", Act: "none", Window: w.No})
			}
		}
	}
	return found
}

// helper is an idle window of another zone, without anybody waiting for it, whose clerk can do what a zone waits for.
func (m *model) helper(z LiveZone, out *Live) (store.Window, bool) {
	for _, w := range m.windows {
		s, on := m.seatAt(w.ID)
		if w.Zone == z.ID || !on || s.State != seatOn || m.helping(w) != "" || len(m.queue(w, s.Account)) > 0 ||
			slices.ContainsFunc(m.tickets, func(t store.Ticket) bool {
				return t.Window == w.ID && (t.State == hall.Called || t.State == hall.Serving)
			}) {
			continue
		}
		with := w
		with.Helps, with.HelpsOn = z.ID, m.day
		if slices.ContainsFunc(store.Waiting(m.tickets), func(t store.Ticket) bool { return t.Zone == z.ID && m.calls(with, s.Account, t) }) {
			return w, true
		}
	}
	return store.Window{}, false
}

var errHelps = errs.E(errs.Invalid, "hall.support", "支援的要是另一个开着的分区", nil)

// Support lets a window call what waits in another zone, for the rest of the day; "" ends it.
func (a *App) Support(ctx context.Context, window, zone string) error {
	return a.inWindowsHall(ctx, window, func(tx db.Tx, m *model, w store.Window) error {
		if err := m.may(ctx, hall.PermDirect); err != nil {
			return err
		}
		z, ok := m.zone(zone)
		if zone != "" && (!ok || z.Closed || z.ID == w.Zone) {
			return errHelps
		}
		w.Helps, w.HelpsOn = zone, m.day
		if err := store.PutWindow(ctx, tx, w); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "hall.support", Object: w.ID, Detail: map[string]string{"zone": z.Code}}); err != nil {
			return err
		}
		return a.emit(ctx, tx, hall.TopicSeat, w.ID, hall.Moved{Hall: w.Hall, Region: m.hall.Region, Zone: w.Zone, Window: w.ID, WindowNo: w.No, Act: "support"})
	})
}
