package auth

import (
	"context"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/errs"
)

// Actor is one who acts; see package actor.
type Actor = actor.Actor

// The kinds of actor.
const (
	Staff    = actor.Staff
	Terminal = actor.Terminal
	System   = actor.System
	Citizen  = actor.Citizen
)

// Who returns who acts in ctx; an Actor that is not Known is nobody.
func Who(ctx context.Context) Actor { return actor.From(ctx) }

// As returns ctx acting as a.
func As(ctx context.Context, a Actor) context.Context { return actor.With(ctx, a) }

// AsSystem returns ctx acting as the centre itself, for work nobody asked for
// by hand; name says which, such as "retention".
func AsSystem(ctx context.Context, name string) context.Context {
	return actor.With(ctx, Actor{Kind: System, ID: name})
}

// Two words may stand in place of a permission.
const (
	Public = "public" // anybody, also without signing in
	Self   = "self"   // whoever is signed in, about themselves
)

// May returns nil when the actor of ctx holds perm, and otherwise the error to
// return: sign in first, or not allowed.
func May(ctx context.Context, perm string) error {
	who := Who(ctx)
	switch {
	case perm == Public:
		return nil
	case !who.Known():
		return errs.E(errs.Unauthorised, "auth.signed_out", "请先登录", nil)
	case perm == Self, who.Can(perm):
		return nil
	case who.MustChange:
		return errs.E(errs.Forbidden, "auth.must_change", "密码是别人给的或已经过期，请先改成自己的密码", nil)
	}
	return errs.E(errs.Forbidden, "auth.forbidden", "您没有办理这一步的权限，请联系管理员开通", nil)
}
