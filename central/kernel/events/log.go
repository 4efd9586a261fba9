package events

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
)

const (
	// poll is how soon events of another copy of the program are seen.
	poll = 200 * time.Millisecond
	// batch bounds what one subscriber holds in memory.
	batch = 256
	// mostRecent bounds the newest events that are kept in memory for all subscribers.
	mostRecent = 1024
)

// Log reads the event log of one database. It is safe for concurrent use.
type Log struct {
	db  *db.DB
	log *slog.Logger

	mu      sync.Mutex
	readers int
	stop    context.CancelFunc // ends the watcher with the last reader
	news    chan struct{}      // closed when the head moved
	head    int64              // last number the watcher saw
	told    int64              // last number that readers were woken for
	since   int64              // every event after this number up to head is in recent; -1 while nothing is known
	recent  []Event
	watcher int // which watcher it is that fills recent
}

// New returns the log kept in d.
func New(d *db.DB, log *slog.Logger) *Log {
	if log == nil {
		log = slog.Default()
	}
	return &Log{db: d, log: log, news: make(chan struct{}), since: -1}
}

// Last returns the number of the newest event, 0 when there is none.
func (l *Log) Last(ctx context.Context) (int64, error) {
	var seq int64
	err := l.db.Glance(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT seq FROM kernel_event_head WHERE id = 1`).Scan(&seq)
	})
	if err != nil {
		return 0, fmt.Errorf("read event head: %w", err)
	}
	return seq, nil
}

// Count returns how many events are kept, for tests and reports.
func (l *Log) Count(ctx context.Context) (n int64, err error) {
	err = l.db.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT count(*) FROM kernel_event`).Scan(&n)
	})
	return n, err
}

// Stream sends every event after number after whose topic begins with one of
// prefixes (with none: every event), first the kept ones, then new ones as
// they are committed. The channel is closed when ctx ends. A slow reader is
// waited for and loses nothing; a database that is away is asked again.
func (l *Log) Stream(ctx context.Context, after int64, prefixes ...string) <-chan Event {
	out := make(chan Event)
	l.join()
	go func() {
		defer close(out)
		defer l.leave()
		l.follow(ctx, after, prefixes, out)
	}()
	return out
}

func (l *Log) follow(ctx context.Context, after int64, prefixes []string, out chan<- Event) {
	for {
		news := l.signal() // before reading: what is committed meanwhile rings again
		events, upTo, err := l.page(ctx, after, prefixes)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			l.log.WarnContext(ctx, "event log cannot be read", "cause", err.Error())
			if clock.Sleep(ctx, clock.System(), poll) != nil {
				return
			}
			continue
		}
		for _, e := range events {
			select {
			case out <- e:
			case <-ctx.Done():
				return
			}
		}
		after = upTo
		if len(events) == batch {
			continue
		}
		select {
		case <-news:
		case <-ctx.Done():
			return
		}
	}
}

// page reads the next events and the number up to which the reader is then
// through; that may lie past the last event, when others have other topics.
func (l *Log) page(ctx context.Context, after int64, prefixes []string) (events []Event, upTo int64, err error) {
	if events, upTo, ok := l.kept(after, prefixes); ok {
		return events, upTo, nil
	}
	return l.read(ctx, after, prefixes)
}

// read is page from the database.
func (l *Log) read(ctx context.Context, after int64, prefixes []string) (events []Event, upTo int64, err error) {
	query, args := pageQuery(after, prefixes)
	err = l.db.View(ctx, func(q db.Query) error {
		if err := q.QueryRowContext(ctx, `SELECT seq FROM kernel_event_head WHERE id = 1`).Scan(&upTo); err != nil {
			return err
		}
		if upTo <= after {
			upTo = after
			return nil
		}
		rows, err := q.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var e Event
			var at int64
			var data string
			if err := rows.Scan(&e.Seq, &e.Topic, &e.Key, &at, &data); err != nil {
				return err
			}
			e.At, e.Data = db.FromMs(at), json.RawMessage(data)
			events = append(events, e)
		}
		return rows.Err()
	})
	if len(events) == batch {
		upTo = events[batch-1].Seq
	}
	return events, upTo, err
}

func pageQuery(after int64, prefixes []string) (string, []any) {
	args := []any{after}
	var any []string
	for _, p := range prefixes {
		args = append(args, p)
		any = append(any, fmt.Sprintf("substr(topic, 1, %d) = $%d", len([]rune(p)), len(args)))
	}
	where := ""
	if len(any) > 0 {
		where = " AND (" + strings.Join(any, " OR ") + ")"
	}
	return fmt.Sprintf(`SELECT seq, topic, key, at, data FROM kernel_event WHERE seq > $1%s ORDER BY seq LIMIT %d`, where, batch), args
}
