package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tongban/agent/store"
	"tongban/fleet/wire"
)

// States that the terminal itself knows; the others are the centre's words. “已收到” is said only of StateReceived and
// what follows it.
const (
	StateStored   = "stored"   // 已收下: on this terminal
	StateReceived = "received" // 窗口已收到: the centre's receipt is here
)

// CaseState is what this terminal last knew of a case it took (办件状态). No personal data.
type CaseState struct {
	CaseNo string
	Item   string
	State  string
	Answer string
	Due    string
	MadeAt time.Time
	Moved  time.Time
}

// order says how far a state is: news that came late never moves a case back.
var order = map[string]int{StateStored: 0, StateReceived: 1, "notice": 2, "accepted": 3, "refused": 4, "granted": 4, "archived": 5}

// Notice keeps the centre's news about a case; nil means that it was not ours, or old.
func (b *Box) Notice(ctx context.Context, n wire.CaseNotice) (*CaseState, error) {
	var out *CaseState
	err := b.db.Do(ctx, func(tx *sql.Tx) error {
		var err error
		out, err = move(ctx, tx, n, b.clock.Now())
		return err
	})
	if err != nil {
		return nil, full(fmt.Errorf("keep notice: %w", err))
	}
	return out, nil
}

func move(ctx context.Context, tx *sql.Tx, n wire.CaseNotice, now time.Time) (*CaseState, error) {
	s, err := scanCase(tx.QueryRowContext(ctx, selectCase+` WHERE case_no = ?`, n.CaseNo))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// “notice” and “accepted” may alternate: both are open states of the window.
	open := s.State == "notice" || s.State == "accepted"
	if order[n.State] < order[s.State] && (!open || order[n.State] < order["notice"]) {
		return nil, nil
	}
	s.State, s.Moved = n.State, now
	if n.Due != "" {
		s.Due = n.Due
	}
	_, err = tx.ExecContext(ctx, `UPDATE case_state SET state = ?, due = ?, moved_at = ? WHERE case_no = ?`, s.State, s.Due, store.Ms(now), s.CaseNo)
	return &s, err
}

// Find returns the case with this number, if the check code belongs to it.
func (b *Box) Find(ctx context.Context, caseNo, checkCode string) (CaseState, bool, error) {
	s, err := scanCase(b.db.Read().QueryRowContext(ctx, selectCase+` WHERE case_no = ? AND checked = ?`, caseNo, checked(caseNo, checkCode)))
	return found(s, err)
}

// Get returns the case with this number, for use inside the visit that made it.
func (b *Box) Get(ctx context.Context, caseNo string) (CaseState, bool, error) {
	s, err := scanCase(b.db.Read().QueryRowContext(ctx, selectCase+` WHERE case_no = ?`, caseNo))
	return found(s, err)
}

func found(s CaseState, err error) (CaseState, bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return CaseState{}, false, nil
	}
	if err != nil {
		return CaseState{}, false, fmt.Errorf("find case: %w", err)
	}
	return s, true, nil
}

// Forget drops what is known of cases that have not moved since before; those still in the outbox stay.
func (b *Box) Forget(ctx context.Context, before time.Time) error {
	err := b.db.Do(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM case_state WHERE moved_at < ? AND case_no NOT IN (SELECT case_no FROM outbox)`, store.Ms(before))
		return err
	})
	if err != nil {
		return fmt.Errorf("forget old cases: %w", err)
	}
	return nil
}

const selectCase = `SELECT case_no, item, state, answer, due, made_at, moved_at FROM case_state`

func scanCase(row *sql.Row) (CaseState, error) {
	var s CaseState
	var made, moved int64
	err := row.Scan(&s.CaseNo, &s.Item, &s.State, &s.Answer, &s.Due, &made, &moved)
	s.MadeAt, s.Moved = store.FromMs(made), store.FromMs(moved)
	return s, err
}
