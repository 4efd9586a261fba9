package app

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/audit/actions"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

// Query is what an auditor asks (检索条件).
type Query struct {
	From   time.Time
	To     time.Time
	Who    string
	Action string
	Object string // part of it is enough
	Source string
	Result string
}

func (q Query) filter() audit.Filter {
	f := audit.Filter{From: q.From, To: q.To, Who: q.Who, Action: q.Action, Part: q.Object, Source: q.Source, Result: q.Result}
	if !f.To.IsZero() {
		f.To = f.To.Add(time.Second) // the last second belongs to it
	}
	return f
}

// detail is the query as the audit keeps it.
func (q Query) detail() map[string]string {
	d := map[string]string{}
	put := func(k, v string) {
		if v != "" {
			d[k] = v
		}
	}
	put("who", q.Who)
	put("action", q.Action)
	put("object", q.Object)
	put("source", q.Source)
	put("result", q.Result)
	if !q.From.IsZero() {
		put("from", q.From.In(clock.Shanghai).Format(time.DateTime))
	}
	if !q.To.IsZero() {
		put("to", q.To.In(clock.Shanghai).Format(time.DateTime))
	}
	return d
}

// Row is one record in a list.
type Row struct {
	Seq             int64     `json:"seq"`
	At              time.Time `json:"at"`
	ActorKind       string    `json:"actor_kind"`
	ActorID         string    `json:"actor_id"`
	ActorName       string    `json:"actor_name"`
	Department      string    `json:"department"`
	Desk            string    `json:"desk"`
	Source          string    `json:"source" doc:"来源地址"`
	Action          string    `json:"action"`
	ActionTitle     string    `json:"action_title"`
	ObjectKindTitle string    `json:"object_kind_title"`
	Object          string    `json:"object"`
	Result          string    `json:"result" enum:"ok,denied,failed,"`
	ResultText      string    `json:"result_text"`
	Level           string    `json:"level" enum:"routine,notable,critical"`
	Reason          string    `json:"reason"`
}

var resultText = map[string]string{actions.OK: "成功", actions.Denied: "被拒绝", actions.Failed: "失败", "": "成功"}

func rowOf(e audit.Entry) Row {
	kind, ok := actions.Find(e.Action)
	if !ok { // written by a later version of the program
		kind = actions.Action{Title: e.Action, Level: actions.Notable}
	}
	return Row{
		Seq: e.Seq, At: e.At, ActorKind: e.ActorKind, ActorID: e.ActorID, ActorName: e.ActorName, Department: e.Department, Desk: e.Desk,
		Source: e.Source, Action: e.Action, ActionTitle: kind.Title, ObjectKindTitle: kind.Object, Object: e.Object,
		Result: e.Result, ResultText: resultText[e.Result], Level: string(kind.Level), Reason: e.Reason,
	}
}

// Rows is one page of a search.
type Rows struct {
	Rows        []Row `json:"rows"`
	More        bool  `json:"more" doc:"还有更早的"`
	Newest      int64 `json:"newest" doc:"链上最新一条的序号"`
	Ms          int64 `json:"ms" doc:"检索用时，毫秒"`
	ExportLimit int   `json:"export_limit" doc:"一次最多导出多少条"`
}

// Search returns one page, newest first, before a number (0: from the newest
// on). Searching is an act of its own: without its record there is no answer.
func (a *App) Search(ctx context.Context, q Query, before int64, size int) (Rows, error) {
	detail := q.detail()
	if before > 0 {
		detail["before"] = strconv.FormatInt(before, 10)
	}
	if err := a.record(ctx, audit.Record{Action: "audit.search", Detail: detail}); err != nil {
		return Rows{}, err
	}
	out := Rows{Rows: []Row{}, ExportLimit: ExportLimit}
	begin := clock.System().Now()
	err := a.DB.View(ctx, func(v db.Query) (err error) {
		if out.Newest, _, err = audit.Head(ctx, v); err != nil {
			return err
		}
		f := q.filter()
		f.Before, f.Limit = before, size+1
		found, err := audit.List(ctx, v, f)
		for i, e := range found {
			if out.More = i == size; !out.More {
				out.Rows = append(out.Rows, rowOf(e))
			}
		}
		return err
	})
	out.Ms = clock.System().Now().Sub(begin).Milliseconds()
	return out, err
}

// record keeps one record in an act of its own.
func (a *App) record(ctx context.Context, r audit.Record) error {
	return a.DB.Do(ctx, func(tx db.Tx) error { return audit.Write(ctx, tx, r) })
}

// Fact is one further fact of a record.
type Fact struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Value string `json:"value"`
}

// Neighbour is a record beside another in the chain.
type Neighbour struct {
	Seq   int64     `json:"seq"`
	At    time.Time `json:"at"`
	Title string    `json:"title"`
	Prev  string    `json:"prev"`
	Hash  string    `json:"hash"`
}

