package journal

import (
	"bufio"
	"context"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/deploy/sim/laser"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/laser/render"
)

// killed is how often a test kills its child: all three together 500 times in make soak.
func killed(short, soak int) int {
	if os.Getenv("SOAK") != "" {
		return soak
	}
	return short
}

// A child settles what the one before left, then journals and prints a slip, and is killed around it: at a byte of the
// line, at an answer, after the cut, or at any moment. Then the printer's own paper is held against the journal.
func TestKillsAroundSlips(t *testing.T) {
	if dir := os.Getenv(victimDir); dir != "" {
		beVictim(t, dir)
		return
	}
	t.Parallel() // most of it is waiting for paper
	for _, c := range []struct {
		name   string
		rounds int
		quirks string
	}{
		{"with a counter", killed(13, 300), ""},
		{"without a counter", killed(4, 50), "noCounter"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pace := func(c *rig.Config) { c.Receipt.MMPerSecond = 300 }
			b := simtest.StartWith(t, []simtest.Option{pace}, simtest.Receipt)
			h := &hunt{t: t, dir: t.TempDir(), test: "TestKillsAroundSlips", env: []string{victimPort + "=serial:" + b.Receipt, victimQuirks + "=" + c.quirks}, plans: 4}
			h.run(c.rounds)
			h.judge(c.rounds, wholeSlips(t, b))
		})
	}
}

// The same for documents on sheets, whose printer keeps accounts of its own.
func TestKillsAroundDocuments(t *testing.T) {
	if dir := os.Getenv(victimDir); dir != "" {
		beVictim(t, dir)
		return
	}
	t.Parallel()
	pace := func(c *rig.Config) { c.Laser = laser.Config{Page: 30 * time.Millisecond, Tray: 100_000} }
	b := simtest.StartWith(t, []simtest.Option{pace}, simtest.Laser)
	h := &hunt{t: t, dir: t.TempDir(), test: "TestKillsAroundDocuments", env: []string{victimPort + "=" + b.Laser}, plans: 1}
	rounds := killed(8, 150)
	h.run(rounds)
	whole := map[string]copies{}
	for _, p := range b.Terminal.Laser.Printed() {
		if k := strings.TrimPrefix(p.Name, "tongban-"); p.Complete {
			whole[k] = copies{whole[k].n + 1, true}
		}
	}
	h.judge(rounds, whole)
}

// The same on a printer that remembers no job, and only counts its sides.
func TestKillsAroundSheets(t *testing.T) {
	if dir := os.Getenv(victimDir); dir != "" {
		beVictim(t, dir)
		return
	}
	if err := render.Ready(); err != nil {
		t.Skip("no renderer: apt-get install poppler-utils")
	}
	t.Parallel()
	pace := func(c *rig.Config) {
		c.Laser = laser.Config{Page: 100 * time.Millisecond, Tray: 100_000}
		c.LaserTCP = "127.0.0.1:0"
	}
	b := simtest.StartWith(t, []simtest.Option{pace}, simtest.Laser)
	h := &hunt{t: t, dir: t.TempDir(), test: "TestKillsAroundSheets", env: []string{victimPort + "=tcp:" + b.LaserTCP}, plans: 1}
	rounds := killed(5, 60)
	h.run(rounds)
	whole := map[string]copies{}
	for _, p := range b.Terminal.Laser.Printed() { // it takes for complete what came; a document has three pages
		if k := strings.TrimPrefix(p.Name, "tongban-"); p.Sides >= 3 {
			whole[k] = copies{whole[k].n + 1, true}
		}
	}
	h.judge(rounds, whole)
}

// hunt is a chain of children over one database and one printer.
type hunt struct {
	t    *testing.T
	dir  string
	test string
	env  []string
	// kinds of death: 4, or 1 where the line is not in our hands and every one is a moment
	plans int

	bytes int           // of a whole job on the line, once known
	took  time.Duration // a whole job, once known
}

func (h *hunt) run(rounds int) {
	h.t.Helper()
	h.child("never", 0) // learns how long a job is
	if h.took == 0 {
		h.t.Fatal("no job came out undisturbed")
	}
	for n := 1; n <= rounds; n++ {
		plan := "timer"
		switch n % h.plans { // a document's line is not in our hands: there they all are moments
		case 1:
			plan = fmt.Sprintf("byte %d", mrand.IntN(h.bytes+1))
		case 2:
			plan = fmt.Sprintf("answer %d", mrand.IntN(12))
		case 3:
			plan = fmt.Sprintf("cut %d", mrand.IntN(40))
		}
		h.child(plan, n)
	}
	h.child("never", rounds+1) // settles what the last one left
}

