package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/store"
)

var (
	// errSelf keeps whoever answered from closing it too.
	errSelf = errs.E(errs.Conflict, "issuing.own_answer", "自己写的答复要另一个人核查", nil)
	// errRatedOne keeps whoever was rated from the work on it: nobody clears himself.
	errRatedOne = errs.E(errs.Conflict, "issuing.own_rating", "这条差评评的就是本人，回访、答复、核查都要换一个人", nil)
	// errOther keeps everybody but the one it was given to from calling and answering.
	errOther = errs.E(errs.Conflict, "issuing.not_assigned", "这一条分派给了别人；要换人，请先重新分派", nil)
)

// mayDo says whether somebody who has the right may do an act on this very task: calling and answering are for the one it was given
// to, checking for a third, and whoever was rated does neither. Giving it to somebody is no judgement and is anybody's.
func mayDo(t store.Task, who string, act issuing.TaskAct) error {
	switch {
	case act == issuing.TaskAssign:
		return nil
	case t.Handler != "" && t.Handler == who:
		return errRatedOne
	case act == issuing.TaskCall || act == issuing.TaskAnswer:
		if t.AssigneeID != who {
			return errOther
		}
	case t.Answered == who:
		return errSelf
	}
	return nil
}

// TaskRow is the work on one bad rating in the list.
type TaskRow struct {
	ID        string            `json:"id"`
	No        string            `json:"no"`
	ItemName  string            `json:"item_name"`
	Level     int               `json:"level"`
	LevelText string            `json:"level_text"`
	State     issuing.TaskState `json:"state"`
	StateText string            `json:"state_text"`
	Version   int               `json:"version"`
	Due       string            `json:"due"`
	Left      int               `json:"left"`
	Assignee  string            `json:"assignee"`
	At        string            `json:"at"`
	ClosedAt  string            `json:"closed_at"`
}

// TaskList is one page of tasks.
type TaskList struct {
	Rows  []TaskRow `json:"rows"`
	Total int       `json:"total"`
}

// TaskDone is one thing that was done on a task.
type TaskDone struct {
	Act   string `json:"act"`
	Title string `json:"title"`
	Text  string `json:"text"`
	By    string `json:"by"`
	At    string `json:"at"`
}

// National is a rating with the fields that the national evaluation takes (好差评国家平台字段). Names and numbers are masked.
type National struct {
	ProjNo            string `json:"projNo"`
	ProjName          string `json:"projName"`
	ServiceCode       string `json:"serviceCode"`
	ServiceVersion    int    `json:"serviceVersion"`
	ServiceDepartment string `json:"serviceDepartment"`
	ApplicantName     string `json:"applicantName"`
	RegionCode        string `json:"regionCode"`
	HandleStateCode   string `json:"handleStateCode"`
	HandleStateName   string `json:"handleStateName"`
	ApplyTime         string `json:"applyTime"`
	EvaluateTime      string `json:"evaluateTime"`
	EvaluateChannel   string `json:"evaluateChannel"`
	Satisfaction      int    `json:"satisfaction"`
	EvaluatedPerson   string `json:"evaluatedPerson"`
	Source            string `json:"source"`
}

// TaskDetail is one task with the person's words.
type TaskDetail struct {
	TaskRow
	Words    string            `json:"words"`
	Points   []string          `json:"points"`
	Channel  string            `json:"channel"`
	Window   string            `json:"window"`
	Done     []TaskDone        `json:"done"`
	Acts     []issuing.TaskAct `json:"acts"`
	National National          `json:"national"`
}

var taskTexts = map[issuing.TaskState]string{
	issuing.Open: "待分派", issuing.Assigned: "待回访", issuing.Called: "已回访，待答复", issuing.Answered: "待核查", issuing.Closed: "已办结",
}

var taskTitles = map[issuing.TaskAct]string{
	issuing.TaskAssign: "分派", issuing.TaskCall: "回访", issuing.TaskAnswer: "答复", issuing.TaskReject: "退回重办", issuing.TaskClose: "核查通过",
}

