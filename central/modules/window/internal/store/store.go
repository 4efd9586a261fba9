// Package store is the SQL of the integrated window (综合窗口存储), the only package that names its tables. It seals and
// opens nothing: personal data comes and goes sealed.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/window"
)

// Case is one row. Times are milliseconds, dates YYYY-MM-DD or "".
type Case struct {
	No, EnvelopeID              string
	Item                        string
	ItemVersion                 int
	ItemName                    string
	State                       window.State
	Version                     int
	Channel, Terminal, Place    string
	NameSealed, NameMasked      string
	IDSealed, IDBlind, IDMasked string
	BodySealed                  string
	LookupBlind, CheckBlind     string
	Materials                   int
	SubmittedAt, ReceivedAt     int64
	AcceptedOn                  string
	ClosedAt                    int64
	Due, StatutoryDue           string
	NoticeDue                   string
	Calendar                    string
	SeenBy                      string
	Rating                      int
	Seq                         int64
	Region, Department, Handler string // where it belongs; see actor.Place

	Window, Ticket   string // of the counter where it was handed in
	Clerk, ClerkName string // who took it in there
	Mode             string // see ModeTolerant
	Notices          int    // one-time notices given
	Deferred         int    // papers that may come later and have not
	DeferredDue      string // until when
	Exempt           int    // papers not asked for, because something stood for them
	AnswerFrom       string // day from which the office's days to answer run anew; "" = the day it was received
}

// ModeTolerant is the mode of a case that was accepted although papers were missing (容缺); all others are ModePlain.
const (
	ModePlain    = "plain"
	ModeTolerant = "tolerant"
)

// At is where the case belongs.
func (c Case) At() actor.Place {
	return actor.Place{Region: c.Region, Department: c.Department, Handler: c.Handler}
}

// Hall is the name of the hall in the text of the place, such as "涪城区政务服务中心 3号机".
func (c Case) Hall() string {
	hall, _, _ := strings.Cut(c.Place, " ")
	return hall
}

const caseColumns = `no, envelope_id, item, item_version, item_name, state, version, channel, terminal, place,
	name_sealed, name_masked, id_sealed, id_blind, id_masked, body_sealed, lookup_blind, check_blind, materials,
	submitted_at, received_at, accepted_on, closed_at, due, statutory_due, notice_due, calendar, seen_by, rating, seq, region, department, handler,
	counter_window, ticket, clerk, clerk_name, mode, notices, deferred, deferred_due, exempt, answer_from`

func (c *Case) fields() []any {
	return []any{
		&c.No, &c.EnvelopeID, &c.Item, &c.ItemVersion, &c.ItemName, &c.State, &c.Version, &c.Channel, &c.Terminal, &c.Place,
		&c.NameSealed, &c.NameMasked, &c.IDSealed, &c.IDBlind, &c.IDMasked, &c.BodySealed, &c.LookupBlind, &c.CheckBlind, &c.Materials,
		&c.SubmittedAt, &c.ReceivedAt, &c.AcceptedOn, &c.ClosedAt, &c.Due, &c.StatutoryDue, &c.NoticeDue, &c.Calendar, &c.SeenBy, &c.Rating, &c.Seq,
		&c.Region, &c.Department, &c.Handler,
		&c.Window, &c.Ticket, &c.Clerk, &c.ClerkName, &c.Mode, &c.Notices, &c.Deferred, &c.DeferredDue, &c.Exempt, &c.AnswerFrom,
	}
}

// Add keeps a new case.
func Add(ctx context.Context, tx db.Tx, c Case) error {
	if c.Mode == "" {
		c.Mode = ModePlain
	}
	return insert(ctx, tx, "window_case", caseColumns, c.fields())
}

// insert writes one row; the columns have the order of the pointers.
func insert(ctx context.Context, tx db.Tx, table, columns string, fields []any) error {
	marks, values := make([]string, len(fields)), make([]any, len(fields))
	for i, p := range fields {
		marks[i], values[i] = fmt.Sprintf("$%d", i+1), reflect.ValueOf(p).Elem().Interface()
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO `+table+` (`+columns+`) VALUES (`+strings.Join(marks, ",")+`)`, values...); err != nil {
		return fmt.Errorf("insert into %s: %w", table, err)
	}
	return nil
}

// Get returns one case, or window.ErrNoSuchCase.
func Get(ctx context.Context, q db.Query, no string) (Case, error) {
	return one(ctx, q, `no = $1`, no)
}

// ByLookup returns the case whose slip carries the key.
func ByLookup(ctx context.Context, q db.Query, blind string) (Case, error) {
	return one(ctx, q, `lookup_blind = $1`, blind)
}

func one(ctx context.Context, q db.Query, where string, arg any) (Case, error) {
	var c Case
	err := q.QueryRowContext(ctx, `SELECT `+caseColumns+` FROM window_case WHERE `+where, arg).Scan(c.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return Case{}, window.ErrNoSuchCase
	}
	if err != nil {
		return Case{}, fmt.Errorf("load case: %w", err)
	}
	return c, nil
}

// ByPerson returns a person's cases, newest first, at most 50.
func ByPerson(ctx context.Context, q db.Query, idBlind string) ([]Case, error) {
	return list(ctx, q, `WHERE id_blind = $1 ORDER BY received_at DESC, no DESC LIMIT 50`, idBlind)
}

func list(ctx context.Context, q db.Query, tail string, args ...any) ([]Case, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+caseColumns+` FROM window_case `+tail, args...)
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := []Case{}
	for rows.Next() {
		var c Case
		if err := rows.Scan(c.fields()...); err != nil {
			return nil, fmt.Errorf("read case: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Move writes what an act changed, if nobody moved the case since Version was read; else window.ErrChanged.
func Move(ctx context.Context, tx db.Tx, c Case) error {
	res, err := tx.ExecContext(ctx, `UPDATE window_case SET state=$1, version=version+1, accepted_on=$2, closed_at=$3, due=$4,
		statutory_due=$5, notice_due=$6, calendar=$7, mode=$8, notices=$9, deferred=$10, deferred_due=$11, answer_from=$12 WHERE no=$13 AND version=$14`,
		c.State, c.AcceptedOn, c.ClosedAt, c.Due, c.StatutoryDue, c.NoticeDue, c.Calendar, c.Mode, c.Notices, c.Deferred, c.DeferredDue, c.AnswerFrom,
		c.No, c.Version)
	if err != nil {
		return fmt.Errorf("move case: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return window.ErrChanged
	}
	return nil
}

// Seen notes who opened a case first, who thereby works on it; later openers change nothing.
func Seen(ctx context.Context, tx db.Tx, no, by, account string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE window_case SET seen_by=$1, handler=$2 WHERE no=$3 AND seen_by=''`, by, account, no); err != nil {
		return fmt.Errorf("note who saw the case: %w", err)
	}
	return nil
}

// Place writes where a case belongs.
func Place(ctx context.Context, tx db.Tx, no string, p actor.Place) error {
	if _, err := tx.ExecContext(ctx, `UPDATE window_case SET region=$1, department=$2 WHERE no=$3`, p.Region, p.Department, no); err != nil {
		return fmt.Errorf("place case: %w", err)
	}
	return nil
}

// Unplaced returns some cases that belong nowhere yet.
func Unplaced(ctx context.Context, q db.Query) ([]Case, error) {
	return list(ctx, q, `WHERE region = '' AND department = '' ORDER BY received_at, no LIMIT 500`)
}
