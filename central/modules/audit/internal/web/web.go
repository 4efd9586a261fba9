// Package web is the auditors' HTTP side (审计接口), all of it for the management console.
package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/audit/actions"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/sheet"
	contract "tongban/central/modules/audit"
	"tongban/central/modules/audit/internal/app"
)

// Routes returns the function that adds the routes to a server.
func Routes(a *app.App) func(*httpx.Server) {
	return func(srv *httpx.Server) {
		api := srv.API("audit", "admin")
		records(api, a)
		chain(api, a)
		alerts(api, a)
	}
}

// QueryIn is what an auditor asks.
type QueryIn struct {
	From   time.Time `query:"from" doc:"从，含"`
	To     time.Time `query:"to" doc:"到，含这一秒"`
	Who    string    `query:"who" maxLength:"60" doc:"姓名或账号编号"`
	Action string    `query:"action" maxLength:"60" doc:"事项编号"`
	Object string    `query:"object" maxLength:"80" doc:"对象编号，一部分也可以"`
	Q      string    `query:"q" maxLength:"80" doc:"同 object"`
	Source string    `query:"source" maxLength:"60" doc:"来源地址"`
	Result string    `query:"result" enum:"ok,denied,failed," doc:"结果"`
}

func (in QueryIn) query() app.Query {
	q := app.Query{From: in.From, To: in.To, Who: in.Who, Action: in.Action, Object: in.Object, Source: in.Source, Result: in.Result}
	if q.Object == "" {
		q.Object = in.Q
	}
	return q
}

type searchIn struct {
	QueryIn
	Before int64 `query:"before" minimum:"0" doc:"只要序号比它小的，翻页用"`
	Size   int   `query:"size" minimum:"1" maximum:"200" default:"50"`
}

type out[T any] struct{ Body T }

func reply[T any](v T, err error) (*out[T], error) {
	if err != nil {
		return nil, err
	}
	return &out[T]{v}, nil
}

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "audit-" + id, Method: http.MethodGet, Path: "/audit" + path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "audit-" + id, Method: http.MethodPost, Path: "/audit" + path, Summary: summary}
}

// ActionRow is one kind of act, for choosing.
type ActionRow struct {
	Name            string `json:"name"`
	Title           string `json:"title"`
	ObjectKindTitle string `json:"object_kind_title"`
	Level           string `json:"level" enum:"routine,notable,critical"`
	LevelTitle      string `json:"level_title"`
}

// ActionRows are all of them.
type ActionRows struct {
	Rows []ActionRow `json:"rows"`
}

func actionRows() ActionRows {
	all := ActionRows{Rows: []ActionRow{}}
	for _, a := range actions.All() {
		all.Rows = append(all.Rows, ActionRow{Name: a.Name, Title: a.Title, ObjectKindTitle: a.Object, Level: string(a.Level), LevelTitle: a.Level.Title()})
	}
	return all
}

func records(api huma.API, a *app.App) {
	httpx.Register(api, contract.PermRead, get("search-records", "/records", "检索审计记录"), func(ctx context.Context, in *searchIn) (*out[app.Rows], error) {
		return reply(a.Search(ctx, in.query(), in.Before, in.Size))
	})
	httpx.Register(api, contract.PermRead, get("show-record", "/records/{seq}", "查看一条审计记录"), func(ctx context.Context, in *struct {
		Seq int64 `path:"seq" minimum:"1"`
	},
	) (*out[app.Record], error) {
		return reply(a.Show(ctx, in.Seq))
	})
	httpx.Register(api, contract.PermRead, get("list-actions", "/actions", "审计事项"), func(context.Context, *struct{}) (*out[ActionRows], error) {
		return reply(actionRows(), nil)
	})
	httpx.Register(api, contract.PermRead, get("get-statistics", "/statistics", "审计统计"), func(ctx context.Context, in *struct {
		From time.Time `query:"from"`
		To   time.Time `query:"to"`
	},
	) (*out[app.Statistics], error) {
		return reply(a.Statistics(ctx, in.From, in.To))
	})
	// Repeatable: taking the same out twice is two acts and two records, and no answer of this size is kept.
	httpx.Register(api, contract.PermExport, httpx.Repeatable(post("export-records", "/export", "导出审计记录")), export(a))
}

