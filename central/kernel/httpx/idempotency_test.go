package httpx_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
)

const path, good = "/api/staff/v1/desk/cases/1/accept", `{"reason":"材料齐全"}`

func TestARepeatGetsTheSameAnswer(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		d, c := signedIn(t, k)
		first := c.do("POST", path, good, key, "key-00001")
		again := c.do("POST", path, good, key, "key-00001")
		if first.Code != 200 || again.Code != 200 || first.Body.String() != again.Body.String() || d.runs != 1 {
			t.Errorf("%d %s, then %d %s; ran %d times", first.Code, first.Body, again.Code, again.Body, d.runs)
		}
		if first.Header().Get("Idempotency-Replayed") != "" || again.Header().Get("Idempotency-Replayed") != "true" ||
			again.Header().Get("Content-Type") != first.Header().Get("Content-Type") {
			t.Errorf("headers %v", again.Header())
		}
		if n := k.Count(t, `SELECT count(*) FROM http_idempotency WHERE body LIKE '%case%' OR body LIKE '%"n"%'`); n != 0 {
			t.Error("the kept answer lies in the clear")
		}

		other := c.do("POST", path, `{"reason":"换了内容"}`, key, "key-00001")
		if p := problem(t, other); other.Code != http.StatusConflict || p.Code != "idempotency.mismatch" {
			t.Errorf("another body: %d %+v", other.Code, p)
		}
		other = c.do("POST", "/api/staff/v1/desk/cases/2/accept", good, key, "key-00001")
		if p := problem(t, other); p.Code != "idempotency.mismatch" {
			t.Errorf("another case: %+v", p)
		}
		if d.runs != 1 {
			t.Errorf("ran %d times", d.runs)
		}
	})
}

// Nothing was kept of a failed act, so that its repeat is a new try.
func TestAFailureMayBeRepeated(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		d, c := signedIn(t, k)
		d.err = errs.E(errs.Unavailable, "db.busy", "系统正忙，请稍后再试", nil)
		if r := c.do("POST", path, good, key, "key-00001"); r.Code != 503 {
			t.Fatal(r.Body)
		}
		d.err = nil
		if r := c.do("POST", path, good, key, "key-00001"); r.Code != 200 || d.runs != 2 {
			t.Errorf("%d %s, ran %d times", r.Code, r.Body, d.runs)
		}
		if n := k.Count(t, `SELECT count(*) FROM kernel_meta WHERE name = 'case-1'`); n != 1 {
			t.Errorf("%d cases", n)
		}
	})
}

// The claim of the key is part of the act: when it cannot be written, the act
// does not happen.
func TestNoClaimNoAct(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		_, c := signedIn(t, k)
		k.Break(t, "http_idempotency")
		if r := c.do("POST", path, good, key, "key-00001"); r.Code != 500 {
			t.Errorf("%d %s", r.Code, r.Body)
		}
		k.Mend(t, "http_idempotency")
		if n := k.Count(t, `SELECT count(*) FROM kernel_meta WHERE name = 'case-1'`); n != 0 {
			t.Error("the act happened without its claim")
		}
		if n := k.Count(t, `SELECT count(*) FROM http_idempotency`); n != 0 {
			t.Error("a claim without its act")
		}
	})
}

// Duplicates at the same moment: one runs, the others wait for its answer.
func TestDuplicatesAtOnce(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		d, c := signedIn(t, k)
		d.seen, d.hold = make(chan struct{}, 10), make(chan struct{})
		answers := make(chan string, 6)
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				r := c.do("POST", path, good, key, "key-00001")
				answers <- r.Body.String()
			})
		}
		<-d.seen
		close(d.hold)
		wg.Wait()
		close(answers)
		for a := range answers {
			if !strings.Contains(a, `"n":1`) {
				t.Errorf("answer %s", a)
			}
		}
		if d.runs != 1 {
			t.Errorf("ran %d times", d.runs)
		}
	})
}

