package module_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/notify"
	"tongban/central/kernel/vault"
	"tongban/central/modules/messages"
	"tongban/central/modules/messages/module"
	"tongban/central/modules/supervision"
	"tongban/central/modules/window"
	"tongban/deploy/sim/sms"
)

// counter plays the integrated window.
type counter struct {
	window.Service
	phone vault.Phone
	notes []string
}

func (c *counter) Facts(_ context.Context, no string) (window.Facts, error) {
	return window.Facts{No: no, Applicant: "周*明"}, nil
}

func (c *counter) Phone(context.Context, string) (vault.Phone, error) { return c.phone, nil }

func (c *counter) Note(_ context.Context, _ db.Tx, no string, n window.Note) error {
	c.notes = append(c.notes, no+" "+n.Title)
	return nil
}

type scene struct {
	*kerneltest.Kit
	*module.Messages
	window  *counter
	gateway *sms.Gateway
	seq     int64
}

func open(t *testing.T, k *kerneltest.Kit) *scene {
	t.Helper()
	s := &scene{Kit: k, window: &counter{phone: "13900000026"}, gateway: sms.New("tongban", "0123456789abcdef0123")}
	srv := httptest.NewServer(s.gateway.Handler())
	t.Cleanup(srv.Close)
	key := filepath.Join(t.TempDir(), "sms.key")
	if err := os.WriteFile(key, []byte("tongban:0123456789abcdef0123\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	carrier, err := notify.NewGateway(notify.GatewayConfig{URL: srv.URL, KeyFile: key, Internal: true}, k.Clock, k.Adapters)
	if err != nil {
		t.Fatal(err)
	}
	k.SMS.UseCarrier(carrier)
	if s.Messages, err = module.New(k.Kernel, module.Needs{Window: s.window}); err != nil {
		t.Fatal(err)
	}
	k.Use(t, s.Messages.Module)
	return s
}

// hear lets messages take in an event of this moment.
func (s *scene) hear(t *testing.T, topic string, data any) {
	t.Helper()
	text, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	s.seq++
	ctx := auth.AsSystem(t.Context(), "test")
	e := events.Event{Seq: s.seq, Topic: topic, At: s.Clock.Now(), Data: json.RawMessage(text)}
	if err := s.DB.Do(ctx, func(tx db.Tx) error { return s.Take(ctx, tx, e) }); err != nil {
		t.Fatal(err)
	}
}

func moved(state window.State, handler string) window.Moved {
	return window.Moved{No: "MY1", Item: "A", ItemName: "样例事项", State: state, Region: "510703000000", Department: "fc-mzj", Handler: handler, Due: "2026-12-07"}
}

func person(t *testing.T, id, role string, scope actor.Scope) context.Context {
	t.Helper()
	return auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: id, Name: id, Roles: []string{role}}.
		GrantedWithin(scope, messages.PermLetters, messages.PermTexts, messages.PermFollow, messages.PermSetting))
}

func (s *scene) titles(t *testing.T, as context.Context) string {
	t.Helper()
	l, err := s.App().Letters(as, false, 1, 50)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range l.Rows {
		out = append(out, r.Title)
	}
	return strings.Join(out, "; ")
}

