// Package privacy searches everything that the running product leaves behind for the personal data of fifty people who
// handed something in (个人信息不落明文): databases and their journals, broker, files, logs, temporary folders, spool, backups.
package privacy

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver, for planting

	"tongban/agent/screen"
	"tongban/deploy/sim/client"
	"tongban/deploy/stack"
	"tongban/deploy/walk"
)

// items that a person of any age may apply for, with what the walk can fill in.
var items = []string{"glbt", "cxbx", "jzz", "lhjy", "ydjy"}

type scene struct {
	stack   *stack.Stack
	people  []person
	index   *index
	citizen *walk.Citizen
	devices *client.Client
	clerk   *walk.Clerk
}

func begin(ctx context.Context, t *testing.T, database string) *scene {
	t.Helper()
	bin := os.Getenv("TONGBAN_BIN")
	if bin == "" {
		t.Skip("TONGBAN_BIN is not set: run by make test")
	}
	s := &scene{people: generate(50, 7)}
	s.index = newIndex(s.people)
	outside := filepath.Join(t.TempDir(), "cards.json")
	cards(t, outside, s.people)
	dir := t.TempDir()
	temp := filepath.Join(dir, "temp") // whatever a program puts into the machine's temporary folder comes here
	if err := os.MkdirAll(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	var err error
	s.stack, err = stack.Start(ctx, stack.Config{
		Bin: bin, Dir: dir, Database: database, Fast: true, Apart: true, Terminals: stack.Usual()[:1], People: outside, Env: []string{"TMPDIR=" + temp},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stack.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			logs(t, s.stack.Dir)
		}
	})
	term := s.stack.Terminals[0]
	s.devices = client.New(term.Control)
	if s.citizen, err = walk.Enter(ctx, term.UI); err != nil {
		t.Fatal(err)
	}
	if _, err := s.citizen.Until(ctx, 20*time.Second, "terminal online", walk.Online); err != nil {
		t.Fatal(err)
	}
	password, err := walk.Password(s.stack.Secrets, "clerk")
	if err != nil {
		t.Fatal(err)
	}
	if s.clerk, err = walk.SignIn(ctx, s.stack.Web, "clerk", password); err != nil {
		t.Fatal(err)
	}
	return s
}

// logs shows the tail of what the programs said.
func logs(t *testing.T, dir string) {
	t.Helper()
	all, _ := filepath.Glob(filepath.Join(dir, "logs", "*.log"))
	for _, f := range all {
		b, err := os.ReadFile(f)
		if err == nil {
			t.Logf("%s:\n%s", filepath.Base(f), b[max(0, len(b)-4000):])
		}
	}
}

func TestFiftyPeopleLeaveNothingInTheClear(t *testing.T) { fifty(t, "") }

func TestFiftyPeopleLeaveNothingInTheClearOnPostgreSQL(t *testing.T) {
	dsn := os.Getenv("TONGBAN_PRIVACY_PG")
	if dsn == "" {
		t.Skip("TONGBAN_PRIVACY_PG is not set: run by make test")
	}
	fifty(t, dsn)
}

