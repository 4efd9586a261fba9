package app

import (
	"context"
	"net/http"

	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/fleet/wire"
)

// Rate keeps the citizen's view of this service. It carries no name, and one press is enough: a second changes nothing.
func (a *App) Rate(ctx context.Context, id string, in screen.Rate) error {
	if in.Level < 1 || in.Level > 5 {
		return problem(http.StatusUnprocessableEntity, "screen.level", "请在五个里选一个", nil)
	}
	var body wire.Rating
	done := false
	err := a.with(id, session.Rate, func(v *session.Visit) error {
		if v.Done == nil {
			return errNotNow
		}
		done = v.Done.Rated != 0
		if !done {
			v.Done.Rated = in.Level
			body = wire.Rating{CaseNo: v.Done.CaseNo, Item: v.Done.ItemCode, Level: in.Level, At: a.o.Clock.Now()}
		}
		return nil
	})
	if err != nil || done {
		return err
	}
	if err := a.tell(ctx, wire.KindRating, body); err != nil {
		a.o.Log.Error("rating was not kept", "err", err) // the citizen has done their part
	}
	return nil
}
