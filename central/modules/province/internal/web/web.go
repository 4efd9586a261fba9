// Package web is the HTTP of the provincial collaboration (省平台协同接口): typed operations that call one use case each.
package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/province"
	"tongban/central/modules/province/internal/app"
	"tongban/central/modules/province/internal/store"
)

const module = "province"

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "province-" + id, Method: http.MethodGet, Path: "/province" + path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "province-" + id, Method: http.MethodPost, Path: "/province" + path, Summary: summary}
}

// IDPath is the path of one thing. It is exported because huma fills in only what it can see.
type IDPath struct {
	ID string `path:"id" maxLength:"60" doc:"编号"`
}

// CasePath is the path of one case.
type CasePath struct {
	No string `path:"no" maxLength:"40" doc:"办件编号"`
}

// ReasonBody is why.
type ReasonBody struct {
	Reason string `json:"reason" minLength:"4" maxLength:"200" doc:"原因，留痕"`
}

type reasonIn struct {
	IDPath
	Body ReasonBody
}

type emptyIn struct{ Body struct{} }

type boardOut struct{ Body app.Board }

type messagesIn struct {
	Q     string `query:"q" maxLength:"40" doc:"办件编号或省里的编号，从头起"`
	State string `query:"state" enum:"waiting,person,queued,sent,confirmed,refused,dead,dropped" doc:"waiting 还没确认的，person 要人处理的"`
	Page  int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Size  int    `query:"size" minimum:"1" maximum:"200" default:"50"`
}

type messagesOut struct{ Body app.Messages }

type messageOut struct{ Body app.MessageDetail }

type contentOut struct {
	Body struct {
		Content string `json:"content" doc:"报文原文，JSON"`
	}
}

type chooseIn struct {
	IDPath
	Body struct {
		Choice string `json:"choice" enum:"ours,theirs,later"`
		Reason string `json:"reason" minLength:"4" maxLength:"200"`
	}
}

type matchIn struct {
	IDPath
	Body struct {
		CaseNo string `json:"case_no" minLength:"4" maxLength:"40"`
		Reason string `json:"reason" minLength:"4" maxLength:"200"`
	}
}

type ruleIn struct {
	Body struct {
		Item     string `json:"item" minLength:"1" maxLength:"40" doc:"事项代码，* 是其余全部"`
		Sends    bool   `json:"sends"`
		Revision int    `json:"revision" minimum:"0" maximum:"1000000"`
		Reason   string `json:"reason" minLength:"4" maxLength:"200"`
	}
}

// Staff adds what staff do.
func Staff(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "staff")
	exchange(api, a)
	board(api, a)
	data(api, a)
	library(api, a)
	files(srv, a)
}

func board(api huma.API, a *app.App) {
	show := func(ctx context.Context, err error) (*boardOut, error) {
		if err != nil {
			return nil, err
		}
		out, err := a.Board(ctx)
		return &boardOut{out}, err
	}
	httpx.Register(api, province.PermRead, get("show-board", "/board", "协同总览"),
		func(ctx context.Context, _ *struct{}) (*boardOut, error) { return show(ctx, nil) })
	httpx.Register(api, province.PermOperate, post("reconcile", "/reconcile", "现在对账"),
		func(ctx context.Context, _ *emptyIn) (*boardOut, error) {
			_, err := a.Reconcile(ctx)
			return show(ctx, err)
		})
	httpx.Register(api, province.PermOperate, post("choose", "/differences/{id}/choose", "选定一处差异"),
		func(ctx context.Context, in *chooseIn) (*boardOut, error) {
			return show(ctx, a.Choose(ctx, in.ID, in.Body.Choice, in.Body.Reason))
		})
}

func exchange(api huma.API, a *app.App) {
	httpx.Register(api, province.PermRead, get("list-messages", "/messages", "报文清单"),
		func(ctx context.Context, in *messagesIn) (*messagesOut, error) {
			out, err := a.Messages(ctx, store.Filter{Query: in.Q, State: in.State, Page: in.Page, Size: in.Size})
			return &messagesOut{out}, err
		})
	show := func(ctx context.Context, id string, err error) (*messageOut, error) {
		if err != nil {
			return nil, err
		}
		out, err := a.Message(ctx, id)
		return &messageOut{out}, err
	}
	httpx.Register(api, province.PermRead, get("show-message", "/messages/{id}", "一条报文"),
		func(ctx context.Context, in *IDPath) (*messageOut, error) { return show(ctx, in.ID, nil) })
	httpx.Register(api, province.PermOperate, post("resend-message", "/messages/{id}/resend", "重发报文"),
		func(ctx context.Context, in *reasonIn) (*messageOut, error) {
			return show(ctx, in.ID, a.Resend(ctx, in.ID, in.Body.Reason))
		})
	httpx.Register(api, province.PermOperate, post("drop-message", "/messages/{id}/drop", "作废报文"),
		func(ctx context.Context, in *reasonIn) (*messageOut, error) {
			return show(ctx, in.ID, a.Drop(ctx, in.ID, in.Body.Reason))
		})
	httpx.Register(api, province.PermOpen, httpx.Repeatable(post("open-message", "/messages/{id}/open", "看报文原文")),
		func(ctx context.Context, in *reasonIn) (*contentOut, error) {
			out := &contentOut{}
			var err error
			out.Body.Content, err = a.Open(ctx, in.ID, in.Body.Reason)
			return out, err
		})
	httpx.Register(api, province.PermRead, get("show-case", "/cases/{no}", "一件的协同"),
		func(ctx context.Context, in *CasePath) (*struct{ Body app.CaseView }, error) {
			out, err := a.Case(ctx, in.No)
			return &struct{ Body app.CaseView }{out}, err
		})
}