func fifty(t *testing.T, database string) {
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	s := begin(ctx, t, database)
	const offline = 5
	for i := range s.people[:len(s.people)-offline] {
		no := s.hand(ctx, t, i)
		if err := s.clerk.Waits(ctx, no, 20*time.Second); err != nil {
			t.Fatal(err)
		}
		s.work(ctx, t, i, no)
		if i == 0 {
			s.surfaces(ctx, t, i, no)
		}
	}
	s.look(t, "while it runs")
	s.noCores(t)

	s.stack.Central.Kill() // a crash: what was in memory must not be on the disk
	for i := len(s.people) - offline; i < len(s.people); i++ {
		s.hand(ctx, t, i)
	}
	s.look(t, "with the centre dead and five people in the terminal's queue")
	s.stack.Terminals[0].Agent.Kill()
	s.look(t, "with the terminal dead")

	if err := s.stack.Central.Start(ctx, 60*time.Second, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.stack.Terminals[0].StartAgent(ctx); err != nil {
		t.Fatal(err)
	}
	s.drained(ctx, t)
	s.backup(ctx, t)
	if err := s.stack.Stop(); err != nil {
		t.Error(err)
	}
	s.look(t, "at the end")
	s.postgres(ctx, t)
	s.planted(ctx, t)
}

// hand is one person's visit, up to the slip.
func (s *scene) hand(ctx context.Context, t *testing.T, i int) string {
	t.Helper()
	p := s.people[i]
	done, _, err := s.citizen.Hand(ctx, s.devices, walk.Visit{Person: p.Key, Item: items[i%len(items)], Values: map[string]any{
		"phone": p.Phone, "street": p.Street, "card_no": p.Bank, "bank_card_no": p.Bank, "contact_phone": p.Phone, "address": p.Street, "hukou_address": p.Address, "contact_name": p.Name, "pay_card": p.Bank,
	}})
	if err != nil {
		t.Fatalf("%s hands in %s: %v", p.Key, items[i%len(items)], err)
	}
	if _, err := s.citizen.Until(ctx, 30*time.Second, "slip", walk.SlipOut); err != nil {
		t.Fatal(err)
	}
	if _, err := s.citizen.Do(ctx, "visit/end", screen.EndVisit{Reason: "finished"}); err != nil {
		t.Fatal(err)
	}
	return done.CaseNo
}

// work is what a clerk does with a case, so that everything that handles personal data has handled it: search by number and
// by name, look, unmask, look at pages, decide; and calls that are refused, because refusals are logged.
func (s *scene) work(ctx context.Context, t *testing.T, i int, no string) {
	t.Helper()
	p := s.people[i]
	var raw json.RawMessage
	for _, q := range []string{p.IDNumber, p.Name} {
		if err := s.clerk.Ask(ctx, http.MethodGet, "/window/inbox?tab=all&q="+url.QueryEscape(q), nil, &raw); err != nil {
			t.Fatal(err)
		}
	}
	var full struct {
		Version int
		Papers  []struct{ Pages []struct{ URL string } }
	}
	if err := s.clerk.Ask(ctx, http.MethodGet, "/window/cases/"+no, nil, &full); err != nil {
		t.Fatal(err)
	}
	for _, paper := range full.Papers {
		for _, page := range paper.Pages {
			var picture []byte
			if err := s.clerk.Ask(ctx, http.MethodGet, strings.TrimPrefix(page.URL, "/api/staff/v1"), nil, &picture); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, field := range []string{"id_number", "phone"} {
		var out struct{ Value string }
		err := s.clerk.Ask(ctx, http.MethodPost, "/window/cases/"+no+"/unmask", map[string]string{"field": field, "reason_code": "contact", "reason": "电话里核对身份"}, &out)
		want := p.IDNumber
		if field == "phone" {
			want = p.Phone
		}
		if err != nil || out.Value != want {
			t.Fatalf("unmask %s of %s: %q, want %q, %v", field, no, out.Value, want, err)
		}
	}
	bad := []error{
		s.clerk.Ask(ctx, http.MethodPost, "/window/cases/"+no+"/unmask", map[string]string{"field": p.IDNumber, "reason": p.Phone}, nil),
		s.clerk.Ask(ctx, http.MethodGet, "/window/cases/"+p.IDNumber, nil, nil),
		s.clerk.Ask(ctx, http.MethodGet, "/window/inbox?"+url.QueryEscape(p.Name)+"="+p.Phone, nil, nil),
		s.clerk.Ask(ctx, http.MethodPost, "/window/cases/"+no+"/accept", map[string]string{"version": p.IDNumber, p.Phone: p.Name}, nil),
	}
	for k, err := range bad {
		if err == nil {
			t.Errorf("bad call %d was taken", k)
		}
	}
	if items[i%len(items)] == "glbt" && i%2 == 0 {
		if _, err := s.clerk.Accept(ctx, no); err != nil {
			t.Fatalf("accept %s: %v", no, err)
		}
	}
}

// drained waits until the terminal's queue is empty and the clerk sees everybody.
func (s *scene) drained(ctx context.Context, t *testing.T) {
	t.Helper()
	for range 300 {
		var list struct{ Total int }
		if err := s.clerk.Ask(ctx, http.MethodGet, "/window/inbox?tab=all", nil, &list); err == nil && list.Total == len(s.people) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("not everybody arrived")
}

// skip leaves out what is no part of the product: the emulated devices hold the cards in the clear, as real cards do, and
// the slips, as real paper does; the emulated short-message gateway is the network and the telephone behind it.
func skip(rel string) bool {
	return strings.HasSuffix(rel, "/devices") || strings.HasSuffix(rel, "-devices.log") || rel == "logs/sms.log"
}

func (s *scene) look(t *testing.T, when string) {
	t.Helper()
	h := s.index.tree(t, s.stack.Dir, skip)
	fmt.Printf("privacy: %s: %d files, %.1f MB, %d forms of %d values: %d found, %d pictures in the clear\n",
		when, h.files, float64(h.bytes)/1e6, s.index.count, len(s.people)*len(s.people[0].secrets()), len(h.found), len(h.pictures))
	if h.files < 20 || h.bytes < 1<<20 {
		t.Errorf("%s: only %d files with %d bytes were looked at", when, h.files, h.bytes)
	}
	for i, f := range h.found {
		if i == 40 {
			t.Errorf("… and %d more", len(h.found)-i)
			break
		}
		t.Errorf("%s: %s", when, f)
	}
	for _, f := range h.pictures {
		t.Errorf("%s: a picture or paper in the clear: %s", when, f)
	}
}

// backup makes one with the product's own command, where the product has it, into the folder that is searched.
func (s *scene) backup(ctx context.Context, t *testing.T) {
	t.Helper()
	args := []string{"backup", "--to", filepath.Join(s.stack.Dir, "backups"), "--data", filepath.Join(s.stack.Dir, "central")}
	if s.stack.Database != "" {
		args = append(args, "--database", s.stack.Database)
	}
	out, err := exec.CommandContext(ctx, filepath.Join(s.stack.Bin, "tongban-central"), args...).CombinedOutput()
	switch {
	case err != nil && strings.Contains(string(out), "unknown command"):
		t.Log("this build has no backup command")
	case err != nil:
		t.Errorf("backup: %v: %s", err, out)
	}
}

// planted puts one value into the product's own database and log, as a careless line of code would: the search that found
// nothing finds both.
func (s *scene) planted(ctx context.Context, t *testing.T) {
	t.Helper()
	p := s.people[20]
	log := filepath.Join(s.stack.Dir, "logs", "central.log")
	f, err := os.OpenFile(log, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(f, `{"msg":"careless","q":"%s"}`, url.QueryEscape(p.Name))
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	want := []string{"central.log"}
	if s.stack.Database == "" {
		want = append(want, "tongban.db")
		d, err := sql.Open("sqlite", filepath.Join(s.stack.Dir, "central", "tongban.db"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.ExecContext(ctx, `INSERT INTO kernel_meta (name, value) VALUES ('careless', $1)`, "tel:"+p.Phone)
		if err := errors.Join(err, d.Close()); err != nil {
			t.Fatal(err)
		}
	}
	found := strings.Join(s.index.tree(t, s.stack.Dir, skip).found, "\n")
	for _, w := range want {
		if !strings.Contains(found, w) {
			t.Errorf("what was planted in %s was not found: %s", w, found)
		}
	}
}

// noCores: a crash of any of the programs writes no image of its memory.
func (s *scene) noCores(t *testing.T) {
	t.Helper()
	for _, p := range []*stack.Process{s.stack.Central, s.stack.Broker, s.stack.Terminals[0].Agent} {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", p.PID()))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(strings.TrimPrefix(line, "Max core file size")); strings.HasPrefix(line, "Max core file size") && (f[0] != "0" || f[1] != "0") {
				t.Errorf("%s may leave a core dump: %s", p.Name, line)
			}
		}
	}
}
