package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/modules/services"
	"tongban/central/modules/services/internal/store"
)

// Row is an outside system as the list shows it.
type Row struct {
	Name           string         `json:"name"`
	Title          string         `json:"title"`
	Kind           string         `json:"kind" enum:"adapter,registered" doc:"adapter 随系统自带"`
	Owner          string         `json:"owner"`
	Address        string         `json:"address" doc:"主机"`
	Version        string         `json:"version"`
	State          string         `json:"state" enum:"on,off"`
	Health         string         `json:"health" enum:"ok,slow,down,unknown"`
	HealthText     string         `json:"health_text"`
	Breaker        string         `json:"breaker" enum:"closed,open,half-open"`
	BreakerSince   string         `json:"breaker_since"`
	BreakerNextTry string         `json:"breaker_next_try"`
	ProbesOK       int            `json:"probes_ok"`
	ProbesNeeded   int            `json:"probes_needed"`
	Simulated      bool           `json:"simulated" doc:"对方是本机的模拟器"`
	Queued         int            `json:"queued"`
	LastError      string         `json:"last_error"`
	LastExchangeAt string         `json:"last_exchange_at"`
	P95Ms          int64          `json:"p95_ms"`
	CallsToday     int64          `json:"calls_today"`
	FailuresToday  int64          `json:"failures_today"`
	Slots          []adapter.Slot `json:"slots" nullable:"false" doc:"近 24 小时，每半小时一格"`
}

// Counts are the numbers above the list.
type Counts struct {
	Total int `json:"total"`
	OK    int `json:"ok"`
	Open  int `json:"open"`
	Slow  int `json:"slow"`
	Off   int `json:"off"`
}

// List is the directory with its state.
type List struct {
	Rows   []Row  `json:"rows" nullable:"false"`
	Counts Counts `json:"counts"`
}

// Services lists every outside system, built in or registered.
func (a *App) Services(ctx context.Context) (List, error) {
	rows, err := a.rows(ctx)
	out := List{Rows: rows}
	for _, r := range rows {
		out.Counts.Total++
		switch {
		case r.State == "off":
			out.Counts.Off++
		case r.Breaker != "closed":
			out.Counts.Open++
		case r.Health == "slow":
			out.Counts.Slow++
		case r.Health == "ok":
			out.Counts.OK++
		}
	}
	return out, err
}

func (a *App) row(ctx context.Context, name string) (Row, error) {
	rows, err := a.rows(ctx)
	if err != nil {
		return Row{}, err
	}
	for _, r := range rows {
		if r.Name == name {
			return r, nil
		}
	}
	return Row{}, services.ErrNone
}