type flowOut struct{ Body app.Flow }

type syncedOut struct{ Body app.Synced }

type systemsOut struct{ Body app.Systems }

func data(api huma.API, a *app.App) {
	flow := func(ctx context.Context, err error) (*flowOut, error) {
		if err != nil {
			return nil, err
		}
		out, err := a.Flow(ctx)
		return &flowOut{out}, err
	}
	httpx.Register(api, province.PermRead, get("list-returns", "/returns", "回流"),
		func(ctx context.Context, _ *struct{}) (*flowOut, error) { return flow(ctx, nil) })
	httpx.Register(api, province.PermOperate, post("fetch-returns", "/returns/fetch", "现在取回流"),
		func(ctx context.Context, _ *emptyIn) (*flowOut, error) { return flow(ctx, a.Returns(ctx)) })
	httpx.Register(api, province.PermOperate, post("match-return", "/returns/{id}/match", "认领回流"),
		func(ctx context.Context, in *matchIn) (*flowOut, error) {
			return flow(ctx, a.Match(ctx, in.ID, in.Body.CaseNo, in.Body.Reason))
		})
	httpx.Register(api, province.PermOperate, post("dismiss-return", "/returns/{id}/dismiss", "退掉回流"),
		func(ctx context.Context, in *reasonIn) (*flowOut, error) {
			return flow(ctx, a.Dismiss(ctx, in.ID, in.Body.Reason))
		})

	synced := func(ctx context.Context, err error) (*syncedOut, error) {
		if err != nil {
			return nil, err
		}
		out, err := a.Synced(ctx)
		return &syncedOut{out}, err
	}
	httpx.Register(api, province.PermFinding, get("show-sync", "/sync", "省里的基础数据和事项"),
		func(ctx context.Context, _ *struct{}) (*syncedOut, error) { return synced(ctx, nil) })
	httpx.Register(api, province.PermOperate, post("sync", "/sync", "现在同步"),
		func(ctx context.Context, _ *emptyIn) (*syncedOut, error) { return synced(ctx, a.Sync(ctx)) })
	httpx.Register(api, province.PermSeen, post("see-finding", "/findings/{id}/seen", "处理省里的新版"),
		func(ctx context.Context, in *reasonIn) (*syncedOut, error) {
			return synced(ctx, a.See(ctx, in.ID, in.Body.Reason))
		})

	systems := func(ctx context.Context, err error) (*systemsOut, error) {
		if err != nil {
			return nil, err
		}
		out, err := a.Systems(ctx)
		return &systemsOut{out}, err
	}
	httpx.Register(api, province.PermRead, get("list-systems", "/systems", "六个省级系统和协同规则"),
		func(ctx context.Context, _ *struct{}) (*systemsOut, error) { return systems(ctx, nil) })
	httpx.Register(api, province.PermOperate, post("set-rule", "/rules", "改协同规则"),
		func(ctx context.Context, in *ruleIn) (*systemsOut, error) {
			b := in.Body
			return systems(ctx, a.SetRule(ctx, b.Item, b.Sends, b.Revision, b.Reason))
		})
}

type purposeIn struct {
	CasePath
	Body struct {
		Purpose string `json:"purpose" minLength:"4" maxLength:"100" doc:"用途，留痕"`
	}
}

type licencesIn struct {
	CasePath
	Body struct {
		Kind    string           `json:"kind,omitempty" maxLength:"40" doc:"证照类型，不填是全部"`
		Consent province.Consent `json:"consent"`
	}
}

type materialsOut struct {
	Body struct {
		Rows []province.Material `json:"rows" nullable:"false"`
	}
}

type licencesOut struct {
	Body struct {
		Rows []province.Licence `json:"rows" nullable:"false"`
	}
}

// library is what the window sees of a case at the province and reads of its person, within the caller's scope.
func library(api huma.API, a *app.App) {
	httpx.Register(api, province.PermLibrary, get("show-standing", "/cases/{no}/standing", "一件在省里的情况"),
		func(ctx context.Context, in *CasePath) (*struct{ Body province.Standing }, error) {
			if err := a.MayUse(ctx, in.No); err != nil {
				return nil, err
			}
			out, err := a.Standing(ctx, in.No)
			return &struct{ Body province.Standing }{out}, err
		})
	httpx.Register(api, province.PermLibrary, post("list-materials", "/cases/{no}/materials", "查电子材料库"),
		func(ctx context.Context, in *purposeIn) (*materialsOut, error) {
			out := &materialsOut{}
			if err := a.MayUse(ctx, in.No); err != nil {
				return nil, err
			}
			var err error
			out.Body.Rows, err = a.Materials(ctx, in.No, in.Body.Purpose)
			return out, err
		})
	httpx.Register(api, province.PermLibrary, post("list-licences", "/cases/{no}/licences", "经同意查电子证照"),
		func(ctx context.Context, in *licencesIn) (*licencesOut, error) {
			out := &licencesOut{}
			if err := a.MayUse(ctx, in.No); err != nil {
				return nil, err
			}
			var err error
			out.Body.Rows, err = a.Licences(ctx, in.No, in.Body.Kind, in.Body.Consent)
			return out, err
		})
}
