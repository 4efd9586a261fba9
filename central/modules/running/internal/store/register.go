package store

import (
	"context"
	"time"

	"tongban/central/kernel/db"
)

// Resource is one host, server, address, store or network.
type Resource struct {
	ID, Kind, Name, Address, System, Owner, Place, Note string
	ChangedAt                                           time.Time
	ChangedBy                                           string
	RemovedAt                                           time.Time
}

const resourceColumns = `id, kind, name, address, system, owner, place, note, changed_at, changed_by, removed_at`

func readResource(s scanner) (r Resource, err error) {
	var changed, removed int64
	err = s.Scan(&r.ID, &r.Kind, &r.Name, &r.Address, &r.System, &r.Owner, &r.Place, &r.Note, &changed, &r.ChangedBy, &removed)
	r.ChangedAt, r.RemovedAt = db.FromMs(changed), db.FromMs(removed)
	return r, err
}

// Resources lists what is in use, by kind and name.
func Resources(ctx context.Context, q db.Query) ([]Resource, error) {
	return all(ctx, q, "resources", readResource, `SELECT `+resourceColumns+` FROM running_resource WHERE removed_at = 0 ORDER BY kind, name, id`)
}

// GetResource returns one in use, or running.ErrNoSuch.
func GetResource(ctx context.Context, q db.Query, id string) (Resource, error) {
	return one("resource", readResource, q.QueryRowContext(ctx, `SELECT `+resourceColumns+` FROM running_resource WHERE id = $1 AND removed_at = 0`, id))
}

// PutResource keeps a new one or changes an old one.
func PutResource(ctx context.Context, tx db.Tx, r Resource) error {
	return exec(ctx, tx, "keep resource", `INSERT INTO running_resource (`+resourceColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, address = excluded.address, system = excluded.system, owner = excluded.owner,
			place = excluded.place, note = excluded.note, changed_at = excluded.changed_at, changed_by = excluded.changed_by, removed_at = excluded.removed_at`,
		r.ID, r.Kind, r.Name, r.Address, r.System, r.Owner, r.Place, r.Note, db.Ms(tx.Now()), tx.Actor().Name, db.Ms(r.RemovedAt))
}

// Backup is one attempt.
type Backup struct {
	ID                string
	At                time.Time
	Snapshot, Place   string
	Size, Rows, Files int64
	Took              time.Duration
	State, Text       string // state is ok or failed
}

const backupColumns = `id, at, snapshot, place, size, rows_n, files, took_ms, state, text`

func readBackup(s scanner) (b Backup, err error) {
	var at, took int64
	err = s.Scan(&b.ID, &at, &b.Snapshot, &b.Place, &b.Size, &b.Rows, &b.Files, &took, &b.State, &b.Text)
	b.At, b.Took = db.FromMs(at), time.Duration(took)*time.Millisecond
	return b, err
}

// Backups lists the newest attempts.
func Backups(ctx context.Context, q db.Query, n int) ([]Backup, error) {
	return all(ctx, q, "backups", readBackup, `SELECT `+backupColumns+` FROM running_backup ORDER BY at DESC, id DESC LIMIT $1`, n)
}

// LastBackup is the time of the newest good one; zero before the first.
func LastBackup(ctx context.Context, q db.Query) (time.Time, error) {
	at, err := one("backup", func(s scanner) (n int64, err error) { return n, s.Scan(&n) },
		q.QueryRowContext(ctx, `SELECT coalesce(max(at), 0) FROM running_backup WHERE state = 'ok'`))
	return db.FromMs(at), err
}

// AddBackup keeps an attempt.
func AddBackup(ctx context.Context, tx db.Tx, b Backup) error {
	return exec(ctx, tx, "keep backup", `INSERT INTO running_backup (`+backupColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		b.ID, db.Ms(b.At), b.Snapshot, b.Place, b.Size, b.Rows, b.Files, b.Took.Milliseconds(), b.State, b.Text)
}

// Drill is one rehearsal of a restore.
type Drill struct {
	ID      string
	At      time.Time
	Seconds float64
	OK      bool
	Text    string
	Person  string
}

func readDrill(s scanner) (d Drill, err error) {
	var at int64
	var ok int
	err = s.Scan(&d.ID, &at, &d.Seconds, &ok, &d.Text, &d.Person)
	d.At, d.OK = db.FromMs(at), ok == 1
	return d, err
}

// Drills lists the newest rehearsals.
func Drills(ctx context.Context, q db.Query, n int) ([]Drill, error) {
	return all(ctx, q, "drills", readDrill, `SELECT id, at, seconds, ok, text, person FROM running_drill ORDER BY at DESC, id DESC LIMIT $1`, n)
}

// AddDrill keeps a rehearsal.
func AddDrill(ctx context.Context, tx db.Tx, d Drill) error {
	return exec(ctx, tx, "keep drill", `INSERT INTO running_drill (id, at, seconds, ok, text, person) VALUES ($1, $2, $3, $4, $5, $6)`,
		d.ID, db.Ms(d.At), d.Seconds, db.Int(d.OK), d.Text, d.Person)
}

// Duty is one person's time in charge.
type Duty struct {
	ID, Duty, Person, Login string
	From, To                time.Time // To is zero while it lasts
	MadeBy                  string
}

func readDuty(s scanner) (d Duty, err error) {
	var from, to int64
	err = s.Scan(&d.ID, &d.Duty, &d.Person, &d.Login, &from, &to, &d.MadeBy)
	d.From, d.To = db.FromMs(from), db.FromMs(to)
	return d, err
}

// Duties lists who is and was in charge, newest first.
func Duties(ctx context.Context, q db.Query) ([]Duty, error) {
	return all(ctx, q, "duties", readDuty, `SELECT id, duty, person, login, from_at, to_at, made_by FROM running_duty ORDER BY from_at DESC, id DESC`)
}

// HandOver ends the present time of a duty and begins the next.
func HandOver(ctx context.Context, tx db.Tx, d Duty) error {
	if err := exec(ctx, tx, "end duty", `UPDATE running_duty SET to_at = $2 WHERE duty = $1 AND to_at = 0`, d.Duty, db.Ms(d.From)); err != nil {
		return err
	}
	return exec(ctx, tx, "begin duty", `INSERT INTO running_duty (id, duty, person, login, from_at, made_by) VALUES ($1, $2, $3, $4, $5, $6)`,
		d.ID, d.Duty, d.Person, d.Login, db.Ms(d.From), tx.Actor().Name)
}
