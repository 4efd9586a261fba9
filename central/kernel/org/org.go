package org

import (
	"context"
	"embed"
	"errors"
	"fmt"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of the organisation.
func Migrations() db.Migrations { return db.Migrations{Name: "org", FS: files} }

// Region is one administrative division (行政区划).
type Region struct {
	Code   string `yaml:"code"` // twelve digits: GB/T 2260, then township and village
	Parent string `yaml:"-"`
	Name   string `yaml:"name"`
}

// Department is one body with people in it (部门).
type Department struct {
	ID     string `yaml:"id"`
	Region string `yaml:"region"`
	Parent string `yaml:"parent"` // "" right below its region
	Name   string `yaml:"name"`
	Short  string `yaml:"short"`
	USC    string `yaml:"usc"` // 统一社会信用代码, "" where it has none of its own
	Closed bool   `yaml:"-"`
}

// Post is a kind of work (岗位). It grants nothing.
type Post struct {
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	Note  string `yaml:"note"`
}

// Hall is a place with desks (大厅).
type Hall struct {
	ID      string `yaml:"id"`
	Region  string `yaml:"region"`
	Name    string `yaml:"name"`
	Address string `yaml:"address"`
	Closed  bool   `yaml:"-"`
}

// Desk is one counter in a hall (窗口).
type Desk struct {
	ID         string `yaml:"id"`
	Hall       string `yaml:"hall"`
	Label      string `yaml:"label"`
	Department string `yaml:"department"` // who sits there; "" for several
	Closed     bool   `yaml:"-"`
}

// Service keeps the organisation in one database. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	changed func(ctx context.Context, tx db.Tx) error
}

// New returns the service. changed is called in the transaction of every change of departments, so that those who keep
// them in memory read them again; it may be nil.
func New(d *db.DB, changed func(ctx context.Context, tx db.Tx) error) *Service {
	if changed == nil {
		changed = func(context.Context, db.Tx) error { return nil }
	}
	return &Service{db: d, changed: changed}
}

var (
	errNoDepartment = errs.E(errs.NotFound, "org.no_department", "没有这个部门，请刷新后再看", nil)
	errNoHall       = errs.E(errs.NotFound, "org.no_hall", "没有这个大厅，请刷新后再看", nil)
	errTaken        = errs.E(errs.Conflict, "org.taken", "已经有同名的了，请换一个名称", nil)
)

// Regions returns all regions by code: parents come before what lies below them.
func (s *Service) Regions(ctx context.Context) (out []Region, err error) {
	err = s.db.View(ctx, func(q db.Query) error {
		out = []Region{}
		return each(ctx, q, `SELECT code, parent, name FROM org_region ORDER BY code`, func(scan scanner) error {
			var r Region
			err := scan(&r.Code, &r.Parent, &r.Name)
			out = append(out, r)
			return err
		})
	})
	return out, wrap("list regions", err)
}

// Departments returns all departments, by region and name, closed ones too.
func (s *Service) Departments(ctx context.Context) (out []Department, err error) {
	err = s.db.View(ctx, func(q db.Query) (err error) {
		out, err = departments(ctx, q, `1 = 1`)
		return err
	})
	return out, wrap("list departments", err)
}

// Department returns one department.
func (s *Service) Department(ctx context.Context, id string) (d Department, err error) {
	err = s.db.View(ctx, func(q db.Query) (err error) {
		d, err = department(ctx, q, id)
		return err
	})
	return d, err
}

// FindDepartment returns the department with a unified code or, failing that, with a name; ok is false when there is none.
// What is written on papers and in catalogues is one of the two.
func (s *Service) FindDepartment(ctx context.Context, usc, name string) (d Department, ok bool, err error) {
	err = s.db.View(ctx, func(q db.Query) error {
		found, err := departments(ctx, q, `(usc <> '' AND usc = $1) OR name = $2`, usc, name)
		if err != nil || len(found) == 0 {
			return err
		}
		d, ok = found[0], true
		for _, f := range found {
			if f.USC == usc && usc != "" {
				d = f
			}
		}
		return nil
	})
	return d, ok, wrap("find department", err)
}

func department(ctx context.Context, q db.Query, id string) (Department, error) {
	found, err := departments(ctx, q, `id = $1`, id)
	if err == nil && len(found) == 0 {
		err = errNoDepartment
	}
	if err != nil {
		return Department{}, err
	}
	return found[0], nil
}