// Record is one record in full.
type Record struct {
	Row
	Request    string      `json:"request"`
	Prev       string      `json:"prev"`
	Hash       string      `json:"hash"`
	Detail     []Fact      `json:"detail"`
	Neighbours []Neighbour `json:"neighbours" doc:"上一条、本条、下一条，新的在前"`
	Checkpoint *Seal       `json:"checkpoint" doc:"盖到本条的检查点"`
}

// factTitles are the Chinese names of what records tell.
var factTitles = map[string]string{
	"who": "谁", "action": "事项", "object": "对象", "source": "来源", "result": "结果", "from": "从", "to": "到", "before": "早于序号",
	"file": "文件", "field": "字段", "document": "文书", "state": "状态", "version": "版本", "terminal": "终端", "envelope": "信封",
	"item": "事项", "window": "窗口", "point": "要点", "ticked": "勾选", "place": "位置", "label": "名称", "roles": "角色", "code": "原因代码",
	"format": "格式", "rows": "条数", "department": "部门", "region": "区划", "problem": "问题", "kind": "种类", "role": "角色", "permissions": "权限",
}

// Show returns one record with its neighbours; looking at it is an act.
func (a *App) Show(ctx context.Context, seq int64) (Record, error) {
	if err := a.record(ctx, audit.Record{Action: "audit.show", Object: strconv.FormatInt(seq, 10)}); err != nil {
		return Record{}, err
	}
	var out Record
	err := a.DB.View(ctx, func(q db.Query) error {
		around, found, err := audit.Around(ctx, q, seq)
		if err != nil {
			return err
		}
		if !found {
			return errs.E(errs.NotFound, "audit.no_record", "没有这条审计记录；如果列表里有过，请核验审计链", nil)
		}
		for _, e := range around {
			out.Neighbours = append(out.Neighbours, Neighbour{Seq: e.Seq, At: e.At, Title: rowOf(e).ActionTitle, Prev: e.Prev, Hash: e.Hash})
			if e.Seq == seq {
				out.Row, out.Request, out.Prev, out.Hash, out.Detail = rowOf(e), e.Request, e.Prev, e.Hash, factsOf(e)
			}
		}
		c, err := audit.CheckpointOver(ctx, q, seq)
		if err != nil || c.N == 0 {
			return err
		}
		out.Checkpoint = a.seal(ctx, c, audit.Shipping{})
		return nil
	})
	return out, err
}

func factsOf(e audit.Entry) []Fact {
	out := []Fact{}
	for _, k := range slices.Sorted(maps.Keys(e.Detail)) {
		title := factTitles[k]
		if title == "" {
			title = k
		}
		out = append(out, Fact{Key: k, Title: title, Value: e.Detail[k]})
	}
	return out
}

// Statistics is how much was done (统计).
type Statistics struct {
	Days    []DayCount    `json:"days"`
	Actions []ActionCount `json:"actions"`
	People  []PersonCount `json:"people"`
}

// DayCount is one day in Beijing time.
type DayCount struct {
	Day     string `json:"day" format:"date"`
	Count   int64  `json:"count"`
	Refused int64  `json:"refused" doc:"其中被拒绝或失败的"`
}

// ActionCount is one kind of act.
type ActionCount struct {
	Action string `json:"action"`
	Title  string `json:"title"`
	Count  int64  `json:"count"`
}

// PersonCount is one person; an empty name is the system.
type PersonCount struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// Statistics counts a stretch of time by day, act and person; the last 14 days
// where no beginning is given.
func (a *App) Statistics(ctx context.Context, from, to time.Time) (Statistics, error) {
	out := Statistics{Days: []DayCount{}, Actions: []ActionCount{}, People: []PersonCount{}}
	if from.IsZero() {
		from = a.Clock.Now().AddDate(0, 0, -14)
	}
	f := Query{From: from, To: to}.filter()
	if err := a.record(ctx, audit.Record{Action: "audit.search", Object: "statistics", Detail: Query{From: from, To: to}.detail()}); err != nil {
		return out, err
	}
	err := a.DB.View(ctx, func(q db.Query) error {
		days, err := audit.Tallies(ctx, q, f, audit.ByDay, 1, 1000)
		for _, t := range days {
			n, _ := strconv.ParseInt(t.Key, 10, 64)
			day := time.Unix(n*24*3600, 0).UTC().Format(time.DateOnly)
			out.Days = append(out.Days, DayCount{Day: day, Count: t.Count, Refused: t.Bad})
		}
		if err != nil {
			return err
		}
		acts, err := audit.Tallies(ctx, q, f, audit.ByAction, 1, 30)
		for _, t := range acts {
			out.Actions = append(out.Actions, ActionCount{Action: t.Key, Title: rowOf(audit.Entry{Action: t.Key}).ActionTitle, Count: t.Count})
		}
		if err != nil {
			return err
		}
		people, err := audit.Tallies(ctx, q, f, audit.ByName, 1, 20)
		for _, t := range people {
			out.People = append(out.People, PersonCount{Name: t.Key, Count: t.Count})
		}
		return err
	})
	slices.Reverse(out.Days) // newest first
	return out, err
}
