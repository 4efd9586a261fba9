// Package store is the SQL of handling across regions (跨域通办存储), the only package that names its tables. It seals and opens
// nothing.
package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/region"
)

// Case is one matter received here for another region. Times are milliseconds, dates YYYY-MM-DD.
type Case struct {
	No, Target                     string
	Home, HomeName, HomeOffice     string
	Mode                           region.Mode
	Paper                          bool
	Item                           string
	ItemVersion                    int
	ItemName                       string
	State                          region.State
	Outcome                        string
	Version                        int
	NameMasked, IDMasked, IDBlind  string
	Agent                          bool
	BodySealed                     string
	Region, Department, Handler    string
	ClerkName                      string
	Hall, Window, Ticket, Draft    string
	SendDays, AnswerDays, Promised int
	HomeNo                         string
	RegisteredAt, SentAt, PostedAt int64
	ArrivedAt, AskedAt             int64
	AcceptedOn, Due                string
	DecidedAt, LandedAt, EndedAt   int64
	Gaps, GapsDue, Result          string
	ParcelOut, ParcelOutAt         string
	ParcelOrder                    string
	ParcelBack, ParcelBackAt       string
	Odd                            string
}

const caseColumns = `no, target, home, home_name, home_office, mode, paper, item, item_version, item_name, state, outcome, version, name_masked, id_masked, id_blind, agent,
	body_sealed, region, department, handler, clerk_name, hall, counter_window, ticket, draft, send_days, answer_days, promise_days, home_no, registered_at, sent_at,
	posted_at, arrived_at, asked_at, accepted_on, due, decided_at, landed_at, ended_at, gaps, gaps_due, result, parcel_out, parcel_out_at, parcel_order, parcel_back,
	parcel_back_at, odd`

func (c *Case) fields() []any {
	return []any{
		&c.No, &c.Target, &c.Home, &c.HomeName, &c.HomeOffice, &c.Mode, &c.Paper, &c.Item, &c.ItemVersion, &c.ItemName, &c.State, &c.Outcome, &c.Version, &c.NameMasked,
		&c.IDMasked, &c.IDBlind, &c.Agent, &c.BodySealed, &c.Region, &c.Department, &c.Handler, &c.ClerkName, &c.Hall, &c.Window, &c.Ticket, &c.Draft, &c.SendDays,
		&c.AnswerDays, &c.Promised, &c.HomeNo, &c.RegisteredAt, &c.SentAt, &c.PostedAt, &c.ArrivedAt, &c.AskedAt, &c.AcceptedOn, &c.Due, &c.DecidedAt, &c.LandedAt,
		&c.EndedAt, &c.Gaps, &c.GapsDue, &c.Result, &c.ParcelOut, &c.ParcelOutAt, &c.ParcelOrder, &c.ParcelBack, &c.ParcelBackAt, &c.Odd,
	}
}

// At is where it belongs.
func (c Case) At() actor.Place {
	return actor.Place{Region: c.Region, Department: c.Department, Handler: c.Handler}
}

// values are the fields as they are written; a truth is 0 or 1 in every database.
func values(fields []any) []any {
	out := make([]any, len(fields))
	for i, p := range fields {
		v := reflect.ValueOf(p).Elem()
		switch v.Kind() {
		case reflect.Bool:
			out[i] = db.Int(v.Bool())
		case reflect.String:
			out[i] = v.String()
		default:
			out[i] = v.Interface()
		}
	}
	return out
}

