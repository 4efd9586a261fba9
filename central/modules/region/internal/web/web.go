// Package web is the HTTP side of handling across regions (跨域通办接口): typed operations that call one use case each.
package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/region"
	"tongban/central/modules/region/internal/app"
)

const module = "region"

// largest bounds one page.
const largest = 11 << 20

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: module + "-" + id, Method: http.MethodGet, Path: "/region" + path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: module + "-" + id, Method: http.MethodPost, Path: "/region" + path, Summary: summary}
}

type empty struct{}

type listIn struct {
	Ended bool   `query:"ended" doc:"办完的"`
	Text  string `query:"q" maxLength:"40" doc:"编号、事项、姓名、地方"`
}

type listOut struct{ Body app.List }

type detailOut struct{ Body app.Detail }

type targetsOut struct {
	Body struct {
		Rows []app.Target `json:"rows" nullable:"false"`
	}
}

// NoPath is the path of one case. It is exported because huma fills in only what it can see.
type NoPath struct {
	No string `path:"no" maxLength:"40" doc:"跨域件编号"`
}

// Version is the version of the case as the caller saw it.
type Version struct {
	Version int `json:"version" minimum:"1" doc:"看到的版本"`
}

type registerIn struct {
	ID   string `path:"id" maxLength:"40" doc:"登记"`
	Body struct {
		Revision int `json:"revision" minimum:"1"`
	}
}

type versionIn struct {
	NoPath
	Body Version
}

type postIn struct {
	NoPath
	Body struct {
		Version
		Parcel string `json:"parcel,omitempty" maxLength:"40" pattern:"^[A-Za-z0-9]*$" doc:"自己寄的填单号；不填就由邮政上门取"`
	}
}

type pageIn struct {
	NoPath
	Version int    `query:"version" minimum:"1" maximum:"1000000" doc:"看到的版本"`
	Name    string `query:"name" minLength:"1" maxLength:"60" doc:"补的是什么"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type noteIn struct {
	NoPath
	Body struct {
		Version
		Note string `json:"note,omitempty" maxLength:"200" doc:"说明"`
	}
}

type reasonIn struct {
	NoPath
	Body struct {
		Version
		Reason string `json:"reason" minLength:"2" maxLength:"200" doc:"为什么"`
	}
}

type handIn struct {
	NoPath
	Body struct {
		Version
		To     string `json:"to" enum:"本人,受托人" doc:"谁来领"`
		Signed string `json:"signed" enum:"纸上签名,手写屏签名" doc:"怎么签收"`
	}
}

type arrivalPath struct {
	ID string `path:"id" maxLength:"40" doc:"对方编号"`
}

// Staff adds the operations of the workbench (工作人员).
func Staff(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "staff")
	show := func(d app.Detail, err error) (*detailOut, error) { return &detailOut{Body: d}, err }
	list := func(l app.List, err error) (*listOut, error) { return &listOut{Body: l}, err }
	httpx.Register(api, region.PermRead, get("list", "/cases", "跨域通办：代收的和外地代收的"), func(ctx context.Context, in *listIn) (*listOut, error) {
		return list(a.List(ctx, app.Query{Ended: in.Ended, Text: in.Text}))
	})
	httpx.Register(api, region.PermRead, get("list-targets", "/targets", "跨域通办清单"), func(ctx context.Context, _ *empty) (*targetsOut, error) {
		out := &targetsOut{}
		var err error
		out.Body.Rows, err = a.Targets(ctx)
		return out, err
	})
	httpx.Register(api, region.PermRead, get("show", "/cases/{no}", "一个跨域件"), func(ctx context.Context, in *NoPath) (*detailOut, error) { return show(a.Open(ctx, in.No)) })
	work := region.PermWork
	httpx.Register(api, work, post("register", "/registrations/{id}/submit", "代收登记，送办理地"), func(ctx context.Context, in *registerIn) (*detailOut, error) {
		return show(a.Register(ctx, in.ID, in.Body.Revision))
	})
	httpx.Register(api, work, post("post", "/cases/{no}/post", "原件交寄"), func(ctx context.Context, in *postIn) (*detailOut, error) {
		return show(a.PostIt(ctx, in.No, in.Body.Version.Version, in.Body.Parcel))
	})
	page := post("add-page", "/cases/{no}/pages", "收一页补正材料")
	page.MaxBodyBytes = largest
	httpx.Register(api, work, page, func(ctx context.Context, in *pageIn) (*detailOut, error) {
		return show(a.AddPage(ctx, in.No, in.Version, in.Name, in.RawBody))
	})
	httpx.Register(api, work, post("supplement", "/cases/{no}/supplement", "补正送办理地"), func(ctx context.Context, in *noteIn) (*detailOut, error) {
		return show(a.Supplement(ctx, in.No, in.Body.Version.Version, in.Body.Note))
	})
	httpx.Register(api, work, post("withdraw", "/cases/{no}/withdraw", "申请人撤回"), func(ctx context.Context, in *reasonIn) (*detailOut, error) {
		return show(a.Withdraw(ctx, in.No, in.Body.Version.Version, in.Body.Reason))
	})
	httpx.Register(api, work, post("land", "/cases/{no}/land", "结果到窗口"), func(ctx context.Context, in *versionIn) (*detailOut, error) {
		return show(a.Receive(ctx, in.No, in.Body.Version))
	})
	httpx.Register(api, work, post("hand", "/cases/{no}/hand", "结果交申请人"), func(ctx context.Context, in *handIn) (*detailOut, error) {
		return show(a.Hand(ctx, in.No, in.Body.Version.Version, in.Body.To, in.Body.Signed))
	})
	httpx.Register(api, work, post("finish-part", "/cases/{no}/part", "本地部分办好"), func(ctx context.Context, in *noteIn) (*detailOut, error) {
		return show(a.FinishPart(ctx, in.No, in.Body.Version.Version, in.Body.Note))
	})
	httpx.Register(api, work, post("resend", "/cases/{no}/resend", "重送被退回的报文"), func(ctx context.Context, in *versionIn) (*detailOut, error) {
		return show(a.Resend(ctx, in.No, in.Body.Version))
	})
	httpx.Register(api, work, post("paper-came", "/arrivals/{id}/paper", "外地寄来的原件到了"), func(ctx context.Context, in *arrivalPath) (*listOut, error) {
		return list(a.PaperCame(ctx, in.ID))
	})
	srv.Hear(app.MayHear, "region.")
}