func departments(ctx context.Context, q db.Query, where string, args ...any) ([]Department, error) {
	out := []Department{}
	err := each(ctx, q, `SELECT id, region, parent, name, short, usc, closed FROM org_department WHERE `+where+` ORDER BY region, name`, func(scan scanner) error {
		var d Department
		var closed int
		err := scan(&d.ID, &d.Region, &d.Parent, &d.Name, &d.Short, &d.USC, &closed)
		d.Closed = closed != 0
		out = append(out, d)
		return err
	}, args...)
	return out, err
}

// Tree returns each department's id with the ids of itself and all below it, and its name. It reads q's snapshot.
func (s *Service) Tree(ctx context.Context, q db.Query) (below map[string][]string, names map[string]string, err error) {
	all, err := departments(ctx, q, `1 = 1`)
	if err != nil {
		return nil, nil, fmt.Errorf("read departments: %w", err)
	}
	parent, names := map[string]string{}, map[string]string{}
	for _, d := range all {
		parent[d.ID], names[d.ID] = d.Parent, d.Name
	}
	below = map[string][]string{}
	for _, d := range all {
		// A circle would be a mistake of the data; no more steps than departments.
		for id, steps := d.ID, 0; id != "" && steps <= len(all); id, steps = parent[id], steps+1 {
			below[id] = append(below[id], d.ID)
		}
	}
	return below, names, nil
}

