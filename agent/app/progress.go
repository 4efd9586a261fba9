package app

import (
	"context"
	"net/http"
	"strings"

	"tongban/agent/clock"
	"tongban/agent/outbox"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/fleet/wire"
)

// Progress tells how cases stand: one by number and check code, or with neither all of the person identified. Without the
// network it tells what this terminal last knew, and says so.
func (a *App) Progress(ctx context.Context, caseNo, checkCode string) (screen.Progress, error) {
	if caseNo != "" || checkCode != "" {
		return a.progressOfSlip(ctx, caseNo, checkCode)
	}
	a.mu.Lock()
	v, st := a.visit, a.station
	if v == nil || v.Person == nil || !v.Person.Confirmed {
		a.mu.Unlock()
		return screen.Progress{}, errNoPerson
	}
	id, visit := v.Person.IDNumber, v.ID
	var mine []string
	for _, f := range v.Finished {
		mine = append(mine, f.CaseNo)
	}
	a.mu.Unlock()
	if a.online() {
		ans, err := st.Centre.Progress(ctx, wire.ProgressQuery{IDNumber: id})
		if err == nil {
			return a.onlyIf(visit, screen.Progress{Cases: notNil(ans.Cases)})
		}
		a.o.Log.Warn("centre does not tell progress", "err", err)
	}
	out := screen.Progress{Stale: true, Cases: []wire.Progress{}}
	for _, no := range mine { // of other visits this terminal keeps no name, so it cannot tell
		s, ok, err := a.o.Box.Get(ctx, no)
		if err != nil {
			return out, err
		}
		if ok {
			out.Cases = append(out.Cases, known(s))
		}
	}
	return a.onlyIf(visit, out)
}

// onlyIf holds an answer back whose visit ended while the centre was asked.
func (a *App) onlyIf(visit string, p screen.Progress) (screen.Progress, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.visit == nil || a.visit.ID != visit || a.visit.State == session.Left {
		return screen.Progress{}, errVisitOver
	}
	return p, nil
}

func (a *App) progressOfSlip(ctx context.Context, caseNo, checkCode string) (screen.Progress, error) {
	no, err := wire.ParseCaseNo(caseNo)
	if err != nil {
		return screen.Progress{}, problem(http.StatusUnprocessableEntity, "screen.case_no", "编号不对，请照着小票再输一遍", err)
	}
	code := strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(checkCode))
	if len(code) != 6 {
		return screen.Progress{}, problem(http.StatusUnprocessableEntity, "screen.check_code", "核对码是6位，在小票编号下面", nil)
	}
	a.mu.Lock()
	st := a.station
	a.mu.Unlock()
	none := problem(http.StatusNotFound, "screen.no_case", "没查到这件。请核对编号和核对码，也可以刷身份证查", nil)
	if a.online() {
		ans, err := st.Centre.Progress(ctx, wire.ProgressQuery{CaseNo: no, CheckCode: code})
		if err == nil && len(ans.Cases) > 0 {
			return screen.Progress{Cases: ans.Cases}, nil
		}
		if err != nil {
			a.o.Log.Warn("centre does not tell progress", "err", err)
		}
	}
	s, ok, err := a.o.Box.Find(ctx, no, code)
	switch {
	case err != nil:
		return screen.Progress{}, err
	case ok:
		return screen.Progress{Stale: true, Cases: []wire.Progress{known(s)}}, nil
	case !a.online():
		return screen.Progress{}, problem(http.StatusServiceUnavailable, "screen.offline", "网络断了，现在查不了别处交的件。网通后再查，或打 "+a.o.Model.Helpline, nil)
	}
	return screen.Progress{}, none
}

var stateWords = map[string][2]string{
	outbox.StateStored:   {"已收下，等网络送窗口", "材料在本机，网通后自动送到窗口"},
	outbox.StateReceived: {"窗口已收到", "窗口正在看材料"},
	"notice":             {"要补材料", "请看告知书上要补什么"},
	"accepted":           {"已受理", "正在办理"},
	"refused":            {"没有受理", "请看告知书上的原因"},
	"granted":            {"办好了", "结果已经出来"},
}

// known is what this terminal can say by itself about a case it took.
func known(s outbox.CaseState) wire.Progress {
	words, ok := stateWords[s.State]
	if !ok {
		words = stateWords[outbox.StateReceived]
	}
	out := wire.Progress{
		CaseNo: s.CaseNo, Item: s.Item, State: s.State, StateText: words[0], Answer: words[1], Due: s.Due, DueText: s.Answer,
		Submitted: s.MadeAt.In(clock.Shanghai).Format("2006-01-02 15:04"), Documents: []wire.ProgressPaper{},
		Steps: []wire.ProgressStep{{Title: "交材料", At: s.MadeAt.In(clock.Shanghai).Format("1月2日 15:04"), State: "done"}},
	}
	if d, ok := parseDay(s.Due); ok {
		out.DueText = "最晚" + day(d) + "答复"
	}
	now := wire.ProgressStep{Title: words[0], State: "now", Note: words[1]}
	if s.State != outbox.StateStored {
		now.At = s.Moved.In(clock.Shanghai).Format("1月2日 15:04")
	}
	if s.State == "notice" {
		now.State = "you"
	}
	out.Steps = append(out.Steps, now)
	return out
}

func notNil(p []wire.Progress) []wire.Progress {
	if p == nil {
		return []wire.Progress{}
	}
	return p
}
