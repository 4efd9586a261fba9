package db

import (
	"context"
	"errors"
	"slices"
	"sync"

	"tongban/central/kernel/errs"
)

// turns lets the writers of this process write one after the other, in the order in which they came (写入排队). One who has written while
// others wait may hand his open transaction to the next of them instead of committing it: see shared.
type turns struct {
	mu    sync.Mutex
	taken bool
	queue []*waiter
}

// waiter is a writer in the queue.
type waiter struct {
	alone  bool         // will not join a transaction of others
	called chan *shared // gets the transaction to join; nil: it is his turn to begin one. Never blocks its sender
}

// enter waits for the turn, but not for ever: the context may have no deadline, and a Do inside a Do would otherwise hang. Writers of
// one process queue here, where waiting costs nothing, and not at the database. It returns the transaction to join, nil to begin one.
func (t *turns) enter(ctx context.Context, alone bool) (*shared, error) {
	t.mu.Lock()
	if !t.taken {
		t.taken = true
		t.mu.Unlock()
		return nil, nil
	}
	me := &waiter{alone: alone, called: make(chan *shared, 1)}
	t.queue = append(t.queue, me)
	t.mu.Unlock()

	select {
	case s := <-me.called:
		return s, nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	at := slices.Index(t.queue, me)
	if at >= 0 {
		t.queue = slices.Delete(t.queue, at, at+1)
	}
	t.mu.Unlock()
	if at < 0 { // called at this very moment: those who share a transaction with him count on him
		return <-me.called, nil
	}
	return nil, ctx.Err()
}

// pass hands the turn, with the transaction in it, to the first in the queue if he shares; false means that nobody took it.
func (t *turns) pass(s *shared) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 || t.queue[0].alone {
		return false
	}
	t.next(s)
	return true
}

// leave gives the turn up.
func (t *turns) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		t.taken = false
		return
	}
	t.next(nil)
}

func (t *turns) next(s *shared) {
	first := t.queue[0]
	t.queue = slices.Delete(t.queue, 0, 1)
	first.called <- s
}

// errNoTurn is the cause of a turn that did not come.
var errNoTurn = errors.New("no turn to write: a Do inside a Do, or a writer that hangs")

// enter is turns.enter within the longest wait, with a sentence for people.
func (d *DB) enter(ctx context.Context, alone bool) (*shared, error) {
	wait, cancel := context.WithTimeout(ctx, d.opts.Wait)
	defer cancel()
	s, err := d.turns.enter(wait, alone)
	if err == nil {
		return s, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return nil, errs.E(errs.Unavailable, "db.busy", busyWords, errNoTurn)
}
