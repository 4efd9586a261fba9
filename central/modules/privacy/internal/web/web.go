// Package web is the HTTP of personal-data management (个人信息保护接口), for the management console.
package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/errs"
	"tongban/central/kernel/httpx"
	held "tongban/central/kernel/privacy"
	"tongban/central/modules/privacy"
	"tongban/central/modules/privacy/internal/app"
)

const module = "privacy"

// Admin adds the operations of the management console.
func Admin(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "admin")
	look(api, a)
	keys(api, a)
	retention(api, a)
	requests(api, a)
	srv.Raw("admin", http.MethodPost, "/privacy/requests/{id}/export", privacy.PermExport, export(srv, a), httpx.Summary("导出本人信息"), httpx.MaxBody(4<<10))
}

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: module + "-" + id, Method: http.MethodGet, Path: "/privacy/" + path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: module + "-" + id, Method: http.MethodPost, Path: "/privacy/" + path, Summary: summary}
}

type out[T any] struct{ Body T }

func answer[T any](v T, err error) (*out[T], error) { return &out[T]{Body: v}, err }

// ReasonIn is a body that only says why.
type ReasonIn struct {
	Reason string `json:"reason" minLength:"4" maxLength:"200" doc:"原因，留痕"`
}

func look(api huma.API, a *app.App) {
	httpx.Register(api, privacy.PermRead, get("show-register", "register", "个人信息清单"),
		func(ctx context.Context, _ *struct{}) (*out[app.Register], error) { return answer(a.Register(ctx)) })
}

type rotateIn struct {
	Body struct {
		Class  string `json:"class" maxLength:"40" doc:"字段类别；空为全部，kek 为密钥加密密钥"`
		Reason string `json:"reason" minLength:"4" maxLength:"200" doc:"原因，留痕"`
	}
}

func keys(api huma.API, a *app.App) {
	httpx.Register(api, privacy.PermRead, get("show-keys", "keys", "密钥状态"),
		func(ctx context.Context, _ *struct{}) (*out[app.Keys], error) { return answer(a.Keys(ctx)) })
	httpx.Register(api, held.PermKeys, post("rotate-keys", "keys/rotate", "轮换密钥"),
		func(ctx context.Context, in *rotateIn) (*out[app.Keys], error) {
			return answer(a.Rotate(ctx, in.Body.Class, in.Body.Reason))
		})
}

type (
	runIn  struct{ Body ReasonIn }
	ruleIn struct {
		Name string `path:"name" maxLength:"40" doc:"规则"`
		Body struct {
			Days   int    `json:"days" minimum:"1" maximum:"36525"`
			Reason string `json:"reason" minLength:"4" maxLength:"200"`
		}
	}
	holdIn struct {
		Body struct {
			Rule   string `json:"rule,omitempty" maxLength:"40" doc:"规则；空为全部"`
			Object string `json:"object" minLength:"1" maxLength:"64" doc:"办件编号等"`
			Reason string `json:"reason" minLength:"4" maxLength:"200"`
		}
	}
	liftIn struct {
		ID   string `path:"id" maxLength:"40" doc:"保留"`
		Body ReasonIn
	}
	labelIn struct {
		Body struct {
			Table  string `json:"table" pattern:"^[a-z][a-z0-9_]*$" maxLength:"60"`
			Object string `json:"object" minLength:"1" maxLength:"64"`
			Level  string `json:"level" enum:"public,internal,sensitive,personal"`
			Reason string `json:"reason" minLength:"4" maxLength:"200"`
		}
	}
)

