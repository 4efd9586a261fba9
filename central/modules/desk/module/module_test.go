package module_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/vault"
	"tongban/central/modules/catalogue"
	itemsmodule "tongban/central/modules/catalogue/module"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/module"
	"tongban/central/modules/window"
	"tongban/fleet/wire"
)

// cases plays the window: what the desk asks of it, kept in memory.
type cases struct {
	window.Service
	clock func() time.Time
	facts map[string]window.Facts
	notes []string
	acts  []window.Decision
	fail  error
}

func (c *cases) Facts(_ context.Context, no string) (window.Facts, error) {
	f, ok := c.facts[no]
	if !ok {
		return f, window.ErrNoSuchCase
	}
	return f, nil
}

func (c *cases) Note(_ context.Context, _ db.Tx, no string, n window.Note) error {
	c.notes = append(c.notes, no+" "+n.Title+" "+n.Text)
	return nil
}

func (c *cases) Application(context.Context, string, string) (wire.Submission, error) {
	return wire.Submission{}, nil
}
func (c *cases) Phone(context.Context, string) (vault.Phone, error) { return "", nil }

type scene struct {
	*kerneltest.Kit
	window *cases
	who    auth.Actor
	people map[string]string // login → id
}

func open(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	items, err := itemsmodule.New(k.Kernel, catalogue.Outside{})
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{Kit: k, window: &cases{clock: k.Clock.Now, facts: map[string]window.Facts{}}, people: map[string]string{}}
	s.window.fail = nil
	office := module.New(k.Kernel, module.Needs{Window: &acting{s.window, k}, Items: items.Service, Calendar: cal, Public: "https://example.invalid"})
	k.HTTP.Authenticate("staff", func(*http.Request) (auth.Actor, error) { return s.who, nil })
	k.Use(t, items.Module, office, kernel.Module{Name: "nothing"})
	if err := k.Org.Seed(auth.AsSystem(t.Context(), "test")); err != nil {
		t.Fatal(err)
	}
	if err := k.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for login, at := range map[string]string{"lin": "fc-mzj", "other": "fc-mzj", "luo": "fc-scjg", "clerk": "fc-xspj", "admin": "my-zwfw"} {
		role, post := "approver", "审查岗"
		switch login {
		case "clerk":
			role = "clerk"
		case "admin":
			role = "desk-admin"
		case "other":
			post = "决定岗"
		}
		id, err := k.Auth.Create(auth.AsSystem(t.Context(), "test"), auth.Account{
			Login: login, Name: login, DepartmentID: at, Posts: []string{post}, Reason: "test",
			Grants: []auth.Grant{{Role: role, Reach: reach(role), Place: place(role, at), Reason: "test"}},
		}, "Tb-"+ids.Key())
		if err != nil {
			t.Fatal(err)
		}
		s.people[login] = id
	}
	return s
}

func reach(role string) actor.Reach {
	return map[string]actor.Reach{"approver": actor.ReachDepartment, "clerk": actor.ReachRegion, "desk-admin": actor.ReachAll}[role]
}

func place(role, at string) string {
	return map[string]string{"approver": at, "clerk": "510703000000"}[role]
}

// acting is the window with its one act, in a transaction like the real one.
type acting struct {
	*cases
	k *kerneltest.Kit
}

func (a *acting) Act(ctx context.Context, no string, d window.Decision, also window.Also) (window.Facts, window.Document, error) {
	f := a.facts[no]
	doc := window.Document{ID: ids.New(), No: "文 1", Kind: string(d.Act), Title: "文书"}
	next := map[window.Act]window.State{window.ActGrant: window.Granted, window.ActDeny: window.Denied, window.ActPause: window.Suspended, window.ActResume: window.Accepted, window.ActExtend: f.State}[d.Act]
	err := a.k.DB.Do(ctx, func(tx db.Tx) error {
		if err := also(ctx, tx, window.Moved{No: no, State: next, Act: d.Act, Due: f.Due}, doc); err != nil {
			return err
		}
		return a.fail
	})
	if err == nil {
		f.State = next
		f.Version++
		a.facts[no] = f
		a.acts = append(a.acts, d)
	}
	return f, doc, err
}

