package app

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/store"
)

// Person is somebody who may sit in the hall, with what they can do.
type Person struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Login  string      `json:"login"`
	Desk   string      `json:"desk"`
	Closed bool        `json:"closed" doc:"账号停用"`
	Role   bool        `json:"role" doc:"有坐窗口的角色"`
	Skills []hall.Take `json:"skills" nullable:"false"`
}

// ZoneRow is a zone as it is set up.
type ZoneRow struct {
	ID     string `json:"id"`
	Code   string `json:"code"`
	Name   string `json:"name"`
	Order  int    `json:"order"`
	Closed bool   `json:"closed"`
}

// WindowRow is a window as it is set up.
type WindowRow struct {
	ID      string      `json:"id"`
	Zone    string      `json:"zone"`
	No      string      `json:"no"`
	Label   string      `json:"label"`
	Kind    string      `json:"kind"`
	Order   int         `json:"order"`
	Closed  bool        `json:"closed"`
	Display string      `json:"display" doc:"显示屏地址"`
	Takes   []hall.Take `json:"takes" nullable:"false"`
	Staff   []string    `json:"staff" nullable:"false"`
}

// CategoryRow is a ticket category as it is set up.
type CategoryRow struct {
	ID      string      `json:"id"`
	Zone    string      `json:"zone"`
	Code    string      `json:"code"`
	Name    string      `json:"name"`
	Minutes int         `json:"minutes"`
	Order   int         `json:"order"`
	Closed  bool        `json:"closed"`
	Takes   []hall.Take `json:"takes" nullable:"false"`
}

// ShiftRow is a shift as it is set up.
type ShiftRow struct {
	ID       string `json:"id"`
	Window   string `json:"window"`
	Account  string `json:"account"`
	Weekdays string `json:"weekdays"`
	From     string `json:"from"`
	Until    string `json:"until"`
	FromDay  string `json:"from_day"`
	UntilDay string `json:"until_day"`
}

// LeaveRow is who is away.
type LeaveRow struct {
	ID       string `json:"id"`
	Account  string `json:"account"`
	FromDay  string `json:"from_day"`
	UntilDay string `json:"until_day"`
	Note     string `json:"note"`
}

// ItemKind is a category of the catalogue with how many items it has.
type ItemKind struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Items int    `json:"items"`
}

// Config is everything that is set up in a hall (大厅配置).
type Config struct {
	Hall       Named         `json:"hall"`
	Halls      []Named       `json:"halls" nullable:"false"`
	Promise    int           `json:"promise"`
	Board      string        `json:"board"`
	Zones      []ZoneRow     `json:"zones" nullable:"false"`
	Windows    []WindowRow   `json:"windows" nullable:"false"`
	Categories []CategoryRow `json:"categories" nullable:"false"`
	Shifts     []ShiftRow    `json:"shifts" nullable:"false"`
	Leaves     []LeaveRow    `json:"leaves" nullable:"false"`
	People     []Person      `json:"people" nullable:"false"`
	Kinds      []ItemKind    `json:"kinds" nullable:"false"`
	ItemNames  []Named       `json:"item_names" nullable:"false" doc:"单独配置的事项的名称"`
	Today      string        `json:"today"`
}

// mine lists the halls with a queue where the caller holds perm.
func (a *App) mine(ctx context.Context, q db.Query, names map[string]string, perm string) ([]Named, error) {
	halls, err := store.Halls(ctx, q)
	out := []Named{}
	for _, h := range halls {
		m := model{hall: h}
		if m.may(ctx, perm) == nil {
			out = append(out, Named{ID: h.ID, Name: names[h.ID]})
		}
	}
	return out, err
}

// Config returns how a hall is set up; "" is the caller's first.
func (a *App) Config(ctx context.Context, id string) (out Config, err error) {
	kinds, _, err := a.kinds(ctx)
	if err != nil {
		return out, err
	}
	names, err := a.names(ctx)
	if err != nil {
		return out, err
	}
	var m *model
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if out.Halls, err = a.mine(ctx, q, names, hall.PermConfigRead); err != nil {
			return err
		}
		if id == "" && len(out.Halls) > 0 {
			id = out.Halls[0].ID
		}
		if m, err = a.load(ctx, q, id, kinds); err != nil {
			return err
		}
		return m.may(ctx, hall.PermConfigRead)
	})
	if err != nil {
		return out, err
	}
	out.Hall, out.Promise, out.Board, out.Today = Named{ID: id, Name: names[id]}, m.hall.Promise, "/display/"+m.hall.Board, m.day
	m.rows(&out)
	if out.People, err = a.staffOf(ctx, m); err != nil {
		return out, err
	}
	return out, a.namesOfTakes(ctx, m, &out)
}