func (a *App) rows(ctx context.Context) ([]Row, error) {
	if err := a.declareAll(ctx); err != nil {
		return nil, err
	}
	registered := map[string]services.Service{}
	err := a.DB.View(ctx, func(q db.Query) error {
		all, err := store.Services(ctx, q)
		for _, s := range all {
			registered[s.Name] = s
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	facts, err := a.facts(ctx)
	if err != nil {
		return nil, err
	}
	rows := []Row{}
	for _, d := range a.Adapters.List() {
		rows = append(rows, facts.row(d, registered))
	}
	for name, s := range registered { // whose declaration no longer holds: shown, not hidden
		if !slices.ContainsFunc(rows, func(r Row) bool { return r.Name == name }) {
			rows = append(rows, facts.row(adapter.Declaration{Name: name, Title: s.Title}, registered))
		}
	}
	return rows, nil
}

// facts is what is known of all systems now.
type facts struct {
	states map[string]adapter.State
	slots  map[string][]adapter.Slot
	lasts  map[string]adapter.Last
	days   []adapter.Day
	empty  []adapter.Slot
}

func (a *App) facts(ctx context.Context) (f facts, err error) {
	if f.states, err = a.Adapters.States(ctx); err != nil {
		return f, err
	}
	if f.slots, err = a.Adapters.Slots(ctx); err != nil {
		return f, err
	}
	if f.lasts, err = a.Adapters.Lasts(ctx); err != nil {
		return f, err
	}
	f.days, err = a.Adapters.Days(ctx, "", a.Clock.Now())
	f.empty = a.Adapters.EmptySlots()
	return f, err
}

// slow is from where on the average of today is called slow.
const slow = 2 * time.Second

func (f facts) row(d adapter.Declaration, registered map[string]services.Service) Row {
	st, known := f.states[d.Name]
	if !known {
		st = adapter.State{Enabled: true, Breaker: adapter.Closed}
	}
	s, isRegistered := registered[d.Name]
	r := Row{
		Name: d.Name, Title: d.Title, Kind: "adapter", Address: host(d.Target.URL), Version: "1", State: onOff(st.Enabled),
		Health: "unknown", Breaker: map[adapter.Breaker]string{adapter.Open: "open", adapter.Half: "half-open"}[st.Breaker],
		BreakerSince: stamp(st.Since), ProbesNeeded: adapter.TheRules().Probes, Simulated: loopback(d.Target.URL), Slots: f.slots[d.Name],
		LastExchangeAt: stamp(f.lasts[d.Name].At), LastError: wrong(f.lasts[d.Name]),
	}
	if r.Breaker == "" {
		r.Breaker = "closed"
	} else {
		r.BreakerNextTry = stamp(st.RetryAt)
	}
	if isRegistered {
		r.Kind, r.Owner, r.Version, r.Address, r.Simulated = "registered", s.Owner, s.Version, host(s.Address), false
	}
	if r.Slots == nil {
		r.Slots = f.empty
	}
	if st.Health != "" {
		r.Health, r.HealthText = st.Health, st.HealthNote
	}
	var ms, worst int64
	for _, day := range f.days {
		if day.Adapter == d.Name {
			r.CallsToday += day.Calls
			r.FailuresToday += day.Failed
			ms += day.MsSum
			worst = max(worst, day.MsMax)
		}
	}
	r.P95Ms = worst // of few calls the worst says more than a quantile
	if r.CallsToday > 0 && r.Health == "ok" && ms/r.CallsToday > slow.Milliseconds() {
		r.Health, r.HealthText = "slow", fmt.Sprintf("今天平均 %d 毫秒", ms/r.CallsToday)
	}
	return r
}

// Detail is one system with everything.
type Detail struct {
	Row
	Contract  []Op          `json:"contract" nullable:"false"`
	TimeoutMs int64         `json:"timeout_ms"`
	Retries   int           `json:"retries"`
	PerMinute int           `json:"limit_per_minute"`
	Rules     RulesShown    `json:"rules"`
	Exchanges []ExchangeRow `json:"exchanges" nullable:"false"`
	Grants    []GrantRow    `json:"grants" nullable:"false"`
	Acts      []string      `json:"acts" nullable:"false" doc:"当前登录的人现在能做的"`
	Days      []adapter.Day `json:"days" nullable:"false" doc:"近 30 天"`
}

// Op is an operation as it is shown.
type Op struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Method string `json:"method"`
	Path   string `json:"path"`
}

// RulesShown are the breaker's.
type RulesShown struct {
	Failures int `json:"failures" doc:"连着错几次就断开"`
	PauseS   int `json:"pause_s" doc:"断开多少秒后试探"`
	Probes   int `json:"probes" doc:"试探成几次就接通"`
}

// GrantRow is who may call.
type GrantRow struct {
	Consumer      string `json:"consumer"`
	ConsumerTitle string `json:"consumer_title"`
	At            string `json:"at"`
	By            string `json:"by"`
}

// ExchangeRow is one exchange as it is shown.
type ExchangeRow struct {
	ID             string `json:"id"`
	At             string `json:"at"`
	Operation      string `json:"operation"`
	OperationTitle string `json:"operation_title"`
	Reference      string `json:"reference" doc:"追踪编号"`
	Actor          string `json:"actor" doc:"谁要的"`
	Result         string `json:"result" enum:"ok,refused,timeout,failed,cut,off,limited"`
	Status         int    `json:"status"`
	Ms             int64  `json:"ms"`
	RequestSM3     string `json:"request_sm3"`
	AnswerSM3      string `json:"answer_sm3"`
	Error          string `json:"error"`
}

// Show returns one system.
func (a *App) Show(ctx context.Context, name string) (Detail, error) {
	r, err := a.row(ctx, name)
	if err != nil {
		return Detail{}, err
	}
	d := Detail{Row: r, Contract: []Op{}, Grants: []GrantRow{}}
	rules := adapter.TheRules()
	d.Rules = RulesShown{Failures: rules.Failures, PauseS: int(rules.Pause.Seconds()), Probes: rules.Probes}
	if p, ok := a.Adapters.Find(name); ok {
		d.TimeoutMs, d.PerMinute = p.Target.Timeout.Milliseconds(), int(p.PerSecond*60)
		for _, o := range p.Operations {
			d.Retries = max(d.Retries, o.Attempts-1)
			if r.Kind == "adapter" || o.Name != anyCall {
				d.Contract = append(d.Contract, Op{o.Name, o.Title, o.Method, o.Path})
			}
		}
	}
	if d.Exchanges, err = a.Exchanges(ctx, name, "", 20); err != nil {
		return d, err
	}
	if d.Days, err = a.Adapters.Days(ctx, name, a.Clock.Now().AddDate(0, 0, -29)); err != nil {
		return d, err
	}
	err = a.DB.View(ctx, func(q db.Query) error {
		grants, err := store.Grants(ctx, q, name, "")
		if err != nil {
			return err
		}
		for _, g := range grants {
			c, _, err := store.FindConsumer(ctx, q, g.Consumer, "")
			if err != nil {
				return err
			}
			d.Grants = append(d.Grants, GrantRow{Consumer: g.Consumer, ConsumerTitle: c.Title, At: stamp(g.At), By: g.By})
		}
		return nil
	})
	d.Acts = acts(ctx, r)
	return d, err
}

func acts(ctx context.Context, r Row) []string {
	out := []string{}
	who := auth.Who(ctx)
	if who.Can(services.PermSwitch) {
		out = append(out, "probe", map[bool]string{true: "on", false: "off"}[r.State == "off"])
	}
	if who.Can(services.PermWrite) && r.Kind == "registered" {
		out = append(out, "edit")
	}
	if who.Can(services.PermConsumer) && r.Kind == "registered" {
		out = append(out, "grant", "take")
	}
	return out
}

// Exchanges returns the newest exchanges of a system before an id.
func (a *App) Exchanges(ctx context.Context, name, before string, limit int) ([]ExchangeRow, error) {
	rows, err := a.Adapters.Exchanges(ctx, name, before, limit)
	if err != nil {
		return nil, err
	}
	titles := map[string]string{anyCall: "调用"}
	if p, ok := a.Adapters.Find(name); ok {
		for _, o := range p.Operations {
			titles[o.Name] = o.Title
		}
	}
	out := make([]ExchangeRow, 0, len(rows))
	for _, e := range rows {
		out = append(out, ExchangeRow{
			ID: e.ID, At: stamp(e.At), Operation: e.Operation, OperationTitle: titles[e.Operation], Reference: e.Request, Actor: e.Actor,
			Result: e.Result, Status: e.Status, Ms: e.Ms, RequestSM3: e.SentDigest, AnswerSM3: e.AnswerDigest, Error: wrongWords(e.Result, e.Status),
		})
	}
	return out, nil
}

func wrong(l adapter.Last) string {
	if l.Wrong.IsZero() {
		return ""
	}
	return l.Wrong.In(clock.Shanghai).Format("01-02 15:04") + " " + wrongWords(l.Result, l.Status)
}

func wrongWords(result string, status int) string {
	switch result {
	case "timeout":
		return "没有按时应答"
	case "failed":
		if status == 0 {
			return "连不上"
		}
		return fmt.Sprintf("应答 %d", status)
	case "refused":
		return fmt.Sprintf("对方拒绝，%d", status)
	}
	return ""
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(clock.Shanghai).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, clock.Shanghai)
}

func loopback(address string) bool {
	h := host(address)
	return strings.HasPrefix(h, "127.") || strings.HasPrefix(h, "localhost") || strings.HasPrefix(h, "[::1]")
}
