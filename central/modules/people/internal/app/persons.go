package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/vault"
	"tongban/central/modules/people"
)

// soon is how long before its end an account is called expiring.
const soon = 30 * 24 * time.Hour

// Ask is what a list of persons asks for.
type Ask struct {
	Q, Department, Role, State string
	Page, Size                 int
}

// People returns one page of persons.
func (a *App) People(ctx context.Context, ask Ask) (People, error) {
	out := People{Rows: []Row{}, Page: max(ask.Page, 1), Size: min(max(ask.Size, 1), 200)}
	b, err := a.book(ctx)
	if err != nil {
		return out, err
	}
	locked, err := a.Auth.Locked(ctx)
	if err != nil {
		return out, err
	}
	f := auth.Filter{Words: ask.Q, Role: ask.Role, State: ask.State, Page: out.Page, Size: out.Size, Soon: soon}
	f.Departments, f.Region = b.below(ask.Department)
	if ask.State == "locked" {
		f.State, f.IDs = "", append(keys(locked), "none")
	}
	accounts, total, err := a.Auth.List(ctx, f)
	if err != nil {
		return out, err
	}
	out.Total = total
	rows, err := a.rows(ctx, b, accounts, locked)
	if err != nil {
		return out, err
	}
	out.Rows = rows
	n, err := a.Auth.Count(ctx, soon)
	out.Counts = Counts{All: n.All, Active: n.Active, Locked: len(locked), Disabled: n.Disabled, MustChange: n.MustChange, Expiring: n.Expiring}
	return out, err
}

// below turns the chosen place of the tree into what is asked: a region's code, or a department with those below it.
func (b *book) below(place string) (departments []string, region string) {
	if _, ok := b.regions[place]; ok {
		return nil, place
	}
	if place == "" {
		return nil, ""
	}
	departments = []string{place}
	for i := 0; i < len(departments); i++ {
		for id, d := range b.departments {
			if d.Parent == departments[i] && !slices.Contains(departments, id) {
				departments = append(departments, id)
			}
		}
	}
	return departments, ""
}

func keys(m map[string]time.Time) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (a *App) rows(ctx context.Context, b *book, accounts []auth.Account, locked map[string]time.Time) ([]Row, error) {
	idsOf := make([]string, len(accounts))
	for i, acc := range accounts {
		idsOf[i] = acc.ID
	}
	held, err := a.Auth.GrantsOf(ctx, idsOf)
	if err != nil {
		return nil, err
	}
	out := []Row{}
	for _, acc := range accounts {
		second, err := a.Auth.HasSecondFactor(ctx, acc.ID)
		if err != nil {
			return nil, err
		}
		seen, err := a.last(ctx, acc.ID, "auth.login")
		if err != nil {
			return nil, err
		}
		r := b.row(acc, held[acc.ID])
		r.SecondFactor, r.LastSeenAt = second, stamp(seen.At)
		a.state(&r, acc, locked[acc.ID])
		out = append(out, r)
	}
	return out, nil
}

// last returns the newest audit record of an act on an account.
func (a *App) last(ctx context.Context, account, action string) (e audit.Entry, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		found, err := audit.List(ctx, q, audit.Filter{Object: account, Action: action, Limit: 1})
		if len(found) > 0 {
			e = found[0]
		}
		return err
	})
	return e, err
}

func (b *book) row(acc auth.Account, held []auth.Grant) Row {
	department := acc.Department
	if d, ok := b.departments[acc.DepartmentID]; ok {
		department = d.Name
	}
	r := Row{
		ID: acc.ID, Login: acc.Login, Name: acc.Name, Department: acc.DepartmentID, DepartmentName: department, Region: acc.Region,
		RegionName: b.regions[acc.Region].Name, Posts: append([]string{}, acc.Posts...), Roles: []Named{},
	}
	for _, g := range held {
		if !slices.ContainsFunc(r.Roles, func(n Named) bool { return n.Name == g.Role }) {
			r.Roles = append(r.Roles, Named{Name: g.Role, Title: b.title(g.Role)})
		}
	}
	return r
}

func (a *App) state(r *Row, acc auth.Account, locked time.Time) {
	r.LockedUntil = stamp(locked)
	switch {
	case acc.Disabled:
		r.State, r.StateText = "disabled", "停用"
	case !acc.Open(a.Clock.Now()):
		r.State, r.StateText = "expired", "已到期"
	case !locked.IsZero():
		r.State, r.StateText = "locked", "被锁"
	case acc.MustChange:
		r.State, r.StateText = "must_change", "首次密码"
	default:
		r.State, r.StateText = "active", "在用"
	}
}