// PutDepartment makes a department, when its id is new, or changes one. A department never lies below itself.
func (s *Service) PutDepartment(ctx context.Context, d Department, reason string) error {
	if d.ID == "" || d.Name == "" || d.Region == "" {
		return errs.E(errs.Invalid, "org.incomplete", "请填写部门名称和所属区划", nil)
	}
	return s.db.Do(ctx, func(tx db.Tx) error {
		if err := s.placed(ctx, tx, d); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO org_department (id, region, parent, name, short, usc, closed) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (id) DO UPDATE SET region = excluded.region, parent = excluded.parent, name = excluded.name, short = excluded.short,
			usc = excluded.usc, closed = excluded.closed`, d.ID, d.Region, d.Parent, d.Name, d.Short, d.USC, db.Int(d.Closed))
		if err := kept(err); err != nil {
			return err
		}
		if err := s.changed(ctx, tx); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "org.department", Object: d.ID, Reason: reason, Detail: map[string]string{
			"region": d.Region, "parent": d.Parent, "closed": fmt.Sprint(d.Closed),
		}})
	})
}

// placed refuses an unknown region or parent and a circle.
func (s *Service) placed(ctx context.Context, tx db.Tx, d Department) error {
	if err := s.region(ctx, tx, d.Region); err != nil {
		return err
	}
	if d.Parent == "" {
		return nil
	}
	below, _, err := s.Tree(ctx, tx)
	if err != nil {
		return err
	}
	if below[d.Parent] == nil {
		return errNoDepartment
	}
	for _, id := range below[d.ID] {
		if id == d.Parent {
			return errs.E(errs.Invalid, "org.circle", "上级部门不能是自己或自己的下级", nil)
		}
	}
	return nil
}

func (s *Service) region(ctx context.Context, q db.Query, code string) error {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM org_region WHERE code = $1`, code).Scan(&n); err != nil {
		return fmt.Errorf("look for region: %w", err)
	}
	if n == 0 {
		return errs.E(errs.Invalid, "org.no_region", "没有这个行政区划，请重新选择", nil)
	}
	return nil
}

// Halls returns all halls by name.
func (s *Service) Halls(ctx context.Context) (out []Hall, err error) {
	err = s.db.View(ctx, func(q db.Query) error {
		out = []Hall{}
		return each(ctx, q, `SELECT id, region, name, address, closed FROM org_hall ORDER BY name`, func(scan scanner) error {
			var h Hall
			var closed int
			err := scan(&h.ID, &h.Region, &h.Name, &h.Address, &closed)
			h.Closed = closed != 0
			out = append(out, h)
			return err
		})
	})
	return out, wrap("list halls", err)
}

// FindHall returns the hall of a name; ok is false when there is none.
func (s *Service) FindHall(ctx context.Context, name string) (Hall, bool, error) {
	all, err := s.Halls(ctx)
	for _, h := range all {
		if h.Name == name {
			return h, true, nil
		}
	}
	return Hall{}, false, err
}

// PutHall makes or changes a hall.
func (s *Service) PutHall(ctx context.Context, h Hall, reason string) error {
	if h.ID == "" || h.Name == "" {
		return errs.E(errs.Invalid, "org.incomplete", "请填写大厅名称和所属区划", nil)
	}
	return s.db.Do(ctx, func(tx db.Tx) error {
		if err := s.region(ctx, tx, h.Region); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO org_hall (id, region, name, address, closed) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO UPDATE SET region = excluded.region, name = excluded.name, address = excluded.address, closed = excluded.closed`,
			h.ID, h.Region, h.Name, h.Address, db.Int(h.Closed))
		if err := kept(err); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "org.hall", Object: h.ID, Reason: reason, Detail: map[string]string{"region": h.Region}})
	})
}

// Desks returns the desks of a hall by label, of all halls when hall is "".
func (s *Service) Desks(ctx context.Context, hall string) (out []Desk, err error) {
	err = s.db.View(ctx, func(q db.Query) error {
		out = []Desk{}
		return each(ctx, q, `SELECT id, hall, label, department, closed FROM org_desk WHERE $1 = '' OR hall = $1 ORDER BY hall, label`, func(scan scanner) error {
			var d Desk
			var closed int
			err := scan(&d.ID, &d.Hall, &d.Label, &d.Department, &closed)
			d.Closed = closed != 0
			out = append(out, d)
			return err
		}, hall)
	})
	return out, wrap("list desks", err)
}

// DeskIn returns a desk within q's snapshot; false where there is none.
func (s *Service) DeskIn(ctx context.Context, q db.Query, id string) (d Desk, ok bool, err error) {
	err = each(ctx, q, `SELECT id, hall, label, department, closed FROM org_desk WHERE id = $1`, func(scan scanner) error {
		var closed int
		err := scan(&d.ID, &d.Hall, &d.Label, &d.Department, &closed)
		d.Closed, ok = closed != 0, true
		return err
	}, id)
	return d, ok, wrap("read desk", err)
}

// PutDesk makes or changes a desk.
func (s *Service) PutDesk(ctx context.Context, d Desk, reason string) error {
	return s.db.Do(ctx, func(tx db.Tx) error { return s.PutDeskIn(ctx, tx, d, reason) })
}

// PutDeskIn makes or changes a desk in the transaction of those who keep more of it.
func (s *Service) PutDeskIn(ctx context.Context, tx db.Tx, d Desk, reason string) error {
	if d.ID == "" || d.Label == "" {
		return errs.E(errs.Invalid, "org.incomplete", "请填写窗口名称和所在大厅", nil)
	}
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM org_hall WHERE id = $1`, d.Hall).Scan(&n); err != nil {
		return fmt.Errorf("look for hall: %w", err)
	}
	if n == 0 {
		return errNoHall
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO org_desk (id, hall, label, department, closed) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET hall = excluded.hall, label = excluded.label, department = excluded.department, closed = excluded.closed`,
		d.ID, d.Hall, d.Label, d.Department, db.Int(d.Closed))
	if err := kept(err); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Record{Action: "org.desk", Object: d.ID, Reason: reason, Detail: map[string]string{"hall": d.Hall}})
}

// Posts returns all posts by title.
func (s *Service) Posts(ctx context.Context) (out []Post, err error) {
	err = s.db.View(ctx, func(q db.Query) error {
		out = []Post{}
		return each(ctx, q, `SELECT id, title, note FROM org_post ORDER BY title`, func(scan scanner) error {
			var p Post
			err := scan(&p.ID, &p.Title, &p.Note)
			out = append(out, p)
			return err
		})
	})
	return out, wrap("list posts", err)
}

// PutPost makes or changes a post.
func (s *Service) PutPost(ctx context.Context, p Post, reason string) error {
	if p.ID == "" || p.Title == "" {
		return errs.E(errs.Invalid, "org.incomplete", "请填写岗位名称", nil)
	}
	return s.db.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO org_post (id, title, note) VALUES ($1, $2, $3)
			ON CONFLICT (id) DO UPDATE SET title = excluded.title, note = excluded.note`, p.ID, p.Title, p.Note)
		if err := kept(err); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "org.post", Object: p.ID, Reason: reason})
	})
}

// kept turns a second of the same name into words.
func kept(err error) error {
	switch {
	case db.IsUnique(err):
		return errors.Join(errTaken, err)
	case err != nil:
		return fmt.Errorf("write organisation: %w", err)
	}
	return nil
}

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

type scanner func(...any) error

// each calls f with every row of a query.
func each(ctx context.Context, q db.Query, query string, f func(scan scanner) error, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
