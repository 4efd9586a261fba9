// Package web is the HTTP side of supervision (督办接口).
package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/internal/app"
	"tongban/central/modules/supervision/internal/rules"
)

// Staff adds the operations of the workbench (工作人员).
func Staff(srv *httpx.Server, a *app.App) {
	api := srv.API("supervision", "staff")
	monitor(api, a)
	cards(api, a)
	papers(srv, a)
	book(api, a)
	srv.Hear(app.MayHear, "window.", "supervision.")
}

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "supervision-" + id, Method: http.MethodGet, Path: "/supervision" + path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "supervision-" + id, Method: http.MethodPost, Path: "/supervision" + path, Summary: summary}
}

type monitorIn struct {
	Tab   string `query:"tab" enum:"worst,recent" default:"worst" doc:"按会先出事的排，或按最近变动排"`
	Level string `query:"level" enum:",green,blue,yellow,red,illegal,standing" default:""`
	Q     string `query:"q" maxLength:"60" doc:"办件编号或事项的一部分"`
	Page  int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Size  int    `query:"size" minimum:"1" maximum:"100" default:"50"`
}

type monitorOut struct{ Body app.Monitor }

func monitor(api huma.API, a *app.App) {
	httpx.Register(api, supervision.PermMonitor, get("watch-cases", "/monitor", "办件实时监测"), func(ctx context.Context, in *monitorIn) (*monitorOut, error) {
		out, err := a.Watch(ctx, app.Ask{Tab: in.Tab, Level: in.Level, Typed: in.Q, Page: in.Page, Size: in.Size})
		return &monitorOut{out}, err
	})
}

type listIn struct {
	Tab        string `query:"tab" enum:"open,today,replied,reminders,cancelled,closed,all" default:"open"`
	Level      string `query:"level" enum:",reminder,yellow,red,illegal" default:""`
	Department string `query:"department" maxLength:"40"`
	Q          string `query:"q" maxLength:"60" doc:"牌号、办件编号或事项的一部分"`
	Page       int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Size       int    `query:"size" minimum:"1" maximum:"100" default:"50"`
}

type listOut struct{ Body app.Cards }

// CardPath is the path of one card. It is exported because huma fills in only what it can see.
type CardPath struct {
	No string `path:"no" maxLength:"20" doc:"牌号"`
}

type cardOut struct{ Body app.CardView }

// Done is what a person does with a card.
type Done struct {
	Version int    `json:"version" minimum:"1" maximum:"1000000" doc:"看到的版本"`
	Text    string `json:"text,omitempty" maxLength:"600" doc:"答复、理由或意见"`
}

type actIn struct {
	CardPath
	Body Done
}

func cards(api huma.API, a *app.App) {
	httpx.Register(api, supervision.PermCards, get("list-cards", "/cards", "督办牌清单"), func(ctx context.Context, in *listIn) (*listOut, error) {
		out, err := a.List(ctx, app.Ask{Tab: in.Tab, Level: in.Level, Department: in.Department, Typed: in.Q, Page: in.Page, Size: in.Size})
		return &listOut{out}, err
	})
	httpx.Register(api, supervision.PermCards, get("show-card", "/cards/{no}", "一张督办牌"), func(ctx context.Context, in *CardPath) (*cardOut, error) {
		out, err := a.Show(ctx, in.No)
		return &cardOut{out}, err
	})
	for _, op := range []struct {
		act     supervision.Act
		perm    string
		summary string
	}{
		{supervision.ActRead, supervision.PermReply, "知晓督办"},
		{supervision.ActReply, supervision.PermReply, "答复督办"},
		{supervision.ActAccept, supervision.PermReview, "认可答复"},
		{supervision.ActReturn, supervision.PermReview, "退回答复"},
		{supervision.ActCancel, supervision.PermReview, "撤销督办牌"},
		{supervision.ActClose, supervision.PermReview, "关闭督办牌"},
		{supervision.ActRemind, supervision.PermReview, "催办"},
	} {
		httpx.Register(api, op.perm, post(string(op.act)+"-card", "/cards/{no}/"+string(op.act), op.summary), func(ctx context.Context, in *actIn) (*cardOut, error) {
			if err := a.Act(ctx, in.No, app.Doing{Act: op.act, Version: in.Body.Version, Text: in.Body.Text}); err != nil {
				return nil, err
			}
			out, err := a.Show(ctx, in.No)
			return &cardOut{out}, err
		})
	}
}

// papers adds the papers of cards. They are never cached: each look is an act of its own.
func papers(srv *httpx.Server, a *app.App) {
	srv.Raw("staff", http.MethodGet, "/supervision/cards/{no}/paper", supervision.PermCards, func(w http.ResponseWriter, r *http.Request) {
		pdf, err := a.Paper(r.Context(), r.PathValue("no"))
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/pdf")
		w.Header().Set("Content-Length", strconv.Itoa(len(pdf)))
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(pdf) // the other end may have left
	}, httpx.Summary("督办文书"))
}

type bookOut struct{ Body app.RuleBook }

type setIn struct {
	Body struct {
		Setting rules.Setting `json:"setting"`
		Reason  string        `json:"reason" minLength:"2" maxLength:"200" doc:"为什么改，留痕"`
	}
}

func book(api huma.API, a *app.App) {
	httpx.Register(api, supervision.PermRules, get("show-rules", "/rules", "督办规则"), func(ctx context.Context, _ *struct{}) (*bookOut, error) {
		out, err := a.Rules(ctx)
		return &bookOut{out}, err
	})
	httpx.Register(api, supervision.PermSetting, post("set-rules", "/rules", "改督办规则"), func(ctx context.Context, in *setIn) (*bookOut, error) {
		if err := a.Set(ctx, in.Body.Setting, in.Body.Setting.Version, in.Body.Reason); err != nil {
			return nil, err
		}
		out, err := a.Rules(ctx)
		return &bookOut{out}, err
	})
}
