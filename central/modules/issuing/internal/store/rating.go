package store

import (
	"context"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/issuing"
)

// Invite is a key with which one matter may be rated.
type Invite struct {
	KeyBlind, No, Channel string
	AskedAt, UntilAt      int64
}

// AddInvite keeps one.
func AddInvite(ctx context.Context, tx db.Tx, i Invite) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO issuing_invite (key_blind, no, channel, asked_at, until_at) VALUES ($1, $2, $3, $4, $5)`, i.KeyBlind, i.No, i.Channel, i.AskedAt, i.UntilAt)
	if err != nil {
		return fmt.Errorf("add invite: %w", err)
	}
	return nil
}

// GetInvite returns the one of a key.
func GetInvite(ctx context.Context, q db.Query, keyBlind string) (Invite, error) {
	var i Invite
	return i, one("get invite", q.QueryRowContext(ctx, `SELECT key_blind, no, channel, asked_at, until_at FROM issuing_invite WHERE key_blind = $1`, keyBlind).
		Scan(&i.KeyBlind, &i.No, &i.Channel, &i.AskedAt, &i.UntilAt))
}

// Rating is one row (评价).
type Rating struct {
	ID, No, Occasion, Item, ItemName string
	Level                            int
	Channel, Indicators, WordsSealed string
	Region, Department, Handler      string
	Window                           string
	At                               int64
}

const ratingColumns = `id, no, occasion, item, item_name, level, channel, indicators, words_sealed, region, department, handler, counter, at`

func ratingFields(r *Rating) []any {
	return []any{&r.ID, &r.No, &r.Occasion, &r.Item, &r.ItemName, &r.Level, &r.Channel, &r.Indicators, &r.WordsSealed, &r.Region, &r.Department, &r.Handler, &r.Window, &r.At}
}

// Where is where it belongs.
func (r Rating) Where() actor.Place {
	return actor.Place{Region: r.Region, Department: r.Department, Handler: r.Handler}
}

// AddRating keeps one; false where this occasion was rated before (一次一评).
func AddRating(ctx context.Context, tx db.Tx, r Rating) (bool, error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO issuing_rating (`+ratingColumns+`) VALUES (`+marks(1, 14)+`) ON CONFLICT (no, occasion) DO NOTHING`,
		r.ID, r.No, r.Occasion, r.Item, r.ItemName, r.Level, r.Channel, r.Indicators, r.WordsSealed, r.Region, r.Department, r.Handler, r.Window, r.At)
	if err != nil {
		return false, fmt.Errorf("add rating: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// GetRating returns one.
func GetRating(ctx context.Context, q db.Query, id string) (Rating, error) {
	var r Rating
	return r, one("get rating", q.QueryRowContext(ctx, `SELECT `+ratingColumns+` FROM issuing_rating WHERE id = $1`, id).Scan(ratingFields(&r)...))
}

// FindRating returns the one of an occasion.
func FindRating(ctx context.Context, q db.Query, no, occasion string) (Rating, error) {
	var r Rating
	return r, one("find rating", q.QueryRowContext(ctx, `SELECT `+ratingColumns+` FROM issuing_rating WHERE no = $1 AND occasion = $2`, no, occasion).Scan(ratingFields(&r)...))
}

// Ratings lists one page, newest first; level 0 is all.
func Ratings(ctx context.Context, q db.Query, scope actor.Scope, level int, from, to int64, limit, offset int) ([]Rating, int, error) {
	where, args := scope.Where(columns, 4)
	where += ` AND at >= $1 AND at < $2 AND ($3 = 0 OR level = $3)`
	args = append([]any{from, to, level}, args...)
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM issuing_rating WHERE `+where, args...).Scan(&n); err != nil {
		return nil, 0, fmt.Errorf("count ratings: %w", err)
	}
	rows, err := many(ctx, q, "list ratings", ratingFields, `SELECT `+ratingColumns+` FROM issuing_rating WHERE `+where+` ORDER BY at DESC, id DESC`+fmt.Sprintf(` LIMIT %d OFFSET %d`, limit, offset), args...)
	return rows, n, err
}

// by are the columns of a summary: key and title.
var by = map[string][2]string{"level": {"level", "level"}, "item": {"item", "item_name"}, "window": {"counter", "counter"}}

// Tally is how often one level was given under one key.
type Tally struct {
	Key, Title string
	Level, N   int
}

// Tallies counts ratings in [from, to).
func Tallies(ctx context.Context, q db.Query, scope actor.Scope, what string, from, to int64) ([]Tally, error) {
	c := by[what]
	where, args := scope.Where(columns, 3)
	return many(ctx, q, "count ratings", func(t *Tally) []any { return []any{&t.Key, &t.Title, &t.Level, &t.N} },
		`SELECT CAST(`+c[0]+` AS TEXT), max(CAST(`+c[1]+` AS TEXT)), level, count(*) FROM issuing_rating WHERE at >= $1 AND at < $2 AND `+where+` GROUP BY `+c[0]+`, level`,
		append([]any{from, to}, args...)...)
}

// Task is the work on one bad rating (差评整改).
type Task struct {
	ID, Rating, No, ItemName    string
	Level                       int
	State                       issuing.TaskState
	Version                     int
	Due, Assignee, Answered     string // the name of whom it was given to, the account that answered
	AssigneeID                  string // account it was given to, "" before, and for what was given by name only
	Region, Department, Handler string
	CreatedAt, ClosedAt         int64
}

const taskColumns = `id, rating, no, item_name, level, state, version, due, assignee, answered, region, department, handler, created_at, closed_at, assignee_id`

func taskFields(t *Task) []any {
	return []any{&t.ID, &t.Rating, &t.No, &t.ItemName, &t.Level, &t.State, &t.Version, &t.Due, &t.Assignee, &t.Answered, &t.Region, &t.Department, &t.Handler, &t.CreatedAt, &t.ClosedAt, &t.AssigneeID}
}

// Where is where it belongs.
func (t Task) Where() actor.Place {
	return actor.Place{Region: t.Region, Department: t.Department, Handler: t.Handler}
}

// AddTask keeps a new one.
func AddTask(ctx context.Context, tx db.Tx, t Task) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO issuing_task (`+taskColumns+`) VALUES (`+marks(1, 16)+`)`,
		t.ID, t.Rating, t.No, t.ItemName, t.Level, string(t.State), t.Version, t.Due, t.Assignee, t.Answered, t.Region, t.Department, t.Handler, t.CreatedAt, t.ClosedAt, t.AssigneeID)
	if err != nil {
		return fmt.Errorf("add task: %w", err)
	}
	return nil
}

// GetTask returns one.
func GetTask(ctx context.Context, q db.Query, id string) (Task, error) {
	var t Task
	return t, one("get task", q.QueryRowContext(ctx, `SELECT `+taskColumns+` FROM issuing_task WHERE id = $1`, id).Scan(taskFields(&t)...))
}

// PutTask moves one that is still the version before.
func PutTask(ctx context.Context, tx db.Tx, t Task) error {
	res, err := tx.ExecContext(ctx, `UPDATE issuing_task SET state = $1, version = version + 1, assignee = $2, answered = $3, closed_at = $4, assignee_id = $5 WHERE id = $6 AND version = $7`,
		string(t.State), t.Assignee, t.Answered, t.ClosedAt, t.AssigneeID, t.ID, t.Version)
	return changed("put task", res, err)
}

// Tasks lists open ones, what is due first, or closed ones, newest first.
func Tasks(ctx context.Context, q db.Query, scope actor.Scope, closed bool, limit, offset int) ([]Task, int, error) {
	where, args := scope.Where(columns, 1)
	order := `due, created_at`
	if closed {
		where += ` AND state = 'closed'`
		order = `closed_at DESC`
	} else {
		where += ` AND state <> 'closed'`
	}
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM issuing_task WHERE `+where, args...).Scan(&n); err != nil {
		return nil, 0, fmt.Errorf("count tasks: %w", err)
	}
	rows, err := many(ctx, q, "list tasks", taskFields, `SELECT `+taskColumns+` FROM issuing_task WHERE `+where+` ORDER BY `+order+fmt.Sprintf(`, id LIMIT %d OFFSET %d`, limit, offset), args...)
	return rows, n, err
}

// TaskEvent is one thing done on a task.
type TaskEvent struct {
	ID, Task, Act, Note, TextSealed, By string
	At                                  int64
}

// AddTaskEvent keeps one.
func AddTaskEvent(ctx context.Context, tx db.Tx, e TaskEvent) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO issuing_task_event (id, task, act, note, text_sealed, by_name, at) VALUES (`+marks(1, 7)+`)`, e.ID, e.Task, e.Act, e.Note, e.TextSealed, e.By, e.At)
	if err != nil {
		return fmt.Errorf("add task event: %w", err)
	}
	return nil
}

// TaskEvents lists what was done, oldest first.
func TaskEvents(ctx context.Context, q db.Query, task string) ([]TaskEvent, error) {
	return many(ctx, q, "list task events", func(e *TaskEvent) []any { return []any{&e.ID, &e.Task, &e.Act, &e.Note, &e.TextSealed, &e.By, &e.At} },
		`SELECT id, task, act, note, text_sealed, by_name, at FROM issuing_task_event WHERE task = $1 ORDER BY at, id`, task)
}