// as acts as one of the people, with what their role holds where it holds it.
func (s *scene) as(login string) *scene {
	id := s.people[login]
	perms := map[string][]string{
		"clerk": {desk.PermCustody, desk.PermSend}, "admin": {desk.PermRules, desk.PermSetRule},
		"approver": {desk.PermRead, desk.PermSign, desk.PermDecide, desk.PermAnswer, desk.PermCustody},
	}
	a := auth.Actor{Kind: auth.Staff, ID: id, Name: login}
	switch login {
	case "clerk":
		s.who = a.GrantedWithin(actor.InRegion("510703000000"), perms["clerk"]...)
	case "admin":
		s.who = a.Granted(perms["admin"]...)
	case "luo":
		s.who = a.GrantedWithin(actor.InDepartments("fc-scjg"), perms["approver"]...)
	default:
		s.who = a.GrantedWithin(actor.InDepartments("fc-mzj"), perms["approver"]...)
	}
	return s
}

// call does one request and returns its answer; want is the status.
func (s *scene) call(t *testing.T, want int, method, path string, body any) map[string]any {
	t.Helper()
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			t.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, "/api/staff/v1/desk"+path, &b)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", ids.New())
	w := httptest.NewRecorder()
	s.HTTP.Handler().ServeHTTP(w, r)
	if w.Code != want {
		t.Fatalf("%s %s: %d, want %d: %s", method, path, w.Code, want, w.Body)
	}
	out := map[string]any{}
	if w.Header().Get("Content-Type") != "application/pdf" {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
		}
	}
	return out
}

type o = map[string]any

