package app

import (
	"context"

	"tongban/central/kernel/db"
	"tongban/central/modules/statistics/internal/store"
)

var channelWords = map[string]string{"terminal": "自助终端", "window": "窗口", "web": "网上", "phone": "手机", "imianyang": "i绵阳", "tianfu": "天府通办", "": "没有登记渠道"}

// namer returns what the keys of a grouping are called.
func (a *App) namer(ctx context.Context, by string) (func(string) string, error) {
	var names map[string]string
	var err error
	empty := "没有归属"
	switch by {
	case "department":
		names, err = a.Names.Departments(ctx)
	case "region":
		names, err = a.Names.Regions(ctx)
	case "item":
		err = a.DB.View(ctx, func(q db.Query) (err error) {
			names, err = store.ItemNames(ctx, q)
			return err
		})
	case "channel":
		names = channelWords
	case "window":
		empty = "不在窗口办的"
	}
	return func(key string) string {
		switch n := names[key]; {
		case n != "":
			return n
		case key == "":
			return empty
		}
		return key
	}, err
}
