package org

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/goccy/go-yaml"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
)

//go:embed seed/org.yaml
var seedYAML []byte

// seedFile is the organisation of a fresh centre.
type seedFile struct {
	Regions     []Region     `yaml:"regions"`
	Departments []Department `yaml:"departments"`
	Posts       []Post       `yaml:"posts"`
	Halls       []Hall       `yaml:"halls"`
	Desks       []Desk       `yaml:"desks"`
}

func readSeed() (seedFile, error) {
	var f seedFile
	if err := yaml.UnmarshalWithOptions(seedYAML, &f, yaml.DisallowUnknownField()); err != nil {
		return f, fmt.Errorf("read organisation: %w", err)
	}
	for i, r := range f.Regions {
		if _, _, ok := actor.RegionSpan(r.Code); !ok {
			return f, fmt.Errorf("read organisation: region %q is not twelve digits", r.Code)
		}
		f.Regions[i].Parent = actor.RegionParent(r.Code)
	}
	return f, nil
}

// Seed fills an empty organisation and adds regions that a release brings; what is there stays as it is. It writes only
// when something is missing.
func (s *Service) Seed(ctx context.Context) error {
	f, err := readSeed()
	if err != nil {
		return err
	}
	var regions, departments int
	err = s.db.View(ctx, func(q db.Query) error {
		if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM org_region`).Scan(&regions); err != nil {
			return err
		}
		return q.QueryRowContext(ctx, `SELECT COUNT(*) FROM org_department`).Scan(&departments)
	})
	if err != nil {
		return fmt.Errorf("count organisation: %w", err)
	}
	if regions >= len(f.Regions) && departments > 0 {
		return nil
	}
	return s.db.Do(ctx, func(tx db.Tx) error { return s.fill(ctx, tx, f, departments == 0) })
}

func (s *Service) fill(ctx context.Context, tx db.Tx, f seedFile, empty bool) (err error) {
	add := func(query string, args ...any) {
		if err == nil {
			_, err = tx.ExecContext(ctx, query+` ON CONFLICT DO NOTHING`, args...)
		}
	}
	for _, r := range f.Regions {
		add(`INSERT INTO org_region (code, parent, name) VALUES ($1, $2, $3)`, r.Code, r.Parent, r.Name)
	}
	if empty {
		for _, d := range f.Departments {
			add(`INSERT INTO org_department (id, region, parent, name, short, usc, closed) VALUES ($1, $2, $3, $4, $5, $6, 0)`, d.ID, d.Region, d.Parent, d.Name, d.Short, d.USC)
		}
		for _, p := range f.Posts {
			add(`INSERT INTO org_post (id, title, note) VALUES ($1, $2, $3)`, p.ID, p.Title, p.Note)
		}
		for _, h := range f.Halls {
			add(`INSERT INTO org_hall (id, region, name, address, closed) VALUES ($1, $2, $3, $4, 0)`, h.ID, h.Region, h.Name, h.Address)
		}
		for _, d := range f.Desks {
			add(`INSERT INTO org_desk (id, hall, label, department, closed) VALUES ($1, $2, $3, $4, 0)`, d.ID, d.Hall, d.Label, d.Department)
		}
	}
	if err != nil {
		return fmt.Errorf("fill organisation: %w", err)
	}
	return s.changed(ctx, tx)
}
