package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
)

// rights is what everybody's permissions are made of, as of one version of the database. It is not changed after it was
// loaded.
type rights struct {
	version int64
	seeded  bool // a release has written its permissions
	roles   *Roles
	below   map[string][]string // department → itself and all below it
	names   map[string]string   // department → name
}

// Departments is what auth asks of the organisation: which departments lie below which, and their names.
type Departments interface {
	// Tree returns each department's id with the ids of itself and all below it, and its name.
	Tree(ctx context.Context, q db.Query) (below map[string][]string, names map[string]string, err error)
}

// UseDepartments sets where departments are known, before the first request. Without it a department is alone.
func (s *Service) UseDepartments(d Departments) { s.departments = d }

// UseRoles takes over the roles of this release: it writes what has changed since the last start into the database, where
// every copy of the program reads it. Roles made by hand stay. Call it once all modules have declared their permissions
// and before the first request.
func (s *Service) UseRoles(ctx context.Context, r *Roles) error {
	s.declared = r
	kept, err := s.load(ctx)
	if err != nil {
		return err
	}
	if !sameRelease(r, kept.roles) {
		err := s.db.Do(ctx, func(tx db.Tx) error { return s.seed(ctx, tx, r) })
		if err != nil {
			return fmt.Errorf("write roles: %w", err)
		}
		if kept, err = s.load(ctx); err != nil {
			return err
		}
	}
	s.rights.Store(kept)
	return nil
}

// Begin makes the service ready before the modules have said what they offer: an empty database gets the roles that New was
// told of, a used one is read as it is, so that a command beside a running centre takes nothing away from it.
func (s *Service) Begin(ctx context.Context) error {
	kept, err := s.load(ctx)
	if err != nil {
		return err
	}
	if !kept.seeded {
		return s.UseRoles(ctx, s.declared)
	}
	s.rights.Store(kept)
	return nil
}

// Roles returns the table of roles in use, those made by hand too. It is as fresh as the last request.
func (s *Service) Roles() *Roles {
	if r := s.rights.Load(); r != nil {
		return r.roles
	}
	return s.declared
}

// Declared returns the roles as this release brings them.
func (s *Service) Declared() *Roles { return s.declared }

// sameRelease reports whether everything that r declares is kept as r says.
func sameRelease(r, kept *Roles) bool {
	for _, p := range r.permissions {
		if !slices.ContainsFunc(kept.permissions, func(k Permission) bool {
			return k.Name == p.Name && k.Title == p.Title && slices.Equal(k.kinds, p.kinds)
		}) {
			return false
		}
	}
	for _, role := range r.roles {
		k, ok := kept.Find(role.Name)
		if !ok || k.Title != role.Title || k.Note != role.Note || !slices.Equal(k.Grants, role.Grants) {
			return false
		}
	}
	return true
}

func (s *Service) seed(ctx context.Context, tx db.Tx, r *Roles) error {
	now := db.Ms(tx.Now())
	exec := func(query string, args ...any) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}
	for _, p := range r.permissions {
		err := exec(`INSERT INTO auth_permission (name, title, kinds) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET title = excluded.title, kinds = excluded.kinds`, p.Name, p.Title, joinKinds(p.kinds))
		if err != nil {
			return err
		}
	}
	for _, role := range r.roles {
		err := exec(`INSERT INTO auth_role (name, title, note, kind, builtin, changed) VALUES ($1, $2, $3, $4, 1, $5)
			ON CONFLICT (name) DO UPDATE SET title = excluded.title, note = excluded.note, builtin = 1, changed = excluded.changed`,
			role.Name, role.Title, role.Note, string(role.Kind), now)
		if err != nil {
			return err
		}
		if err := exec(`DELETE FROM auth_role_grant WHERE role = $1`, role.Name); err != nil {
			return err
		}
		for _, perm := range role.Grants {
			if err := exec(`INSERT INTO auth_role_grant (role, permission) VALUES ($1, $2)`, role.Name, perm); err != nil {
				return err
			}
		}
	}
	return bump(ctx, tx)
}

// bump tells every copy of the program that roles or departments have changed.
func bump(ctx context.Context, tx db.Tx) error {
	if _, err := tx.ExecContext(ctx, `UPDATE auth_version SET n = n + 1 WHERE id = 1`); err != nil {
		return fmt.Errorf("count change of rights: %w", err)
	}
	return nil
}

// Changed is for the organisation: it makes every copy of the program read the departments again.
func (s *Service) Changed(ctx context.Context, tx db.Tx) error { return bump(ctx, tx) }

func joinKinds(kinds []RoleKind) string {
	var b strings.Builder
	b.WriteByte(',')
	for _, k := range kinds {
		b.WriteString(string(k) + ",")
	}
	return b.String()
}

func splitKinds(text string) []RoleKind {
	var out []RoleKind
	for k := range strings.SplitSeq(strings.Trim(text, ","), ",") {
		if k != "" {
			out = append(out, RoleKind(k))
		}
	}
	return out
}

// load reads the whole table in one snapshot.
func (s *Service) load(ctx context.Context) (*rights, error) {
	out := &rights{roles: &Roles{}}
	err := s.db.View(ctx, func(q db.Query) error { return s.loadFrom(ctx, q, out) })
	if err != nil {
		return nil, fmt.Errorf("load roles: %w", err)
	}
	return out, nil
}

