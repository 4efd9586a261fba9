// Package outage takes the province away in the middle of a working day (省平台停机走查): real processes, cases taken in and accepted
// as the counter's pages do it, twenty minutes of the centre's clock without the province, and the centre killed once meanwhile.
package outage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/modules/province"
	"tongban/deploy/stack"
	"tongban/deploy/walk"
)

// Two hundred cases on SQLite: the province stops after sixty and comes back after all two hundred.
func TestProvinceGoneForTwentyMinutes(t *testing.T) { provinceGone(t, "", 200) }

// The same with fewer on PostgreSQL.
func TestProvinceGoneOnPostgreSQL(t *testing.T) {
	dsn := os.Getenv("TONGBAN_OUTAGE_PG")
	if dsn == "" {
		t.Skip("TONGBAN_OUTAGE_PG is not set: run by make test")
	}
	provinceGone(t, dsn, 60)
}

// scene is the running product with the centre's clock in a file.
type scene struct {
	t     *testing.T
	ctx   context.Context
	stack *stack.Stack
	file  string
	ahead time.Duration // of the centre's clock
	clerk *walk.Clerk
	chief *walk.Clerk     // of the exchange
	knows map[string]bool // logins whose first password was changed
	page  []byte
	nos   []string
	lost  int // answers that died with the centre
}

func provinceGone(t *testing.T, database string, cases int) {
	t.Helper()
	from := time.Now()
	s := open(t, database)
	normal, unsure := cases*3/10, cases*4/10

	s.take(normal)
	s.until("those before arrive", 40*time.Second, func() bool { return len(s.arrived()) == normal })

	s.press("lost") // the province does what it is told and its answer is lost
	s.take(unsure - normal)
	s.until("some took effect without an answer", 40*time.Second, func() bool { return len(s.arrived()) > normal })
	s.press("outage")
	before := len(s.arrived())

	left, gone := s.ahead, sync.WaitGroup{}
	rest := cases - unsure
	for part := range 10 {
		if part == 4 {
			gone.Go(s.powerCut) // while the clerk works
		}
		s.take(rest*(part+1)/10 - rest*part/10)
		s.works(2 * time.Minute)
	}
	gone.Wait()
	b := s.board()
	if b.State != "down" || b.Counts.Queued+b.Counts.Sent == 0 || b.Counts.Dead+b.Counts.Refused != 0 {
		t.Errorf("while the province is away the cockpit says %s, %+v", b.State, b.Counts)
	}
	if n := len(s.arrived()); n != before {
		t.Errorf("%d cases arrived at a province that is down, %d before", n, before)
	}
	waiting := b.Counts.Queued + b.Counts.Sent
	s.honest(false)
	fmt.Printf("outage: %s: %d cases, away for %s of the centre's clock, %d at the province and %d messages waiting when it came back; centre killed, %d answers lost with it\n",
		engine(database), cases, s.ahead-left, before, waiting, s.lost)

	confirmed := func() bool { return s.board().Counts.Confirmed >= cases }
	s.press("duplicate") // whatever comes now comes twice
	for n := 0; n < 6 && len(s.arrived()) < cases; n++ {
		s.works(6 * time.Minute) // longer than any pause before the next try
		s.soon(12*time.Second, func() bool { return len(s.arrived()) == cases })
	}
	s.press("delay")
	s.works(6 * time.Minute)
	s.soon(8*time.Second, confirmed)
	s.press("")
	for n := 0; n < 6 && !confirmed(); n++ {
		s.works(6 * time.Minute)
		s.soon(12*time.Second, confirmed)
	}
	if c := s.board().Counts; c.Confirmed != cases || c.Queued+c.Sent+c.Dead+c.Refused != 0 {
		t.Errorf("after it came back: %+v", c)
	}
	s.once(cases)
	s.honest(true)
	proofs := s.evidence()
	s.reconciled(cases)
	s.auditHolds()
	fmt.Printf("outage: %s: %d of %d arrived once, %d proofs hold, the day's reconciliation has no difference; %s\n",
		engine(database), len(s.arrived()), cases, proofs, time.Since(from).Round(time.Second))
}

func engine(database string) string {
	if database == "" {
		return "SQLite"
	}
	return "PostgreSQL"
}