func (m *model) rows(out *Config) {
	out.Zones, out.Windows, out.Categories, out.Shifts, out.Leaves = []ZoneRow{}, []WindowRow{}, []CategoryRow{}, []ShiftRow{}, []LeaveRow{}
	for _, z := range m.zones {
		out.Zones = append(out.Zones, ZoneRow{ID: z.ID, Code: z.Code, Name: z.Name, Order: z.Order, Closed: z.Closed})
	}
	for _, w := range m.windows {
		row := WindowRow{ID: w.ID, Zone: w.Zone, No: w.No, Label: w.Label, Kind: w.Kind, Order: w.Order, Closed: w.Closed, Display: "/display/" + w.Display, Takes: append([]hall.Take{}, m.ofWindow[w.ID]...), Staff: []string{}}
		for _, s := range m.staff {
			if s.Window == w.ID {
				row.Staff = append(row.Staff, s.Account)
			}
		}
		out.Windows = append(out.Windows, row)
	}
	for _, c := range m.categories {
		out.Categories = append(out.Categories, CategoryRow{ID: c.ID, Zone: c.Zone, Code: c.Code, Name: c.Name, Minutes: c.Minutes, Order: c.Order, Closed: c.Closed, Takes: append([]hall.Take{}, m.ofCategory[c.ID]...)})
	}
	for _, s := range m.shifts {
		out.Shifts = append(out.Shifts, ShiftRow{ID: s.ID, Window: s.Window, Account: s.Account, Weekdays: s.Weekdays, From: clockText(s.From), Until: clockText(s.Until), FromDay: s.FromDay, UntilDay: s.UntilDay})
	}
	for _, l := range m.leaves {
		out.Leaves = append(out.Leaves, LeaveRow{ID: l.ID, Account: l.Account, FromDay: l.FromDay, UntilDay: l.UntilDay, Note: l.Note})
	}
}

// staffOf lists who may sit in a hall: those assigned, and all clerks of its region.
func (a *App) staffOf(ctx context.Context, m *model) ([]Person, error) {
	known := map[string]auth.Account{}
	for _, role := range a.People.Roles().Holders(hall.PermServe) {
		found, _, err := a.People.List(ctx, auth.Filter{Role: role, Region: m.hall.Region, Page: 1, Size: 200})
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			known[p.ID] = p
		}
	}
	var assigned []string
	for _, s := range m.staff {
		assigned = append(assigned, s.Account)
	}
	for _, s := range m.shifts {
		assigned = append(assigned, s.Account)
	}
	more, err := a.people(ctx, assigned)
	if err != nil {
		return nil, err
	}
	all := make([]string, 0, len(known)+len(more))
	for id, p := range more {
		known[id] = p
	}
	for id := range known {
		all = append(all, id)
	}
	grants, err := a.People.GrantsOf(ctx, all)
	if err != nil {
		return nil, err
	}
	holders, now := a.People.Roles().Holders(hall.PermServe), a.Clock.Now()
	out := []Person{}
	for id, p := range known {
		out = append(out, Person{
			ID: id, Name: p.Name, Login: p.Login, Desk: p.Desk, Closed: !p.Open(now), Skills: append([]hall.Take{}, m.ofPerson[id]...),
			Role: slices.ContainsFunc(grants[id], func(g auth.Grant) bool { return slices.Contains(holders, g.Role) }),
		})
	}
	slices.SortFunc(out, func(a, b Person) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	return out, nil
}

