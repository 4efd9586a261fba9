package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/province"
	"tongban/central/modules/province/internal/store"
	"tongban/central/modules/window"
)

// dailyAt is when the reconciliation of the day is made.
const dailyAt = 6 * time.Hour

// page is how many cases are compared with one call.
const page = 100

// held is a case as the province holds it.
type held struct {
	ProjNo string `json:"projNo"`
	ProvNo string `json:"provNo"`
	Fields map[string]struct {
		Value     string    `json:"value"`
		ChangedAt time.Time `json:"changedAt"`
		ChangedBy string    `json:"changedBy"`
		Why       string    `json:"why"`
	} `json:"fields"`
}

// Daily makes the reconciliation of the day once it is due.
func (a *App) Daily(ctx context.Context) error {
	if a.six == nil {
		return nil
	}
	now := a.Clock.Now().In(clock.Shanghai)
	due := calendar.DateOf(now).Time().Add(dailyAt)
	if now.Before(due) {
		return nil
	}
	var last int64
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		_, last, err = store.Cursor(ctx, q, "daily")
		return err
	})
	if err != nil || last >= db.Ms(due) {
		return err
	}
	if _, err := a.Reconcile(ctx); err != nil {
		return err
	}
	return a.DB.Do(ctx, func(tx db.Tx) error { return store.MoveCursor(ctx, tx, "daily", 1) })
}

// Reconcile compares every case that the province took with what it holds, field by field, keeps the report and sends the counts
// up (对账). What is still on the way is no difference. It returns the report's id.
func (a *App) Reconcile(ctx context.Context) (string, error) {
	six, err := a.connected()
	if err != nil {
		return "", err
	}
	// First what is due, then what came back: a report is about how things stand now.
	if err := errors.Join(a.Send(ctx), a.Returns(ctx)); err != nil {
		return "", err
	}
	c := comparison{a: a, six: six, report: store.Report{ID: ids.New()}, byItem: map[string]int{}}
	if err := c.ours(ctx); err != nil {
		return "", err
	}
	if err := c.theirs(ctx); err != nil {
		return "", err
	}
	byItem, err := json.Marshal(c.byItem)
	if err != nil {
		return "", fmt.Errorf("encode report: %w", err)
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		r := c.report
		r.At, r.ByItem, r.Told = db.Ms(tx.Now()), string(byItem), "{}"
		if who := tx.Actor(); who.Kind == actor.Staff {
			r.ByName = who.Name
		}
		for _, d := range c.found {
			if err := store.AddDifference(ctx, tx, d); err != nil {
				return err
			}
		}
		return errors.Join(store.AddReport(ctx, tx, r), audit.Write(ctx, tx, audit.Record{Action: "province.reconcile", Object: r.ID, Detail: map[string]string{
			"cases": fmt.Sprint(r.Cases), "differing": fmt.Sprint(r.Differing), "missing": fmt.Sprint(r.Missing), "extra": fmt.Sprint(r.Extra), "waiting": fmt.Sprint(r.Waiting),
		}}))
	})
	if err != nil {
		return "", err
	}
	return c.report.ID, a.reportUp(ctx, c.report)
}

// told is what went up with a report, and what the province counts itself.
type told struct {
	At       string `json:"at"`
	Cases    int    `json:"cases"`
	Theirs   int    `json:"theirs"`
	Messages int    `json:"messages"`
	Equal    bool   `json:"equal"`
}

// reportUp sends the counts up (数据上报) and keeps what the province counts.
func (a *App) reportUp(ctx context.Context, r store.Report) error {
	body, err := json.Marshal(map[string]any{"reportId": r.ID, "areaCode": a.six.area, "day": calendar.DateOf(a.Clock.Now()).String(), "cases": r.Cases, "same": r.Same, "differing": r.Differing, "missing": r.Missing, "extra": r.Extra, "waiting": r.Waiting})
	if err != nil {
		return fmt.Errorf("encode counts: %w", err)
	}
	var got struct {
		outcome
		Cases    int `json:"cases"`
		Messages int `json:"messages"`
	}
	if _, err := a.six.ask(ctx, sysAcceptance, "report", http.MethodPost, "/v1/reports", body, &got); err != nil {
		return nil //nolint:nilerr // the report stands without; the next one carries the counts again
	}
	text, err := json.Marshal(told{At: stamp(a.Clock.Now()), Cases: r.Cases, Theirs: got.Cases, Messages: got.Messages, Equal: got.Cases == r.Cases})
	if err != nil {
		return fmt.Errorf("encode counts: %w", err)
	}
	return a.DB.Do(ctx, func(tx db.Tx) error { return store.Tell(ctx, tx, r.ID, string(text)) })
}

type comparison struct {
	a      *App
	six    *platform
	report store.Report
	byItem map[string]int
	found  []store.Difference
}

