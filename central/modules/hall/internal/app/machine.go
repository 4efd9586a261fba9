package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/outbound"
	"tongban/central/kernel/signed"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/store"
)

// JobTell is the job that tells the queue system of a call.
const JobTell = "hall.tell_machine"

// MachineConfig says where the queue system of the halls is.
type MachineConfig struct {
	URL      string // base; none when empty
	KeyFile  string // one line "key id:secret", readable by its owner alone
	Internal bool   // it stands in our own network
}

// Machine is the queue system (排队机), as deploy/docs/adapters/queue-machine.md describes it.
type Machine struct {
	keyID  string
	secret []byte
	clock  clock.Clock
	port   *adapter.Port
}

// NewMachine reads the key and declares the queue system among the outside systems.
func NewMachine(cfg MachineConfig, c clock.Clock, systems *adapter.Registry) (*Machine, error) {
	id, secret, err := signed.ReadKey(cfg.KeyFile, "the queue system")
	if err != nil {
		return nil, err
	}
	m := &Machine{keyID: id, secret: secret, clock: c}
	m.port, err = systems.Declare(adapter.Declaration{
		Name: "queue-machine", Title: "排队机", Contract: "deploy/docs/adapters/queue-machine.md", Health: "/v1/health", PerSecond: 50,
		Target: outbound.Target{URL: cfg.URL, Internal: cfg.Internal, Timeout: 5 * time.Second, MaxBytes: 16 << 10},
		// One attempt: the queue of jobs tries again, with the same id.
		Operations: []adapter.Operation{{Name: "call", Title: "叫号事件", Method: http.MethodPost, Path: "/v1/calls"}},
	})
	if err != nil {
		return nil, fmt.Errorf("queue system: %w", err)
	}
	return m, nil
}

// told is one call as the queue system hears it. No personal data.
type told struct {
	ID     string    `json:"id"` // the same at every attempt
	Hall   string    `json:"hall"`
	No     string    `json:"no"`
	Kind   string    `json:"kind"` // call, recall, skip, requeue, hold, transfer, finish, leave
	Window string    `json:"window"`
	Calls  int       `json:"calls"`
	At     time.Time `json:"at"`
}

// tellMachine queues what the queue system should know of an act.
func (a *App) tellMachine(ctx context.Context, tx db.Tx, t store.Ticket, act hall.TicketAct, now int64) error {
	if a.Machine == nil || act == hall.ActStart || act == hall.ActResume {
		return nil
	}
	return a.Jobs.Add(ctx, tx, JobTell, told{ID: ids.New(), Hall: t.Hall, No: t.No, Kind: string(act), Window: t.WindowNo, Calls: t.Calls, At: db.FromMs(now)}, jobs.Opts{MaxAttempts: 10})
}

// worthless is how old a call may be before nobody wants to hear it.
const worthless = 10 * time.Minute

// Tell is the job's handler.
func (a *App) Tell(ctx context.Context, raw json.RawMessage) error {
	var t told
	if err := json.Unmarshal(raw, &t); err != nil {
		return jobs.Cancel(fmt.Errorf("decode call: %w", err))
	}
	if a.Machine == nil || a.Clock.Now().Sub(t.At) > worthless {
		return nil
	}
	return a.Machine.tell(ctx, t)
}

func (m *Machine) tell(ctx context.Context, t told) error {
	body, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode call: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(m.port.Base(), "/")+"/v1/calls", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	signed.Sign(req, m.keyID, m.secret, body, m.clock.Now())
	res, err := m.port.Do(ctx, "call", req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, res.Body)
	if res.StatusCode >= 300 && res.StatusCode != http.StatusConflict { // it has this id already
		return fmt.Errorf("queue system answered %d", res.StatusCode)
	}
	return nil
}

var errUnsigned = errs.E(errs.Unauthorised, "hall.machine_signature", "请求签名不对：请核对密钥、时间和签名方法", nil)

// Proven checks that a request came from the queue system. A request that is sent again does no harm: each report counts once, by
// its id, so that no nonce has to be remembered.
func (a *App) Proven(r *http.Request, body []byte) error {
	if a.Machine == nil {
		return errUnsigned
	}
	stamp, err := signed.Read(r.Header)
	if err == nil && stamp.Key != a.Machine.keyID {
		err = signed.ErrSignature
	}
	if err == nil {
		err = signed.Check(r, r.URL.RequestURI(), a.Machine.secret, body, a.Clock.Now())
	}
	if err != nil {
		return errors.Join(errUnsigned, err)
	}
	return nil
}

// Report is one thing that happened at a queue machine.
type Report struct {
	ID       string        `json:"id"`
	At       time.Time     `json:"at"`
	Kind     string        `json:"kind"` // taken, left
	No       string        `json:"no"`
	Category string        `json:"category"` // code
	Priority hall.Priority `json:"priority"`
}

// Reports is what a machine sends at once.
type Reports struct {
	Machine string   `json:"machine"`
	Hall    string   `json:"hall"`
	Events  []Report `json:"events"`
}

// Answer is what became of one report.
type Answer struct {
	ID    string `json:"id"`
	State string `json:"state"` // taken, duplicate, refused
	Why   string `json:"why,omitempty"`
}

var (
	reportShape = regexp.MustCompile(`^[A-Za-z0-9._:-]{8,64}$`)
	numberShape = regexp.MustCompile(`^[A-Z][0-9]{3,4}$`)
)

// mostReports bounds one request.
const mostReports = 100

