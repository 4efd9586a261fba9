package web

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/app"
	"tongban/central/modules/catalogue/internal/applicants"
	"tongban/central/modules/catalogue/internal/diff"
)

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "catalogue-" + id, Method: http.MethodGet, Path: "/catalogue" + path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "catalogue-" + id, Method: http.MethodPost, Path: "/catalogue" + path, Summary: summary}
}

// staff adds what offices do with items.
func staff(api huma.API, a *app.App) {
	reading(api, a)
	trying(api, a)
	drafting(api, a)
	commenting(api, a)
	adjusting(api, a)
	basic(api, a)
	tables(api, a)
}

// CodePath is the path of one item. It is exported because huma fills in only what it can see.
type CodePath struct {
	Code string `path:"code" maxLength:"32" doc:"事项简码"`
}

type entriesIn struct {
	Q          string `query:"q" maxLength:"60" doc:"名称、别名、拼音首字母、编码"`
	Department string `query:"department" maxLength:"60" doc:"实施主体编码或名称"`
	Type       string `query:"type" maxLength:"4" doc:"事项类型代码"`
	State      string `query:"state" enum:",active,suspended,cancelled,planned,draft,pending,drafting,review,returned,approved" doc:"实施状态或草案状态；draft 为待编制和编制中"`
	Class      string `query:"class" enum:",smart,theme" doc:"智能审批、一件事用到的"`
	Complete   string `query:"complete" enum:",yes,no" doc:"要素填全了没有"`
	Page       int    `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Size       int    `query:"size" minimum:"1" maximum:"100" default:"50"`
}

type entriesOut struct{ Body app.EntryList }

type detailOut struct{ Body app.Detail }

type versionIn struct {
	CodePath
	Version int `path:"version" minimum:"1" maximum:"100000"`
}

type versionOut struct {
	Body struct {
		Version int             `json:"version"`
		Entry   catalogue.Entry `json:"entry"`
	}
}

type diffIn struct {
	CodePath
	From int `query:"from" minimum:"0" maximum:"100000" doc:"0 为现行版"`
	To   int `query:"to" minimum:"-1" maximum:"100000" default:"-1" doc:"-1 为草案，0 为现行版"`
}

type diffOut struct {
	Body struct {
		Changes []diff.Change `json:"changes"`
	}
}

type impactIn struct {
	CodePath
	Effective string `query:"effective" maxLength:"10" doc:"打算的生效日期"`
}

type impactOut struct{ Body app.Impact }

type runningOut struct{ Body catalogue.Running }

func reading(api huma.API, a *app.App) {
	httpx.Register(api, catalogue.PermRead, get("list-entries", "/items", "事项台账"), func(ctx context.Context, in *entriesIn) (*entriesOut, error) {
		out, err := a.Entries(ctx, app.EntryAsk{
			Query: in.Q, Department: in.Department, Type: in.Type, State: in.State, Class: in.Class, Complete: in.Complete, Page: in.Page, Size: in.Size,
		})
		return &entriesOut{out}, err
	})
	httpx.Register(api, catalogue.PermRead, get("get-entry", "/items/{code}", "事项详情"), func(ctx context.Context, in *CodePath) (*detailOut, error) {
		out, err := a.Detail(ctx, in.Code)
		return &detailOut{out}, err
	})
	httpx.Register(api, catalogue.PermRead, get("get-version", "/items/{code}/versions/{version}", "事项的一个版本"), func(ctx context.Context, in *versionIn) (*versionOut, error) {
		e, err := a.EntryAt(ctx, in.Code, in.Version)
		out := &versionOut{}
		out.Body.Version, out.Body.Entry = in.Version, e
		return out, err
	})
	httpx.Register(api, catalogue.PermRead, get("compare-versions", "/items/{code}/diff", "两个版本的差异"), func(ctx context.Context, in *diffIn) (*diffOut, error) {
		changes, err := a.Diff(ctx, in.Code, in.From, in.To)
		out := &diffOut{}
		out.Body.Changes = changes
		return out, err
	})
	httpx.Register(api, catalogue.PermRead, get("get-impact", "/items/{code}/impact", "影响预览"), func(ctx context.Context, in *impactIn) (*impactOut, error) {
		out, err := a.Impact(ctx, in.Code, in.Effective)
		return &impactOut{out}, err
	})
	httpx.Register(api, catalogue.PermRead, get("list-running", "/items/{code}/running", "在办件"), func(ctx context.Context, in *CodePath) (*runningOut, error) {
		out, err := a.Running(ctx, in.Code)
		return &runningOut{out}, err
	})
}

type tryIn struct {
	Body struct {
		Code    string            `json:"code,omitempty" maxLength:"32"`
		Version int               `json:"version,omitempty" minimum:"-1" maximum:"1000000" doc:"0 为现行版，-1 为草案"`
		Entry   json.RawMessage   `json:"entry,omitempty" doc:"屏幕上的内容，还没有保存也可以试"`
		Answers map[string]string `json:"answers"`
	}
}

type tryOut struct{ Body app.Tryout }

type applicantsIn struct {
	CodePath
	Body struct {
		Version int   `json:"version,omitempty" minimum:"-1" maximum:"1000000"`
		N       int   `json:"n" minimum:"1" maximum:"10000"`
		Seed    int64 `json:"seed" minimum:"0"`
	}
}

type applicantsOut struct{ Body applicants.Report }

func trying(api huma.API, a *app.App) {
	httpx.Register(api, catalogue.PermRead, httpx.Repeatable(post("try-entry", "/try", "情形试办")), func(ctx context.Context, in *tryIn) (*tryOut, error) {
		var shown *catalogue.Entry
		if len(in.Body.Entry) > 0 {
			e, err := app.ReadEntry(in.Body.Entry)
			if err != nil {
				return nil, err
			}
			shown = &e
		}
		out, err := a.Try(ctx, in.Body.Code, in.Body.Version, shown, in.Body.Answers)
		return &tryOut{out}, err
	})
	httpx.Register(api, catalogue.PermRead, httpx.Repeatable(post("run-applicants", "/items/{code}/applicants", "随机申请人试跑")), func(ctx context.Context, in *applicantsIn) (*applicantsOut, error) {
		out, err := a.Applicants(ctx, in.Code, in.Body.Version, in.Body.N, uint64(in.Body.Seed)) // #nosec G115 -- not negative, see the schema
		return &applicantsOut{out}, err
	})
}
