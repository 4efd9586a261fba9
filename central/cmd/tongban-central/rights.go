package main

import (
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
)

// rights is who may do what, as the program is built (权限矩阵). Roles made at run time come on top of it.
type rights struct {
	roles      *auth.Roles
	operations []httpx.Operation
}

// rightsRow is one operation as `permissions --json` prints it.
type rightsRow struct {
	Operation  string   `json:"operation"`
	Audience   string   `json:"audience"`
	Method     string   `json:"method"`
	Path       string   `json:"path"`
	Permission string   `json:"permission"`
	Title      string   `json:"title,omitempty"` // of the permission, in Chinese
	Roles      []string `json:"roles"`           // built-in roles that hold it
	Kinds      []string `json:"kinds"`           // of roles that it may be given to
}

func (r rights) rows() []rightsRow {
	out := []rightsRow{}
	for _, op := range r.operations {
		row := rightsRow{Operation: op.ID, Audience: op.Audience, Method: op.Method, Path: op.Path, Permission: op.Permission, Roles: []string{}, Kinds: []string{}}
		if p, ok := r.permission(op.Permission); ok {
			row.Title = p.Title
			row.Roles = append(row.Roles, r.roles.Holders(p.Name)...)
			for _, k := range p.Kinds() {
				row.Kinds = append(row.Kinds, string(k))
			}
		}
		out = append(out, row)
	}
	return out
}

func (r rights) permission(name string) (auth.Permission, bool) {
	all := r.roles.Permissions()
	i := slices.IndexFunc(all, func(p auth.Permission) bool { return p.Name == name })
	if i < 0 {
		return auth.Permission{}, false
	}
	return all[i], true
}

// markdown is deploy/docs/permissions.md: permission by role, then operation by permission.
func (r rights) markdown() string {
	var b strings.Builder
	b.WriteString("<!-- printed by `tongban-central permissions --markdown` (make gen); do not edit -->\n# Who may do what\n\n")
	b.WriteString("A permission is held by roles; a person is given a role within a scope: everywhere, a region and below, a department and below, or\n" +
		"what she works on herself. Roles of different kinds are never held by one account. The three administrators may make more roles\n" +
		"at run time; what each kind may hold does not change.\n\n## Roles\n\n| role | kind | |\n|---|---|---|\n")
	roles := r.roles.All()
	for _, role := range roles {
		fmt.Fprintf(&b, "| `%s` %s | %s | %s |\n", role.Name, role.Title, role.Kind.Title(), role.Note)
	}
	b.WriteString("\n## Permissions\n\n| permission | |")
	for _, role := range roles {
		b.WriteString(" " + role.Title + " |")
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(roles)) + "\n")
	permissions := r.roles.Permissions()
	slices.SortFunc(permissions, func(a, b auth.Permission) int { return strings.Compare(a.Name, b.Name) })
	for _, p := range permissions {
		fmt.Fprintf(&b, "| `%s` | %s |", p.Name, p.Title)
		for _, role := range roles {
			mark := ""
			if slices.Contains(role.Grants, p.Name) {
				mark = "●"
			}
			b.WriteString(" " + mark + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## Operations\n\n| operation | | needs |\n|---|---|---|\n")
	for _, op := range r.operations {
		fmt.Fprintf(&b, "| `%s` | %s `%s` | `%s` |\n", op.ID, op.Method, op.Path, op.Permission)
	}
	return b.String()
}