func open(t *testing.T, database string) *scene {
	t.Helper()
	bin := os.Getenv("TONGBAN_BIN")
	if bin == "" {
		t.Skip("TONGBAN_BIN is not set: run by make test")
	}
	dir := t.TempDir()
	s := &scene{t: t, ctx: t.Context(), file: filepath.Join(dir, "clock"), knows: map[string]bool{}}
	var err error
	s.stack, err = stack.Start(t.Context(), stack.Config{Bin: bin, Dir: dir, Fast: true, Database: database, Clock: s.file, Env: []string{"TONGBAN_LIMITS=0"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stack.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			if b, err := os.ReadFile(filepath.Join(dir, "logs", "central.log")); err == nil {
				t.Logf("central:\n%s", b[max(0, len(b)-3000):])
			}
		}
	})
	s.clerk, s.chief = s.signIn("clerk"), s.signIn("exchange")
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 60, 40))); err != nil {
		t.Fatal(err)
	}
	s.page = b.Bytes()
	return s
}

func (s *scene) signIn(login string) *walk.Clerk {
	s.t.Helper()
	password, err := walk.Password(s.stack.Secrets, login)
	if err != nil {
		s.t.Fatal(err)
	}
	if s.knows[login] {
		password = walk.Own(password)
	}
	s.knows[login] = true
	who, err := walk.SignIn(s.ctx, s.stack.Web, login, password)
	if err != nil {
		s.t.Fatal(err)
	}
	return who
}

// works is a step of the clock with everybody at work: nobody's session is left idle.
func (s *scene) works(d time.Duration) {
	s.t.Helper()
	s.travel(d)
	s.soon(30*time.Second, func() bool { return s.chief.Ask(s.ctx, http.MethodGet, "/province/board", nil, nil) == nil })
}

// travel moves the centre's clock on.
func (s *scene) travel(d time.Duration) {
	s.t.Helper()
	s.ahead += d
	next := s.file + ".next"
	if err := os.WriteFile(next, []byte(s.ahead.String()), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(next, s.file); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) press(fault string) {
	s.t.Helper()
	body, err := json.Marshal(map[string]string{"system": "acceptance", "fault": fault})
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := http.Post(s.stack.ExchangeURL+"/faults", "application/json", bytes.NewReader(body)) //nolint:gosec,noctx // an emulator that the test started
	if err != nil {
		s.t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		s.t.Fatalf("press %q: %s", fault, res.Status)
	}
}

// held is a case as the emulated province has it.
type held struct {
	ProjNo   string
	Applied  int
	Messages int
}

func (s *scene) arrived() []held {
	s.t.Helper()
	res, err := http.Get(s.stack.ExchangeURL + "/state") //nolint:gosec,noctx // see above
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var st struct{ Cases []held }
	if err := json.NewDecoder(res.Body).Decode(&st); err != nil {
		s.t.Fatal(err)
	}
	return st.Cases
}

// soon waits at most so long.
func (s *scene) soon(patience time.Duration, so func() bool) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if so() {
			return true
		}
	}
	return false
}

func (s *scene) until(what string, patience time.Duration, so func() bool) {
	s.t.Helper()
	if !s.soon(patience, so) {
		s.t.Fatalf("not in %s: %s", patience, what)
	}
}

// powerCut kills the centre and starts it again.
func (s *scene) powerCut() {
	time.Sleep(50 * time.Millisecond)
	s.stack.Central.Kill()
	if err := s.stack.Central.Start(context.WithoutCancel(s.ctx), 60*time.Second, nil); err != nil {
		s.t.Errorf("start the centre again: %v", err)
	}
}

// asks makes one call as a page does: with one key, and again with the same while the centre cannot be reached. Where the centre died
// after the act and before its answer, it says so, and the page loads what there is from look.
func (s *scene) asks(method, path, kind string, body []byte, into any, look func()) {
	s.t.Helper()
	key := walk.NewKey()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		status, out, err := s.call(method, path, kind, key, body)
		switch {
		case err == nil && status < 300:
			if err := json.Unmarshal(out, into); err != nil {
				s.t.Fatalf("%s %s: %v in %s", method, path, err, out)
			}
			return
		case err == nil && status == http.StatusConflict && bytes.Contains(out, []byte("idempotency.answer_lost")) && look != nil:
			s.lost++
			look()
			return
		case err == nil && status < 500 && status != http.StatusTooManyRequests:
			s.t.Fatalf("%s %s: %d %s", method, path, status, out)
		case time.Now().After(end):
			s.t.Fatalf("%s %s: no answer in a minute: %d %v", method, path, status, err)
		}
	}
}

