// Package web is the HTTP of the department's desk (部门审批接口): typed operations that call one use case each.
package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/internal/app"
)

const module = "desk"

// Staff adds the operations of departments, windows and the business administrator (工作人员).
func Staff(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "staff")
	tasks(api, a)
	decisions(api, a)
	opinions(api, a)
	folders(srv, api, a)
	rules(api, a)
	srv.Hear(app.MayHear, "desk.")
}

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "desk-" + id, Method: http.MethodGet, Path: path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "desk-" + id, Method: http.MethodPost, Path: path, Summary: summary}
}

type out[T any] struct{ Body T }

func reply[T any](v T, err error) (*out[T], error) {
	if err != nil {
		return nil, err
	}
	return &out[T]{v}, nil
}

// listOf is a list as the document can name it.
type listOf[T any] struct {
	Body struct {
		Rows []T `json:"rows" nullable:"false"`
	}
}

func replyList[T any](rows []T, err error) (*listOf[T], error) {
	if err != nil {
		return nil, err
	}
	o := &listOf[T]{}
	o.Body.Rows = rows
	return o, nil
}

// TaskPath is the path of one task. It is exported because huma fills in only what it can see.
type TaskPath struct {
	No string `path:"no" maxLength:"24" doc:"办件编号"`
}

type tasksIn struct {
	Tab  string `query:"tab" enum:"sign,mine,office,forwarded,returned,done" default:"mine" doc:"清单"`
	Q    string `query:"q" maxLength:"60" doc:"编号，事项或申请人的一部分"`
	Page int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Size int    `query:"size" minimum:"1" maximum:"200" default:"50"`
}

type signIn struct {
	Body struct {
		Tasks []app.ToSign `json:"tasks" minItems:"1" maxItems:"50"`
	}
}

type refuseIn struct {
	TaskPath
	Body struct {
		Version int    `json:"version" minimum:"1"`
		Reason  string `json:"reason" minLength:"4" maxLength:"200" doc:"为什么不签收，窗口看得懂"`
	}
}

type resendIn struct {
	TaskPath
	Body struct {
		Version    int    `json:"version" minimum:"1"`
		Department string `json:"department,omitempty" maxLength:"40" doc:"改送的部门，空是原来的"`
		Note       string `json:"note" minLength:"4" maxLength:"200" doc:"改了什么"`
	}
}

type tickIn struct {
	TaskPath
	ID   string `path:"id" maxLength:"60" doc:"审查要点"`
	Body struct {
		Version int    `json:"version" minimum:"1"`
		Ticked  bool   `json:"ticked"`
		Note    string `json:"note,omitempty" maxLength:"200"`
	}
}

func tasks(api huma.API, a *app.App) {
	httpx.Register(api, desk.PermRead, get("list-tasks", "/desk/tasks", "部门任务清单"), func(ctx context.Context, in *tasksIn) (*out[app.Board], error) {
		return reply(a.Tasks(ctx, app.TasksAsk{Tab: in.Tab, Query: in.Q, Page: in.Page, Size: in.Size}))
	})
	httpx.Register(api, desk.PermRead, get("show-task", "/desk/tasks/{no}", "一个任务"), func(ctx context.Context, in *TaskPath) (*out[app.Detail], error) {
		return reply(a.Task(ctx, in.No))
	})
	httpx.Register(api, desk.PermSign, post("sign-tasks", "/desk/sign", "签收任务和材料，可以一批"), func(ctx context.Context, in *signIn) (*listOf[app.Signed], error) {
		return replyList(a.Sign(ctx, in.Body.Tasks))
	})
	httpx.Register(api, desk.PermSign, post("refuse-task", "/desk/tasks/{no}/refuse", "不签收，退回窗口"), func(ctx context.Context, in *refuseIn) (*out[app.Detail], error) {
		return reply(a.Refuse(ctx, in.No, in.Body.Version, in.Body.Reason))
	})
	httpx.Register(api, desk.PermSend, post("resend-task", "/desk/tasks/{no}/resend", "重新送部门"), func(ctx context.Context, in *resendIn) (*out[app.Detail], error) {
		return reply(a.Resend(ctx, in.No, in.Body.Version, in.Body.Department, in.Body.Note))
	})
	httpx.Register(api, desk.PermDecide, post("tick-point", "/desk/tasks/{no}/points/{id}", "复核审查要点"), func(ctx context.Context, in *tickIn) (*out[app.Detail], error) {
		return reply(a.Tick(ctx, in.No, in.Body.Version, in.ID, in.Body.Ticked, in.Body.Note))
	})
}

// fileOut writes bytes that are no JSON; they are never cached.
func fileOut(w http.ResponseWriter, mime string, b []byte) {
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b) // the other end may have left
}
