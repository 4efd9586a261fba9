package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/app"
)

type hallAsk struct {
	Hall string `query:"hall" maxLength:"40" doc:"大厅，空为第一个"`
}

type checkAsk struct {
	Hall string `query:"hall" maxLength:"40" doc:"大厅，空为第一个"`
	Day  string `query:"day" maxLength:"10" doc:"哪一天，空为今天"`
}

type liveOut struct{ Body app.Live }

type configOut struct{ Body app.Config }

type checkOut struct{ Body app.Checked }

type supportIn struct {
	IDPath
	Body struct {
		Zone string `json:"zone" maxLength:"40" doc:"支援哪个分区，空为不再支援"`
	}
}

// watching adds the live map and the check of how a hall is set up.
func watching(api huma.API, a *app.App) {
	httpx.Register(api, hall.PermMap, get("show-live", "/hall/live", "大厅此刻"),
		func(ctx context.Context, in *hallAsk) (*liveOut, error) {
			out, err := a.Live(ctx, in.Hall)
			return &liveOut{Body: out}, err
		})
	httpx.Register(api, hall.PermDirect, post("support-zone", "/hall/windows/{id}/support", "调窗支援"),
		func(ctx context.Context, in *supportIn) (*struct{}, error) {
			return nil, a.Support(ctx, in.ID, in.Body.Zone)
		})
	httpx.Register(api, hall.PermConfigRead, get("show-config", "/hall/config", "大厅配置"),
		func(ctx context.Context, in *hallAsk) (*configOut, error) {
			out, err := a.Config(ctx, in.Hall)
			return &configOut{Body: out}, err
		})
	httpx.Register(api, hall.PermConfigRead, get("check-config", "/hall/check", "窗口配置校验"),
		func(ctx context.Context, in *checkAsk) (*checkOut, error) {
			out, err := a.Check(ctx, in.Hall, in.Day)
			return &checkOut{Body: out}, err
		})
}

// HallPath is the path of one hall.
type HallPath struct {
	Hall string `path:"hall" maxLength:"40" doc:"大厅"`
}

// InHall is the path of one thing in a hall.
type InHall struct {
	HallPath
	ID string `path:"id" maxLength:"40" doc:"编号"`
}

type promiseIn struct {
	HallPath
	Body struct {
		Promise int `json:"promise" minimum:"1" maximum:"240" doc:"最多等多少分钟"`
	}
}

type zoneIn struct {
	HallPath
	Body struct {
		ID     string `json:"id,omitempty" maxLength:"40" doc:"空为新建"`
		Code   string `json:"code" minLength:"1" maxLength:"1" doc:"代号，一个大写字母"`
		Name   string `json:"name" minLength:"1" maxLength:"20"`
		Order  int    `json:"order" minimum:"0" maximum:"999"`
		Closed bool   `json:"closed"`
	}
}

type windowIn struct {
	HallPath
	Body struct {
		ID     string `json:"id,omitempty" maxLength:"40" doc:"空为新建"`
		Zone   string `json:"zone" minLength:"1" maxLength:"40"`
		No     string `json:"no" minLength:"2" maxLength:"4" doc:"窗口号，如 B12"`
		Label  string `json:"label" minLength:"2" maxLength:"30" doc:"名称，如 B 区 12 号窗"`
		Kind   string `json:"kind" enum:"window,general,issue,guide" doc:"专窗、综合窗、发证窗、导办台"`
		Order  int    `json:"order" minimum:"0" maximum:"999"`
		Closed bool   `json:"closed"`
	}
}

type categoryIn struct {
	HallPath
	Body struct {
		ID      string      `json:"id,omitempty" maxLength:"40" doc:"空为新建"`
		Zone    string      `json:"zone" minLength:"1" maxLength:"40"`
		Code    string      `json:"code" minLength:"1" maxLength:"1" doc:"号头，一个大写字母"`
		Name    string      `json:"name" minLength:"1" maxLength:"30"`
		Minutes int         `json:"minutes" minimum:"1" maximum:"240" doc:"一般办多少分钟"`
		Order   int         `json:"order" minimum:"0" maximum:"999"`
		Closed  bool        `json:"closed"`
		Takes   []hall.Take `json:"takes" maxItems:"900" nullable:"false"`
	}
}

type takesIn struct {
	InHall
	Body struct {
		Takes []hall.Take `json:"takes" maxItems:"900" nullable:"false"`
	}
}

type staffIn struct {
	InHall
	Body struct {
		Accounts []string `json:"accounts" maxItems:"60" nullable:"false"`
	}
}

type shiftIn struct {
	HallPath
	Body struct {
		ID       string `json:"id,omitempty" maxLength:"40" doc:"空为新建"`
		Window   string `json:"window" minLength:"1" maxLength:"40"`
		Account  string `json:"account" minLength:"1" maxLength:"40"`
		Weekdays string `json:"weekdays" pattern:"^[1-7]{1,7}$" maxLength:"7" doc:"星期，1 到 7"`
		From     string `json:"from" pattern:"^[0-2][0-9]:[0-5][0-9]$" maxLength:"5"`
		Until    string `json:"until" pattern:"^[0-2][0-9]:[0-5][0-9]$" maxLength:"5"`
		FromDay  string `json:"from_day" minLength:"10" maxLength:"10"`
		UntilDay string `json:"until_day,omitempty" maxLength:"10" doc:"空为一直"`
	}
}

