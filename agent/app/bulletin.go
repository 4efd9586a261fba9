package app

import (
	"slices"
	"time"

	"tongban/agent/clock"
	"tongban/agent/screen"
	"tongban/fleet/wire"
)

// before is how a centre that knows no columns sorts its bulletin: by kind.
var before = []wire.BulletinColumn{
	{Code: wire.BulletinNews, Name: "政务资讯", Kind: wire.BulletinNews},
	{Code: wire.BulletinService, Name: "便民服务", Kind: wire.BulletinService},
}

// Bulletin is what can be read without a card: news and convenience services as the centre last told them, network or none. A column
// that has nothing to read is left out.
func (a *App) Bulletin() screen.Bulletin {
	out := screen.Bulletin{Columns: []screen.BulletinColumn{}}
	b, at, ok := a.o.Content.Bulletin()
	if !ok {
		return out
	}
	out.AsOf = at.In(clock.Shanghai).Format(time.RFC3339)
	columns := b.Columns
	of := func(e wire.BulletinEntry) string { return e.Column }
	if len(columns) == 0 && !slices.ContainsFunc(b.Entries, func(e wire.BulletinEntry) bool { return e.Column != "" }) {
		columns, of = before, func(e wire.BulletinEntry) string { return e.Kind }
	}
	for _, c := range columns {
		col := screen.BulletinColumn{Code: c.Code, Name: c.Name, Kind: c.Kind}
		for _, e := range b.Entries {
			if of(e) == c.Code {
				col.Notices = append(col.Notices, screen.Notice{Code: e.Code, Title: e.Title, Body: e.Body, Source: e.Source, On: e.On, Until: e.Until, Phone: e.Phone, Place: e.Place, Hours: e.Hours})
			}
		}
		if len(col.Notices) > 0 {
			out.Columns = append(out.Columns, col)
		}
	}
	return out
}