// WN-2j.1: each scene makes a letter by its template to the right people, and to no others.
func TestLettersGoToTheRightPeople(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		district := actor.InRegion("510703000000")
		zhou, other := person(t, "u-zhou", "clerk", district), person(t, "u-other", "clerk", district)
		lin, far := person(t, "u-lin", "approver", actor.InDepartments("fc-mzj")), person(t, "u-far", "approver", actor.InDepartments("fc-scjg"))
		head, judge := person(t, "u-head", "supervisor", district), person(t, "u-judge", "inspector", actor.Everywhere())

		s.hear(t, window.TopicAccepted, moved(window.Accepted, "u-zhou"))
		s.hear(t, window.TopicGranted, moved(window.Granted, "u-zhou"))
		s.hear(t, window.TopicSupplied, moved(window.Received, ""))
		s.hear(t, supervision.TopicIssued, supervision.Moved{
			Card: "P-2026-0001", No: "MY1", ItemName: "样例事项", Level: supervision.Red, Rule: "承诺时限用完仍未办结", Why: "承诺超期 1 日", Region: "510703000000", Department: "fc-mzj",
			Handler: "u-zhou", ReplyDue: "2026-11-27T17:00:00+08:00",
		})
		red := "红牌 P-2026-0001：承诺超期 1 日"
		for _, c := range []struct {
			who  string
			as   context.Context
			want string
		}{
			{"handler", zhou, red + "; 补正到了：样例事项; 办结：样例事项"}, {"another clerk", other, "补正到了：样例事项"},
			{"department", lin, red + "; 新受理：样例事项"}, {"another department", far, ""}, {"head", head, red}, {"inspector", judge, red},
		} {
			if d := cmp.Diff(c.want, s.titles(t, c.as)); d != "" {
				t.Errorf("%s (-want +got):\n%s", c.who, d)
			}
		}

		l, err := s.App().Letters(zhou, true, 1, 1)
		if err != nil || l.Unread != 3 || l.Total != 3 {
			t.Fatalf("%+v, %v", l, err)
		}
		if l.Rows[0].Link != "/supervision?at=P-2026-0001" || !l.Rows[0].Urgent || !strings.Contains(l.Rows[0].Text, "11月27日 17:00 前答复") {
			t.Errorf("letter: %+v", l.Rows[0])
		}
		if err := s.App().Read(far, l.Rows[0].ID); !errors.Is(err, messages.ErrNoSuchLetter) {
			t.Errorf("somebody else read it: %v", err)
		}
		if err := s.App().Read(zhou, l.Rows[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := s.App().Read(zhou, l.Rows[0].ID); err != nil {
			t.Fatal(err)
		}
		if n, err := s.App().Unread(zhou); n != 2 || err != nil {
			t.Errorf("%d unread, %v", n, err)
		}
		if n, err := s.App().Unread(head); n != 1 || err != nil {
			t.Errorf("the head's letter was read by another: %d, %v", n, err)
		}
		if err := s.App().ReadAll(zhou); err != nil {
			t.Fatal(err)
		}
		if n, _ := s.App().Unread(zhou); n != 0 {
			t.Errorf("%d unread after all were read", n)
		}
	})
}

// A task that waits for a signature is told to the department; one that nobody has to sign for is not.
func TestOnlyTasksToSignForAreTold(t *testing.T) {
	s := open(t, kerneltest.New(t))
	lin := person(t, "u-lin", "approver", actor.InDepartments("fc-mzj"))
	for i, state := range []string{"waiting", "reviewing"} {
		s.hear(t, "desk.assigned", map[string]string{"no": fmt.Sprintf("MY%d", i), "item_name": "样例事项" + state, "region": "510703000000", "department": "fc-mzj", "state": state})
	}
	if got := s.titles(t, lin); got != "待签收：样例事项waiting" {
		t.Error(got)
	}
}