// Person returns one account in full.
func (a *App) Person(ctx context.Context, id string) (Person, error) {
	acc, err := a.Auth.Get(ctx, id)
	if err != nil {
		return Person{}, err
	}
	b, err := a.book(ctx)
	if err != nil {
		return Person{}, err
	}
	locked, err := a.Auth.Locked(ctx)
	if err != nil {
		return Person{}, err
	}
	rows, err := a.rows(ctx, b, []auth.Account{acc}, locked)
	if err != nil {
		return Person{}, err
	}
	phone, err := a.Auth.Phone(ctx, id)
	if err != nil {
		return Person{}, err
	}
	p := Person{
		Row: rows[0], PhoneMasked: phone.String(), Hall: acc.Hall, HallName: b.halls[acc.Hall], Desk: acc.Desk, CreatedAt: stamp(acc.Created),
		ValidUntil: stamp(acc.ValidUntil), PasswordChangedAt: stamp(acc.PasswordChanged), PasswordExpiresAt: stamp(a.Auth.PasswordEnds(acc)),
		MustChange: acc.MustChange,
	}
	if p.LockedUntil != "" {
		p.LockedReason = "密码连续输错"
	}
	made, err := a.last(ctx, id, "auth.create")
	if err != nil {
		return Person{}, err
	}
	p.CreatedBy = made.ActorName
	if p.Grants, err = a.grants(ctx, b, id); err != nil {
		return Person{}, err
	}
	if p.Sessions, err = a.sessions(ctx, id); err != nil {
		return Person{}, err
	}
	p.Acts = acts(auth.Who(ctx), acc, p)
	return p, nil
}

// acts are what this caller may do with this account now, so that no button leads to a refusal.
func acts(who auth.Actor, acc auth.Account, p Person) []string {
	out := []string{}
	self := who.ID == acc.ID
	add := func(perm, act string, now bool) {
		if now && who.Can(perm) {
			out = append(out, act)
		}
	}
	add(people.PermWrite, "edit", true)
	add(people.PermWrite, "disable", !acc.Disabled && !self)
	add(people.PermWrite, "enable", acc.Disabled)
	add(people.PermWrite, "reset", !acc.Disabled && !self)
	add(people.PermSession, "unlock", p.LockedUntil != "")
	add(people.PermSession, "revoke", len(p.Sessions) > 0)
	add(people.PermSession, "factor", p.SecondFactor && !self)
	add(people.PermGrant, "grant", !acc.Disabled && !self)
	add(people.PermGrant, "take", len(p.Grants) > 0)
	return out
}

func (a *App) grants(ctx context.Context, b *book, id string) ([]Grant, error) {
	held, err := a.Auth.Grants(ctx, id)
	if err != nil {
		return nil, err
	}
	out := []Grant{}
	for _, g := range held {
		by := g.By
		switch acc, err := a.Auth.Get(ctx, g.By); {
		case err == nil:
			by = acc.Name
		case errs.KindOf(err) != errs.NotFound:
			return nil, err
		case by == "init":
			by = "初始化"
		}
		role, _ := b.roles.Find(g.Role)
		name, words := b.place(g)
		out = append(out, Grant{
			ID: g.ID, Role: g.Role, RoleTitle: b.title(g.Role), Scope: string(g.Reach), Place: g.Place, PlaceName: name, Words: words,
			At: stamp(g.At), By: by, Reason: g.Reason, Permissions: b.permissions(role.Grants),
		})
	}
	return out, nil
}

var audiences = map[string]string{auth.ForStaff: "工作台", auth.ForAdmin: "管理台", auth.ForSSO: "统一登录"}

func (a *App) sessions(ctx context.Context, id string) ([]Session, error) {
	listed, err := a.Auth.Sessions(ctx, id)
	if err != nil {
		return nil, err
	}
	out := []Session{}
	for _, l := range listed {
		s := Session{ID: l.ID, Audience: auth.ForSSO, Source: l.Source, Factors: append([]string{}, l.Factors...), CreatedAt: stamp(l.Created), SeenAt: stamp(l.Seen)}
		for _, c := range l.Consoles {
			s.Audience = c
			if s.AudienceTitle != "" {
				s.AudienceTitle += "、"
			}
			s.AudienceTitle += audiences[c]
		}
		s.AudienceTitle = orCode(s.AudienceTitle, audiences[auth.ForSSO])
		out = append(out, s)
	}
	return out, nil
}

// Draft is what is asked of a new person.
type Draft struct {
	Login, Phone string
	auth.Edit
}

