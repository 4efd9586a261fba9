package store

import (
	"context"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/modules/region"
)

// Message is one letter to another region (报文). Its states are those of region.Letter.
type Message struct {
	ID, No             string
	Seq                int
	Kind, Title        string
	Target             string
	State              region.Letter
	Revision           int
	Facts              string
	BodySealed, Digest string
	Attempts           int
	NextAt, CreatedAt  int64
	SentAt, SettledAt  int64
	Answer, Receipt    string
}

const messageColumns = `id, no, seq, kind, title, target, state, revision, facts, body_sealed, digest, attempts, next_at, created_at, sent_at, settled_at, answer, receipt`

func (m *Message) fields() []any {
	return []any{
		&m.ID, &m.No, &m.Seq, &m.Kind, &m.Title, &m.Target, &m.State, &m.Revision, &m.Facts, &m.BodySealed, &m.Digest, &m.Attempts, &m.NextAt, &m.CreatedAt, &m.SentAt,
		&m.SettledAt, &m.Answer, &m.Receipt,
	}
}

// AddMessage puts a new one behind the others of its case.
func AddMessage(ctx context.Context, tx db.Tx, m Message) error {
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) + 1 FROM region_message WHERE no = $1`, m.No).Scan(&m.Seq); err != nil {
		return fmt.Errorf("number message: %w", err)
	}
	_, err := insert(ctx, tx, "region_message", messageColumns, "", m.fields())
	return err
}

// SaveMessage writes what moved, if nobody was faster; false when somebody was.
func SaveMessage(ctx context.Context, tx db.Tx, m Message, from region.Letter, attempts int) (bool, error) {
	n, err := update(ctx, tx, "region_message", messageColumns, m.fields(), `id = ? AND state = ? AND attempts = ?`, m.ID, string(from), attempts)
	return n == 1, err
}

// GetMessage returns one, or region.ErrNone.
func GetMessage(ctx context.Context, q db.Query, id string) (m Message, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+messageColumns+` FROM region_message WHERE id = $1`, id).Scan(m.fields()...)
	if errors.Is(err, db.ErrNoRows) {
		return m, region.ErrNone
	}
	if err != nil {
		return m, fmt.Errorf("load message: %w", err)
	}
	return m, nil
}

// NextMessage is the first unsettled message of a case; false when there is none.
func NextMessage(ctx context.Context, q db.Query, no string) (Message, bool, error) {
	some, err := list(ctx, q, (*Message).fields, `SELECT `+messageColumns+` FROM region_message WHERE no = $1 AND state <> 'confirmed' ORDER BY seq LIMIT 1`, no)
	if err != nil || len(some) == 0 {
		return Message{}, false, err
	}
	return some[0], true, nil
}

// Messages lists those of a case, oldest first.
func Messages(ctx context.Context, q db.Query, no string) ([]Message, error) {
	return list(ctx, q, (*Message).fields, `SELECT `+messageColumns+` FROM region_message WHERE no = $1 ORDER BY seq LIMIT 200`, no)
}

// Due lists the cases of which something waits to go and may go now.
func Due(ctx context.Context, q db.Query, now int64) ([]string, error) {
	return names(ctx, q, `SELECT DISTINCT no FROM region_message WHERE state IN ('queued', 'sent') AND next_at <= $1 ORDER BY no LIMIT 200`, now)
}

// Waiting says how far the letters of a case have come: how many wait, and the words of the one that needs a person.
func Waiting(ctx context.Context, q db.Query, no string) (waiting int, stuck string, err error) {
	all, err := Messages(ctx, q, no)
	for _, m := range all {
		switch m.State {
		case region.Queued, region.OnLine:
			waiting++
		case region.Rejected:
			stuck = m.Answer
		}
	}
	return waiting, stuck, err
}