// until looks, letting the test's clock run.
func (s *scene) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 800 { // a busy machine takes its time
		if err := s.App().Look(auth.AsSystem(t.Context(), "test"), nil); err != nil {
			t.Fatal(err)
		}
		if ok() {
			return
		}
		s.Clock.Advance(time.Second)
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

// WN-2j.2: a change of state writes a short message by its template; failures are tried again, and what does not arrive is told to
// whoever works on the case.
func TestShortMessagesAndTheirWay(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		clerk := person(t, "u-zhou", "clerk", actor.InRegion("510703000000"))
		if err := s.gateway.Press(sms.FaultError); err != nil {
			t.Fatal(err)
		}
		s.hear(t, window.TopicAccepted, moved(window.Accepted, "u-zhou"))
		if err := k.Jobs.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		texts := func() string {
			got, err := s.App().Texts(clerk, module.Ask{Tab: "all", Page: 1, Size: 10})
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, r := range got.Rows {
				out = append(out, r.Scene+" "+r.State)
				if r.Phone != "139****0026" || strings.Contains(r.Words, "{") {
					t.Errorf("row: %+v", r)
				}
			}
			return strings.Join(out, "; ")
		}
		s.until(t, "a failed attempt", func() bool { return s.gateway.Calls() > 0 })
		if err := s.gateway.Press(""); err != nil {
			t.Fatal(err)
		}
		s.until(t, "delivered after the failure", func() bool { return texts() == "accepted delivered" })
		if got := s.gateway.Messages("13900000026"); len(got) != 1 || !strings.Contains(got[0].Text, "12月7日前办完") && !strings.Contains(got[0].Text, "12月7日 前办完") {
			t.Errorf("the phone got %+v", got)
		}

		if err := s.gateway.Press(sms.FaultDead); err != nil {
			t.Fatal(err)
		}
		s.hear(t, window.TopicNoticed, moved(window.Noticed, "u-zhou"))
		s.until(t, "the number is dead", func() bool { return strings.HasPrefix(texts(), "notice failed") })
		if got := s.titles(t, clerk); !strings.HasPrefix(got, "短信没到手机：样例事项") {
			t.Errorf("the clerk's letters: %s", got)
		}
		got, err := s.App().Texts(clerk, module.Ask{Tab: "failed", Page: 1, Size: 10})
		if err != nil || got.Failed != 1 || got.Rows[0].Note != "空号" || got.Rows[0].Cells != 3 {
			t.Fatalf("%+v, %v", got, err)
		}
		if err := s.App().Follow(clerk, got.Rows[0].ID, "打了登记的座机，本人接的"); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"MY1 短信没到，已另外告诉申请人"}, s.window.notes); d != "" {
			t.Error(d)
		}
		k.AuditCount(t)
	})
}

func TestWhoCannotBeReachedAndWhatIsOld(t *testing.T) {
	s := open(t, kerneltest.New(t))
	s.window.phone = "0816-2200000"
	s.hear(t, window.TopicAccepted, moved(window.Accepted, "u-zhou"))
	s.window.phone = ""
	s.hear(t, window.TopicNoticed, moved(window.Noticed, "u-zhou"))
	if n := s.Count(t, `SELECT count(*) FROM messages_text WHERE state = 'none' AND failed = 1`); n != 2 {
		t.Errorf("%d applicants without a number", n)
	}
	text, _ := json.Marshal(moved(window.Accepted, "u-zhou"))
	ctx := auth.AsSystem(t.Context(), "test")
	old := events.Event{Seq: 99, Topic: window.TopicAccepted, At: s.Clock.Now().Add(-25 * time.Hour), Data: json.RawMessage(text)}
	if err := s.DB.Do(ctx, func(tx db.Tx) error { return s.Take(ctx, tx, old) }); err != nil {
		t.Fatal(err)
	}
	if n := s.Count(t, `SELECT count(*) FROM messages_letter`); n != 2 {
		t.Errorf("%d letters: what happened yesterday was told today", n)
	}
}

// The texts are data: a change counts from then on, and a mark that nobody fills in is refused.
func TestScenesAreData(t *testing.T) {
	s := open(t, kerneltest.New(t))
	admin := person(t, "u-judge", "inspector", actor.Everywhere())
	change := module.Change{Letter: true, SMS: false, Title: "收到受理：{item}", Text: "{no}", Reason: "换个说法"}
	if err := s.App().SetScene(admin, "accepted", change); err != nil {
		t.Fatal(err)
	}
	if err := s.App().SetScene(admin, "accepted", change); err == nil {
		t.Error("an old version was taken")
	}
	change.Version, change.Title = 1, "{name} 受理"
	if err := s.App().SetScene(admin, "accepted", change); err == nil {
		t.Error("a person's name was let into a letter")
	}
	if err := s.App().SetScene(admin, "nothing", module.Change{Title: "标题", Text: "文字"}); !errors.Is(err, messages.ErrNoSuchScene) {
		t.Error(err)
	}
	s.hear(t, window.TopicAccepted, moved(window.Accepted, ""))
	if got := s.titles(t, person(t, "u-lin", "approver", actor.InDepartments("fc-mzj"))); got != "收到受理：样例事项" {
		t.Error(got)
	}
	if n := s.Count(t, `SELECT count(*) FROM messages_text`); n != 0 {
		t.Error("a scene without short messages sent one")
	}
}