// namesOfTakes adds the categories of the catalogue, and the names of items that are set up one by one.
func (a *App) namesOfTakes(ctx context.Context, m *model, out *Config) error {
	snap, err := a.Items.Snapshot(ctx)
	if err != nil {
		return err
	}
	out.Kinds, out.ItemNames = []ItemKind{}, []Named{}
	for _, c := range snap.Categories {
		n := 0
		for _, kind := range m.kinds {
			if kind == c.Key {
				n++
			}
		}
		if n > 0 {
			out.Kinds = append(out.Kinds, ItemKind{Code: c.Key, Name: c.Name, Items: n})
		}
	}
	_, items, err := a.kinds(ctx)
	if err != nil {
		return err
	}
	for _, it := range items {
		out.ItemNames = append(out.ItemNames, Named{ID: it.Code, Name: it.Name})
	}
	return nil
}

var (
	codeShape  = regexp.MustCompile(`^[A-Z]$`)
	noShape    = regexp.MustCompile(`^[A-Z][0-9]{1,3}$`)
	errCode    = errs.E(errs.Invalid, "hall.code", "代号是一个大写字母", nil)
	errNo      = errs.E(errs.Invalid, "hall.window_no", "窗口号是一个大写字母加 1–3 位数字，如 B12", nil)
	errZone    = errs.E(errs.Invalid, "hall.no_zone", "没有这个分区，请重新选择", nil)
	errTake    = errs.E(errs.Invalid, "hall.unknown_item", "事项目录里没有这个事项或类别，请重新选择", nil)
	errPerson  = errs.E(errs.Invalid, "hall.no_person", "没有这个人，请重新选择", nil)
	errShift   = errs.E(errs.Invalid, "hall.shift", "班次要有星期、先早后晚的时间，日期先早后晚", nil)
	errSeries  = errs.E(errs.Invalid, "hall.series", "W 留给没取号直接到窗的人，请换一个字母", nil)
	errInUse   = errs.E(errs.Conflict, "hall.zone_in_use", "这个分区里还有开着的窗口或有人在等，先移走再停用", nil)
	errTaken   = errs.E(errs.Conflict, "hall.taken", "这个代号或窗口号已经有了，请换一个；停用的也算", nil)
	errSitting = errs.E(errs.Conflict, "hall.window_in_use", "这个窗口现在有人坐，等签退后再停用", nil)
)

// change does one act on how a hall is set up.
func (a *App) change(ctx context.Context, id, reason string, r audit.Record, act func(tx db.Tx, m *model) (object string, err error)) error {
	kinds, _, err := a.kinds(ctx)
	if err != nil {
		return err
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		m, err := a.load(ctx, tx, id, kinds)
		if err != nil {
			return err
		}
		if err := m.may(ctx, hall.PermConfigWrite); err != nil {
			return err
		}
		r := r
		if r.Object, err = act(tx, m); err != nil {
			return err
		}
		r.Reason = reason
		if err := audit.Write(ctx, tx, r); err != nil {
			return err
		}
		return a.emit(ctx, tx, hall.TopicConfig, id, hall.Moved{Hall: id, Region: m.hall.Region})
	})
}

// SetHall changes how long somebody waits at most.
func (a *App) SetHall(ctx context.Context, id string, promise int) error {
	return a.change(ctx, id, "", audit.Record{Action: "hall.set_hall"}, func(tx db.Tx, m *model) (string, error) {
		m.hall.Promise = promise
		return id, store.PutHall(ctx, tx, m.hall)
	})
}

// SetZone makes or changes a zone.
func (a *App) SetZone(ctx context.Context, id string, z ZoneRow) error {
	if !codeShape.MatchString(z.Code) {
		return errCode
	}
	return a.change(ctx, id, "", audit.Record{Action: "hall.set_zone"}, func(tx db.Tx, m *model) (string, error) {
		if _, ok := m.zone(z.ID); z.ID != "" && !ok {
			return "", errZone
		}
		if slices.ContainsFunc(m.zones, func(o store.Zone) bool { return o.Code == z.Code && o.ID != z.ID }) {
			return "", errTaken
		}
		used := slices.ContainsFunc(m.windows, func(w store.Window) bool { return w.Zone == z.ID && !w.Closed }) ||
			slices.ContainsFunc(m.tickets, func(t store.Ticket) bool { return t.Zone == z.ID })
		if z.Closed && used {
			return "", errInUse
		}
		z.ID = cmp.Or(z.ID, ids.New())
		return z.ID, store.PutZone(ctx, tx, store.Zone{ID: z.ID, Hall: id, Code: z.Code, Name: z.Name, Order: z.Order, Closed: z.Closed})
	})
}