// ours walks through our cases.
func (c *comparison) ours(ctx context.Context) error {
	after := ""
	for {
		var cases []store.Case
		var waiting map[string]bool
		err := c.a.DB.View(ctx, func(q db.Query) (err error) {
			if after == "" {
				if _, c.report.Waiting, err = store.Totals(ctx, q); err != nil {
					return err
				}
			}
			cases, waiting, err = store.Confirmed(ctx, q, after, page)
			return err
		})
		if err != nil || len(cases) == 0 {
			return err
		}
		after = cases[len(cases)-1].No
		there, err := c.query(ctx, cases)
		if err != nil {
			return err
		}
		for _, one := range cases {
			c.report.Cases++
			if waiting[one.No] {
				c.report.Waiting++
				continue
			}
			if err := c.compare(ctx, one, there); err != nil {
				return err
			}
		}
	}
}

func (c *comparison) query(ctx context.Context, cases []store.Case) (map[string]held, error) {
	nos := make([]string, len(cases))
	for i, one := range cases {
		nos[i] = one.No
	}
	return c.a.query(ctx, nos)
}

// query asks the province for cases.
func (a *App) query(ctx context.Context, nos []string) (map[string]held, error) {
	body, err := json.Marshal(map[string]any{"projNos": nos})
	if err != nil {
		return nil, fmt.Errorf("encode query: %w", err)
	}
	var got struct {
		outcome
		Cases []held `json:"cases"`
	}
	if _, err := a.six.ask(ctx, sysAcceptance, "query", http.MethodPost, "/v1/cases/query", body, &got); err != nil {
		return nil, err
	}
	out := map[string]held{}
	for _, h := range got.Cases {
		out[h.ProjNo] = h
	}
	return out, nil
}

// expected is what the province should hold: what it was told, and what the case says today.
func (a *App) expected(ctx context.Context, one store.Case) (map[string]string, error) {
	out, err := a.openValues(one)
	if err != nil || one.Item == "" {
		return out, err
	}
	s, err := a.read(ctx, one.No, "", false)
	if err != nil {
		return nil, err
	}
	now := a.mapping.values(s, true)
	for _, f := range a.mapping.Fields {
		if f.Follows {
			out[f.Name] = now[f.Name]
		}
	}
	return out, nil
}

func (c *comparison) compare(ctx context.Context, one store.Case, there map[string]held) error {
	if one.Item == "" { // the province's own, taken note of by a person
		c.report.Same++
		c.byItem[one.ItemName]++
		return nil
	}
	h, ok := there[one.No]
	if !ok {
		c.report.Missing++
		return c.add(one, store.Difference{Kind: "missing", Title: "省里没有这个办件"}, one.ProvNo, "")
	}
	want, err := c.a.expected(ctx, one)
	if errors.Is(err, window.ErrNoSuchCase) {
		return nil // its time here is over
	}
	if err != nil {
		return err
	}
	same := true
	for _, f := range c.a.mapping.Fields {
		v := h.Fields[f.Name]
		if v.Value == want[f.Name] {
			continue
		}
		same = false
		d := store.Difference{Kind: "field", Field: f.Name, Title: f.Title, OursAt: one.ChangedAt, OursBy: one.Handler, TheirsAt: db.Ms(v.ChangedAt), TheirsBy: clip(v.ChangedBy, 60), TheirsWhy: clip(v.Why, 200)}
		if err := c.add(one, d, want[f.Name], clip(v.Value, 400)); err != nil {
			return err
		}
	}
	if same {
		c.report.Same++
		c.byItem[one.ItemName]++
	} else {
		c.report.Differing++
	}
	return nil
}

func (c *comparison) add(one store.Case, d store.Difference, ours, theirs string) error {
	d.ID, d.Report, d.CaseNo, d.ItemName, d.Region, d.State = ids.New(), c.report.ID, one.No, one.ItemName, one.Region, "open"
	var err error
	if d.ValuesSealed, err = c.a.sealJSON(d.ID, pair{ours, theirs}); err != nil {
		return err
	}
	c.found = append(c.found, d)
	return nil
}

// pair is both sides' value.
type pair struct {
	Ours   string `json:"ours"`
	Theirs string `json:"theirs"`
}

