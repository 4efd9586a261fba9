// Package web is the HTTP of the hall (大厅接口): typed operations that call one use case each.
package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/hall"
	"tongban/central/modules/hall/internal/app"
)

const module = "hall"

// Staff adds what clerks and those who run the hall do (工作人员).
func Staff(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "staff")
	seats(api, a)
	tickets(api, a)
	visits(api, a)
	watching(api, a)
	configuring(api, a)
	srv.Hear(app.MayHear, "hall.")
}

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "hall-" + id, Method: http.MethodGet, Path: path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "hall-" + id, Method: http.MethodPost, Path: path, Summary: summary}
}

type deskOut struct{ Body app.Desk }

func desk(out app.Desk, err error) (*deskOut, error) { return &deskOut{Body: out}, err }

type signOnIn struct {
	Body struct {
		Window string `json:"window" minLength:"1" maxLength:"40" doc:"窗口"`
	}
}

type awayIn struct {
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"60" doc:"去做什么"`
	}
}

func seats(api huma.API, a *app.App) {
	httpx.Register(api, hall.PermServe, get("show-desk", "/hall/desk", "我的窗口"),
		func(ctx context.Context, _ *struct{}) (*deskOut, error) { return desk(a.Desk(ctx)) })
	httpx.Register(api, hall.PermServe, post("sign-on", "/hall/desk/sign-on", "签到"),
		func(ctx context.Context, in *signOnIn) (*deskOut, error) { return desk(a.SignOn(ctx, in.Body.Window)) })
	httpx.Register(api, hall.PermServe, post("away", "/hall/desk/away", "暂离"),
		func(ctx context.Context, in *awayIn) (*deskOut, error) { return desk(a.Away(ctx, in.Body.Reason)) })
	httpx.Register(api, hall.PermServe, post("back", "/hall/desk/back", "回来"),
		func(ctx context.Context, _ *struct{}) (*deskOut, error) { return desk(a.Back(ctx)) })
	httpx.Register(api, hall.PermServe, post("sign-off", "/hall/desk/sign-off", "签退"),
		func(ctx context.Context, _ *struct{}) (*deskOut, error) { return desk(a.SignOff(ctx)) })
	httpx.Register(api, hall.PermServe, post("call-next", "/hall/desk/call", "叫下一位"),
		func(ctx context.Context, _ *struct{}) (*deskOut, error) { return desk(a.CallNext(ctx)) })
}

// IDPath is the path of one thing. It is exported because huma fills in only what it can see.
type IDPath struct {
	ID string `path:"id" maxLength:"40" doc:"编号"`
}

type holdIn struct {
	IDPath
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"60" doc:"为什么挂起"`
	}
}

type transferIn struct {
	IDPath
	Body struct {
		Zone   string `json:"zone,omitempty" maxLength:"40" doc:"转到哪个分区"`
		Window string `json:"window,omitempty" maxLength:"40" doc:"转到哪个窗口"`
		Reason string `json:"reason" minLength:"2" maxLength:"60" doc:"为什么转"`
	}
}

type takeIn struct {
	Body struct {
		Hall     string `json:"hall" minLength:"1" maxLength:"40" doc:"大厅"`
		Category string `json:"category" minLength:"1" maxLength:"40" doc:"取号类别"`
		Priority string `json:"priority,omitempty" enum:",elderly,disabled,military,appointment" doc:"优先"`
	}
}

type ticketOut struct{ Body app.Ticket }