func retention(api huma.API, a *app.App) {
	httpx.Register(api, privacy.PermRead, get("show-retention", "retention", "留存规则与执行"),
		func(ctx context.Context, _ *struct{}) (*out[app.Retention], error) { return answer(a.Retention(ctx)) })
	httpx.Register(api, held.PermRetention, post("preview-retention", "retention/preview", "试运行留存规则"),
		func(ctx context.Context, _ *struct{}) (*out[app.RunRow], error) { return answer(a.Preview(ctx)) })
	httpx.Register(api, held.PermRetention, post("run-retention", "retention/run", "执行留存规则"),
		func(ctx context.Context, in *runIn) (*out[app.RunRow], error) {
			return answer(a.Run(ctx, in.Body.Reason))
		})
	httpx.Register(api, held.PermRetention, post("set-retention", "retention/rules/{name}", "修改留存期限"),
		func(ctx context.Context, in *ruleIn) (*out[app.Retention], error) {
			if err := a.Held.SetDays(ctx, in.Name, in.Body.Days, in.Body.Reason); err != nil {
				return nil, err
			}
			return answer(a.Retention(ctx))
		})
	httpx.Register(api, held.PermRetention, post("set-hold", "holds", "设法律保留"),
		func(ctx context.Context, in *holdIn) (*out[app.HoldRow], error) {
			return answer(a.Hold(ctx, in.Body.Rule, in.Body.Object, in.Body.Reason))
		})
	httpx.Register(api, held.PermRetention, post("lift-hold", "holds/{id}/lift", "解除法律保留"),
		func(ctx context.Context, in *liftIn) (*struct{}, error) {
			return nil, a.Held.LiftHold(ctx, in.ID, in.Body.Reason)
		})
	httpx.Register(api, held.PermLabel, post("set-label", "labels", "调整安全标记"),
		func(ctx context.Context, in *labelIn) (*struct{}, error) {
			level, err := held.ParseLevel(in.Body.Level)
			if err != nil {
				return nil, errs.E(errs.Invalid, "privacy.level", "没有这个级别", err)
			}
			return nil, a.Held.SetLabel(ctx, in.Body.Table, in.Body.Object, level, in.Body.Reason)
		})
}

type (
	listIn struct {
		State string `query:"state" enum:"received,taken,finished,refused" doc:"状态；空为全部"`
		Page  int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
		Size  int    `query:"size" minimum:"1" maximum:"100" default:"20"`
	}
	// RequestPath is the path of one request. It is exported because huma fills in only what it can see.
	RequestPath struct {
		ID string `path:"id" maxLength:"40" doc:"请求"`
	}
	addIn struct {
		Body struct {
			Kind     string `json:"kind" enum:"access,copy,correct,delete,withdraw"`
			IDNumber string `json:"id_number" minLength:"15" maxLength:"18"`
			Name     string `json:"name,omitempty" maxLength:"60"`
			Channel  string `json:"channel" minLength:"1" maxLength:"40" doc:"窗口、电话、信函等"`
			Note     string `json:"note" maxLength:"2000" doc:"请求的内容"`
		}
	}
	actIn struct {
		RequestPath
		Act  string `path:"act" enum:"take,finish,refuse,extend"`
		Body ReasonIn
	}
)

func requests(api huma.API, a *app.App) {
	httpx.Register(api, privacy.PermRequest, get("list-requests", "requests", "权利请求"),
		func(ctx context.Context, in *listIn) (*out[app.Requests], error) {
			return answer(a.List(ctx, in.State, in.Page, in.Size))
		})
	httpx.Register(api, privacy.PermRequest, get("show-request", "requests/{id}", "权利请求详情"),
		func(ctx context.Context, in *RequestPath) (*out[app.Request], error) {
			return answer(a.Get(ctx, in.ID))
		})
	httpx.Register(api, privacy.PermRequest, post("add-request", "requests", "登记权利请求"),
		func(ctx context.Context, in *addIn) (*out[app.Request], error) {
			b := in.Body
			return answer(a.Add(ctx, app.Asked{Kind: privacy.Kind(b.Kind), IDNumber: b.IDNumber, Name: b.Name, Channel: b.Channel, Note: b.Note}))
		})
	httpx.Register(api, privacy.PermRequest, post("act-on-request", "requests/{id}/{act}", "办理权利请求"),
		func(ctx context.Context, in *actIn) (*out[app.Request], error) {
			return answer(a.Act(ctx, in.ID, privacy.Act(in.Act), in.Body.Reason))
		})
}

// export answers with a ZIP. It is no JSON operation, so that no answer with a person's data is kept.
func export(srv *httpx.Server, a *app.App) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in ReasonIn
		dec := json.NewDecoder(r.Body)
		dec.DisallowUnknownFields()
		if err := dec.Decode(&in); err != nil || utf8.RuneCountInString(in.Reason) < 4 || utf8.RuneCountInString(in.Reason) > 200 {
			srv.Fail(w, r, errs.E(errs.Invalid, "privacy.no_reason", "请写明原因，4 到 200 个字", err))
			return
		}
		e, err := a.Export(r.Context(), r.PathValue("id"), in.Reason)
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		var b bytes.Buffer
		if err := e.WriteZip(&b); err != nil {
			srv.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Disposition", `attachment; filename="`+e.No+`.zip"`)
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(b.Bytes()) // the other end may have left
	}
}