// theirs walks through the numbers of the province and finds those that nobody here knows.
func (c *comparison) theirs(ctx context.Context) error {
	after := ""
	for {
		var got struct {
			outcome
			ProjNos []string `json:"projNos"`
		}
		if _, err := c.six.ask(ctx, sysAcceptance, "numbers", http.MethodGet, "/v1/numbers?after="+url.QueryEscape(after), nil, &got); err != nil {
			return err
		}
		if len(got.ProjNos) == 0 || got.ProjNos[len(got.ProjNos)-1] <= after {
			return nil
		}
		after = got.ProjNos[len(got.ProjNos)-1]
		for _, no := range got.ProjNos {
			known := false
			err := c.a.DB.View(ctx, func(q db.Query) (err error) {
				known, err = store.Known(ctx, q, no)
				return err
			})
			if err != nil {
				return err
			}
			if !known {
				c.report.Extra++
				if err := c.add(store.Case{No: clip(no, 40), ItemName: "本市没有的办件"}, store.Difference{Kind: "extra", Title: "省里多出来的办件"}, "", no); err != nil {
					return err
				}
			}
		}
	}
}

// The choices.
const (
	choiceOurs   = "ours"   // send ours again
	choiceTheirs = "theirs" // take theirs over
	choiceLater  = "later"  // neither now; it comes up again tomorrow
)

var errByAct = errs.E(errs.Conflict, "province.by_act", "这个值由办件自己决定，不能在这里改：要按省里的来，请先在窗口或部门办那一步（延期、恢复、办结等）", nil)

// Choose settles one difference (选定): with ours the province is told again, with theirs our record takes theirs over, later leaves
// both as they are. Either way the reason stays, and the timeline says so.
func (a *App) Choose(ctx context.Context, id, choice, reason string) error {
	d, err := a.difference(ctx, id)
	if err != nil {
		return err
	}
	f, _ := a.mapping.field(d.Field)
	if choice == choiceTheirs && (d.Kind == "missing" || f.Follows) {
		return errByAct
	}
	if choice == choiceOurs && d.Kind == "extra" {
		return errs.E(errs.Conflict, "province.not_ours", "这个办件不是从本市推出去的，请和省里核实，或认下来", nil)
	}
	var p pair
	text, err := a.Vault.OpenRow(classPayload, d.ID, d.ValuesSealed)
	if err == nil {
		err = json.Unmarshal([]byte(text), &p)
	}
	if err != nil {
		return fmt.Errorf("open difference: %w", err)
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if err := a.carryOut(ctx, tx, &d, choice, reason, p); err != nil {
			return err
		}
		d.Choice, d.Reason, d.ByName, d.At = choice, reason, tx.Actor().Name, db.Ms(tx.Now())
		if ok, err := store.Choose(ctx, tx, d); err != nil || !ok {
			return errors.Join(err, province.ErrNotNow)
		}
		return audit.Write(ctx, tx, audit.Record{Action: "province.choose", Object: d.CaseNo, Reason: reason, Detail: map[string]string{"field": d.Field, "choice": choice, "report": d.Report, "kind": d.Kind}})
	})
}

// difference finds an open one within the caller's scope.
func (a *App) difference(ctx context.Context, id string) (d store.Difference, err error) {
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		d, err = store.FindDifference(ctx, q, id)
		return err
	})
	if err == nil && !actor.From(ctx).Scope(province.PermOperate).Covers(actor.Place{Region: d.Region}) {
		err = province.ErrNone
	}
	if err == nil && d.State != "open" {
		err = province.ErrNotNow
	}
	return d, err
}

func (a *App) carryOut(ctx context.Context, tx db.Tx, d *store.Difference, choice, reason string, p pair) error {
	if choice == choiceLater {
		return nil
	}
	c, there, err := store.FindCase(ctx, tx, d.CaseNo)
	if err != nil {
		return err
	}
	if d.Kind == "extra" {
		return store.SaveCase(ctx, tx, store.Case{No: d.CaseNo, ItemName: d.ItemName, ProvNo: "省里建的", ChangedAt: db.Ms(tx.Now()), At: db.Ms(tx.Now())})
	}
	if !there {
		return province.ErrNone
	}
	note := window.Note{Kind: "person", Text: reason}
	if choice == choiceTheirs {
		if err := a.remember(ctx, tx, d.CaseNo, map[string]string{d.Field: p.Theirs}); err != nil {
			return err
		}
		note.Title = "对账：" + d.Title + " 以省平台为准"
		return a.Window.Note(ctx, tx, d.CaseNo, note)
	}
	n := noted{Topic: "province.correct", Reason: reason, Fields: map[string]string{d.Field: p.Ours}, Moved: window.Moved{No: c.No, Item: c.Item, ItemName: c.ItemName, Region: c.Region, Department: c.Department, Handler: auditName(tx)}}
	title := "更正：" + d.Title
	if d.Kind == "missing" {
		n.Topic, n.Fields, title = topicReapply, nil, "重新推送申报信息"
	}
	m, err := a.queued(ctx, tx, n, title)
	if err != nil {
		return err
	}
	d.Message = m.ID
	note.Title = "对账：" + d.Title + " 以本市为准，重新推送"
	return a.Window.Note(ctx, tx, d.CaseNo, note)
}

func auditName(tx db.Tx) string { return tx.Actor().ID }