// SetWindow makes or changes a window, and its desk of the organisation with it.
func (a *App) SetWindow(ctx context.Context, id string, w WindowRow) error {
	if !noShape.MatchString(w.No) {
		return errNo
	}
	return a.change(ctx, id, "", audit.Record{Action: "hall.set_window"}, func(tx db.Tx, m *model) (string, error) {
		if z, ok := m.zone(w.Zone); !ok || z.Closed {
			return "", errZone
		}
		if slices.ContainsFunc(m.windows, func(o store.Window) bool { return o.No == w.No && o.ID != w.ID }) {
			return "", errTaken
		}
		one := store.Window{ID: ids.New(), Hall: id, Display: ids.Key()}
		if w.ID != "" {
			kept, ok := m.window(w.ID)
			if !ok {
				return "", hall.ErrNoSuchWindow
			}
			one = kept
		}
		if _, sits := m.seatAt(one.ID); sits && w.Closed {
			return "", errSitting
		}
		one.Zone, one.No, one.Label, one.Kind, one.Order, one.Closed = w.Zone, w.No, w.Label, w.Kind, w.Order, w.Closed
		desk, _, err := a.Places.DeskIn(ctx, tx, one.ID) // whose desk it is, the organisation says
		if err != nil {
			return "", err
		}
		desk.ID, desk.Hall, desk.Label, desk.Closed = one.ID, id, one.Label, one.Closed
		if err := a.Places.PutDeskIn(ctx, tx, desk, "大厅配置"); err != nil {
			return "", err
		}
		return one.ID, store.PutWindow(ctx, tx, one)
	})
}

// SetCategory makes or changes a ticket category with what it stands for.
func (a *App) SetCategory(ctx context.Context, id string, c CategoryRow) error {
	switch {
	case !codeShape.MatchString(c.Code):
		return errCode
	case c.Code == straight:
		return errSeries
	}
	return a.change(ctx, id, "", audit.Record{Action: "hall.set_category"}, func(tx db.Tx, m *model) (string, error) {
		if z, ok := m.zone(c.Zone); !ok || z.Closed {
			return "", errZone
		}
		if err := m.known(c.Takes); err != nil {
			return "", err
		}
		if _, ok := m.category(c.ID); c.ID != "" && !ok {
			return "", errNoKind
		}
		if slices.ContainsFunc(m.categories, func(o store.Category) bool { return o.Code == c.Code && o.ID != c.ID }) {
			return "", errTaken
		}
		c.ID = cmp.Or(c.ID, ids.New())
		one := store.Category{ID: c.ID, Hall: id, Zone: c.Zone, Code: c.Code, Name: c.Name, Minutes: c.Minutes, Order: c.Order, Closed: c.Closed}
		if err := store.PutCategory(ctx, tx, one); err != nil {
			return "", err
		}
		return c.ID, store.PutTakes(ctx, tx, store.OfCategory, c.ID, c.Takes)
	})
}

// known refuses what the catalogue does not have.
func (m *model) known(takes []hall.Take) error {
	for _, t := range takes {
		ok := t.Kind == "item" && m.kinds[t.Code] != ""
		for _, kind := range m.kinds {
			ok = ok || t.Kind == "category" && kind == t.Code
		}
		if !ok {
			return errTake
		}
	}
	return nil
}

// SetTakes replaces what a window takes.
func (a *App) SetTakes(ctx context.Context, id, window string, takes []hall.Take) error {
	return a.change(ctx, id, "", audit.Record{Action: "hall.set_takes"}, func(tx db.Tx, m *model) (string, error) {
		w, ok := m.window(window)
		if !ok {
			return "", hall.ErrNoSuchWindow
		}
		fresh := slices.DeleteFunc(slices.Clone(takes), func(t hall.Take) bool { return slices.Contains(m.ofWindow[w.ID], t) })
		if err := m.known(fresh); err != nil {
			return "", err
		}
		return w.ID, store.PutTakes(ctx, tx, store.OfWindow, w.ID, takes)
	})
}