// child runs one victim; plan says when it dies.
func (h *hunt) child(plan string, n int) {
	h.t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+h.test+"$", "-test.v")
	cmd.Env = append(append(os.Environ(), h.env...), victimDir+"="+h.dir, victimPlan+"="+plan, fmt.Sprintf("%s=%d", victimRound, n))
	out, err := cmd.StdoutPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	var began time.Time
	var said []string
	for s := bufio.NewScanner(out); s.Scan(); {
		said = append(said, s.Text())
		switch {
		case s.Text() == "begins":
			began = time.Now()
			if plan == "timer" { // some die while they settle, some when all is over
				limit := time.Duration(mrand.Int64N(int64(h.took) * 5 / 4))
				time.AfterFunc(limit, func() { _ = cmd.Process.Kill() })
			}
		case strings.HasPrefix(s.Text(), "printed "):
			if plan == "never" && h.took == 0 {
				h.took = time.Since(began)
				_, _ = fmt.Sscanf(s.Text(), "printed %d", &h.bytes)
			}
		}
	}
	err = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); plan == "never" && code != 0 || plan != "never" && code != -1 { // -1: by a signal
		h.t.Fatalf("child %d (%s) ended with %v: %s", n, plan, err, strings.Join(said, "\n"))
	}
}

// copies is what lies on paper of one job: how often it is whole, and whether it was handed out properly.
type copies struct {
	n    int
	done bool
}

// judge holds the paper against the journal: whole copies by the key of their job.
func (h *hunt) judge(rounds int, whole map[string]copies) {
	h.t.Helper()
	b := openBook(h.t, h.dir)
	jobs, err := b.list(h.t.Context(), `WHERE true`)
	if err != nil {
		h.t.Fatal(err)
	}
	states, out := map[State]int{}, 0
	for _, j := range jobs {
		states[j.State]++
		c := whole[j.ID]
		delete(whole, j.ID)
		switch {
		case c.n > 1:
			h.t.Errorf("job %s is on paper %d times", j.ID, c.n)
		case j.State == Printed && !c.done:
			h.t.Errorf("job %s is done without paper: %+v", j.ID, c)
		case j.State == Failed && c.n > 0:
			h.t.Errorf("job %s is on paper and said to have failed", j.ID)
		case j.State == Unknown && c.n > 0:
			out++
		case j.State == Ready || j.State == Printing || j.State == Ending:
			h.t.Errorf("job %s was left %s", j.ID, j.State)
		}
	}
	if len(whole) > 0 {
		h.t.Errorf("on paper and in no journal: %v", whole)
	}
	if states[Printed] < 2 {
		h.t.Errorf("only %d jobs came out", states[Printed])
	}
	h.t.Logf("%d kills, %d jobs: %d printed, %d failed, %d to ask the citizen (%d of them out), 0 twice, 0 done without paper",
		rounds, len(jobs), states[Printed], states[Failed], states[Unknown], out)
}

// wholeSlips reads the printer's paper: how often the picture of each job came out whole. No piece may carry two jobs:
// what hangs in the printer is cut off before the next one.
func wholeSlips(t *testing.T, b *simtest.Bench) map[string]copies {
	t.Helper()
	whole := map[string]copies{}
	for _, s := range b.Slips() {
		raw, err := b.Control.SlipPNG(context.Background(), s.N)
		if err != nil {
			t.Fatal(err)
		}
		marks, err := readMarks(raw)
		if err != nil {
			t.Fatal(err)
		}
		if len(marks.begun) > 1 {
			t.Errorf("slip %d carries %v", s.N, marks.begun)
		}
		for _, k := range marks.whole {
			whole[k] = copies{whole[k].n + 1, whole[k].done || s.Complete}
		}
	}
	return whole
}

// document is a job of three pages.
func document(key string, pdf []byte) drivers.PrintJob {
	return drivers.PrintJob{Key: key, Document: strings.NewReader(string(pdf)), Format: drivers.FormatPDF, Pages: 3}
}

func databaseOf(dir string) string { return filepath.Join(dir, "agent.db") }