// Duplicates at two copies of the program: both begin, one commits, and both
// callers get its answer.
func TestDuplicatesAtTwoCopies(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		d1, c1 := signedIn(t, k)
		twin := k.Twin(t)
		d2 := &desk{k: twin}
		m := d2.module()
		m.Permissions = append(m.Permissions, submit)
		twin.Use(t, m)
		c2 := &client{t: t, h: twin.HTTP.Handler(), cookie: c1.cookie, csrf: c1.csrf}

		hold := make(chan struct{})
		d1.seen, d2.seen = make(chan struct{}, 1), make(chan struct{}, 1)
		d1.hold, d2.hold = hold, hold
		answers := make(chan string, 2)
		var wg sync.WaitGroup
		for _, c := range []*client{c1, c2} {
			wg.Go(func() { answers <- c.do("POST", path, good, key, "key-00001").Body.String() })
		}
		<-d1.seen
		<-d2.seen // both have looked and found nothing
		close(hold)
		wg.Wait()
		if a, b := <-answers, <-answers; a != b || !strings.Contains(a, `"id":"1"`) {
			t.Errorf("%s\n%s", a, b)
		}
		if n := k.Count(t, `SELECT count(*) FROM kernel_meta WHERE name = 'case-1'`); n != 1 {
			t.Errorf("%d cases", n)
		}
	})
}

// The process died after the commit and before the answer was kept: the act is
// not run again, and the caller is told to look.
func TestALostAnswerIsNotRunAgain(t *testing.T) {
	k := kerneltest.New(t)
	d, c := signedIn(t, k)
	if r := c.do("POST", path, good, key, "key-00001"); r.Code != 200 {
		t.Fatal(r.Body)
	}
	k.Exec(t, `UPDATE http_idempotency SET status = 0, body = ''`)
	k.Clock.Advance(25e9)
	r := c.do("POST", path, good, key, "key-00001")
	if p := problem(t, r); r.Code != 409 || p.Code != "idempotency.answer_lost" || d.runs != 1 {
		t.Errorf("%d %+v, ran %d times", r.Code, p, d.runs)
	}
}

// A handler that panics is answered, keeps nothing, and lets its key be used
// again.
func TestAPanicUnderAKey(t *testing.T) {
	k := kerneltest.New(t)
	d, c := signedIn(t, k)
	d.err = panicking{}
	if r := c.do("POST", path, good, key, "key-00001"); r.Code != 500 || problem(t, r).Code != "internal" {
		t.Errorf("%d %s", r.Code, r.Body)
	}
	d.err = nil
	if r := c.do("POST", path, good, key, "key-00001"); r.Code != 200 || d.runs != 2 {
		t.Errorf("%d %s", r.Code, r.Body)
	}
}

// panicking makes whoever asks it panic, which the desk does inside its act.
type panicking struct{}

func (panicking) Error() string { panic("boom") }

// One person's key says nothing to another.
func TestKeysBelongToTheirActor(t *testing.T) {
	k := kerneltest.New(t)
	d, c := signedIn(t, k)
	if r := c.do("POST", path, good, key, "key-00001"); r.Code != 200 {
		t.Fatal(r.Body)
	}
	k.Exec(t, `UPDATE http_idempotency SET actor = 'staff:somebody-else'`)
	r := c.do("POST", "/api/staff/v1/desk/cases/2/accept", good, key, "key-00001")
	if r.Code != 200 || d.runs != 2 {
		t.Errorf("%d %s", r.Code, r.Body)
	}
}

func TestOldAnswersAreSwept(t *testing.T) {
	k := kerneltest.New(t)
	_, c := signedIn(t, k)
	c.do("POST", path, good, key, "key-00001")
	k.Clock.Advance(47 * 3600e9)
	if err := k.HTTP.SweepAnswers(t.Context()); err != nil || k.Count(t, `SELECT count(*) FROM http_idempotency`) != 1 {
		t.Error("swept too early", err)
	}
	k.Clock.Advance(2 * 3600e9)
	if err := k.HTTP.SweepAnswers(t.Context()); err != nil || k.Count(t, `SELECT count(*) FROM http_idempotency`) != 0 {
		t.Error("not swept", err)
	}
}

// An answer that only a dead copy could give is not waited for.
func TestADeadCopyIsNotWaitedFor(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		if k.DB.Dialect() != db.Postgres {
			return // one process holds the file
		}
		d, c := signedIn(t, k)
		if r := c.do("POST", path, good, key, "key-00001"); r.Code != 200 {
			t.Fatal(r.Body)
		}
		err := k.DB.Do(t.Context(), func(tx db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE http_idempotency SET status = 0, copy = 'a copy that was killed'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		r := c.do("POST", path, good, key, "key-00001")
		if p := problem(t, r); p.Code != "idempotency.answer_lost" || d.runs != 1 {
			t.Errorf("%d %+v, ran %d times", r.Code, p, d.runs)
		}
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("waited %s", took)
		}
	})
}
