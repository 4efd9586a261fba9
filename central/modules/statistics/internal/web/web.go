// Package web is the HTTP of the statistics (统计接口).
package web

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/kernel/sheet"
	"tongban/central/modules/statistics"
	"tongban/central/modules/statistics/internal/app"
)

const module = "statistics"

func op(method, id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "statistics-" + id, Method: method, Path: "/statistics" + path, Summary: summary}
}

// Ask is what every board takes.
type Ask struct {
	Month      string `query:"month" maxLength:"7" pattern:"^(\\d{4}-\\d{2})?$" doc:"年-月，空为本月"`
	Region     string `query:"region" maxLength:"12" doc:"区划代码"`
	Department string `query:"department" maxLength:"40" doc:"部门"`
}

// By says how a board is parted.
type By struct {
	By string `query:"by" enum:"department,region,item,window,channel,hall" default:"department" doc:"按什么分"`
}

// IDPath is the path of an indicator or a data service.
type IDPath struct {
	ID string `path:"id" maxLength:"40" doc:"编号"`
}

func (a Ask) of(by string) app.Ask {
	return app.Ask{Month: a.Month, By: by, Region: a.Region, Department: a.Department}
}

type linesIn struct{ Ask }

type linesOut struct {
	Body struct {
		From string     `json:"from"`
		To   string     `json:"to"`
		Rows []app.Line `json:"rows"`
	}
}

type boardIn struct {
	IDPath
	Ask
	By
}

type boardOut struct{ Body app.Board }

type casesIn struct {
	IDPath
	Ask
	By
	Key   string `query:"key" maxLength:"80" doc:"只看这一个部门、事项、窗口……"`
	After string `query:"after" maxLength:"40" doc:"上一页最后一件"`
	Size  int    `query:"size" minimum:"1" maximum:"200" default:"50"`
}

type casesOut struct {
	Body struct {
		Rows  []app.Drilled `json:"rows"`
		Total int           `json:"total"`
	}
}

type recountOut struct{ Body app.Recounted }

type exportIn struct {
	IDPath
	Ask
	By
	Format string `query:"format" enum:"csv,xlsx" default:"xlsx"`
}

type fileOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

type servicesOut struct {
	Body struct {
		Rows []app.DataService `json:"rows"`
	}
}

type serviceOut struct{ Body app.DataService }

type defineIn struct{ Body app.ServiceDraft }

type redefineIn struct {
	IDPath
	Body struct {
		app.ServiceDraft
		Version int `json:"version" minimum:"1" maximum:"1000000" doc:"看到的版本"`
	}
}

type servedOut struct{ Body json.RawMessage }

// Staff adds the boards.
func Staff(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "staff")
	httpx.Register(api, statistics.PermRead, op(http.MethodGet, "list-indicators", "/indicators", "指标清单"), func(ctx context.Context, in *linesIn) (*linesOut, error) {
		out := &linesOut{}
		var err error
		out.Body.Rows, out.Body.From, out.Body.To, err = a.Lines(ctx, in.of(""))
		return out, err
	})
	httpx.Register(api, statistics.PermRead, op(http.MethodGet, "show-indicator", "/indicators/{id}", "一个指标"), func(ctx context.Context, in *boardIn) (*boardOut, error) {
		b, err := a.Board(ctx, in.ID, in.of(in.By.By))
		return &boardOut{b}, err
	})
	httpx.Register(api, statistics.PermRead, op(http.MethodGet, "list-cases", "/indicators/{id}/cases", "这个数里的办件"), func(ctx context.Context, in *casesIn) (*casesOut, error) {
		out := &casesOut{}
		var err error
		out.Body.Rows, out.Body.Total, err = a.Cases(ctx, in.ID, in.of(in.By.By), in.Key, in.After, in.Size)
		return out, err
	})
	httpx.Register(api, statistics.PermRead, op(http.MethodGet, "recount", "/recount", "和台账逐件重算"), func(ctx context.Context, in *linesIn) (*recountOut, error) {
		r, err := a.Recount(ctx, in.of(""))
		return &recountOut{r}, err
	})
	httpx.Register(api, statistics.PermExport, op(http.MethodGet, "export", "/indicators/{id}/export", "导出"), func(ctx context.Context, in *exportIn) (*fileOut, error) {
		format := sheet.Format(in.Format)
		body, err := a.Export(ctx, in.ID, in.of(in.By.By), format)
		return &fileOut{ContentType: format.ContentType(), Disposition: `attachment; filename="` + in.ID + "." + in.Format + `"`, Body: body}, err
	})
	tables(api, a)
	services(api, a)
}

type windowsIn struct {
	Day string `query:"day" required:"true" maxLength:"10" pattern:"^\\d{4}-\\d{2}-\\d{2}$" doc:"哪一天"`
}

type windowsOut struct {
	Body struct {
		Rows []app.WindowRow `json:"rows"`
	}
}

type levelsOut struct {
	Body struct {
		Rows []app.Level `json:"rows"`
	}
}

func tables(api huma.API, a *app.App) {
	httpx.Register(api, statistics.PermRead, op(http.MethodGet, "list-windows", "/windows", "各窗口的一天"), func(ctx context.Context, in *windowsIn) (*windowsOut, error) {
		out := &windowsOut{}
		var err error
		out.Body.Rows, err = a.Windows(ctx, in.Day, in.Day)
		return out, err
	})
	httpx.Register(api, statistics.PermRead, op(http.MethodGet, "list-levels", "/ratings", "评价分级"), func(ctx context.Context, in *linesIn) (*levelsOut, error) {
		out := &levelsOut{}
		var err error
		out.Body.Rows, err = a.Levels(ctx, in.of(""))
		return out, err
	})
}

func services(api huma.API, a *app.App) {
	httpx.Register(api, statistics.PermRead, op(http.MethodGet, "list-services", "/services", "数据服务"), func(ctx context.Context, _ *struct{}) (*servicesOut, error) {
		out := &servicesOut{}
		var err error
		out.Body.Rows, err = a.Services(ctx)
		return out, err
	})
	httpx.Register(api, statistics.PermRead, op(http.MethodGet, "take-service", "/services/{id}", "取一个数据服务的数"), func(ctx context.Context, in *struct{ IDPath }) (*servedOut, error) {
		body, err := a.Served(ctx, in.ID)
		return &servedOut{body}, err
	})
	httpx.Register(api, statistics.PermServe, op(http.MethodPost, "define-service", "/services", "新建数据服务"), func(ctx context.Context, in *defineIn) (*serviceOut, error) {
		s, err := a.PutService(ctx, "", 0, in.Body)
		return &serviceOut{s}, err
	})
	httpx.Register(api, statistics.PermServe, op(http.MethodPut, "redefine-service", "/services/{id}", "修改数据服务"), func(ctx context.Context, in *redefineIn) (*serviceOut, error) {
		s, err := a.PutService(ctx, in.ID, in.Body.Version, in.Body.ServiceDraft)
		return &serviceOut{s}, err
	})
}