func insert(ctx context.Context, tx db.Tx, table, columns, tail string, fields []any) (int64, error) {
	marks := make([]string, len(fields))
	for i := range fields {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	r, err := tx.ExecContext(ctx, `INSERT INTO `+table+` (`+columns+`) VALUES (`+strings.Join(marks, ",")+`) `+tail, values(fields)...)
	if err != nil {
		return 0, fmt.Errorf("insert into %s: %w", table, err)
	}
	return r.RowsAffected()
}

// update writes all columns where the condition holds; ? in it are its own arguments.
func update(ctx context.Context, tx db.Tx, table, columns string, fields []any, where string, args ...any) (int64, error) {
	names := strings.Split(columns, ",")
	sets := make([]string, len(names))
	for i, n := range names {
		sets[i] = fmt.Sprintf("%s = $%d", strings.TrimSpace(n), i+1)
	}
	for i := range args {
		where = strings.Replace(where, "?", fmt.Sprintf("$%d", len(names)+i+1), 1)
	}
	r, err := tx.ExecContext(ctx, `UPDATE `+table+` SET `+strings.Join(sets, ", ")+` WHERE `+where, append(values(fields), args...)...)
	if err != nil {
		return 0, fmt.Errorf("update %s: %w", table, err)
	}
	return r.RowsAffected()
}

func list[T any](ctx context.Context, q db.Query, fields func(*T) []any, query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := []T{}
	for rows.Next() {
		var one T
		if err := rows.Scan(fields(&one)...); err != nil {
			return nil, fmt.Errorf("list: %w", err)
		}
		out = append(out, one)
	}
	return out, rows.Err()
}

// Add keeps a new case.
func Add(ctx context.Context, tx db.Tx, c Case) error {
	_, err := insert(ctx, tx, "region_case", caseColumns, "", c.fields())
	return err
}

// Get returns one case, or region.ErrNone.
func Get(ctx context.Context, q db.Query, no string) (Case, error) { return one(ctx, q, "no", no) }

// OfParcel returns the case that a parcel belongs to, or region.ErrNone.
func OfParcel(ctx context.Context, q db.Query, parcel string) (Case, error) {
	return one(ctx, q, "parcel_out", parcel)
}

func one(ctx context.Context, q db.Query, column, is string) (c Case, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+caseColumns+` FROM region_case WHERE `+column+` = $1`, is).Scan(c.fields()...)
	if errors.Is(err, db.ErrNoRows) {
		return c, region.ErrNone
	}
	if err != nil {
		return c, fmt.Errorf("load crossing: %w", err)
	}
	return c, nil
}

// Put writes a case that is still the version that was read, and raises it; else region.ErrChanged.
func Put(ctx context.Context, tx db.Tx, c Case) error {
	read := c.Version
	c.Version++
	n, err := update(ctx, tx, "region_case", caseColumns, c.fields(), `no = ? AND version = ?`, c.No, read)
	if err == nil && n != 1 {
		err = region.ErrChanged
	}
	return err
}

// Filter is what a list shows.
type Filter struct {
	Ended bool
	Query string // number, item, masked name or region
	Most  int
	In    actor.Scope
}

func like(s string) string {
	return "%" + strings.NewReplacer("%", "", "_", "").Replace(strings.TrimSpace(s)) + "%"
}

// List returns cases: open ones by how long they have been waiting, ended ones newest first.
func List(ctx context.Context, q db.Query, f Filter) ([]Case, error) {
	where, args := f.In.Where(actor.Columns{Region: "region", Department: "department", Handler: "handler"}, 1)
	order := "registered_at, no"
	if f.Ended {
		where, order = where+" AND ended_at > 0", "ended_at DESC, no"
	} else {
		where += " AND ended_at = 0"
	}
	if f.Query != "" {
		args = append(args, like(f.Query))
		n := len(args)
		where += fmt.Sprintf(" AND (no LIKE $%d OR item_name LIKE $%d OR name_masked LIKE $%d OR home_name LIKE $%d)", n, n, n, n)
	}
	args = append(args, f.Most)
	return list(ctx, q, (*Case).fields, `SELECT `+caseColumns+` FROM region_case WHERE `+where+fmt.Sprintf(` ORDER BY %s LIMIT $%d`, order, len(args)), args...)
}

// Count counts open and ended cases of a scope.
func Count(ctx context.Context, q db.Query, in actor.Scope) (open, ended int, err error) {
	where, args := in.Where(actor.Columns{Region: "region", Department: "department", Handler: "handler"}, 1)
	err = q.QueryRowContext(ctx, `SELECT coalesce(sum(CASE WHEN ended_at = 0 THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN ended_at > 0 THEN 1 ELSE 0 END), 0) FROM region_case WHERE `+where, args...).Scan(&open, &ended)
	if err != nil {
		return 0, 0, fmt.Errorf("count crossings: %w", err)
	}
	return open, ended, nil
}

// OfPerson lists a person's cases, newest first.
func OfPerson(ctx context.Context, q db.Query, blind string) ([]Case, error) {
	return list(ctx, q, (*Case).fields, `SELECT `+caseColumns+` FROM region_case WHERE id_blind = $1 ORDER BY registered_at DESC, no`, blind)
}

// Unordered lists the cases whose papers wait for the post to take the order.
func Unordered(ctx context.Context, q db.Query) ([]Case, error) {
	return list(ctx, q, (*Case).fields, `SELECT `+caseColumns+` FROM region_case WHERE parcel_order <> '' ORDER BY no LIMIT 100`)
}