// TakeReports takes what a queue machine reports, each in a transaction of its own: one bad report holds up no other.
func (a *App) TakeReports(ctx context.Context, in Reports) ([]Answer, error) {
	if len(in.Events) == 0 || len(in.Events) > mostReports {
		return nil, errs.E(errs.Invalid, "hall.machine_shape", "一次送 1–100 条", nil)
	}
	kinds, _, err := a.kinds(ctx)
	if err != nil {
		return nil, err
	}
	ctx = auth.AsSystem(ctx, "hall.queue_machine")
	out := make([]Answer, 0, len(in.Events))
	for _, r := range in.Events {
		var one Answer
		err := a.DB.Do(ctx, func(tx db.Tx) (err error) {
			one, err = a.report(ctx, tx, in.Hall, r, kinds)
			return err
		})
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func (a *App) report(ctx context.Context, tx db.Tx, hallID string, r Report, kinds map[string]string) (Answer, error) {
	no := Answer{ID: r.ID, State: "refused"}
	if !reportShape.MatchString(r.ID) || !numberShape.MatchString(r.No) || !slices.Contains([]hall.Priority{hall.PlainTurn, hall.Elderly, hall.Disabled, hall.Military, hall.Appointment}, r.Priority) {
		no.Why = "shape"
		return no, nil
	}
	before, err := store.MachineAnswer(ctx, tx, r.ID)
	if err != nil || before != "" {
		return Answer{ID: r.ID, State: "duplicate"}, err
	}
	m, err := a.load(ctx, tx, hallID, kinds)
	if errors.Is(err, errNoHall) {
		no.Why = "hall"
		return no, nil
	}
	if err != nil {
		return no, err
	}
	out, err := a.take(ctx, tx, m, r)
	if err != nil {
		return no, err
	}
	return out, store.KeepMachine(ctx, tx, r.ID, hallID, r.No, out.State, m.now)
}

// take does what a report says; what cannot be done is answered and not tried again.
func (a *App) take(ctx context.Context, tx db.Tx, m *model, r Report) (Answer, error) {
	refused := func(why string) (Answer, error) { return Answer{ID: r.ID, State: "refused", Why: why}, nil }
	if calendar.DateOf(r.At).String() != m.day {
		return refused("day")
	}
	t, err := store.FindTicket(ctx, tx, m.hall.ID, m.day, r.No)
	known := err == nil
	if err != nil && !errors.Is(err, hall.ErrNoSuchTicket) {
		return Answer{}, err
	}
	switch {
	case r.Kind == "left" && known && t.State == hall.Waiting:
		return Answer{ID: r.ID, State: "taken"}, a.move(ctx, tx, m, t, t, hall.ActLeave, "在取号机上放弃")
	case r.Kind == "left":
		return refused("state")
	case r.Kind != "taken":
		return refused("kind")
	case known:
		return refused("number")
	}
	c, ok := m.category(r.Category)
	if !ok || c.Closed {
		return refused("category")
	}
	t = m.fresh(c, r.No, r.Priority, "machine")
	// A machine that was offline tells later of people who wait since then: they keep their turn.
	if at := db.Ms(r.At); at < m.now {
		t.Taken, t.Since, t.Order = at, at, at
	}
	return Answer{ID: r.ID, State: "taken"}, a.add(ctx, tx, m, t)
}

// MachineCategory is one button of a queue machine.
type MachineCategory struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Zone    string `json:"zone"`
	Waiting int    `json:"waiting"`
	Minutes int    `json:"minutes"` // how long one will wait, about
}

// MachineSetup is what a queue machine shows and prints by.
type MachineSetup struct {
	Hall       string            `json:"hall"`
	HallName   string            `json:"hall_name"`
	Day        string            `json:"day"`
	From       int               `json:"from"` // numbers a machine gives out itself
	To         int               `json:"to"`
	Board      string            `json:"board"` // path of the hall's board on the public web
	Categories []MachineCategory `json:"categories"`
	Windows    []MachineWindow   `json:"windows"`
}

// MachineWindow is one window with the path of its display.
type MachineWindow struct {
	No      string `json:"no"`
	Label   string `json:"label"`
	Display string `json:"display"`
}

// Setup tells a queue machine what it offers.
func (a *App) Setup(ctx context.Context, hallID string) (out MachineSetup, err error) {
	kinds, _, err := a.kinds(ctx)
	if err != nil {
		return out, err
	}
	names, err := a.names(ctx)
	if err != nil {
		return out, err
	}
	err = a.DB.View(ctx, func(q db.Query) error {
		m, err := a.load(ctx, q, hallID, kinds)
		if err != nil {
			return err
		}
		out = MachineSetup{Hall: hallID, HallName: names[hallID], Day: m.day, From: 1, To: guideNumbers - 1, Board: "/display/" + m.hall.Board, Categories: []MachineCategory{}, Windows: []MachineWindow{}}
		for _, c := range m.categories {
			if c.Closed {
				continue
			}
			z, _ := m.zone(c.Zone)
			one := MachineCategory{Code: c.Code, Name: c.Name, Zone: z.Name}
			at := 0
			for _, w := range m.windows {
				if s, on := m.seatAt(w.ID); on && s.State == seatOn && m.serves(w, s.Account, c) {
					at++
				}
			}
			for _, t := range store.Waiting(m.tickets) {
				if t.Zone == c.Zone {
					one.Waiting++
				}
			}
			one.Minutes = one.Waiting * c.Minutes / max(at, 1)
			out.Categories = append(out.Categories, one)
		}
		for _, w := range m.windows {
			if !w.Closed {
				out.Windows = append(out.Windows, MachineWindow{No: w.No, Label: w.Label, Display: "/display/" + w.Display})
			}
		}
		return nil
	})
	return out, err
}