// accept puts a case of an item into the window as accepted and tells everybody.
func (s *scene) accept(t *testing.T, no, item, department string) {
	t.Helper()
	s.window.facts[no] = window.Facts{
		No: no, Item: item, ItemName: item, ItemVersion: 0, State: window.Accepted, Version: 2, Region: "510703000000", Department: department,
		Applicant: "周*明", Due: "2026-12-10",
	}
	s.emit(t, window.TopicAccepted, window.Moved{No: no, Item: item, State: window.Accepted, Due: "2026-12-10"})
	deadline := time.Now().Add(time.Minute)
	for s.Count(t, `SELECT count(*) FROM desk_task WHERE no = $1`, no) == 0 {
		if time.Now().After(deadline) {
			t.Fatalf("no task for %s", no)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (s *scene) emit(t *testing.T, topic string, m window.Moved) {
	t.Helper()
	if err := s.DB.Do(t.Context(), func(tx db.Tx) error {
		return events.Emit(t.Context(), tx, events.Event{Topic: topic, Key: m.No, Data: m})
	}); err != nil {
		t.Fatal(err)
	}
}

func counts(papers []any, got func(i int, p o) int) []o {
	var out []o
	for i, p := range papers {
		one := p.(o)
		out = append(out, o{"ord": one["ord"], "got": got(i, one)})
	}
	return out
}

func all(_ int, p o) int { return int(p["wanted"].(float64)) }

// What is configured waits for its people, with papers and a deadline; what is not skips sign-for.
func TestSignForAndCustody(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		s.accept(t, "C1", "glbt", "fc-mzj")
		s.accept(t, "C2", "cjbt", "fc-mzj")

		board := s.as("lin").call(t, 200, "GET", "/tasks?tab=sign", nil)
		if board["total"] != 1.0 || board["counts"].(o)["office"] != 1.0 {
			t.Fatalf("board of the department: %v", board)
		}
		if got := s.as("other").call(t, 200, "GET", "/tasks?tab=sign", nil); got["total"] != 0.0 {
			t.Errorf("one who is not named sees %v", got["total"])
		}
		s.as("other").call(t, 404, "GET", "/tasks/C1", nil)
		s.as("luo").call(t, 404, "GET", "/tasks/C2", nil)
		if st := s.as("other").call(t, 200, "GET", "/tasks/C2", nil)["state"]; st != "reviewing" {
			t.Errorf("an item without a rule is %v", st)
		}

		task := s.as("lin").call(t, 200, "GET", "/tasks/C1", nil)
		folder := task["folder"].(o)
		if folder["due_text"] != "11-26 16:00" || folder["holder_kind"] != "window" {
			t.Errorf("folder: %v", folder)
		}
		papers := folder["papers"].([]any)
		code := folder["code"].(string)
		if len(papers) < 2 {
			t.Fatalf("only %d papers to hand over", len(papers))
		}
		s.as("lin").call(t, 403, "POST", "/folders/"+code+"/send", o{"to": "department"})
		s.as("clerk").call(t, 200, "GET", "/folders/"+code+"/label", nil)
		sent := s.as("clerk").call(t, 200, "POST", "/folders/"+code+"/send", o{"to": "department", "papers": []o{{"ord": 1, "got": 0}}})
		if sent["state"] != "sent" {
			t.Errorf("sent: %v", sent)
		}
		// not every line counted
		r := s.as("lin").call(t, 200, "POST", "/sign", o{"tasks": []o{{"no": "C1", "version": 1}}})
		if one := r["rows"].([]any)[0].(o); one["ok"] != false || one["code"] != "desk.unticked" {
			t.Errorf("signed without counting: %v", one)
		}
		r = s.call(t, 200, "POST", "/sign", o{"tasks": []o{
			{"no": "C1", "version": 1, "papers": counts(papers[1:], func(i int, p o) int { return all(i, p) * min(i, 1) })}, {"no": "C2", "version": 1},
		}})
		rows := r["rows"].([]any)
		if one := rows[0].(o); one["ok"] != true || len(one["missing"].([]any)) != 1 {
			t.Errorf("signed: %v", one)
		}
		if one := rows[1].(o); one["ok"] != false || one["code"] != "desk.not_now" {
			t.Errorf("what needs no signing was signed: %v", one)
		}
		task = s.call(t, 200, "GET", "/tasks/C1", nil)
		if task["signed_by"] != "lin" || task["signed_at"] == "" || task["step_due"] != "2026-12-03" || task["missing"] != 1.0 {
			t.Errorf("signed task: %v", task)
		}
		shelf := s.as("clerk").call(t, 200, "GET", "/folders", nil)
		if len(shelf["missing"].([]any)) != 1 {
			t.Errorf("the window does not see what is missing: %v", shelf)
		}
		if n := s.Count(t, `SELECT count(*) FROM kernel_event WHERE topic = $1`, desk.TopicMissing); n != 1 {
			t.Errorf("%d events of missing papers", n)
		}
		// the missing paper goes after, and the folder comes back
		back := s.as("lin").call(t, 200, "POST", "/folders/"+code+"/send", o{"to": "window"})
		if back["may_take"] != false {
			t.Errorf("the sender may take it: %v", back)
		}
		got := s.as("clerk").call(t, 200, "POST", "/folders/C1/receive", o{"papers": counts(papers[1:], all)})
		if got["whole"] != true || got["holder_kind"] != "window" || len(got["chain"].([]any)) != 2 {
			t.Errorf("chain: %v", got)
		}
		k.AuditCount(t)
	})
}

// Refused with a reason, sent again to the right department, signed there.
func TestRefuseAndResend(t *testing.T) {
	s := open(t, kerneltest.New(t))
	s.accept(t, "C3", "gtsl", "fc-scjg")
	s.as("luo").call(t, 422, "POST", "/tasks/C3/refuse", o{"version": 1, "reason": "x"})
	got := s.call(t, 200, "POST", "/tasks/C3/refuse", o{"version": 1, "reason": "住所证明是复印件"})
	if got["state"] != "returned" {
		t.Fatalf("refused: %v", got)
	}
	s.call(t, 409, "POST", "/tasks/C3/refuse", o{"version": 2, "reason": "住所证明是复印件"})
	s.as("clerk")
	if rows := s.call(t, 200, "GET", "/folders", nil)["returned"].([]any); len(rows) != 1 {
		t.Fatalf("returned at the window: %v", rows)
	}
	s.call(t, 200, "POST", "/tasks/C3/resend", o{"version": 2, "note": "原件已经补上"})
	r := s.as("luo").call(t, 200, "POST", "/sign", o{"tasks": []o{{"no": "C3", "version": 3}}})
	if one := r["rows"].([]any)[0].(o); one["ok"] != true {
		t.Errorf("signed: %v", one)
	}
}

// Ask, wait, answer; stop and restart; forward and reply; decide only when every point was looked at, and with the window or not at all.
func TestReviewToDecision(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		s.accept(t, "C4", "cjbt", "fc-mzj")
		v := 1
		step := func(path string, body o) o {
			t.Helper()
			body["version"] = v
			got := s.call(t, 200, "POST", "/tasks/C4"+path, body)
			v++
			if task, ok := got["task"].(o); ok {
				return task
			}
			return got
		}
		s.as("lin")
		if got := step("/opinions", o{"department": "fc-scjg", "question": "这家店有没有营业", "days": 3}); got["state"] != "asking" {
			t.Fatalf("asked: %v", got)
		}
		s.call(t, 409, "POST", "/tasks/C4/decide", o{"version": v, "case_version": 2, "act": "grant"})
		asked := s.as("luo").call(t, 200, "GET", "/opinions", nil)["rows"].([]any)
		id := asked[0].(o)["id"].(string)
		s.call(t, 422, "POST", "/opinions/"+id+"/answer", o{"stance": "disagree", "answer": ""})
		s.as("other").call(t, 404, "POST", "/opinions/"+id+"/answer", o{"stance": "agree", "answer": ""})
		s.as("luo").call(t, 200, "POST", "/opinions/"+id+"/answer", o{"stance": "agree", "answer": "在营业"})
		v++
		s.as("lin")
		step("/decide", o{"case_version": 2, "act": "pause", "reason_code": "testing", "reason": "送检", "days": 5})
		step("/decide", o{"case_version": 3, "act": "resume"})
		if got := step("/forward", o{"to": "市民政局", "reason": "按权限转报"}); got["state"] != "forwarded" {
			t.Errorf("forwarded: %v", got)
		}
		step("/reply", o{"text": "同意，绵民批 1 号"})
		if got := s.call(t, 422, "POST", "/tasks/C4/decide", o{"version": v, "case_version": 4, "act": "grant"}); got["code"] != "desk.input" {
			t.Errorf("decided before the points were looked at: %v", got)
		}
		s.tick(t, &v)
		s.window.fail = fmt.Errorf("the window says no")
		s.call(t, 500, "POST", "/tasks/C4/decide", o{"version": v, "case_version": 4, "act": "grant"})
		s.window.fail = nil
		if got := step("/decide", o{"case_version": 4, "act": "grant", "reason": "符合条件"}); got["state"] != "decided" || got["outcome"] != "granted" {
			t.Errorf("decided: %v", got)
		}
		s.emit(t, window.TopicGranted, window.Moved{No: "C4", State: window.Granted})
		k.AuditCount(t)
	})
}

