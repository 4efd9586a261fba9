package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/db"
)

// Filter narrows what is read; zero fields do not narrow.
type Filter struct {
	From, To time.Time // From belongs to it, To does not
	Object   string    // exact
	Part     string    // stands somewhere in the object
	Actor    string    // actor id
	Who      string    // actor id or name
	Action   string    // exact
	Source   string    // exact
	Result   string    // exact
	Before   int64     // only records with a smaller seq, for the next page
	Limit    int       // at most 500; 50 when 0
}

// conditions is the filter as SQL.
type conditions struct {
	where []string
	args  []any
}

func (c *conditions) add(format string, v any) {
	c.args = append(c.args, v)
	c.where = append(c.where, strings.ReplaceAll(format, "?", fmt.Sprintf("$%d", len(c.args))))
}

func (c *conditions) sql() string {
	if len(c.where) == 0 {
		return ""
	}
	return ` WHERE ` + strings.Join(c.where, ` AND `)
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (f Filter) like() string { return "%" + likeEscaper.Replace(f.Part) + "%" }

func (f Filter) conditions() *conditions {
	c := &conditions{}
	if !f.From.IsZero() {
		c.add("at >= ?", db.Ms(f.From))
	}
	if !f.To.IsZero() {
		c.add("at < ?", db.Ms(f.To))
	}
	for _, exact := range [][2]string{{"object", f.Object}, {"actor_id", f.Actor}, {"action", f.Action}, {"source", f.Source}, {"result", f.Result}} {
		if exact[1] != "" {
			c.add(exact[0]+" = ?", exact[1])
		}
	}
	if f.Who != "" {
		c.add("(actor_id = ? OR actor_name = ?)", f.Who)
	}
	if f.Part != "" { // by the index of objects alone: it is a tenth of the table
		c.add(`seq IN (SELECT seq FROM kernel_audit WHERE object LIKE ? ESCAPE '\')`, f.like())
	}
	if f.Before > 0 {
		c.add("seq < ?", f.Before)
	}
	return c
}

// List returns records newest first.
func List(ctx context.Context, q db.Query, f Filter) ([]Entry, error) {
	limit := min(f.Limit, 500)
	if limit <= 0 {
		limit = 50
	}
	if f.Part == "" {
		return list(ctx, q, f.conditions(), limit)
	}
	// A part that many objects have is soon found among the newest; only one
	// that few have is worth the whole index.
	top, _, err := Head(ctx, q)
	if err != nil {
		return nil, err
	}
	if f.Before > 0 {
		top = min(top, f.Before)
	}
	near := f
	near.Part = ""
	c := near.conditions()
	c.add("seq > ?", top-newest)
	c.add(`object LIKE ? ESCAPE '\'`, f.like())
	out, err := list(ctx, q, c, limit)
	if err != nil || len(out) == limit {
		return out, err
	}
	return list(ctx, q, f.conditions(), limit)
}

// newest is how many of the newest records are looked at one by one.
const newest = 20_000

func list(ctx context.Context, q db.Query, c *conditions, limit int) ([]Entry, error) {
	out := []Entry{}
	err := each(ctx, q, c, fmt.Sprintf(` ORDER BY seq DESC LIMIT %d`, limit), func(e Entry) error {
		out = append(out, e)
		return nil
	})
	return out, err
}

// Each calls f with every record of the filter, oldest first; Limit does not
// count.
func Each(ctx context.Context, q db.Query, filter Filter, f func(Entry) error) error {
	return each(ctx, q, filter.conditions(), ` ORDER BY seq`, f)
}

func each(ctx context.Context, q db.Query, c *conditions, order string, f func(Entry) error) error {
	rows, err := q.QueryContext(ctx, `SELECT `+columns+` FROM kernel_audit`+c.sql()+order, c.args...)
	if err != nil {
		return fmt.Errorf("list audit: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			return fmt.Errorf("read audit record: %w", err)
		}
		if err := f(e); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Count counts the records of the filter, but not further than most.
func Count(ctx context.Context, q db.Query, f Filter, most int) (n int, err error) {
	c := f.conditions()
	query := fmt.Sprintf(`SELECT count(*) FROM (SELECT 1 AS one FROM kernel_audit%s LIMIT %d) AS counted`, c.sql(), most)
	if err := q.QueryRowContext(ctx, query, c.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count audit: %w", err)
	}
	return n, nil
}

// Tally is how many records share a value.
type Tally struct {
	Key   string
	Count int64
	Bad   int64 // of them denied or failed
}

// By names what is tallied.
type By string

// What can be tallied. ByDay is the day in Beijing time, as days since 1970.
const (
	ByDay    By = "(at + 28800000) / 86400000"
	ByAction By = "action"
	ByName   By = "actor_name"
	ByActor  By = "actor_id"
	BySource By = "source"
	ByObject By = "object"
)

// Tallies counts the records of the filter by a value, most first, days in
// their order; only values with at least least records.
func Tallies(ctx context.Context, q db.Query, f Filter, by By, least, limit int) ([]Tally, error) {
	c := f.conditions()
	order := `2 DESC, 1`
	if by == ByDay {
		order = `1`
	}
	// The key is one of the constants above, never what somebody typed.
	query := fmt.Sprintf(`SELECT CAST(%[1]s AS TEXT), count(*), sum(CASE WHEN result IN ('denied', 'failed') THEN 1 ELSE 0 END)
		FROM kernel_audit%[2]s GROUP BY %[1]s HAVING count(*) >= %[3]d ORDER BY %[4]s LIMIT %[5]d`, string(by), c.sql(), least, order, limit)
	rows, err := q.QueryContext(ctx, query, c.args...)
	if err != nil {
		return nil, fmt.Errorf("tally audit: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Tally{}
	for rows.Next() {
		var t Tally
		if err := rows.Scan(&t.Key, &t.Count, &t.Bad); err != nil {
			return nil, fmt.Errorf("read tally: %w", err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// Around returns record seq with the one before and the one after, newest
// first, and whether seq itself is there.
func Around(ctx context.Context, q db.Query, seq int64) (out []Entry, found bool, err error) {
	c := &conditions{}
	c.add("seq >= ?", seq-1)
	c.add("seq <= ?", seq+1)
	err = each(ctx, q, c, ` ORDER BY seq DESC`, func(e Entry) error {
		out = append(out, e)
		found = found || e.Seq == seq
		return nil
	})
	return out, found, err
}

// CheckpointOver returns the first checkpoint that vouches for record seq; N is
// 0 where there is none yet.
func CheckpointOver(ctx context.Context, q db.Query, seq int64) (Checkpoint, error) {
	found, err := checkpoints(ctx, q, `WHERE last >= $1 ORDER BY n LIMIT 1`, seq)
	if err != nil || len(found) == 0 {
		return Checkpoint{}, err
	}
	return found[0], nil
}

// Holds reports whether the signature of c is what it says.
func (c Checkpoint) Holds(ctx context.Context, s Signer) bool {
	signature, err := decodeSignature(c.Signature)
	return err == nil && s.Check(ctx, c.Key, c.text(), signature) == nil
}
