package auth

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"tongban/central/kernel/errs"
)

//go:embed roles.yaml
var rolesYAML []byte

// RoleKind keeps duties apart (岗位分离): an account holds roles of one kind only, and a permission goes only to roles of
// the kinds that hold it in the release. Three of the kinds are the three administrators of GB/T 22239-2019, 8.1.5.
type RoleKind string

// Kinds of role.
const (
	KindBusiness RoleKind = "business" // 业务
	KindSystem   RoleKind = "system"   // 系统管理
	KindSecurity RoleKind = "security" // 安全管理
	KindAudit    RoleKind = "audit"    // 审计管理
	KindTerminal RoleKind = "terminal" // 终端
)

// Title is the kind in Chinese.
func (k RoleKind) Title() string {
	return map[RoleKind]string{
		KindBusiness: "业务", KindSystem: "系统管理", KindSecurity: "安全管理", KindAudit: "审计管理", KindTerminal: "终端",
	}[k]
}

// Permission is one thing a module lets people do (权限).
type Permission struct {
	Name  string   // "module:verb", such as "window:accept"
	Title string   // Chinese, for the matrix, such as "受理申请"
	Roles []string // names of the built-in roles that hold it

	kinds []RoleKind // of the roles that may hold it
}

// Kinds returns the kinds of role that may hold p.
func (p Permission) Kinds() []RoleKind { return slices.Clone(p.kinds) }

// Role is a named set of permissions (角色).
type Role struct {
	Name    string   `yaml:"name"`
	Title   string   `yaml:"title"`
	Kind    RoleKind `yaml:"kind"`
	Note    string   `yaml:"note"`
	Builtin bool     `yaml:"-"`
	Grants  []string `yaml:"-"` // permissions, sorted
}

// Roles is a table of roles and what each holds. It does not change after
// it was made.
type Roles struct {
	roles       []Role
	permissions []Permission
}

var permissionName = regexp.MustCompile(`^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$`)

// NewRoles builds the table of a release: the built-in roles with the permissions that
// modules declare. A misspelt role or permission is an error that names it.
func NewRoles(permissions ...Permission) (*Roles, error) {
	var file struct {
		Roles []Role `yaml:"roles"`
	}
	if err := yaml.UnmarshalWithOptions(rolesYAML, &file, yaml.DisallowUnknownField()); err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	r := &Roles{roles: file.Roles}
	for i := range r.roles {
		r.roles[i].Builtin = true
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
		p.kinds = nil
		for _, name := range p.Roles {
			role := r.find(name)
			if role == nil {
				return nil, fmt.Errorf("roles: permission %q names the unknown role %q", p.Name, name)
			}
			if !slices.Contains(role.Grants, p.Name) {
				role.Grants = append(role.Grants, p.Name)
			}
			if !slices.Contains(p.kinds, role.Kind) {
				p.kinds = append(p.kinds, role.Kind)
			}
		}
		r.permissions = append(r.permissions, p)
	}
	r.sort()
	return r, nil
}

func (r *Roles) sort() {
	for i := range r.roles {
		slices.Sort(r.roles[i].Grants)
	}
	slices.SortFunc(r.permissions, func(a, b Permission) int { return strings.Compare(a.Name, b.Name) })
}

func (r *Roles) find(name string) *Role {
	for i := range r.roles {
		if r.roles[i].Name == name {
			return &r.roles[i]
		}
	}
	return nil
}

// Find returns a role by its name.
func (r *Roles) Find(name string) (Role, bool) {
	if role := r.find(name); role != nil {
		return *role, true
	}
	return Role{}, false
}

// All returns the roles, built-in ones first, in the order of the file.
func (r *Roles) All() []Role { return slices.Clone(r.roles) }

// Permissions returns everything that can be granted, by name.
func (r *Roles) Permissions() []Permission { return slices.Clone(r.permissions) }

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

// Grant returns a with the permissions of its roles, everywhere: for machines and tests. People get theirs with a scope,
// from their grants.
func (r *Roles) Grant(a Actor) Actor { return a.Granted(r.Grants(a.Roles...)...) }

// Check refuses unknown roles and roles that one person may not hold together.
func (r *Roles) Check(names []string) error {
	var first *Role
	for _, n := range names {
		role := r.find(n)
		if role == nil {
			return errs.E(errs.Invalid, "auth.unknown_role", "没有这个角色，请重新选择", fmt.Errorf("role %q", n))
		}
		if first == nil {
			first = role
		}
		if role.Kind != first.Kind {
			return apart(*first, *role)
		}
	}
	return nil
}

// apart is the refusal to give one person roles of two kinds.
func apart(has, more Role) error {
	words := fmt.Sprintf("“%s”和“%s”不能由同一人担任，请分给不同的人", has.Title, more.Title)
	return errs.E(errs.Invalid, "auth.roles_apart", words, fmt.Errorf("roles %q and %q", has.Name, more.Name))
}
