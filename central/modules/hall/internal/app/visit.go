package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/check"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/privacy"
	"tongban/central/kernel/vault"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/store"
)

// VisitCase is one matter of a visit as it is shown.
type VisitCase struct {
	No       string `json:"no"`
	Item     string `json:"item"`
	ItemName string `json:"item_name"`
	At       string `json:"at"`
}

// VisitAgent is who came in the person's place, masked.
type VisitAgent struct {
	Name     string `json:"name"`
	IDNumber string `json:"id_number"`
	Relation string `json:"relation"`
}

// Visit is one person at the counter as it is shown: masked (来访).
type Visit struct {
	ID       string      `json:"id"`
	Ticket   string      `json:"ticket"`
	TicketNo string      `json:"ticket_no"`
	WindowNo string      `json:"window_no"`
	State    string      `json:"state" enum:"open,held,ended"`
	Way      string      `json:"way" enum:"card,passport,code,typed"`
	WayText  string      `json:"way_text"`
	Name     string      `json:"name"`
	IDNumber string      `json:"id_number"`
	Phone    string      `json:"phone"`
	Agent    *VisitAgent `json:"agent"`
	OpenedAt string      `json:"opened_at"`
	EndedAt  string      `json:"ended_at"`
	Cases    []VisitCase `json:"cases" nullable:"false"`
}

// ways are how somebody was identified.
var ways = map[string]string{"card": "读身份证", "passport": "读护照", "code": "扫个人码", "typed": "手工输入"}

// Identify is who stands at the window.
type Identify struct {
	Ticket   string // "" = came without a number
	Way      string
	Name     string
	IDKind   string
	IDNumber string
	Phone    string
	Reason   string
	Agent    *hall.Agent
}

var (
	errReason = errs.E(errs.Invalid, "hall.typed_reason", "手工输入证件要写明原因（至少 4 个字），会留痕", nil)
	errIDNo   = errs.E(errs.Invalid, "hall.id_number", "身份证号不对，请对照证件再看一遍", nil)
)

