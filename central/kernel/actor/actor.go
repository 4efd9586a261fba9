// Package actor says who acts (行为人): the person, terminal or program on
// whose behalf a context runs. It is a leaf, so that audit and auth may both
// lean on it; modules use the same names through package auth.
package actor

import (
	"context"
	"log/slog"
	"maps"
	"slices"
)

// Kind sorts those who act.
type Kind string

// The kinds of actor. The empty kind is nobody: not signed in.
const (
	Staff    Kind = "staff"    // 工作人员, signed in at a console
	Terminal Kind = "terminal" // 自助终端, known by its certificate or key
	System   Kind = "system"   // 系统: jobs, schedules, the command line
	Citizen  Kind = "citizen"  // 办事群众
	Consumer Kind = "consumer" // 使用方: another system that calls our services
)

// Actor is one who acts. The zero value is nobody and may do nothing.
type Actor struct {
	Kind       Kind     `json:"kind"`
	ID         string   `json:"id"`
	Name       string   `json:"name,omitempty"`       // staff and terminals only, never a citizen's name
	Desk       string   `json:"desk,omitempty"`       // window label, such as "B 区 12 号窗"
	Department string   `json:"department,omitempty"` // 部门, as it is shown
	Roles      []string `json:"roles,omitempty"`

	Region       string `json:"region,omitempty"`        // 行政区划代码 of the post, twelve digits
	DepartmentID string `json:"department_id,omitempty"` // of the post
	MustChange   bool   `json:"must_change,omitempty"`   // may do nothing before the password was changed

	permissions map[string]Scope
}

// Known reports whether anybody acts at all.
func (a Actor) Known() bool { return a.Kind != "" }

// Can reports whether a holds perm. Program code of the centre (System) holds
// every permission: it acts by rules that were reviewed with the code.
func (a Actor) Can(perm string) bool {
	_, holds := a.permissions[perm]
	return a.Kind == System || perm != "" && holds
}

// Scope is where a may use perm: everywhere for the centre itself, nowhere for whoever does not hold it.
func (a Actor) Scope(perm string) Scope {
	if a.Kind == System {
		return Everywhere()
	}
	return a.permissions[perm]
}

// Permissions lists what a holds, sorted.
func (a Actor) Permissions() []string { return slices.Sorted(maps.Keys(a.permissions)) }

// Granted returns a with exactly these permissions, everywhere. Only package auth, which
// knows the roles, and tests have reason to call it.
func (a Actor) Granted(perms ...string) Actor {
	a.permissions = make(map[string]Scope, len(perms))
	return a.GrantedWithin(Everywhere(), perms...)
}

// GrantedWithin returns a with these permissions within s, added to what it holds.
func (a Actor) GrantedWithin(s Scope, perms ...string) Actor {
	held := make(map[string]Scope, len(a.permissions)+len(perms))
	maps.Copy(held, a.permissions)
	for _, p := range perms {
		held[p] = held[p].Join(s)
	}
	a.permissions = held
	return a
}

// String is short and safe for logs.
func (a Actor) String() string {
	if !a.Known() {
		return "nobody"
	}
	return string(a.Kind) + ":" + a.ID
}

// LogValue leaves names out of logs.
func (a Actor) LogValue() slog.Value { return slog.StringValue(a.String()) }

// Origin is where a request came from (来源).
type Origin struct {
	Source  string // peer address without port; "" inside the centre
	Request string // request id, the same as in the log line
}

type (
	actorKey  struct{}
	originKey struct{}
)

// With returns ctx acting as a.
func With(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// From returns who acts in ctx; nobody when nobody was set.
func From(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}

// WithOrigin returns ctx with the origin noted.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginFrom returns the origin of ctx.
func OriginFrom(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o
}
