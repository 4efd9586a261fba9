package app

import (
	"time"

	"tongban/agent/clock"
	"tongban/agent/screen"
	"tongban/fleet/wire"
)

// Bulletin is what can be read without a card: news and convenience services as the centre last told them, network or none.
func (a *App) Bulletin() screen.Bulletin {
	out := screen.Bulletin{News: []screen.Notice{}, Services: []screen.Notice{}}
	b, at, ok := a.o.Content.Bulletin()
	if !ok {
		return out
	}
	out.AsOf = at.In(clock.Shanghai).Format(time.RFC3339)
	for _, e := range b.Entries {
		n := screen.Notice{Code: e.Code, Title: e.Title, Body: e.Body, Source: e.Source, On: e.On, Phone: e.Phone, Place: e.Place, Hours: e.Hours}
		switch e.Kind {
		case wire.BulletinNews:
			out.News = append(out.News, n)
		case wire.BulletinService:
			out.Services = append(out.Services, n)
		}
	}
	return out
}
