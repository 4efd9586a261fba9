package app

import (
	"net/http"
	"sync"
)

// calls remembers what was answered under which Idempotency-Key during one visit (防重复): a press that is sent twice,
// because the first answer was lost or a finger bounced, is one deed. It goes with the visit.
type calls struct {
	mu    sync.Mutex
	known map[string]*answer
}

type answer struct {
	body string
	done chan struct{}
	out  any
	err  error
}

// maxCalls bounds one visit; beyond it keys are not remembered any more, which no finger reaches.
const maxCalls = 5000

func newCalls() *calls { return &calls{known: map[string]*answer{}} }

// Once runs f for the first call with key and gives every later one the same answer; a nil answer means “the state as it is
// now”. The same key with another body is refused.
func (a *App) Once(key, body string, f func() (any, error)) (any, error) {
	a.mu.Lock()
	c := a.calls
	a.mu.Unlock()
	c.mu.Lock()
	if old, ok := c.known[key]; ok {
		c.mu.Unlock()
		if old.body != body {
			return nil, problem(http.StatusConflict, "screen.key_reused", "这一步没有办成，请再按一次", nil)
		}
		<-old.done
		return old.out, old.err
	}
	mine := &answer{body: body, done: make(chan struct{})}
	if len(c.known) < maxCalls {
		c.known[key] = mine
	}
	c.mu.Unlock()
	defer close(mine.done)
	mine.out, mine.err = f()
	if mine.err != nil && Explain(mine.err).Status >= http.StatusInternalServerError {
		c.mu.Lock() // not the citizen's doing: the same press may succeed later
		delete(c.known, key)
		c.mu.Unlock()
	}
	return mine.out, mine.err
}
