package app

import (
	"context"
	"strings"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/org"
)

// Regions lists the divisions, parents first.
func (a *App) Regions(ctx context.Context) ([]Region, error) {
	all, err := a.Org.Regions(ctx)
	out := make([]Region, 0, len(all))
	for _, r := range all {
		out = append(out, Region{Code: r.Code, Parent: r.Parent, Name: r.Name})
	}
	return out, err
}

// Departments lists the bodies with the number of people in and below each.
func (a *App) Departments(ctx context.Context) ([]Department, error) {
	b, err := a.book(ctx)
	if err != nil {
		return nil, err
	}
	all, err := a.Org.Departments(ctx)
	if err != nil {
		return nil, err
	}
	in, err := a.Auth.PerDepartment(ctx)
	if err != nil {
		return nil, err
	}
	total := map[string]int{}
	for id, n := range in {
		for up, steps := id, 0; up != "" && steps <= len(all); up, steps = b.departments[up].Parent, steps+1 {
			total[up] += n
		}
	}
	out := make([]Department, 0, len(all))
	for _, d := range all {
		out = append(out, b.department(d, total[d.ID]))
	}
	return out, nil
}

func (b *book) department(d org.Department, people int) Department {
	return Department{
		ID: d.ID, Parent: d.Parent, Name: d.Name, ShortName: d.Short, Region: d.Region, RegionName: b.regions[d.Region].Name, USC: d.USC,
		Closed: d.Closed, People: people,
	}
}

// PutDepartment makes (id "") or changes a department and returns it.
func (a *App) PutDepartment(ctx context.Context, d org.Department, reason string) (Department, error) {
	if d.ID == "" {
		d.ID = "d-" + ids.New()
	}
	if err := a.Org.PutDepartment(ctx, d, reason); err != nil {
		return Department{}, err
	}
	b, err := a.book(ctx)
	return b.department(b.departments[d.ID], 0), err
}

// Halls lists the halls with their desks.
func (a *App) Halls(ctx context.Context) ([]Hall, error) {
	b, err := a.book(ctx)
	if err != nil {
		return nil, err
	}
	halls, err := a.Org.Halls(ctx)
	if err != nil {
		return nil, err
	}
	desks, err := a.Org.Desks(ctx, "")
	if err != nil {
		return nil, err
	}
	out := make([]Hall, 0, len(halls))
	for _, h := range halls {
		hall := Hall{ID: h.ID, Region: h.Region, RegionName: b.regions[h.Region].Name, Name: h.Name, Address: h.Address, Closed: h.Closed, Desks: []Desk{}}
		for _, d := range desks {
			if d.Hall == h.ID {
				hall.Desks = append(hall.Desks, Desk{ID: d.ID, Label: d.Label, Department: d.Department, DepartmentName: b.departments[d.Department].Name, Closed: d.Closed})
			}
		}
		out = append(out, hall)
	}
	return out, nil
}

// PutHall makes (id "") or changes a hall.
func (a *App) PutHall(ctx context.Context, h org.Hall, reason string) ([]Hall, error) {
	if h.ID == "" {
		h.ID = "h-" + ids.New()
	}
	if err := a.Org.PutHall(ctx, h, reason); err != nil {
		return nil, err
	}
	return a.Halls(ctx)
}

// PutDesk makes (id "") or changes a desk.
func (a *App) PutDesk(ctx context.Context, d org.Desk, reason string) ([]Hall, error) {
	if d.ID == "" {
		d.ID = "w-" + ids.New()
	}
	if err := a.Org.PutDesk(ctx, d, reason); err != nil {
		return nil, err
	}
	return a.Halls(ctx)
}

// Posts lists the kinds of work.
func (a *App) Posts(ctx context.Context) ([]Post, error) {
	all, err := a.Org.Posts(ctx)
	out := make([]Post, 0, len(all))
	for _, p := range all {
		out = append(out, Post{ID: p.ID, Title: p.Title, Note: p.Note})
	}
	return out, err
}

// PutPost makes (id "") or changes a post.
func (a *App) PutPost(ctx context.Context, p org.Post, reason string) ([]Post, error) {
	if p.ID == "" {
		p.ID = "p-" + ids.New()
	}
	if err := a.Org.PutPost(ctx, p, reason); err != nil {
		return nil, err
	}
	return a.Posts(ctx)
}

// Roles lists the columns of the matrix.
func (a *App) Roles(ctx context.Context) ([]Role, error) {
	in, err := a.Auth.PerRole(ctx)
	if err != nil {
		return nil, err
	}
	table := a.Auth.Roles()
	out := []Role{}
	for _, r := range table.All() {
		out = append(out, roleView(table, r, in[r.Name]))
	}
	return out, nil
}

func roleView(table *auth.Roles, r auth.Role, people int) Role {
	v := Role{Name: r.Name, Title: r.Title, Line: string(r.Kind), Builtin: r.Builtin, People: people, Note: r.Note, Permissions: append([]string{}, r.Grants...), Never: []string{}}
	for _, p := range table.Permissions() {
		if !contains(p.Kinds(), r.Kind) {
			v.Never = append(v.Never, p.Name)
		}
	}
	return v
}

func contains(kinds []auth.RoleKind, kind auth.RoleKind) bool {
	for _, k := range kinds {
		if k == kind {
			return true
		}
	}
	return false
}

// Permissions lists the rows of the matrix.
func (a *App) Permissions(context.Context) ([]Permission, error) {
	out := []Permission{}
	for _, p := range a.Auth.Roles().Permissions() {
		name, title := moduleOf(p.Name)
		out = append(out, Permission{
			Name: p.Name, Title: p.Title, Module: name, ModuleTitle: title, AdminOnly: !contains(p.Kinds(), auth.KindBusiness),
			Sensitive: strings.HasSuffix(p.Name, ".unmask") || strings.HasSuffix(p.Name, ".export") || strings.HasSuffix(p.Name, ":export"),
		})
	}
	return out, nil
}

// PutRole makes a role by hand.
func (a *App) PutRole(ctx context.Context, r auth.Role, reason string) (Role, error) {
	if err := a.Auth.PutRole(ctx, r, reason); err != nil {
		return Role{}, err
	}
	return a.role(ctx, r.Name)
}

// ChangeRole adds permissions to a role and takes others away.
func (a *App) ChangeRole(ctx context.Context, name string, add, remove []string, reason string) (Role, error) {
	if err := a.Auth.ChangeRole(ctx, name, add, remove, reason); err != nil {
		return Role{}, err
	}
	return a.role(ctx, name)
}

func (a *App) role(ctx context.Context, name string) (Role, error) {
	in, err := a.Auth.PerRole(ctx)
	if err != nil {
		return Role{}, err
	}
	r, _ := a.Auth.Roles().Find(name)
	return roleView(a.Auth.Roles(), r, in[name]), nil
}
