package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/internal/app"
)

// FolderPath is the path of one folder. It is exported because huma fills in only what it can see.
type FolderPath struct {
	Code string `path:"code" maxLength:"24" doc:"袋上的编号，或办件编号"`
}

type sendIn struct {
	FolderPath
	Body struct {
		To     string      `json:"to" enum:"department,window,archive" doc:"交给谁"`
		Note   string      `json:"note,omitempty" maxLength:"100"`
		Papers []app.Count `json:"papers,omitempty" maxItems:"60" doc:"和清单不一样的才写；0 是本件不交这一份"`
	}
}

type receiveIn struct {
	FolderPath
	Body struct {
		Papers []app.Count `json:"papers" maxItems:"60" doc:"逐份清点"`
	}
}

func folders(srv *httpx.Server, api huma.API, a *app.App) {
	httpx.Register(api, desk.PermCustody, get("list-folders", "/desk/folders", "材料交接"), func(ctx context.Context, _ *struct{}) (*out[app.Shelf], error) {
		return reply(a.Shelf(ctx))
	})
	httpx.Register(api, desk.PermCustody, get("show-folder", "/desk/folders/{code}", "一个材料袋"), func(ctx context.Context, in *FolderPath) (*out[app.FolderView], error) {
		return reply(a.Folder(ctx, in.Code))
	})
	httpx.Register(api, desk.PermCustody, post("send-folder", "/desk/folders/{code}/send", "送出材料袋"), func(ctx context.Context, in *sendIn) (*out[app.FolderView], error) {
		return reply(a.Send(ctx, in.Code, in.Body.To, in.Body.Note, in.Body.Papers))
	})
	httpx.Register(api, desk.PermCustody, post("receive-folder", "/desk/folders/{code}/receive", "接收材料袋"), func(ctx context.Context, in *receiveIn) (*out[app.FolderView], error) {
		return reply(a.Receive(ctx, in.Code, in.Body.Papers))
	})
	srv.Raw("staff", http.MethodGet, "/desk/folders/{code}/label", desk.PermCustody, func(w http.ResponseWriter, r *http.Request) {
		pdf, err := a.Label(r.Context(), r.PathValue("code"))
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		fileOut(w, "application/pdf", pdf)
	}, httpx.Summary("材料袋标签"))
}

// ItemPath is the path of one item's rule. It is exported because huma fills in only what it can see.
type ItemPath struct {
	Item string `path:"item" maxLength:"40" doc:"事项编码"`
}

type ruleIn struct {
	ItemPath
	Body struct {
		Version int       `json:"version" minimum:"0" maximum:"100000" doc:"看到的版本，没有过是 0"`
		Reason  string    `json:"reason" minLength:"4" maxLength:"200" doc:"为什么改"`
		Rule    desk.Rule `json:"rule"`
	}
}

func rules(api huma.API, a *app.App) {
	httpx.Register(api, desk.PermRules, get("list-rules", "/desk/rules", "签收配置"), func(ctx context.Context, _ *struct{}) (*listOf[app.RuleRow], error) {
		return replyList(a.Rules(ctx))
	})
	httpx.Register(api, desk.PermRules, get("show-rule", "/desk/rules/{item}", "一个事项的签收规则"), func(ctx context.Context, in *ItemPath) (*out[app.RuleDetail], error) {
		return reply(a.Rule(ctx, in.Item))
	})
	httpx.Register(api, desk.PermSetRule, post("put-rule", "/desk/rules/{item}", "改签收规则"), func(ctx context.Context, in *ruleIn) (*out[app.RuleDetail], error) {
		return reply(a.PutRule(ctx, in.Item, in.Body.Version, in.Body.Rule, in.Body.Reason))
	})
}