type leaveIn struct {
	HallPath
	Body struct {
		Account  string `json:"account" minLength:"1" maxLength:"40"`
		FromDay  string `json:"from_day" minLength:"10" maxLength:"10"`
		UntilDay string `json:"until_day" minLength:"10" maxLength:"10"`
		Note     string `json:"note" minLength:"1" maxLength:"40" doc:"如 休假、培训"`
	}
}

// again answers every change with the hall as it is set up now.
func again(ctx context.Context, a *app.App, id string, err error) (*configOut, error) {
	if err != nil {
		return nil, err
	}
	out, err := a.Config(ctx, id)
	return &configOut{Body: out}, err
}

func configuring(api huma.API, a *app.App) {
	httpx.Register(api, hall.PermConfigWrite, post("set-hall", "/hall/halls/{hall}", "改等候承诺"),
		func(ctx context.Context, in *promiseIn) (*configOut, error) {
			return again(ctx, a, in.Hall, a.SetHall(ctx, in.Hall, in.Body.Promise))
		})
	httpx.Register(api, hall.PermConfigWrite, post("set-zone", "/hall/halls/{hall}/zones", "新建、修改分区"),
		func(ctx context.Context, in *zoneIn) (*configOut, error) {
			b := in.Body
			return again(ctx, a, in.Hall, a.SetZone(ctx, in.Hall, app.ZoneRow{ID: b.ID, Code: b.Code, Name: b.Name, Order: b.Order, Closed: b.Closed}))
		})
	httpx.Register(api, hall.PermConfigWrite, post("set-window", "/hall/halls/{hall}/windows", "新建、修改窗口"),
		func(ctx context.Context, in *windowIn) (*configOut, error) {
			b := in.Body
			return again(ctx, a, in.Hall, a.SetWindow(ctx, in.Hall, app.WindowRow{ID: b.ID, Zone: b.Zone, No: b.No, Label: b.Label, Kind: b.Kind, Order: b.Order, Closed: b.Closed}))
		})
	httpx.Register(api, hall.PermConfigWrite, post("set-category", "/hall/halls/{hall}/categories", "新建、修改取号类别"),
		func(ctx context.Context, in *categoryIn) (*configOut, error) {
			b := in.Body
			return again(ctx, a, in.Hall, a.SetCategory(ctx, in.Hall, app.CategoryRow{ID: b.ID, Zone: b.Zone, Code: b.Code, Name: b.Name, Minutes: b.Minutes, Order: b.Order, Closed: b.Closed, Takes: b.Takes}))
		})
	httpx.Register(api, hall.PermConfigWrite, post("set-takes", "/hall/halls/{hall}/windows/{id}/items", "配窗口的事项"),
		func(ctx context.Context, in *takesIn) (*configOut, error) {
			return again(ctx, a, in.Hall, a.SetTakes(ctx, in.Hall, in.ID, in.Body.Takes))
		})
	httpx.Register(api, hall.PermConfigWrite, post("set-staff", "/hall/halls/{hall}/windows/{id}/staff", "配窗口的人员"),
		func(ctx context.Context, in *staffIn) (*configOut, error) {
			return again(ctx, a, in.Hall, a.SetStaff(ctx, in.Hall, in.ID, in.Body.Accounts))
		})
	httpx.Register(api, hall.PermConfigWrite, post("set-skills", "/hall/halls/{hall}/people/{id}/items", "配人员会办的事项"),
		func(ctx context.Context, in *takesIn) (*configOut, error) {
			return again(ctx, a, in.Hall, a.SetSkills(ctx, in.Hall, in.ID, in.Body.Takes))
		})
	httpx.Register(api, hall.PermConfigWrite, post("set-shift", "/hall/halls/{hall}/shifts", "新建、修改班次"),
		func(ctx context.Context, in *shiftIn) (*configOut, error) {
			b := in.Body
			return again(ctx, a, in.Hall, a.SetShift(ctx, in.Hall, app.ShiftRow{ID: b.ID, Window: b.Window, Account: b.Account, Weekdays: b.Weekdays, From: b.From, Until: b.Until, FromDay: b.FromDay, UntilDay: b.UntilDay}))
		})
	httpx.Register(api, hall.PermConfigWrite, post("drop-shift", "/hall/halls/{hall}/shifts/{id}/drop", "删除班次"),
		func(ctx context.Context, in *InHall) (*configOut, error) {
			return again(ctx, a, in.Hall, a.DropShift(ctx, in.Hall, in.ID))
		})
	httpx.Register(api, hall.PermConfigWrite, post("add-leave", "/hall/halls/{hall}/leaves", "登记不在岗"),
		func(ctx context.Context, in *leaveIn) (*configOut, error) {
			b := in.Body
			return again(ctx, a, in.Hall, a.AddLeave(ctx, in.Hall, app.LeaveRow{Account: b.Account, FromDay: b.FromDay, UntilDay: b.UntilDay, Note: b.Note}))
		})
	httpx.Register(api, hall.PermConfigWrite, post("drop-leave", "/hall/halls/{hall}/leaves/{id}/drop", "撤销不在岗"),
		func(ctx context.Context, in *InHall) (*configOut, error) {
			return again(ctx, a, in.Hall, a.DropLeave(ctx, in.Hall, in.ID))
		})
}