// Tasks lists the work on bad ratings.
func (a *App) Tasks(ctx context.Context, closed bool, page, size int) (TaskList, error) {
	out := TaskList{Rows: []TaskRow{}}
	err := a.DB.View(ctx, func(q db.Query) error {
		rows, n, err := store.Tasks(ctx, q, actor.From(ctx).Scope(issuing.PermRated), closed, size, (page-1)*size)
		out.Total = n
		for _, t := range rows {
			out.Rows = append(out.Rows, a.taskRow(t))
		}
		return err
	})
	return out, err
}

func (a *App) taskRow(t store.Task) TaskRow {
	row := TaskRow{
		ID: t.ID, No: t.No, ItemName: t.ItemName, Level: t.Level, LevelText: issuing.LevelText(t.Level), State: t.State, StateText: taskTexts[t.State], Version: t.Version,
		Due: t.Due, Assignee: t.Assignee, At: minute(t.CreatedAt), ClosedAt: minute(t.ClosedAt),
	}
	if t.ClosedAt == 0 {
		row.Left = a.left(t.Due, a.today())
	}
	return row
}

// Task opens one. The look is kept in the audit, since it shows the person's words.
func (a *App) Task(ctx context.Context, id string) (TaskDetail, error) {
	var out TaskDetail
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		t, err := store.GetTask(ctx, tx, id)
		if err == nil && !actor.From(ctx).Scope(issuing.PermRated).Covers(t.Where()) {
			err = issuing.ErrNone
		}
		if err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "issuing.show_task", Object: id}); err != nil {
			return err
		}
		if out, err = a.taskDetail(ctx, tx, t); err != nil {
			return err
		}
		who := actor.From(ctx).ID
		out.Acts = slices.DeleteFunc(out.Acts, func(act issuing.TaskAct) bool { return mayDo(t, who, act) != nil })
		return nil
	})
	if err == nil && out.No != "" {
		a.national(ctx, &out)
	}
	return out, err
}

// national fills in what the case knows; a case that is gone leaves its fields empty.
func (a *App) national(ctx context.Context, d *TaskDetail) {
	f, err := a.Cases.Facts(ctx, d.No)
	if err != nil {
		return
	}
	d.National.ServiceCode, d.National.ServiceVersion, d.National.ServiceDepartment, d.National.ApplicantName = f.Item, f.ItemVersion, f.Department, f.Applicant
	d.National.HandleStateCode, d.National.HandleStateName, d.National.ApplyTime = string(f.State), f.State.Text(), minute(db.Ms(f.ReceivedAt))
	if p, _, err := a.People.Person(ctx, f.Handler); err == nil { // whoever left is not named any more
		d.National.EvaluatedPerson = p.Name
	}
}

func (a *App) taskDetail(ctx context.Context, q db.Query, t store.Task) (TaskDetail, error) {
	d := TaskDetail{TaskRow: a.taskRow(t), Done: []TaskDone{}, Acts: issuing.TaskActs(t.State), Points: []string{}}
	r, err := store.GetRating(ctx, q, t.Rating)
	if err != nil {
		return d, err
	}
	row := ratingRow(r)
	d.Points, d.Channel, d.Window = row.Points, row.Channel, row.Window
	d.National = National{
		ProjNo: r.No, ProjName: r.ItemName, RegionCode: r.Region, EvaluateTime: minute(r.At), Satisfaction: r.Level, Source: "tongban",
		EvaluateChannel: map[string]string{"pad": "PJQ", "kiosk": "ZZZD", "sms": "DX", "web": "WT"}[r.Channel],
	}
	if r.WordsSealed != "" {
		if d.Words, err = a.Vault.OpenRow(classCase, r.ID, r.WordsSealed); err != nil {
			return d, fmt.Errorf("open words: %w", err)
		}
	}
	done, err := store.TaskEvents(ctx, q, t.ID)
	if err != nil {
		return d, err
	}
	for _, e := range done {
		text := e.Note
		if e.TextSealed != "" {
			words, err := a.Vault.OpenRow(classCase, e.ID, e.TextSealed)
			if err != nil {
				return d, fmt.Errorf("open text: %w", err)
			}
			text = strings.TrimPrefix(text+"："+words, "：")
		}
		d.Done = append(d.Done, TaskDone{Act: e.Act, Title: taskTitles[issuing.TaskAct(e.Act)], Text: text, By: e.By, At: minute(e.At)})
	}
	return d, nil
}