func (s *scene) tick(t *testing.T, v *int) {
	t.Helper()
	items, err := itemsmodule.New(s.Kernel, catalogue.Outside{})
	if err != nil {
		t.Fatal(err)
	}
	it, err := items.Service.Item(t.Context(), "cjbt", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range it.Points {
		s.call(t, 200, "POST", "/tasks/C4/points/"+p.ID, o{"version": *v, "ticked": true})
		*v++
	}
}

// Every change of a rule is a version; a rule that nobody could fulfil is refused.
func TestRules(t *testing.T) {
	s := open(t, kerneltest.New(t))
	s.as("admin")
	rule := o{"sign": true, "signers": []string{"other"}, "posts": []string{}, "papers": "paper", "days": 1, "time": "10:30", "step_days": 3, "materials": []o{}}
	s.call(t, 409, "POST", "/rules/glbt", o{"version": 0, "reason": "换人签收", "rule": rule})
	got := s.call(t, 200, "POST", "/rules/glbt", o{"version": 1, "reason": "换人签收", "rule": rule})
	if got["version"] != 2.0 || len(got["versions"].([]any)) != 2 {
		t.Errorf("rule: %v", got)
	}
	rule["signers"] = []string{"luo"}
	s.call(t, 422, "POST", "/rules/glbt", o{"version": 2, "reason": "换人签收", "rule": rule})
	s.accept(t, "C5", "glbt", "fc-mzj")
	if b := s.as("other").call(t, 200, "GET", "/tasks?tab=sign", nil); b["total"] != 1.0 {
		t.Errorf("the newly named person sees %v", b["total"])
	}
	if b := s.as("lin").call(t, 200, "GET", "/tasks?tab=sign", nil); b["total"] != 0.0 {
		t.Errorf("one who is no longer named sees %v", b["total"])
	}
	if due := s.as("other").call(t, 200, "GET", "/tasks/C5", nil)["folder"].(o)["due_text"]; due != "11-27 10:30" {
		t.Errorf("due %v", due)
	}
	rows := s.as("admin").call(t, 200, "GET", "/rules", nil)["rows"].([]any)
	if len(rows) < 10 {
		t.Errorf("only %d items to configure", len(rows))
	}
}
