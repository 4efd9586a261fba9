package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/jobs"
)

// Receipt is what a carrier knows of a message that it took (回执).
type Receipt struct {
	State string // delivered, failed, or "" while nothing is known
	Note  string // why it failed, such as 空号
}

// Tracker is a carrier that can say later what became of a message.
type Tracker interface {
	Receipt(ctx context.Context, id string) (Receipt, error)
}

// Delivery is how far a message came (送达情况).
type Delivery struct {
	State    string // queued, sent, delivered, failed, refused or expired
	Note     string // why it failed
	Attempts int
	QueuedAt time.Time
	EndedAt  time.Time // when the gateway took it, refused it or it became pointless
	KnownAt  time.Time // of the receipt
}

const (
	receiptJob   = "notify.receipt"
	receiptAfter = 5 * time.Second
)

// errNoReceipt asks again later.
var errNoReceipt = errors.New("no receipt yet")

// Deliveries returns how far the named messages came; one whose trace is gone is left out.
func (o *Outbox) Deliveries(ctx context.Context, q db.Query, ids []string) (map[string]Delivery, error) {
	out := map[string]Delivery{}
	for chunk := ids; len(chunk) > 0; {
		n := min(len(chunk), 200)
		if err := deliveries(ctx, q, chunk[:n], out); err != nil {
			return nil, fmt.Errorf("list deliveries: %w", err)
		}
		chunk = chunk[n:]
	}
	return out, nil
}

func deliveries(ctx context.Context, q db.Query, ids []string, out map[string]Delivery) error {
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), id
	}
	rows, err := q.QueryContext(ctx, `SELECT id, state, receipt, receipt_note, attempts, queued_at, ended_at, receipt_at FROM notify_sms WHERE id IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, receipt string
		var d Delivery
		var queued, ended, known int64
		if err := rows.Scan(&id, &d.State, &receipt, &d.Note, &d.Attempts, &queued, &ended, &known); err != nil {
			return err
		}
		if receipt != "" {
			d.State = receipt
		}
		d.QueuedAt, d.EndedAt, d.KnownAt = db.FromMs(queued), db.FromMs(ended), db.FromMs(known)
		out[id] = d
	}
	return rows.Err()
}

// tried counts an attempt.
func (o *Outbox) tried(ctx context.Context, id string) error {
	return o.o.DB.Do(ctx, func(tx db.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE notify_sms SET attempts = attempts + 1 WHERE id = $1`, id); err != nil {
			return fmt.Errorf("count attempt: %w", err)
		}
		return nil
	})
}

// askLater asks for the receipt of a message that was taken, when the carrier has receipts.
func (o *Outbox) askLater(ctx context.Context, tx db.Tx, id string) error {
	if _, ok := o.carrier.(Tracker); !ok {
		return nil
	}
	return o.o.Jobs.Add(ctx, tx, receiptJob, letter{ID: id}, jobs.Opts{RunAt: tx.Now().Add(receiptAfter), MaxAttempts: 10})
}

// receipt is the job that asks.
func (o *Outbox) receipt(ctx context.Context, raw json.RawMessage) error {
	var l letter
	if err := json.Unmarshal(raw, &l); err != nil {
		return jobs.Cancel(fmt.Errorf("decode receipt: %w", err))
	}
	t, ok := o.carrier.(Tracker)
	if !ok {
		return nil
	}
	r, err := t.Receipt(ctx, l.ID)
	if err != nil {
		return err
	}
	if r.State != "delivered" && r.State != "failed" {
		return errNoReceipt
	}
	note := []rune(r.Note)
	return o.o.DB.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE notify_sms SET receipt = $1, receipt_note = $2, receipt_at = $3 WHERE id = $4 AND state = 'sent'`,
			r.State, string(note[:min(len(note), 40)]), db.Ms(tx.Now()), l.ID)
		if err != nil {
			return fmt.Errorf("keep receipt: %w", err)
		}
		return nil
	})
}