func tickets(api huma.API, a *app.App) {
	httpx.Register(api, hall.PermServe, post("take-number", "/hall/tickets", "导办台取号"),
		func(ctx context.Context, in *takeIn) (*ticketOut, error) {
			out, err := a.Take(ctx, app.Wish{Hall: in.Body.Hall, Category: in.Body.Category, Priority: hall.Priority(in.Body.Priority)})
			return &ticketOut{Body: out}, err
		})
	httpx.Register(api, hall.PermServe, post("call-ticket", "/hall/tickets/{id}/call", "叫指定的号"),
		func(ctx context.Context, in *IDPath) (*deskOut, error) { return desk(a.Call(ctx, in.ID)) })
	for _, one := range []struct {
		id, words string
		act       hall.TicketAct
	}{
		{"recall", "重叫", hall.ActRecall}, {"skip", "过号", hall.ActSkip}, {"requeue", "重新排队", hall.ActRequeue},
		{"resume", "继续办", hall.ActResume}, {"finish", "办完", hall.ActFinish}, {"left", "离开", hall.ActLeave},
	} {
		httpx.Register(api, hall.PermServe, post(one.id+"-ticket", "/hall/tickets/{id}/"+one.id, one.words),
			func(ctx context.Context, in *IDPath) (*deskOut, error) { return desk(a.Act(ctx, in.ID, one.act, "")) })
	}
	httpx.Register(api, hall.PermServe, post("start-ticket", "/hall/tickets/{id}/start", "开始办理（已确认过身份）"),
		func(ctx context.Context, in *IDPath) (*deskOut, error) {
			return desk(a.Act(ctx, in.ID, hall.ActStart, ""))
		})
	httpx.Register(api, hall.PermServe, post("hold-ticket", "/hall/tickets/{id}/hold", "挂起"),
		func(ctx context.Context, in *holdIn) (*deskOut, error) {
			return desk(a.Act(ctx, in.ID, hall.ActHold, in.Body.Reason))
		})
	httpx.Register(api, hall.PermServe, post("transfer-ticket", "/hall/tickets/{id}/transfer", "转窗"),
		func(ctx context.Context, in *transferIn) (*deskOut, error) {
			return desk(a.Transfer(ctx, in.ID, in.Body.Zone, in.Body.Window, in.Body.Reason))
		})
}

type identifyIn struct {
	Body struct {
		Ticket   string      `json:"ticket,omitempty" maxLength:"40" doc:"号票，没取号的为空"`
		Way      string      `json:"way" enum:"card,passport,code,typed" doc:"怎么确认身份"`
		Name     string      `json:"name" minLength:"1" maxLength:"60"`
		IDKind   string      `json:"id_kind" enum:"resident,passport,hkmo,taiwan,foreigner,other" doc:"证件类型"`
		IDNumber string      `json:"id_number" minLength:"4" maxLength:"30"`
		Phone    string      `json:"phone,omitempty" maxLength:"20"`
		Reason   string      `json:"reason,omitempty" maxLength:"100" doc:"手工输入的原因"`
		Agent    *hall.Agent `json:"agent,omitempty" doc:"代办人，本人到场则没有"`
	}
}

type visitOut struct{ Body app.Visit }

func visits(api huma.API, a *app.App) {
	httpx.Register(api, hall.PermServe, post("open-visit", "/hall/visits", "确认身份，开始接待"),
		func(ctx context.Context, in *identifyIn) (*visitOut, error) {
			b := in.Body
			out, err := a.Open(ctx, app.Identify{Ticket: b.Ticket, Way: b.Way, Name: b.Name, IDKind: b.IDKind, IDNumber: b.IDNumber, Phone: b.Phone, Reason: b.Reason, Agent: b.Agent})
			return &visitOut{Body: out}, err
		})
	httpx.Register(api, hall.PermServe, get("show-visit", "/hall/visits/{id}", "一次来访"),
		func(ctx context.Context, in *IDPath) (*visitOut, error) {
			out, err := a.Show(ctx, in.ID)
			return &visitOut{Body: out}, err
		})
	httpx.Register(api, hall.PermServe, post("end-visit", "/hall/visits/{id}/end", "结束接待"),
		func(ctx context.Context, in *IDPath) (*deskOut, error) { return desk(a.End(ctx, in.ID)) })
}
