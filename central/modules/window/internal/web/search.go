package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
)

type searchIn struct {
	Q string `query:"q" maxLength:"60" required:"true" doc:"办件编号、证件号、姓名全文、事项（拼音首字母也可）"`
}

type foundOut struct{ Body app.Found }

type pastIn struct{ Body app.WhosePast }

type pastOut struct{ Body app.Past }

type benchIn struct {
	Window string `query:"window" maxLength:"20" doc:"只数这个窗口"`
}

type benchOut struct{ Body app.Workbench }

type casePageIn struct {
	CasePath
	Code    string `path:"code" maxLength:"60" doc:"材料编码"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type casePageOut struct{ Body app.Page }

// finding adds the one search box, a person's past, the workbench, and pages that come later.
func finding(api huma.API, a *app.App) {
	httpx.Register(api, window.PermRead, get("search", "/window/search", "一个搜索框：人、件、事项"),
		func(ctx context.Context, in *searchIn) (*foundOut, error) {
			out, err := a.Search(ctx, in.Q)
			return &foundOut{Body: out}, err
		})
	httpx.Register(api, window.PermRead, httpx.Repeatable(post("person-history", "/window/people/history", "这个人办过什么")),
		func(ctx context.Context, in *pastIn) (*pastOut, error) {
			out, err := a.PersonPast(ctx, in.Body)
			return &pastOut{Body: out}, err
		})
	httpx.Register(api, window.PermRead, get("show-workbench", "/window/workbench", "工作台"),
		func(ctx context.Context, in *benchIn) (*benchOut, error) {
			out, err := a.Bench(ctx, in.Window)
			return &benchOut{Body: out}, err
		})
	httpx.Register(api, window.PermRegister, large(post("add-page", "/window/cases/{no}/materials/{code}/pages", "收一页补交的材料")),
		func(ctx context.Context, in *casePageIn) (*casePageOut, error) {
			p, err := a.AddPage(ctx, in.No, in.Code, in.RawBody)
			return &casePageOut{Body: p}, err
		})
}