// Step is what is done on a task.
type TaskStep struct {
	Version  int    `json:"version" minimum:"1" maximum:"100000"`
	Assignee string `json:"assignee,omitempty" maxLength:"60" doc:"分派给谁：helpers 里的编号"`
	Reached  bool   `json:"reached,omitempty" doc:"回访：联系上了"`
	Text     string `json:"text" minLength:"2" maxLength:"500" doc:"分派的理由、回访的情况、答复、核查意见"`
}

// TaskPerm is what an act needs.
func TaskPerm(act issuing.TaskAct) string {
	if act == issuing.TaskCall || act == issuing.TaskAnswer {
		return issuing.PermHandle
	}
	return issuing.PermReview
}

// taskRecorded is how each act on a task is named in the audit.
var taskRecorded = map[issuing.TaskAct]string{
	issuing.TaskAssign: "issuing.task_assign",
	issuing.TaskCall:   "issuing.task_call",
	issuing.TaskAnswer: "issuing.task_answer",
	issuing.TaskReject: "issuing.task_reject",
	issuing.TaskClose:  "issuing.task_close",
}

// DoTask does one act on a task.
func (a *App) DoTask(ctx context.Context, id string, act issuing.TaskAct, s TaskStep) (TaskDetail, error) {
	who := actor.From(ctx)
	var helper Helper
	if act == issuing.TaskAssign {
		var err error
		if helper, err = a.helper(ctx, id, s.Assignee); err != nil {
			return TaskDetail{}, err
		}
	}
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		t, err := store.GetTask(ctx, tx, id)
		if err == nil && !who.Scope(issuing.PermRated).Covers(t.Where()) {
			err = issuing.ErrNone
		}
		if err != nil {
			return err
		}
		if err := within(ctx, TaskPerm(act), t.Where()); err != nil {
			return err
		}
		if t.Version != s.Version {
			return issuing.ErrChanged
		}
		next, err := issuing.NextTask(t.State, act)
		if err != nil {
			return err
		}
		if err := mayDo(t, who.ID, act); err != nil {
			return err
		}
		t.State = next
		note := moveTask(tx, &t, who, act, s, helper)
		if err := store.PutTask(ctx, tx, t); err != nil {
			return err
		}
		e := store.TaskEvent{ID: ids.New(), Task: id, Act: string(act), Note: note, By: who.Name, At: db.Ms(tx.Now())}
		if e.TextSealed, err = a.Vault.SealRow(classCase, e.ID, strings.TrimSpace(s.Text)); err != nil {
			return err
		}
		if err := store.AddTaskEvent(ctx, tx, e); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: taskRecorded[act], Object: id}); err != nil || act != issuing.TaskClose {
			return err
		}
		told := issuing.TaskTold{Told: issuing.Told{No: t.No, ItemName: t.ItemName, Region: t.Region, Department: t.Department, Handler: t.Handler, At: tx.Now()}, ID: id, Due: t.Due}
		return emit(ctx, tx, issuing.TopicBadClosed, id, told)
	})
	if err != nil {
		return TaskDetail{}, err
	}
	return a.Task(ctx, id)
}

func moveTask(tx db.Tx, t *store.Task, who actor.Actor, act issuing.TaskAct, s TaskStep, helper Helper) (note string) {
	switch act {
	case issuing.TaskAssign:
		t.Assignee, t.AssigneeID = helper.Name, helper.ID
		note = "分派给 " + helper.Name
	case issuing.TaskCall:
		if note = "没有联系上"; s.Reached {
			note = "联系上了"
		}
	case issuing.TaskAnswer:
		t.Answered = who.ID
	case issuing.TaskClose:
		t.ClosedAt = db.Ms(tx.Now())
	}
	return note
}
