// Package hall is the service hall (大厅): its zones and windows, what each window takes and who may sit there when, the tickets
// of those who wait, and the visit that one person makes with one ticket.
package hall

import (
	"context"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

// Permissions.
const (
	PermServe       = "hall:queue.serve"  // 坐窗口、叫号、接待
	PermDirect      = "hall:queue.direct" // 调度窗口
	PermMap         = "hall:map.read"     // 看大厅实时图
	PermConfigRead  = "hall:config.read"  // 看大厅配置和校验
	PermConfigWrite = "hall:config.write" // 改大厅配置
)

// Topics of the events; the data is Moved.
const (
	TopicTicket = "hall.ticket" // key: id of the ticket
	TopicSeat   = "hall.seat"   // key: id of the window
	TopicConfig = "hall.config" // key: id of the hall
	TopicVisit  = "hall.visit"  // key: id of the visit
)

// Moved is what every event of the hall says. No personal data.
type Moved struct {
	Hall     string    `json:"hall"`
	Region   string    `json:"region"`
	Ticket   string    `json:"ticket,omitempty"`
	No       string    `json:"no,omitempty"`
	State    string    `json:"state,omitempty"`
	Act      string    `json:"act,omitempty"`
	Zone     string    `json:"zone,omitempty"`
	Window   string    `json:"window,omitempty"`
	WindowNo string    `json:"window_no,omitempty"`
	Account  string    `json:"account,omitempty"`
	At       time.Time `json:"at"`
}

// Take is one thing that a window, a person or a ticket category covers (受理范围): a category of the catalogue with
// all its items, or one item.
type Take struct {
	Kind string `json:"kind" enum:"category,item" doc:"一类事项，或一个事项"`
	Code string `json:"code" minLength:"1" maxLength:"64" doc:"类别或事项编码"`
}

// Seat is a window with the person who signed on to it (坐席).
type Seat struct {
	Hall, HallName, Region string
	Window                 string // id
	No, Label              string // B12, B 区 12 号窗
	Zone                   string
	Account                string
	State                  string // on, away
	Since                  time.Time
}

// Window is one counter as others may know it (窗口).
type Window struct {
	ID, No, Label, Hall, Zone string
	Open                      bool // it is in use at all
}

// Visit is one person at the counter with one ticket (一次来访). No personal data beyond what is masked.
type Visit struct {
	ID, Ticket, TicketNo string
	Hall, Region         string
	Window, WindowNo     string
	Account              string
	State                VisitState
	NameMasked, IDMasked string
	Way                  string
	Agent                bool
	Opened, Ended        time.Time
	Cases                []VisitCase
}

// VisitState is where a visit stands (来访状态).
type VisitState string

// States of a visit.
const (
	VisitOpen  VisitState = "open"
	VisitHeld  VisitState = "held"  // the ticket is on hold
	VisitEnded VisitState = "ended" // what was known of the person is wiped
)

// VisitCase is one matter done in a visit.
type VisitCase struct {
	No       string `json:"no" minLength:"1" maxLength:"24"`
	Item     string `json:"item" maxLength:"40"`
	ItemName string `json:"item_name" maxLength:"120"`
}

// Person is who was identified at the counter (到场人).
type Person struct {
	Name     string
	IDKind   string
	IDNumber string
	Phone    string
	Way      string // card, passport, code, typed
	Agent    *Agent // who came in the person's place
}

// Agent is who came with a power of attorney (代办人).
type Agent struct {
	Name      string `json:"name" minLength:"1" maxLength:"60"`
	IDNumber  string `json:"id_number" minLength:"4" maxLength:"30"`
	Phone     string `json:"phone,omitempty" maxLength:"20"`
	Relation  string `json:"relation" maxLength:"30" doc:"与本人的关系"`
	Authority string `json:"authority" maxLength:"60" doc:"委托依据，如委托书"`
}

// Served is one ticket that has ended, with its exact times (接待记录).
type Served struct {
	Ticket, No, Hall, Zone, Category, Priority, Channel string
	Window, WindowNo, Account                           string
	State                                               TicketState
	Taken, Called, Ended                                time.Time
	Waited, Handled, Held                               time.Duration
}

// ServedAsk narrows Served.
type ServedAsk struct {
	Hall     string // "" = all
	From, To time.Time
	After    string // id of the last ticket of the page before
	Most     int    // up to 500
}

// Errors that others may meet.
var (
	ErrNoSuchTicket = errs.E(errs.NotFound, "hall.no_such_ticket", "没有这张号票，请核对后再查", nil)
	ErrNoSuchVisit  = errs.E(errs.NotFound, "hall.no_such_visit", "没有这次来访，可能已经结束", nil)
	ErrNoSuchWindow = errs.E(errs.NotFound, "hall.no_such_window", "没有这个窗口，请刷新后再看", nil)
	ErrVisitEnded   = errs.E(errs.Conflict, "hall.visit_ended", "这次来访已经结束，到场人的信息已清除；要再办请重新叫号或读证", nil)
)

// Service is what other modules may ask.
type Service interface {
	// SeatOf returns where an account sits now; false when it sits nowhere.
	SeatOf(ctx context.Context, account string) (Seat, bool, error)

	// Takes reports whether a window, by id or number, takes an item.
	Takes(ctx context.Context, window, item string) (bool, error)

	// Visit returns one visit without its person, or ErrNoSuchVisit.
	Visit(ctx context.Context, id string) (Visit, error)

	// Person opens who was identified in a visit that has not ended, for the clerk who has it at the window; the purpose is
	// kept in the audit.
	Person(ctx context.Context, visit, purpose string) (Person, error)

	// Attach notes a matter of a visit in the transaction of what made it; noting it again does nothing.
	Attach(ctx context.Context, tx db.Tx, visit string, c VisitCase) error

	// Windows returns the windows of a hall, of all halls when it is "".
	Windows(ctx context.Context, hall string) ([]Window, error)

	// Served returns ended tickets by id, at most ask.Most.
	Served(ctx context.Context, ask ServedAsk) ([]Served, error)
}
