package events

import (
	"context"
	"slices"
	"sort"
	"strings"
	"sync"

	"tongban/central/kernel/clock"
)

// One watcher per Log looks at the head for all readers and reads what is new once for all of them, so that thousands of open
// consoles cost five small queries a second and not thousands for each event.

// join counts a reader and starts the watcher with the first.
func (l *Log) join() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.readers++
	if l.readers == 1 {
		l.since, l.recent = -1, nil // nobody watched since the last one left
		l.watcher++
		ctx, stop := context.WithCancel(context.Background())
		l.stop = stop
		go l.watch(ctx, l.watcher)
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

func (l *Log) watch(ctx context.Context, mine int) {
	for {
		rung := l.db.Changed(bell) // before looking, so that no ring is missed
		head, err := l.Last(ctx)
		if err == nil {
			err = l.catchUp(ctx, mine, head)
		}
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

// catchUp reads what is new up to head into memory. Who is further behind than that reads by himself. A watcher that was told to stop
// while it read leaves the memory to the one after it.
func (l *Log) catchUp(ctx context.Context, mine int, head int64) error {
	l.mu.Lock()
	if l.watcher != mine {
		l.mu.Unlock()
		return nil
	}
	from := l.head
	if l.since < 0 || head < from || head-from > mostRecent {
		l.recent, l.since, l.head, from = nil, head, head, head
	}
	l.mu.Unlock()
	for from < head {
		events, upTo, err := l.read(ctx, from, nil)
		if err != nil {
			return err
		}
		from = upTo
		for i := range events {
			events[i].memo = new(sync.Map)
		}
		l.mu.Lock()
		if l.watcher != mine {
			l.mu.Unlock()
			return nil
		}
		l.recent = append(l.recent, events...)
		if over := len(l.recent) - mostRecent; over > 0 {
			l.since = l.recent[over-1].Seq
			l.recent = slices.Clone(l.recent[over:])
		}
		l.head = upTo
		l.mu.Unlock()
	}
	return nil
}

// kept is page from memory; ok is false where memory does not reach back to after.
func (l *Log) kept(after int64, prefixes []string) (events []Event, upTo int64, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.since < 0 || after < l.since {
		return nil, 0, false
	}
	upTo = max(after, l.head)
	for i := sort.Search(len(l.recent), func(i int) bool { return l.recent[i].Seq > after }); i < len(l.recent); i++ {
		e := l.recent[i]
		if len(prefixes) > 0 && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(e.Topic, p) }) {
			continue
		}
		if events = append(events, e); len(events) == batch {
			return events, e.Seq, true
		}
	}
	return events, upTo, true
}

// tell wakes the readers when the head moved.
func (l *Log) tell(head int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if head == l.told {
		return
	}
	l.told = head
	close(l.news)
	l.news = make(chan struct{})
}