// SetStaff replaces who may sit at a window.
func (a *App) SetStaff(ctx context.Context, id, window string, accounts []string) error {
	found, err := a.people(ctx, slices.Clone(accounts))
	if err != nil {
		return err
	}
	return a.change(ctx, id, "", audit.Record{Action: "hall.set_staff"}, func(tx db.Tx, m *model) (string, error) {
		w, ok := m.window(window)
		if !ok {
			return "", hall.ErrNoSuchWindow
		}
		for _, p := range accounts {
			if found[p].ID == "" {
				return "", errPerson
			}
		}
		return w.ID, store.PutStaff(ctx, tx, id, w.ID, accounts)
	})
}

// SetSkills replaces what a person can do.
func (a *App) SetSkills(ctx context.Context, id, account string, takes []hall.Take) error {
	found, err := a.people(ctx, []string{account})
	if err != nil {
		return err
	}
	return a.change(ctx, id, "", audit.Record{Action: "hall.set_skills"}, func(tx db.Tx, m *model) (string, error) {
		if found[account].ID == "" {
			return "", errPerson
		}
		if err := m.known(takes); err != nil {
			return "", err
		}
		return account, store.PutTakes(ctx, tx, store.OfPerson, account, takes)
	})
}

// SetShift makes or changes a shift.
func (a *App) SetShift(ctx context.Context, id string, s ShiftRow) error {
	from, err1 := clockMinutes(s.From)
	until, err2 := clockMinutes(s.Until)
	first, err3 := calendar.ParseDate(s.FromDay)
	last, err4 := first, error(nil)
	if s.UntilDay != "" {
		last, err4 = calendar.ParseDate(s.UntilDay)
	}
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil || until <= from || last.Before(first) || s.Weekdays == "" {
		return errShift
	}
	found, err := a.people(ctx, []string{s.Account})
	if err != nil {
		return err
	}
	return a.change(ctx, id, "", audit.Record{Action: "hall.set_shift"}, func(tx db.Tx, m *model) (string, error) {
		w, ok := m.window(s.Window)
		if !ok {
			return "", hall.ErrNoSuchWindow
		}
		if found[s.Account].ID == "" {
			return "", errPerson
		}
		if s.ID != "" && !slices.ContainsFunc(m.shifts, func(o store.Shift) bool { return o.ID == s.ID }) {
			return "", errShift
		}
		one := store.Shift{ID: cmp.Or(s.ID, ids.New()), Hall: id, Window: w.ID, Account: s.Account, Weekdays: s.Weekdays, From: from, Until: until, FromDay: s.FromDay, UntilDay: s.UntilDay}
		return one.ID, store.PutShift(ctx, tx, one)
	})
}

// DropShift removes a shift.
func (a *App) DropShift(ctx context.Context, id, shift string) error {
	return a.change(ctx, id, "", audit.Record{Action: "hall.drop_shift"}, func(tx db.Tx, _ *model) (string, error) {
		return shift, store.DropShift(ctx, tx, id, shift)
	})
}

// AddLeave notes that somebody is away.
func (a *App) AddLeave(ctx context.Context, id string, l LeaveRow) error {
	first, err1 := calendar.ParseDate(l.FromDay)
	last, err2 := calendar.ParseDate(l.UntilDay)
	if err1 != nil || err2 != nil || last.Before(first) {
		return errShift
	}
	found, err := a.people(ctx, []string{l.Account})
	if err != nil {
		return err
	}
	return a.change(ctx, id, l.Note, audit.Record{Action: "hall.add_leave"}, func(tx db.Tx, _ *model) (string, error) {
		if found[l.Account].ID == "" {
			return "", errPerson
		}
		return l.Account, store.AddLeave(ctx, tx, store.Leave{ID: ids.New(), Hall: id, Account: l.Account, FromDay: l.FromDay, UntilDay: l.UntilDay, Note: l.Note})
	})
}

// DropLeave takes one back.
func (a *App) DropLeave(ctx context.Context, id, leave string) error {
	return a.change(ctx, id, "", audit.Record{Action: "hall.drop_leave"}, func(tx db.Tx, _ *model) (string, error) {
		return leave, store.DropLeave(ctx, tx, id, leave)
	})
}