func (s *scene) call(method, path, kind, key string, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(s.ctx, method, s.stack.Web+"/api/staff/v1"+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	s.clerk.Sign(req, key)
	req.Header.Set("Content-Type", kind)
	res, err := s.clerk.HTTP.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	return res.StatusCode, out, err
}

func (s *scene) says(method, path string, body, into any, look func()) {
	s.t.Helper()
	var b []byte
	if body != nil {
		var err error
		if b, err = json.Marshal(body); err != nil {
			s.t.Fatal(err)
		}
	}
	s.asks(method, path, "application/json", b, into, look)
}

// take plays the clerk, for one citizen after the other.
func (s *scene) take(n int) {
	s.t.Helper()
	for range n {
		s.nos = append(s.nos, s.one(walk.Elder(len(s.nos)+1)))
	}
}

// draft is a registration in work.
type draft struct {
	ID       string
	Revision int
}

// one registers, scans, takes the signature, fills in, hands in and accepts.
func (s *scene) one(id string) (no string) {
	s.t.Helper()
	var d draft
	person := map[string]string{
		"type": "resident", "name": "样例老人", "id_number": id, "sex": "male", "nation": "01", "birth": "1940-01-01", "address": "四川省绵阳市样例区通办路1号", "way": "idcard",
	}
	begin := map[string]any{"item": "glbt", "window": "B12", "phone": "13908162150", "applicant": person}
	s.says(http.MethodPost, "/window/registrations", begin, &d, func() { s.says(http.MethodPost, "/window/registrations", begin, &d, nil) })
	at := "/window/registrations/" + d.ID
	again := func() { s.says(http.MethodGet, at, nil, &d, nil) }
	s.asks(http.MethodPost, at+"/materials/hukou/pages", "image/png", s.page, &d, again)
	s.asks(http.MethodPost, at+"/signatures/applicant", "image/png", s.page, &d, again)
	s.says(http.MethodPut, at, map[string]any{
		"revision": d.Revision, "answers": map[string]string{"card": "social", "elsewhere": "none"},
		"form": map[string]any{"card_no": "6222020200112233446", "name": "样例老人", "id_number": id, "region": "510703001", "street": "通办路1号1栋", "phone": "13908162150"},
	}, &d, again)
	var in struct {
		No   string `json:"case_no"`
		Case walk.CaseHead
	}
	s.says(http.MethodPost, at+"/submit", map[string]any{"revision": d.Revision}, &in, func() {
		var h struct{ Cases []walk.CaseHead }
		s.says(http.MethodPost, "/window/people/history", map[string]string{"id_number": id}, &h, nil)
		if len(h.Cases) != 1 {
			s.t.Fatalf("%d cases of one citizen after an answer was lost", len(h.Cases))
		}
		in.No = h.Cases[0].No
		s.says(http.MethodGet, "/window/cases/"+in.No, nil, &in.Case, nil)
	})
	var done struct{ Case walk.CaseHead }
	at = "/window/cases/" + in.No
	s.says(http.MethodPost, at+"/accept", map[string]any{"version": in.Case.Version}, &done, func() { s.says(http.MethodGet, at, nil, &done.Case, nil) })
	if done.Case.State != "accepted" {
		s.t.Fatalf("%s is %s", in.No, done.Case.State)
	}
	return in.No
}

// board is the cockpit as its manager sees it.
type board struct {
	State  string
	Counts struct{ Queued, Sent, Confirmed, Refused, Dead int }
	Report *struct {
		ID, By                                                string
		Cases, Same, Differing, Missing, Extra, Waiting, Open int
		Told                                                  struct{ Equal bool }
	}
	Differences []json.RawMessage
}

func (s *scene) board() board {
	s.t.Helper()
	var b board
	if err := s.chief.Ask(s.ctx, http.MethodGet, "/province/board", nil, &b); err != nil {
		s.t.Fatal(err)
	}
	return b
}

// honest looks at what the clerk sees of the last case: not confirmed while the province is away and no number of the province, and
// confirmed with one afterwards, beside the case and on its timeline.
func (s *scene) honest(there bool) {
	s.t.Helper()
	no := s.nos[len(s.nos)-1]
	var c struct{ History []struct{ Title string } }
	s.says(http.MethodGet, "/window/cases/"+no, nil, &c, nil)
	told := slices.ContainsFunc(c.History, func(h struct{ Title string }) bool { return strings.Contains(h.Title, "省平台已确认") })
	var at province.Standing
	s.until("the last case is queued for the province", 20*time.Second, func() bool {
		s.says(http.MethodGet, "/province/cases/"+no+"/standing", nil, &at, nil)
		return at.Sent
	})
	if told != there || (at.Waiting == 0) != there || (at.ProvNo != "") != there || (at.State == province.Confirmed) != there {
		s.t.Errorf("%s: the timeline says confirmed: %v, the case's page %+v; want %v", no, told, at, there)
	}
}

// once: each case is at the province, created once, and nothing else is.
func (s *scene) once(cases int) {
	s.t.Helper()
	have := map[string]held{}
	for _, c := range s.arrived() {
		have[c.ProjNo] = c
	}
	if len(have) != cases || len(s.nos) != cases {
		s.t.Errorf("%d cases at the province, %d at the window, want %d", len(have), len(s.nos), cases)
	}
	for _, no := range s.nos {
		if c := have[no]; c.Applied != 1 || c.Messages != 1 {
			s.t.Errorf("%s was created %d times by %d messages", no, c.Applied, c.Messages)
		}
	}
}

// evidence takes the container of each message away and proves it as an auditor would.
func (s *scene) evidence() (proofs int) {
	s.t.Helper()
	for page := 1; ; page++ {
		var list struct{ Rows []struct{ ID string } }
		if err := s.chief.Ask(s.ctx, http.MethodGet, fmt.Sprintf("/province/messages?page=%d", page), nil, &list); err != nil {
			s.t.Fatal(err)
		}
		if len(list.Rows) == 0 {
			return proofs
		}
		for _, m := range list.Rows {
			var c province.Container
			if err := s.chief.Ask(s.ctx, http.MethodGet, "/province/messages/"+m.ID+"/evidence", nil, &c); err != nil {
				s.t.Fatal(err)
			}
			n, err := c.Verify(s.ctx)
			if err != nil {
				s.t.Errorf("evidence of %s: %v", m.ID, err)
			}
			proofs += n
		}
	}
}

// reconciled: the next morning, by itself, every case is the same on both sides.
func (s *scene) reconciled(cases int) {
	s.t.Helper()
	now := time.Now().Add(s.ahead).In(clock.Shanghai)
	morning := time.Date(now.Year(), now.Month(), now.Day()+1, 6, 5, 0, 0, clock.Shanghai)
	s.travel(morning.Sub(now))
	s.powerCut()                   // the job looks at its start and each ten minutes; nobody waits for them here
	s.chief = s.signIn("exchange") // a new day
	s.until("the reconciliation of the day", 30*time.Second, func() bool {
		r := s.board().Report
		return r != nil && r.Cases == cases
	})
	s.until("the cockpit says that the province is there", 40*time.Second, func() bool { return s.board().State == "ok" })
	b := s.board()
	if r := b.Report; r.By != "" || r.Same != cases || r.Differing+r.Missing+r.Extra+r.Waiting+r.Open != 0 || !r.Told.Equal || len(b.Differences) != 0 {
		s.t.Errorf("reconciliation of the day: %+v, %d differences", *r, len(b.Differences))
	}
}

func (s *scene) auditHolds() {
	s.t.Helper()
	args := []string{"audit", "verify", "--data", filepath.Join(s.stack.Dir, "central")}
	if s.stack.Database != "" {
		args = append(args, "--database", s.stack.Database)
	}
	out, err := exec.CommandContext(s.ctx, filepath.Join(s.stack.Bin, "tongban-central"), args...).CombinedOutput()
	if err != nil {
		s.t.Error(errors.Join(err, errors.New(string(out))))
	}
}
