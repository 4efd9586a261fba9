package link

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"time"

	"tongban/agent/outbox"
	"tongban/fleet/wire"
)

// look is how often a lane looks by itself; normally the outbox rings.
const look = 250 * time.Millisecond

// lane sends what is due. The outbox decides what that is: of the case lane one row at a time, in order.
func (l *Link) lane(ctx context.Context, conn Conn, lane wire.Lane, n int) {
	for ctx.Err() == nil {
		rows, err := l.o.Box.Claim(ctx, lane, n, func(attempts int) time.Duration { return l.hold(lane, attempts) })
		if err != nil {
			if ctx.Err() == nil {
				l.o.Log.Error("outbox cannot be claimed", "hop", "Link", "err", err)
			}
			rows = nil
		}
		if len(rows) == 0 {
			select {
			case <-ctx.Done():
			case <-l.o.Box.Wake(lane):
			case <-l.o.Clock.After(look):
			}
			continue
		}
		l.send(ctx, conn, rows)
		l.o.Changed()
	}
}

// hold is how long a sent row waits for its receipt before it is sent again. A broker that is just choosing a leader may lose what it
// took, several times over: a case, which holds up those behind it and is one row at a time, must then not wait for minutes.
func (l *Link) hold(lane wire.Lane, attempts int) time.Duration {
	if lane == wire.LaneCase {
		return min(l.o.ReceiptTimeout<<min(attempts-1, 1), 20*time.Second)
	}
	return min(l.o.ReceiptTimeout<<min(attempts-1, 8), 5*time.Minute)
}

// send publishes rows, files first, and returns when the broker has them or the connection is gone. What then becomes of
// them is the receipts' business.
func (l *Link) send(ctx context.Context, conn Conn, rows []outbox.Row) {
	var acks []<-chan error
	for _, r := range rows {
		l.remember(r)
		if err := l.files(ctx, r); err != nil {
			if ctx.Err() != nil {
				return
			}
			l.o.Log.Warn("files did not arrive", "hop", "Link", "envelope", r.ID, "attempts", r.Attempts, "err", err)
			a := outbox.Answer{
				Receipt: wire.Receipt{ID: r.ID, Status: wire.Retry, Code: "link.files", Reason: "files did not arrive"},
				After:   l.backoff(r.Attempts),
			}
			if errors.Is(err, fs.ErrNotExist) { // the disk lost it: waiting helps nobody, a technician may
				a.Status, a.Code, a.Reason = wire.Refused, "link.file_lost", "a file is gone from this disk"
			}
			l.settle(ctx, []outbox.Answer{a})
			continue
		}
		if len(r.Files) > 0 { // the wait for the receipt begins now, not before a slow upload
			l.settle(ctx, []outbox.Answer{{Receipt: wire.Receipt{ID: r.ID, Status: wire.Retry}, After: l.hold(r.Lane, r.Attempts)}})
		}
		acks = append(acks, conn.Publish(wire.TopicUp(l.o.Terminal, r.Lane), false, r.Envelope))
		l.o.Log.Debug("envelope sent", "hop", "Link", "envelope", r.ID, "lane", r.Lane, "attempts", r.Attempts)
	}
	for _, ack := range acks {
		select {
		case <-ctx.Done():
			return
		case <-conn.Lost():
			return
		case err := <-ack:
			if err != nil { // the receipt decides, not this
				l.o.Log.Debug("broker did not take an envelope", "hop", "Link", "err", err)
			}
		}
	}
}

func (l *Link) files(ctx context.Context, r outbox.Row) error {
	ctx = context.WithValue(ctx, traceKey{}, wire.Traceparent(r.ID))
	for _, f := range r.Files {
		if err := l.o.Files.Send(ctx, f, l.o.Box.Path(f.Digest)); err != nil {
			return err
		}
	}
	return nil
}

// listen takes what comes down; receipts that arrived together are settled in one transaction.
func (l *Link) listen(ctx context.Context, in <-chan Message) {
	for {
		var batch []outbox.Answer
		select {
		case <-ctx.Done():
			return
		case m := <-in:
			batch = l.take(ctx, m, batch)
		}
	more:
		for len(batch) < 128 {
			select {
			case m := <-in:
				batch = l.take(ctx, m, batch)
			default:
				break more
			}
		}
		if len(batch) > 0 {
			l.settle(ctx, batch)
		}
	}
}

func (l *Link) take(ctx context.Context, m Message, batch []outbox.Answer) []outbox.Answer {
	switch m.Topic {
	case wire.TopicReceipt(l.o.Terminal):
		var r wire.Receipt
		if err := json.Unmarshal(m.Payload, &r); err != nil {
			l.o.Log.Error("receipt cannot be read", "hop", "Link", "err", err)
			return batch
		}
		return append(batch, outbox.Answer{Receipt: r, After: l.pause(r)})
	case wire.TopicNotice(l.o.Terminal):
		var n wire.CaseNotice
		if err := json.Unmarshal(m.Payload, &n); err != nil {
			l.o.Log.Error("notice cannot be read", "hop", "Link", "err", err)
			return batch
		}
		s, err := l.o.Box.Notice(ctx, n)
		if err != nil {
			l.o.Log.Error("notice cannot be kept", "hop", "Link", "err", err)
		}
		if s != nil {
			l.o.Moved([]outbox.CaseState{*s})
		}
	case wire.TopicOrder(l.o.Terminal):
		if l.o.Ordered != nil {
			l.o.Ordered(m.Payload)
		}
	default:
		l.o.Log.Warn("message on an unknown topic", "hop", "Link")
	}
	return batch
}

// traceKey carries the trace of the envelope whose files are under way.
type traceKey struct{}

func (l *Link) settle(ctx context.Context, answers []outbox.Answer) {
	moved, err := l.o.Box.Settle(ctx, answers)
	if err != nil {
		// The rows stay and are sent again; the centre then answers “duplicate”.
		l.o.Log.Error("receipts cannot be settled", "hop", "Outbox", "err", err)
		return
	}
	for _, a := range answers {
		switch a.Status {
		case wire.Refused:
			l.o.Log.Error("envelope refused and parked", "hop", "Gate", "envelope", a.ID, "code", a.Code, "reason", a.Reason)
			l.forget(a.ID)
		case wire.Accepted, wire.Duplicate:
			l.o.Log.Info("envelope settled", "hop", "Outbox", "envelope", a.ID, "status", a.Status)
			l.forget(a.ID)
		case wire.Retry:
		}
		if l.o.Answered != nil && a.Status != wire.Retry {
			l.o.Answered(a.Receipt)
		}
	}
	if len(moved) > 0 {
		l.o.Moved(moved)
	}
	l.o.Changed()
}

// remember keeps the number of tries of a row under way, so that “later” waits longer each time.
func (l *Link) remember(r outbox.Row) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tries[r.ID] = r.Attempts
}

func (l *Link) forget(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.tries, id)
}

func (l *Link) pause(r wire.Receipt) time.Duration {
	if r.Status != wire.Retry {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.backoff(max(l.tries[r.ID], 1))
}