// Open identifies who came with a ticket (确认身份): the ticket goes from called to serving. Identified again, a person replaces the
// one before as long as nothing was handed in.
func (a *App) Open(ctx context.Context, in Identify) (Visit, error) {
	if in.Way == "typed" && len([]rune(in.Reason)) < 4 {
		return Visit{}, errs.WithFields(errReason, errs.Field{Path: "reason", Message: "写明为什么没有读证"})
	}
	if in.IDKind == "resident" {
		v := check.Verify(check.ID, in.IDNumber)
		if v.State == check.Invalid {
			return Visit{}, errs.WithFields(errIDNo, errs.Field{Path: "id_number", Message: "18 位，末位是校验码"})
		}
		in.IDNumber = v.Normalised
	}
	var out Visit
	err := a.fromSeat(ctx, func(tx db.Tx, m *model, w store.Window, s store.Seat) error {
		t, err := a.atWindow(ctx, tx, m, w, s.Account, in.Ticket)
		if err != nil {
			return err
		}
		v, known, err := store.VisitOf(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		if !known {
			v = store.Visit{ID: ids.New(), Ticket: t.ID, TicketNo: t.No, Hall: t.Hall, Region: t.Region, Day: t.Day, Opened: m.now}
		}
		if err := a.replaceable(ctx, tx, v, known, in); err != nil {
			return err
		}
		v.Window, v.WindowNo, v.Account, v.State, v.Way, v.Reason, v.Ended = w.ID, w.No, s.Account, hall.VisitOpen, in.Way, in.Reason, 0
		if err := a.seal(&v, in); err != nil {
			return err
		}
		if err := store.PutVisit(ctx, tx, v); err != nil {
			return err
		}
		if t.State == hall.Called {
			next := t
			next.Started = cmp.Or(t.Started, m.now)
			if err := a.move(ctx, tx, m, t, next, hall.ActStart, ""); err != nil {
				return err
			}
		}
		if err := a.visited(ctx, tx, v, "hall.identify", in.Reason, map[string]string{"way": in.Way, "agent": fmt.Sprint(in.Agent != nil)}); err != nil {
			return err
		}
		out, err = a.visit(ctx, tx, v)
		return err
	})
	return out, err
}

// atWindow is the ticket in the clerk's hand; without one, somebody came straight.
func (a *App) atWindow(ctx context.Context, tx db.Tx, m *model, w store.Window, account, id string) (store.Ticket, error) {
	if id == "" {
		if a.holding(m, account) {
			return store.Ticket{}, errBusy
		}
		return a.walkIn(ctx, tx, m, w, account)
	}
	t, err := store.GetTicket(ctx, tx, id)
	switch {
	case err != nil:
		return t, err
	case t.Account != account:
		return t, errNotMine
	case t.State != hall.Called && t.State != hall.Serving:
		return t, hall.ErrTicketMoved
	}
	return t, nil
}

// replaceable refuses another person once a matter was handed in: one ticket is one person.
func (a *App) replaceable(ctx context.Context, q db.Query, v store.Visit, known bool, in Identify) error {
	if !known || v.PersonSealed == "" {
		return nil
	}
	cases, _, err := store.VisitCases(ctx, q, v.ID)
	if err != nil || len(cases) == 0 {
		return err
	}
	p, err := a.unseal(v)
	if err == nil && (p.Name != in.Name || p.IDNumber != in.IDNumber) {
		return errs.E(errs.Conflict, "hall.other_person", "这位已经交了件，不能换成另一个人；另一位请单独取号", nil)
	}
	return err
}

func (a *App) seal(v *store.Visit, in Identify) error {
	p := hall.Person{Name: in.Name, IDKind: in.IDKind, IDNumber: in.IDNumber, Phone: in.Phone, Way: in.Way, Agent: in.Agent}
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode person: %w", err)
	}
	if v.PersonSealed, err = a.Vault.SealRow(classPerson, v.ID, string(text)); err != nil {
		return fmt.Errorf("seal person: %w", err)
	}
	v.NameMasked, v.IDMasked, v.PhoneMasked = vault.MaskName(in.Name), vault.MaskID(in.IDNumber), vault.MaskPhone(in.Phone)
	v.AgentMasked, v.AgentIDMasked, v.Relation = "", "", ""
	if in.Agent != nil {
		v.AgentMasked, v.AgentIDMasked, v.Relation = vault.MaskName(in.Agent.Name), vault.MaskID(in.Agent.IDNumber), in.Agent.Relation
	}
	return nil
}

func (a *App) unseal(v store.Visit) (p hall.Person, err error) {
	if v.PersonSealed == "" || v.State == hall.VisitEnded {
		return p, hall.ErrVisitEnded
	}
	text, err := a.Vault.OpenRow(classPerson, v.ID, v.PersonSealed)
	if err != nil {
		return p, fmt.Errorf("open person of visit: %w", err)
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, fmt.Errorf("decode person of visit: %w", err)
	}
	return p, nil
}

// visited records an act on a visit and tells of it.
func (a *App) visited(ctx context.Context, tx db.Tx, v store.Visit, action, reason string, detail map[string]string) error {
	if err := audit.Write(ctx, tx, audit.Record{Action: action, Object: v.ID, Reason: reason, Detail: detail}); err != nil {
		return err
	}
	return a.emit(ctx, tx, hall.TopicVisit, v.ID, hall.Moved{Hall: v.Hall, Region: v.Region, Ticket: v.Ticket, No: v.TicketNo, State: string(v.State), Window: v.Window, WindowNo: v.WindowNo, Account: v.Account})
}