// Make adds an account with a one-time password; roles are given by somebody else.
func (a *App) Make(ctx context.Context, n Draft, reason string) (Made, error) {
	if err := a.placed(ctx, &n.Edit); err != nil {
		return Made{}, err
	}
	password := auth.RandomPassword()
	id, err := a.Auth.Create(ctx, auth.Account{
		Login: n.Login, Name: n.Name, Desk: n.Desk, Department: n.Department, DepartmentID: n.DepartmentID, Region: n.Region, Hall: n.Hall,
		Posts: n.Posts, ValidUntil: n.ValidUntil, MustChange: true, Phone: vault.Phone(n.Phone), Reason: reason,
	}, password)
	if err != nil {
		return Made{}, err
	}
	p, err := a.Person(ctx, id)
	return Made{Account: p, Password: password}, err
}

// placed fills in region and name of the department.
func (a *App) placed(ctx context.Context, e *auth.Edit) error {
	d, err := a.Org.Department(ctx, e.DepartmentID)
	if err != nil {
		return errs.WithFields(errs.E(errs.Invalid, "people.department", "请选择单位", err), errs.Field{Path: "department", Message: "请选择单位"})
	}
	e.Department, e.Region = d.Name, d.Region
	return nil
}

// Edit changes the description of a person; phone is left as it is when "".
func (a *App) Edit(ctx context.Context, id string, e auth.Edit, phone, reason string) (Person, error) {
	if err := a.placed(ctx, &e); err != nil {
		return Person{}, err
	}
	e.Phone, e.Reason = vault.Phone(phone), reason
	return a.then(ctx, id, a.Auth.Edit(ctx, id, e))
}

func (a *App) then(ctx context.Context, id string, err error) (Person, error) {
	if err != nil {
		return Person{}, err
	}
	return a.Person(ctx, id)
}

// Disable closes an account.
func (a *App) Disable(ctx context.Context, id, reason string) (Person, error) {
	return a.then(ctx, id, a.Auth.Disable(ctx, id, reason))
}

// Enable opens it again.
func (a *App) Enable(ctx context.Context, id, reason string) (Person, error) {
	return a.then(ctx, id, a.Auth.Enable(ctx, id, reason))
}

// Unlock forgives failed tries.
func (a *App) Unlock(ctx context.Context, id, reason string) (Person, error) {
	return a.then(ctx, id, a.Auth.Unlock(ctx, id, reason))
}

// ResetFactor takes the authenticator away.
func (a *App) ResetFactor(ctx context.Context, id, reason string) (Person, error) {
	if auth.Who(ctx).ID == id {
		return Person{}, errs.E(errs.Conflict, "auth.self_reset", "自己的第二因素请由另一位安全管理员重置", nil)
	}
	return a.then(ctx, id, a.Auth.ResetSecondFactor(ctx, id, reason))
}

// Reset makes a one-time password.
func (a *App) Reset(ctx context.Context, id, reason string) (Made, error) {
	password, err := a.Auth.ResetPassword(ctx, id, reason)
	if err != nil {
		return Made{}, err
	}
	p, err := a.Person(ctx, id)
	return Made{Account: p, Password: password}, err
}

// Revoke ends one sign-on, or all when session is "".
func (a *App) Revoke(ctx context.Context, id, session, reason string) (Person, error) {
	if session != "" {
		return a.then(ctx, id, a.Auth.Revoke(ctx, id, session, reason))
	}
	return a.then(ctx, id, a.Auth.RevokeAll(ctx, id, reason))
}

// Give grants a role.
func (a *App) Give(ctx context.Context, g auth.Grant) (Person, error) {
	_, err := a.Auth.Give(ctx, g)
	return a.then(ctx, g.Account, err)
}

// Take takes a grant of a person back.
func (a *App) Take(ctx context.Context, id, grant, reason string) (Person, error) {
	held, err := a.Auth.Grants(ctx, id)
	if err != nil {
		return Person{}, err
	}
	if !slices.ContainsFunc(held, func(g auth.Grant) bool { return g.ID == grant }) {
		return Person{}, auth.ErrNoGrant
	}
	return a.then(ctx, id, a.Auth.Take(ctx, grant, reason))
}

// Rights explains what a person may do and why.
func (a *App) Rights(ctx context.Context, id string) ([]Right, error) {
	b, err := a.book(ctx)
	if err != nil {
		return nil, err
	}
	_, err = a.Auth.Get(ctx, id)
	why, err2 := a.Auth.Explain(ctx, id, "")
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	out := []Right{}
	for _, p := range b.roles.Permissions() {
		_, module := moduleOf(p.Name)
		r := Right{Permission: p.Name, Title: p.Title, ModuleTitle: module, By: []By{}}
		for _, w := range why {
			if w.Permission == p.Name {
				_, words := b.place(w.Grant)
				r.By = append(r.By, By{RoleTitle: w.Role.Title, Words: words, Reason: w.Grant.Reason})
			}
		}
		if len(r.By) > 0 {
			out = append(out, r)
		}
	}
	return out, nil
}
