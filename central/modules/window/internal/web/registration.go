package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
)

// DraftPath is the path of one registration.
type DraftPath struct {
	ID string `path:"id" maxLength:"40" doc:"登记"`
}

type draftOut struct{ Body app.DraftView }

type beginIn struct{ Body app.NewDraft }

type saveIn struct {
	DraftPath
	Body app.DraftChange
}

type reviewOut struct{ Body app.Review }

type pageIn struct {
	DraftPath
	Code    string `path:"code" maxLength:"60" doc:"材料编码"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type leafPath struct {
	DraftPath
	Page string `path:"page" maxLength:"40" doc:"页"`
}

type signatureIn struct {
	DraftPath
	Role    string `path:"role" maxLength:"40" doc:"签名人"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type submitIn struct {
	DraftPath
	Body struct {
		Revision   int  `json:"revision" minimum:"1"`
		Incomplete bool `json:"incomplete,omitempty" doc:"不齐也收，接着一次性告知、容缺或不予受理"`
	}
}

type submittedOut struct{ Body app.Submitted }

type parkIn struct {
	DraftPath
	Body struct {
		Revision int    `json:"revision" minimum:"1"`
		Reason   string `json:"reason" minLength:"2" maxLength:"200" doc:"为什么暂存"`
	}
}

type handoverIn struct {
	DraftPath
	Body struct {
		To     string `json:"to" minLength:"1" maxLength:"60" doc:"接手人账号"`
		Reason string `json:"reason" minLength:"2" maxLength:"200" doc:"交代什么"`
	}
}

type discardIn struct {
	DraftPath
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200" doc:"为什么放弃"`
	}
}

type colleaguesOut struct {
	Body struct {
		Colleagues []app.Colleague `json:"colleagues"`
	}
}

type parkedIn struct {
	Scope string `query:"scope" enum:"mine,hall" default:"mine" doc:"我的，或全大厅的"`
}

type parkedOut struct{ Body app.Parked }

// registrations adds taking in at the counter (登记、暂存).
func registrations(srv *httpx.Server, api huma.API, a *app.App) {
	show := func(v app.DraftView, err error) (*draftOut, error) { return &draftOut{Body: v}, err }
	perm := window.PermRegister
	httpx.Register(api, perm, post("begin-registration", "/window/registrations", "开始登记"),
		func(ctx context.Context, in *beginIn) (*draftOut, error) { return show(a.Begin(ctx, in.Body)) })
	httpx.Register(api, perm, get("show-registration", "/window/registrations/{id}", "登记详情"),
		func(ctx context.Context, in *DraftPath) (*draftOut, error) { return show(a.Draft(ctx, in.ID)) })
	httpx.Register(api, perm, huma.Operation{
		OperationID: "window-save-registration", Method: http.MethodPut, Path: "/window/registrations/{id}", Summary: "保存登记",
	}, func(ctx context.Context, in *saveIn) (*draftOut, error) { return show(a.Save(ctx, in.ID, in.Body)) })
	httpx.Register(api, perm, get("review-registration", "/window/registrations/{id}/review", "登记预审"),
		func(ctx context.Context, in *DraftPath) (*reviewOut, error) {
			v, err := a.Draft(ctx, in.ID)
			return &reviewOut{Body: v.Review}, err
		})
	httpx.Register(api, perm, large(post("add-registration-page", "/window/registrations/{id}/materials/{code}/pages", "收一页材料")),
		func(ctx context.Context, in *pageIn) (*draftOut, error) {
			return show(a.AddDraftPage(ctx, in.ID, in.Code, in.RawBody))
		})
	httpx.Register(api, perm, huma.Operation{
		OperationID: "window-drop-registration-page", Method: http.MethodDelete, Path: "/window/registrations/{id}/pages/{page}", Summary: "去掉一页",
	}, func(ctx context.Context, in *leafPath) (*draftOut, error) {
		return show(a.DropDraftPage(ctx, in.ID, in.Page))
	})
	httpx.Register(api, perm, large(post("add-registration-signature", "/window/registrations/{id}/signatures/{role}", "收签名")),
		func(ctx context.Context, in *signatureIn) (*draftOut, error) {
			return show(a.AddDraftSignature(ctx, in.ID, in.Role, in.RawBody))
		})
	httpx.Register(api, perm, post("submit-registration", "/window/registrations/{id}/submit", "收件"),
		func(ctx context.Context, in *submitIn) (*submittedOut, error) {
			out, err := a.Submit(ctx, in.ID, in.Body.Revision, in.Body.Incomplete)
			return &submittedOut{Body: out}, err
		})
	srv.Raw("staff", http.MethodGet, "/window/registrations/{id}/pages/{page}", perm, func(w http.ResponseWriter, r *http.Request) {
		p, err := a.DraftPage(r.Context(), r.PathValue("id"), r.PathValue("page"))
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", p.MIME)
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(p.Bytes) // the other end may have left
	}, httpx.Summary("登记里的一页"))
	shelf(api, a)
	visits(api, a)
}

