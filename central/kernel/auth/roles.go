package auth

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml"

	"tongban/central/kernel/errs"
)

//go:embed roles.yaml
var rolesYAML []byte

// Permission is one thing a module lets people do (权限).
type Permission struct {
	Name  string   // "module:verb", such as "window:accept"
	Title string   // Chinese, for the matrix, such as "受理申请"
	Roles []string // names of the roles that hold it
}

// Role is a named set of permissions (角色).
type Role struct {
	Name   string   `yaml:"name"`
	Title  string   `yaml:"title"`
	Grants []string `yaml:"grants"`
}

// Roles is the table of roles and what each holds. It does not change after
// it was made.
type Roles struct {
	roles []Role
	apart [][]string
}

var permissionName = regexp.MustCompile(`^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$`)

// NewRoles builds the table from the built-in roles and the permissions that
// modules declare. A misspelt role or permission is an error that names it.
func NewRoles(permissions ...Permission) (*Roles, error) {
	var file struct {
		Roles []Role     `yaml:"roles"`
		Apart [][]string `yaml:"apart"`
	}
	if err := yaml.UnmarshalWithOptions(rolesYAML, &file, yaml.DisallowUnknownField()); err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	r := &Roles{roles: file.Roles, apart: file.Apart}
	for _, pair := range r.apart {
		for _, name := range pair {
			if r.find(name) == nil {
				return nil, fmt.Errorf("roles: no role %q to keep apart", name)
			}
		}
	}

	seen := map[string]bool{}
	for _, p := range permissions {
		if !permissionName.MatchString(p.Name) {
			return nil, fmt.Errorf("roles: permission %q is not of the form module:verb or module:thing.verb", p.Name)
		}
		if seen[p.Name] {
			return nil, fmt.Errorf("roles: permission %q is declared twice", p.Name)
		}
		seen[p.Name] = true
		for _, name := range p.Roles {
			role := r.find(name)
			if role == nil {
				return nil, fmt.Errorf("roles: permission %q names the unknown role %q", p.Name, name)
			}
			if !slices.Contains(role.Grants, p.Name) {
				role.Grants = append(role.Grants, p.Name)
			}
		}
	}
	for i := range r.roles {
		slices.Sort(r.roles[i].Grants)
	}
	return r, nil
}

func (r *Roles) find(name string) *Role {
	for i := range r.roles {
		if r.roles[i].Name == name {
			return &r.roles[i]
		}
	}
	return nil
}

// All returns the roles in the order of the file.
func (r *Roles) All() []Role { return slices.Clone(r.roles) }

// Grants returns what the named roles hold together; an unknown role holds
// nothing.
func (r *Roles) Grants(names ...string) []string {
	var out []string
	for _, n := range names {
		if role := r.find(n); role != nil {
			out = append(out, role.Grants...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Holders returns the names of the roles that hold perm.
func (r *Roles) Holders(perm string) []string {
	out := []string{}
	for _, role := range r.roles {
		if slices.Contains(role.Grants, perm) {
			out = append(out, role.Name)
		}
	}
	return out
}

// Grant returns a with the permissions of its roles.
func (r *Roles) Grant(a Actor) Actor { return a.Granted(r.Grants(a.Roles...)...) }

// Check refuses unknown roles and roles that one person may not hold together.
func (r *Roles) Check(names []string) error {
	for _, n := range names {
		if r.find(n) == nil {
			return errs.E(errs.Invalid, "auth.unknown_role", "没有这个角色，请重新选择", fmt.Errorf("role %q", n))
		}
	}
	for _, pair := range r.apart {
		if slices.Contains(names, pair[0]) && slices.Contains(names, pair[1]) {
			return errs.E(errs.Invalid, "auth.roles_apart", "这两个角色不能由同一人担任，请分给不同的人", fmt.Errorf("roles %q and %q", pair[0], pair[1]))
		}
	}
	return nil
}
