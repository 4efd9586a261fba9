package events

import (
	"context"

	"tongban/central/kernel/clock"
)

// One watcher per Log looks at the head for all readers, so that a hundred
// open consoles cost five small queries a second and not five hundred.

// join counts a reader and starts the watcher with the first.
func (l *Log) join() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.readers++
	if l.readers == 1 {
		ctx, stop := context.WithCancel(context.Background())
		l.stop = stop
		go l.watch(ctx)
	}
}

// leave ends the watcher with the last reader.
func (l *Log) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.readers--
	if l.readers == 0 {
		l.stop()
	}
}

// signal returns a channel that is closed at the next news.
func (l *Log) signal() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.news
}

func (l *Log) watch(ctx context.Context) {
	for {
		rung := l.db.Changed(bell) // before looking, so that no ring is missed
		head, err := l.Last(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			l.tell(head)
		}
		select {
		case <-ctx.Done():
			return
		case <-rung:
		case <-clock.System().After(poll):
		}
	}
}

// tell wakes the readers when the head moved.
func (l *Log) tell(head int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if head == l.head {
		return
	}
	l.head = head
	close(l.news)
	l.news = make(chan struct{})
}