func shelf(api huma.API, a *app.App) {
	show := func(v app.DraftView, err error) (*draftOut, error) { return &draftOut{Body: v}, err }
	perm := window.PermRegister
	httpx.Register(api, perm, get("list-parked", "/window/parked", "暂存架"),
		func(ctx context.Context, in *parkedIn) (*parkedOut, error) {
			out, err := a.Shelf(ctx, in.Scope == "hall")
			return &parkedOut{Body: out}, err
		})
	httpx.Register(api, perm, post("park-registration", "/window/registrations/{id}/park", "暂存"),
		func(ctx context.Context, in *parkIn) (*draftOut, error) {
			return show(a.Park(ctx, in.ID, in.Body.Revision, in.Body.Reason))
		})
	httpx.Register(api, perm, post("resume-registration", "/window/registrations/{id}/resume", "接着办"),
		func(ctx context.Context, in *DraftPath) (*draftOut, error) { return show(a.Resume(ctx, in.ID)) })
	httpx.Register(api, perm, get("list-handovers", "/window/registrations/{id}/colleagues", "可以转交给谁"),
		func(ctx context.Context, in *DraftPath) (*colleaguesOut, error) {
			list, err := a.Handovers(ctx, in.ID)
			out := &colleaguesOut{}
			out.Body.Colleagues = list
			return out, err
		})
	httpx.Register(api, perm, post("hand-over-registration", "/window/registrations/{id}/handover", "转交"),
		func(ctx context.Context, in *handoverIn) (*struct{}, error) {
			return nil, a.HandOver(ctx, in.ID, in.Body.To, in.Body.Reason)
		})
	httpx.Register(api, perm, post("discard-registration", "/window/registrations/{id}/discard", "放弃"),
		func(ctx context.Context, in *discardIn) (*struct{}, error) {
			return nil, a.Discard(ctx, in.ID, in.Body.Reason)
		})
}

// visits adds what a whole visit comes to.
func visits(api huma.API, a *app.App) {
	httpx.Register(api, window.PermRegister, post("make-visit-receipt", "/window/visits/{id}/receipt", "接待回执"),
		func(ctx context.Context, in *visitIn) (*visitReceiptOut, error) {
			d, err := a.VisitReceipt(ctx, in.ID)
			out := &visitReceiptOut{}
			out.Body.ID, out.Body.No = d.ID, d.No
			return out, err
		})
}

type visitIn struct {
	ID string `path:"id" maxLength:"40" doc:"来访"`
}

type visitReceiptOut struct {
	Body struct {
		ID string `json:"id" doc:"文书"`
		No string `json:"no" doc:"文书编号"`
	}
}

// large lets a scanned page through.
func large(op huma.Operation) huma.Operation {
	op.MaxBodyBytes = app.LargestPage + 1<<20
	return op
}