func (s *Service) loadFrom(ctx context.Context, q db.Query, out *rights) (err error) {
	if err := q.QueryRowContext(ctx, `SELECT n FROM auth_version WHERE id = 1`).Scan(&out.version); err != nil {
		return err
	}
	out.roles = &Roles{}
	err = each(ctx, q, `SELECT name, title, kinds FROM auth_permission ORDER BY name`, func(scan func(...any) error) error {
		var p Permission
		var kinds string
		if err := scan(&p.Name, &p.Title, &kinds); err != nil {
			return err
		}
		p.kinds, out.seeded = splitKinds(kinds), true
		if s.declared == nil || s.declared.knows(p.Name) { // what an older release offered is offered no more
			out.roles.permissions = append(out.roles.permissions, p)
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = each(ctx, q, `SELECT name, title, note, kind, builtin FROM auth_role ORDER BY builtin DESC, name`, func(scan func(...any) error) error {
		var role Role
		var builtin int
		if err := scan(&role.Name, &role.Title, &role.Note, &role.Kind, &builtin); err != nil {
			return err
		}
		role.Builtin = builtin != 0
		out.roles.roles = append(out.roles.roles, role)
		return nil
	})
	if err != nil {
		return err
	}
	err = each(ctx, q, `SELECT role, permission FROM auth_role_grant ORDER BY role, permission`, func(scan func(...any) error) error {
		var name, perm string
		if err := scan(&name, &perm); err != nil {
			return err
		}
		if role := out.roles.find(name); role != nil && out.roles.knows(perm) {
			role.Grants = append(role.Grants, perm)
		}
		return nil
	})
	if err != nil {
		return err
	}
	out.roles.order(s.declared)
	out.roles.sort()
	if s.departments != nil {
		out.below, out.names, err = s.departments.Tree(ctx, q)
	}
	return err
}

// order puts the built-in roles into the order of the release.
func (r *Roles) order(like *Roles) {
	if like == nil {
		return
	}
	rank := func(role Role) int {
		if i := slices.IndexFunc(like.roles, func(l Role) bool { return l.Name == role.Name }); i >= 0 {
			return i
		}
		return len(like.roles)
	}
	slices.SortStableFunc(r.roles, func(a, b Role) int { return rank(a) - rank(b) })
}

func (r *Roles) knows(perm string) bool {
	return slices.ContainsFunc(r.permissions, func(p Permission) bool { return p.Name == perm })
}

// each calls f with every row of a query.
func each(ctx context.Context, q db.Query, query string, f func(scan func(...any) error) error, args ...any) error {
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

// current returns the rights as of what q sees.
func (s *Service) current(ctx context.Context, q db.Query) (*rights, error) {
	var version int64
	if err := q.QueryRowContext(ctx, `SELECT n FROM auth_version WHERE id = 1`).Scan(&version); err != nil {
		return nil, fmt.Errorf("read version of rights: %w", err)
	}
	if r := s.rights.Load(); r != nil && r.version == version {
		return r, nil
	}
	out := &rights{}
	if err := s.loadFrom(ctx, q, out); err != nil {
		return nil, fmt.Errorf("load rights: %w", err)
	}
	s.rights.Store(out)
	return out, nil
}

// actorOf returns the person of an account with what their grants give them right now. Whoever must change the password
// first holds nothing.
func (s *Service) actorOf(ctx context.Context, q db.Query, a Account) (Actor, error) {
	r, err := s.current(ctx, q)
	if err != nil {
		return Actor{}, err
	}
	var grants []Grant
	err = each(ctx, q, `SELECT role, scope, place FROM auth_grant WHERE account = $1 ORDER BY at, role`, func(scan func(...any) error) error {
		var g Grant
		if err := scan(&g.Role, &g.Reach, &g.Place); err != nil {
			return err
		}
		grants = append(grants, g)
		return nil
	}, a.ID)
	if err != nil {
		return Actor{}, fmt.Errorf("load grants: %w", err)
	}
	return s.actorWith(r, a, grants), nil
}

// actorWith is the holder of an account with what was granted to it.
func (s *Service) actorWith(r *rights, a Account, grants []Grant) Actor {
	who := a.actor()
	who.MustChange = s.mustChange(a)
	if name := r.names[a.DepartmentID]; name != "" {
		who.Department = name
	}
	who = who.Granted()
	for _, g := range grants {
		if !slices.Contains(who.Roles, g.Role) {
			who.Roles = append(who.Roles, g.Role)
		}
		if !who.MustChange {
			who = who.GrantedWithin(r.scope(a.ID, g), r.roles.Grants(g.Role)...)
		}
	}
	return who
}

// rightsAt returns the rights of a version, or of a later one.
func (s *Service) rightsAt(ctx context.Context, version int64) (r *rights, err error) {
	if r := s.rights.Load(); r != nil && r.version == version {
		return r, nil
	}
	err = s.db.View(ctx, func(q db.Query) error {
		r, err = s.current(ctx, q)
		return err
	})
	return r, err
}

// scope turns the words of a grant into what it covers today.
func (r *rights) scope(account string, g Grant) actor.Scope {
	switch g.Reach {
	case actor.ReachAll:
		return actor.Everywhere()
	case actor.ReachRegion:
		return actor.InRegion(g.Place)
	case actor.ReachDepartment:
		return actor.InDepartments(append([]string{g.Place}, r.below[g.Place]...)...)
	case actor.ReachOwn:
		return actor.OwnOf(account)
	}
	return actor.Scope{}
}