// follow moves the visit with its ticket.
func (a *App) follow(ctx context.Context, tx db.Tx, m *model, t store.Ticket, act hall.TicketAct) error {
	v, known, err := store.VisitOf(ctx, tx, t.ID)
	if err != nil || !known || v.State == hall.VisitEnded {
		return err
	}
	switch act {
	case hall.ActHold:
		v.State = hall.VisitHeld
	case hall.ActResume, hall.ActStart:
		v.State, v.Window, v.WindowNo, v.Account = hall.VisitOpen, t.Window, t.WindowNo, t.Account
	case hall.ActTransfer:
		v.State, v.Account = hall.VisitHeld, ""
	case hall.ActFinish, hall.ActLeave:
		return a.wipe(ctx, tx, t.ID, m.now)
	default:
		return nil
	}
	return store.PutVisit(ctx, tx, v)
}

// wipe ends the visit of a ticket: what was known of the person is gone, also masked; the number and the list of matters stay.
func (a *App) wipe(ctx context.Context, tx db.Tx, ticket string, now int64) error {
	v, known, err := store.VisitOf(ctx, tx, ticket)
	if err != nil || !known || v.State == hall.VisitEnded {
		return err
	}
	v.State, v.Ended, v.PersonSealed = hall.VisitEnded, now, ""
	v.NameMasked, v.IDMasked, v.PhoneMasked, v.AgentMasked, v.AgentIDMasked = "", "", "", "", ""
	if err := store.PutVisit(ctx, tx, v); err != nil {
		return err
	}
	return a.visited(ctx, tx, v, "hall.end_visit", "", nil)
}

// End ends a visit with its ticket (结束接待).
func (a *App) End(ctx context.Context, id string) (Desk, error) {
	var v store.Visit
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		v, err = store.GetVisit(ctx, q, id)
		return err
	})
	if err != nil {
		return Desk{}, err
	}
	return a.Act(ctx, v.Ticket, hall.ActFinish, "")
}

// visit shows one.
func (a *App) visit(ctx context.Context, q db.Query, v store.Visit) (Visit, error) {
	out := Visit{
		ID: v.ID, Ticket: v.Ticket, TicketNo: v.TicketNo, WindowNo: v.WindowNo, State: string(v.State), Way: v.Way, WayText: ways[v.Way],
		Name: v.NameMasked, IDNumber: v.IDMasked, Phone: v.PhoneMasked, OpenedAt: stamp(v.Opened), EndedAt: stamp(v.Ended), Cases: []VisitCase{},
	}
	if v.AgentMasked != "" {
		out.Agent = &VisitAgent{Name: v.AgentMasked, IDNumber: v.AgentIDMasked, Relation: v.Relation}
	}
	cases, at, err := store.VisitCases(ctx, q, v.ID)
	for i, c := range cases {
		out.Cases = append(out.Cases, VisitCase{No: c.No, Item: c.Item, ItemName: c.ItemName, At: stamp(at[i])})
	}
	return out, err
}

// Show returns one visit of the caller's hall.
func (a *App) Show(ctx context.Context, id string) (out Visit, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		v, err := store.GetVisit(ctx, q, id)
		if err != nil {
			return err
		}
		if !auth.Who(ctx).Scope(hall.PermServe).Covers(v.Place()) {
			return hall.ErrNoSuchVisit
		}
		out, err = a.visit(ctx, q, v)
		return err
	})
	return out, err
}

// Private says what the hall holds of persons and how long.
func (a *App) Private() privacy.Registration {
	return privacy.Registration{
		Columns: []privacy.Column{
			{Table: "hall_visit", Title: "窗口来访", Column: "person_sealed", Class: classPerson, Key: []string{"id"}, Bound: true, At: "opened_at"},
		},
		Rules: []privacy.Rule{{
			Name: "visits", Title: "窗口来访记录", What: "删除；到场人的信息在来访结束时已清空", Basis: "《个人信息保护法》第十九条：留存为实现目的所必要的最短时间", Days: 90,
			Due: func(ctx context.Context, q db.Query, before time.Time, after string, limit int) ([]string, error) {
				return store.DueVisits(ctx, q, db.Ms(before), after, limit)
			},
			Drop: store.DropVisits,
		}},
	}
}