type exportIn struct {
	Body struct {
		From   time.Time    `json:"from,omitzero" required:"false"`
		To     time.Time    `json:"to,omitzero" required:"false"`
		Who    string       `json:"who,omitempty" maxLength:"60"`
		Action string       `json:"action,omitempty" maxLength:"60"`
		Object string       `json:"object,omitempty" maxLength:"80"`
		Q      string       `json:"q,omitempty" maxLength:"80"`
		Source string       `json:"source,omitempty" maxLength:"60"`
		Result string       `json:"result,omitempty" enum:"ok,denied,failed,"`
		Format sheet.Format `json:"format" enum:"csv,xlsx"`
		Reason string       `json:"reason" minLength:"4" maxLength:"200" doc:"为什么导出"`
	}
}

func export(a *app.App) func(context.Context, *exportIn) (*huma.StreamResponse, error) {
	return func(ctx context.Context, in *exportIn) (*huma.StreamResponse, error) {
		b := in.Body
		q := QueryIn{From: b.From, To: b.To, Who: b.Who, Action: b.Action, Object: b.Object, Q: b.Q, Source: b.Source, Result: b.Result}
		write, err := a.Export(ctx, q.query(), b.Format, b.Reason)
		if err != nil {
			return nil, err
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			hc.SetHeader("Content-Type", b.Format.ContentType())
			hc.SetHeader("Content-Disposition", `attachment; filename="audit.`+string(b.Format)+`"`)
			hc.SetHeader("Cache-Control", "no-store")
			if err := write(hc.Context(), hc.BodyWriter()); err != nil { //nolint:contextcheck // the same request, seen by huma
				// The status is sent: a file that ends early, and is no valid archive, is all that can be said.
				a.Log.WarnContext(ctx, "export of audit records broke off", "cause", err.Error())
			}
		}}, nil
	}
}

func chain(api huma.API, a *app.App) {
	httpx.Register(api, contract.PermVerify, get("get-chain", "/chain", "审计链与检查点"), func(ctx context.Context, _ *struct{}) (*out[app.Chain], error) {
		return reply(a.Chain(ctx))
	})
	httpx.Register(api, contract.PermVerify, post("verify-chain", "/verify", "核验审计链"), func(ctx context.Context, _ *struct{}) (*out[*app.Run], error) {
		return reply(a.Verify(ctx))
	})
	httpx.Register(api, contract.PermVerify, get("get-verification", "/verify/{id}", "核验的进度与结果"), func(ctx context.Context, in *struct {
		ID string `path:"id" maxLength:"40"`
	},
	) (*out[*app.Run], error) {
		return reply(a.Run(ctx, in.ID))
	})
}

// AlertRows are alerts, open ones first.
type AlertRows struct {
	Rows []contract.Alert `json:"rows"`
}

func alerts(api huma.API, a *app.App) {
	httpx.Register(api, contract.PermRead, get("list-alerts", "/alerts", "审计告警"), func(ctx context.Context, _ *struct{}) (*out[AlertRows], error) {
		rows, err := a.Alerts(ctx)
		return reply(AlertRows{rows}, err)
	})
	httpx.Register(api, contract.PermVerify, post("acknowledge-alert", "/alerts/{id}/acknowledge", "处理审计告警"), func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"40"`
		Body struct {
			Note string `json:"note" minLength:"4" maxLength:"200" doc:"怎么处理的"`
		}
	},
	) (*struct{}, error) {
		return nil, a.Acknowledge(ctx, in.ID, in.Body.Note)
	})
}
