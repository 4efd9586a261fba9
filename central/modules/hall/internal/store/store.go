// Package store is the SQL of the hall (大厅存储), the only package that names its tables. It seals and opens nothing: personal
// data comes and goes sealed.
package store

import (
	"context"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/hall"
)

// errTaken is a second thing of the same number or code.
var errTaken = errs.E(errs.Conflict, "hall.taken", "这个编号已经用了，请换一个", nil)

// each calls f with every row of a query.
func each(ctx context.Context, q db.Query, what, query string, f func(scan func(...any) error) error, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	return rows.Err()
}

// write runs one statement.
func write(ctx context.Context, tx db.Tx, what, query string, args ...any) error {
	_, err := tx.ExecContext(ctx, query, args...)
	switch {
	case db.IsUnique(err):
		return errors.Join(errTaken, err)
	case err != nil:
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Hall is what a hall of the organisation has beyond its name.
type Hall struct {
	ID, Region string
	Promise    int    // minutes that somebody waits at most
	Board      string // token of the big board
}

// Halls returns the halls that have a queue.
func Halls(ctx context.Context, q db.Query) (out []Hall, err error) {
	err = each(ctx, q, "list halls", `SELECT id, region, promise, board FROM hall_hall ORDER BY id`, func(scan func(...any) error) error {
		var h Hall
		err := scan(&h.ID, &h.Region, &h.Promise, &h.Board)
		out = append(out, h)
		return err
	})
	return out, err
}

// PutHall makes or changes one; its region and its board stay as they were made.
func PutHall(ctx context.Context, tx db.Tx, h Hall) error {
	return write(ctx, tx, "keep hall", `INSERT INTO hall_hall (id, region, promise, board) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET promise = excluded.promise`, h.ID, h.Region, h.Promise, h.Board)
}

// Zone is one part of a hall.
type Zone struct {
	ID, Hall, Code, Name string
	Order                int
	Closed               bool
}

// Zones returns the zones of a hall, of all when it is "".
func Zones(ctx context.Context, q db.Query, hallID string) (out []Zone, err error) {
	err = each(ctx, q, "list zones", `SELECT id, hall, code, name, ord, closed FROM hall_zone WHERE $1 = '' OR hall = $1 ORDER BY hall, ord, code`, func(scan func(...any) error) error {
		var z Zone
		var closed int
		err := scan(&z.ID, &z.Hall, &z.Code, &z.Name, &z.Order, &closed)
		z.Closed = closed != 0
		out = append(out, z)
		return err
	}, hallID)
	return out, err
}

// PutZone makes or changes one.
func PutZone(ctx context.Context, tx db.Tx, z Zone) error {
	return write(ctx, tx, "keep zone", `INSERT INTO hall_zone (id, hall, code, name, ord, closed) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, ord = excluded.ord, closed = excluded.closed`,
		z.ID, z.Hall, z.Code, z.Name, z.Order, db.Int(z.Closed))
}

// Window is one row.
type Window struct {
	ID, Hall, Zone, No, Label, Kind string
	Order                           int
	Closed                          bool
	Helps, HelpsOn                  string // zone that it supports, and on which day
	Display                         string // token of its display
}

const windowColumns = `id, hall, zone, no, label, kind, ord, closed, helps, helps_on, display`

// Windows returns the windows of a hall, of all when it is "".
func Windows(ctx context.Context, q db.Query, hallID string) ([]Window, error) {
	return windows(ctx, q, `$1 = '' OR hall = $1`, hallID)
}

// GetWindow returns one window by id or token of its display, or hall.ErrNoSuchWindow.
func GetWindow(ctx context.Context, q db.Query, id string) (Window, error) {
	found, err := windows(ctx, q, `id = $1 OR display = $1`, id)
	if err == nil && len(found) == 0 {
		err = hall.ErrNoSuchWindow
	}
	if err != nil {
		return Window{}, err
	}
	return found[0], nil
}

func windows(ctx context.Context, q db.Query, where string, args ...any) (out []Window, err error) {
	err = each(ctx, q, "list windows", `SELECT `+windowColumns+` FROM hall_window WHERE `+where+` ORDER BY hall, ord, no`, func(scan func(...any) error) error {
		var w Window
		var closed int
		err := scan(&w.ID, &w.Hall, &w.Zone, &w.No, &w.Label, &w.Kind, &w.Order, &closed, &w.Helps, &w.HelpsOn, &w.Display)
		w.Closed = closed != 0
		out = append(out, w)
		return err
	}, args...)
	return out, err
}

// PutWindow makes or changes one; its display stays as it was made.
func PutWindow(ctx context.Context, tx db.Tx, w Window) error {
	return write(ctx, tx, "keep window", `INSERT INTO hall_window (`+windowColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (id) DO UPDATE SET zone = excluded.zone, no = excluded.no, label = excluded.label, kind = excluded.kind, ord = excluded.ord,
		closed = excluded.closed, helps = excluded.helps, helps_on = excluded.helps_on`,
		w.ID, w.Hall, w.Zone, w.No, w.Label, w.Kind, w.Order, db.Int(w.Closed), w.Helps, w.HelpsOn, w.Display)
}

// Category is what people choose at the queue machine.
type Category struct {
	ID, Hall, Zone, Code, Name string
	Minutes                    int // what one matter usually takes
	Order                      int
	Closed                     bool
}

// Categories returns the ticket categories of a hall, of all when it is "".
func Categories(ctx context.Context, q db.Query, hallID string) (out []Category, err error) {
	err = each(ctx, q, "list categories", `SELECT id, hall, zone, code, name, minutes, ord, closed FROM hall_category WHERE $1 = '' OR hall = $1 ORDER BY hall, ord, code`, func(scan func(...any) error) error {
		var c Category
		var closed int
		err := scan(&c.ID, &c.Hall, &c.Zone, &c.Code, &c.Name, &c.Minutes, &c.Order, &closed)
		c.Closed = closed != 0
		out = append(out, c)
		return err
	}, hallID)
	return out, err
}

// PutCategory makes or changes one.
func PutCategory(ctx context.Context, tx db.Tx, c Category) error {
	return write(ctx, tx, "keep category", `INSERT INTO hall_category (id, hall, zone, code, name, minutes, ord, closed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (id) DO UPDATE SET zone = excluded.zone, code = excluded.code, name = excluded.name, minutes = excluded.minutes, ord = excluded.ord, closed = excluded.closed`,
		c.ID, c.Hall, c.Zone, c.Code, c.Name, c.Minutes, c.Order, db.Int(c.Closed))
}

// What has takes.
const (
	OfWindow   = "window"
	OfPerson   = "person"
	OfCategory = "category"
)

// Takes returns what all owners of a kind cover.
func Takes(ctx context.Context, q db.Query, kind string) (map[string][]hall.Take, error) {
	out := map[string][]hall.Take{}
	err := each(ctx, q, "list takes", `SELECT owner, kind, code FROM hall_take WHERE owner_kind = $1 ORDER BY owner, kind, code`, func(scan func(...any) error) error {
		var owner string
		var t hall.Take
		err := scan(&owner, &t.Kind, &t.Code)
		out[owner] = append(out[owner], t)
		return err
	}, kind)
	return out, err
}

// PutTakes replaces what one owner covers.
func PutTakes(ctx context.Context, tx db.Tx, kind, owner string, takes []hall.Take) error {
	if err := write(ctx, tx, "clear takes", `DELETE FROM hall_take WHERE owner_kind = $1 AND owner = $2`, kind, owner); err != nil {
		return err
	}
	for _, t := range takes {
		if err := write(ctx, tx, "keep take", `INSERT INTO hall_take (owner_kind, owner, kind, code) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, kind, owner, t.Kind, t.Code); err != nil {
			return err
		}
	}
	return nil
}
