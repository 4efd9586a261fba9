// Package web is the HTTP of the integrated window (综合窗口接口): typed operations that call one use case each.
package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
)

const module = "window"

// Staff adds the operations and files of the clerks (工作人员).
func Staff(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "staff")
	inbox(api, a)
	cases(api, a)
	decisions(api, a)
	registrations(srv, api, a)
	finding(api, a)
	pins(api, a)
	files(srv, a)
	srv.Hear(app.MayHear, "window.")
}

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "window-" + id, Method: http.MethodGet, Path: path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "window-" + id, Method: http.MethodPost, Path: path, Summary: summary}
}

type inboxIn struct {
	Tab  string `query:"tab" enum:"todo,accepted,closed,all" default:"todo" doc:"清单"`
	Q    string `query:"q" maxLength:"60" doc:"办件编号、证件号，或姓名、事项的一部分"`
	Item string `query:"item" maxLength:"40" doc:"事项编码"`
	Page int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Size int    `query:"size" minimum:"1" maximum:"200" default:"50"`
}

type inboxOut struct{ Body app.Inbox }

func inbox(api huma.API, a *app.App) {
	httpx.Register(api, window.PermRead, get("list-inbox", "/window/inbox", "收件清单"),
		func(ctx context.Context, in *inboxIn) (*inboxOut, error) {
			out, err := a.Inbox(ctx, app.Ask{Tab: in.Tab, Query: in.Q, Item: in.Item, Page: in.Page, Size: in.Size})
			return &inboxOut{Body: out}, err
		})
}

// CasePath is the path of one case. It is exported because huma fills in only what it can see.
type CasePath struct {
	No string `path:"no" maxLength:"24" doc:"办件编号"`
}

type caseOut struct{ Body app.Case }

type tickIn struct {
	CasePath
	ID   string `path:"id" maxLength:"60" doc:"审查要点"`
	Body struct {
		Ticked bool   `json:"ticked"`
		Note   string `json:"note" maxLength:"200"`
	}
}

type unmaskIn struct {
	CasePath
	Body struct {
		Field  string `json:"field" enum:"id_number,phone" doc:"看哪一项"`
		Code   string `json:"reason_code,omitempty" enum:"compare,contact,deliver,complaint,lawful,request,other" doc:"理由，空为其他"`
		Reason string `json:"reason" minLength:"4" maxLength:"200" doc:"查看原因，留痕"`
	}
}

type unmaskOut struct {
	Body struct {
		Value string `json:"value"`
	}
}

func cases(api huma.API, a *app.App) {
	httpx.Register(api, window.PermRead, get("show-case", "/window/cases/{no}", "办件详情"),
		func(ctx context.Context, in *CasePath) (*caseOut, error) {
			out, err := a.Show(ctx, in.No)
			return &caseOut{Body: out}, err
		})
	httpx.Register(api, window.PermAccept, post("tick-point", "/window/cases/{no}/points/{id}", "看过审查要点"),
		func(ctx context.Context, in *tickIn) (*caseOut, error) {
			out, err := a.Tick(ctx, in.No, in.ID, in.Body.Ticked, in.Body.Note)
			return &caseOut{Body: out}, err
		})
	httpx.Register(api, window.PermUnmask, post("unmask-field", "/window/cases/{no}/unmask", "查看全文"),
		func(ctx context.Context, in *unmaskIn) (*unmaskOut, error) {
			v, err := a.Unmask(ctx, in.No, in.Body.Field, in.Body.Code, in.Body.Reason)
			out := &unmaskOut{}
			out.Body.Value = v
			return out, err
		})
}
