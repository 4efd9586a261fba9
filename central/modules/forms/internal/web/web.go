// Package web is the HTTP of the electronic forms (电子表单接口): designing for staff, filling in for everybody.
package web

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/forms"
	"tongban/central/modules/forms/internal/app"
	"tongban/central/modules/forms/internal/design"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

const module = "forms"

func op(method, id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "forms-" + id, Method: method, Path: "/forms" + path, Summary: summary, MaxBodyBytes: maxBody}
}

// maxBody is a form of twenty crowded pages.
const maxBody = 2 << 20

func get(id, path, summary string) huma.Operation  { return op(http.MethodGet, id, path, summary) }
func post(id, path, summary string) huma.Operation { return op(http.MethodPost, id, path, summary) }

// asked is a post that changes nothing.
func asked(id, path, summary string) huma.Operation { return httpx.Repeatable(post(id, path, summary)) }

// IDPath is the path of one form. It is exported because huma fills in only what it can see.
type IDPath struct {
	ID string `path:"id" maxLength:"40" doc:"表单编号"`
}

type listIn struct {
	Q string `query:"q" maxLength:"60" doc:"表名、编号或拼音首字母"`
}

type listOut struct{ Body app.List }

type createIn struct {
	Body struct {
		ID    string `json:"id" minLength:"2" maxLength:"40" pattern:"^[a-z][a-z0-9-]+$"`
		Title string `json:"title" minLength:"2" maxLength:"40"`
		From  string `json:"from,omitempty" maxLength:"40" doc:"照哪张表起草"`
	}
}

type draftOut struct{ Body app.Draft }

type showIn struct {
	IDPath
	Version int `query:"version" minimum:"0" maximum:"1000000" doc:"0 = 现行版"`
}

type showOut struct{ Body app.Shown }

type emptyIn struct {
	IDPath
	Body struct{}
}

// RevBody names the revision that the caller has seen.
type RevBody struct {
	Rev int `json:"rev" minimum:"1" maximum:"1000000"`
}

type revIn struct {
	IDPath
	Body RevBody
}

type saveIn struct {
	IDPath
	Body struct {
		Rev    int             `json:"rev" minimum:"1" maximum:"1000000"`
		Design json.RawMessage `json:"design" doc:"整个设计，和读到的 design 一样"`
	}
}

type dropIn struct {
	IDPath
	Body struct {
		Rev    int    `json:"rev" minimum:"1" maximum:"1000000"`
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

type returnIn struct {
	IDPath
	Body struct {
		Rev  int    `json:"rev" minimum:"1" maximum:"1000000"`
		Note string `json:"note" minLength:"2" maxLength:"500" doc:"要改什么"`
	}
}

type publishedOut struct {
	Body struct {
		Version int `json:"version"`
	}
}

// Staff adds what designers and publishers do.
func Staff(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "staff")
	httpx.Register(api, forms.PermRead, get("list", "", "表单列表"), func(ctx context.Context, in *listIn) (*listOut, error) {
		out, err := a.List(ctx, in.Q)
		return &listOut{out}, err
	})
	httpx.Register(api, forms.PermEdit, post("create", "", "新建表单"), func(ctx context.Context, in *createIn) (*draftOut, error) {
		out, err := a.Create(ctx, in.Body.ID, in.Body.Title, in.Body.From)
		return &draftOut{out}, err
	})
	httpx.Register(api, forms.PermRead, get("show", "/{id}", "一张表单"), func(ctx context.Context, in *showIn) (*showOut, error) {
		out, err := a.Show(ctx, in.ID, in.Version)
		return &showOut{out}, err
	})
	drafts(api, a)
	trials(api, a)
	library(api, a)
	entries(api, a)

	files(srv, a)
}

func drafts(api huma.API, a *app.App) {
	httpx.Register(api, forms.PermRead, get("show-draft", "/{id}/draft", "草稿"), func(ctx context.Context, in *IDPath) (*draftOut, error) {
		out, err := a.Draft(ctx, in.ID)
		return &draftOut{out}, err
	})
	httpx.Register(api, forms.PermEdit, post("start-draft", "/{id}/draft", "起草新版"), func(ctx context.Context, in *emptyIn) (*draftOut, error) {
		out, err := a.StartDraft(ctx, in.ID)
		return &draftOut{out}, err
	})
	httpx.Register(api, forms.PermEdit, op(http.MethodPut, "save-draft", "/{id}/draft", "保存草稿"), func(ctx context.Context, in *saveIn) (*draftOut, error) {
		d, err := readDesign(in.Body.Design)
		if err != nil {
			return nil, err
		}
		out, err := a.SaveDraft(ctx, in.ID, in.Body.Rev, d)
		return &draftOut{out}, err
	})
	httpx.Register(api, forms.PermEdit, post("drop-draft", "/{id}/draft/drop", "放弃草稿"), func(ctx context.Context, in *dropIn) (*struct{}, error) {
		return nil, a.DropDraft(ctx, in.ID, in.Body.Rev, in.Body.Reason)
	})
	httpx.Register(api, forms.PermEdit, post("submit-draft", "/{id}/draft/submit", "提交发布"), func(ctx context.Context, in *revIn) (*draftOut, error) {
		out, err := a.SubmitDraft(ctx, in.ID, in.Body.Rev)
		return &draftOut{out}, err
	})
	httpx.Register(api, forms.PermEdit, post("withdraw-draft", "/{id}/draft/withdraw", "撤回再改"), func(ctx context.Context, in *revIn) (*draftOut, error) {
		out, err := a.WithdrawDraft(ctx, in.ID, in.Body.Rev)
		return &draftOut{out}, err
	})
	httpx.Register(api, forms.PermPublish, post("return-draft", "/{id}/draft/return", "退回修改"), func(ctx context.Context, in *returnIn) (*draftOut, error) {
		out, err := a.ReturnDraft(ctx, in.ID, in.Body.Rev, in.Body.Note)
		return &draftOut{out}, err
	})
	httpx.Register(api, forms.PermPublish, post("publish-draft", "/{id}/draft/publish", "发布"), func(ctx context.Context, in *revIn) (*publishedOut, error) {
		version, err := a.PublishDraft(ctx, in.ID, in.Body.Rev)
		out := &publishedOut{}
		out.Body.Version = version
		return out, err
	})
}

type designIn struct {
	Body struct {
		Design json.RawMessage `json:"design" doc:"整个设计，和读到的 design 一样"`
	}
}

type verifyOut struct {
	Body struct {
		Faults []forms.Fault `json:"faults" nullable:"false"`
		Design forms.Design  `json:"design" doc:"按屏幕写好规则以后的样子"`
	}
}

type drawOut struct {
	Body struct {
		Paper forms.Paper `json:"paper"`
	}
}

type tryIn struct {
	Body struct {
		Design json.RawMessage `json:"design" doc:"整个设计，和读到的 design 一样"`
		Values map[string]any  `json:"values"`
		Only   []string        `json:"only,omitempty" maxItems:"200" doc:"只看这几项"`
	}
}

type errorsOut struct {
	Body struct {
		Errors []form.FieldError `json:"errors" nullable:"false"`
	}
}

func errorsOf(errs []form.FieldError) *errorsOut {
	out := &errorsOut{}
	out.Body.Errors = append([]form.FieldError{}, errs...)
	return out
}

type diffIn struct {
	IDPath
	From int `query:"from" minimum:"0" maximum:"1000000" doc:"0 = 现行版"`
	To   int `query:"to" minimum:"0" maximum:"1000000" doc:"0 = 草稿"`
}

type diffOut struct {
	Body struct {
		Changes []design.Change `json:"changes" nullable:"false"`
	}
}

type mergeIn struct {
	Body struct {
		IDs []string `json:"ids" minItems:"1" maxItems:"30"`
	}
}

type mergeOut struct{ Body matter.Merged }

// trials are questions about designs; nothing is kept.
func trials(api huma.API, a *app.App) {
	httpx.Register(api, forms.PermRead, asked("verify", "/verify", "检查设计"), func(_ context.Context, in *designIn) (*verifyOut, error) {
		d, err := readDesign(in.Body.Design)
		if err != nil {
			return nil, err
		}
		out := &verifyOut{}
		out.Body.Faults, out.Body.Design = a.Verify(d)
		return out, nil
	})
	httpx.Register(api, forms.PermRead, asked("draw", "/draw", "自动排版"), func(_ context.Context, in *designIn) (*drawOut, error) {
		d, err := readDesign(in.Body.Design)
		if err != nil {
			return nil, err
		}
		out := &drawOut{}
		out.Body.Paper = a.Draw(d)
		return out, nil
	})
	httpx.Register(api, forms.PermRead, asked("try", "/try", "试填"), func(_ context.Context, in *tryIn) (*errorsOut, error) {
		d, err := readDesign(in.Body.Design)
		if err != nil {
			return nil, err
		}
		return errorsOf(a.Try(d, in.Body.Values, in.Body.Only)), nil
	})
	httpx.Register(api, forms.PermRead, get("diff", "/{id}/diff", "两版的差别"), func(ctx context.Context, in *diffIn) (*diffOut, error) {
		out := &diffOut{}
		var err error
		out.Body.Changes, err = a.Diff(ctx, in.ID, in.From, in.To)
		return out, err
	})
	httpx.Register(api, forms.PermRead, asked("merge", "/merge", "合表"), func(ctx context.Context, in *mergeIn) (*mergeOut, error) {
		out, err := a.Merge(ctx, in.Body.IDs)
		return &mergeOut{out}, err
	})
}

type elementsIn struct {
	Q     string `query:"q" maxLength:"60" doc:"编号、名称或拼音首字母"`
	Group string `query:"group" maxLength:"20"`
}

type elementsOut struct{ Body app.ElementList }

type elementIn struct {
	ID string `path:"id" maxLength:"40" doc:"数据元编号"`
}

type elementOut struct {
	Body struct {
		Element forms.Element `json:"element"`
		Uses    []app.Use     `json:"uses" nullable:"false"`
	}
}

func library(api huma.API, a *app.App) {
	httpx.Register(api, forms.PermRead, get("list-elements", "/elements", "数据元"), func(ctx context.Context, in *elementsIn) (*elementsOut, error) {
		out, err := a.SearchElements(ctx, in.Q, in.Group)
		return &elementsOut{out}, err
	})
	httpx.Register(api, forms.PermRead, get("show-element", "/elements/{id}", "一个数据元用在哪里"), func(ctx context.Context, in *elementIn) (*elementOut, error) {
		out := &elementOut{}
		var err error
		out.Body.Element, out.Body.Uses, err = a.Element(ctx, in.ID)
		return out, err
	})
}

// EntryPath is the path of one's own half-filled form.
type EntryPath struct {
	IDPath
	Key string `path:"key" maxLength:"60" doc:"哪一份，例如办件号"`
}

// ValuesBody is what was filled in so far.
type ValuesBody struct {
	Version int            `json:"version" minimum:"0" maximum:"1000000"`
	Values  map[string]any `json:"values"`
}

type saveEntryIn struct {
	EntryPath
	Body ValuesBody
}

type dropEntryIn struct {
	EntryPath
	Body struct{}
}

type carriedOut struct{ Body forms.Carried }

func entries(api huma.API, a *app.App) {
	httpx.Register(api, auth.Self, op(http.MethodPut, "save-entry", "/{id}/entries/{key}", "存填写草稿"), func(ctx context.Context, in *saveEntryIn) (*carriedOut, error) {
		out, err := a.SaveEntry(ctx, in.ID, in.Key, in.Body.Version, in.Body.Values)
		return &carriedOut{out}, err
	})
	httpx.Register(api, auth.Self, get("show-entry", "/{id}/entries/{key}", "取填写草稿"), func(ctx context.Context, in *EntryPath) (*carriedOut, error) {
		out, err := a.Entry(ctx, in.ID, in.Key)
		return &carriedOut{out}, err
	})
	httpx.Register(api, auth.Self, post("drop-entry", "/{id}/entries/{key}/drop", "删填写草稿"), func(ctx context.Context, in *dropEntryIn) (*struct{}, error) {
		return nil, a.DropEntry(ctx, in.ID, in.Key)
	})
}

type publicOut struct {
	Body struct {
		Form  matter.Form `json:"form"`
		Paper forms.Paper `json:"paper"`
	}
}

type checkIn struct {
	IDPath
	Body struct {
		Version int            `json:"version" minimum:"0" maximum:"1000000"`
		Values  map[string]any `json:"values"`
		Only    []string       `json:"only,omitempty" maxItems:"200"`
	}
}

type carryIn struct {
	IDPath
	Body ValuesBody
}

// Public adds what anybody does: see a form, have entries checked, bring a draft to the newest version. Nothing is kept.
func Public(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "public")
	httpx.Register(api, auth.Public, get("get", "/{id}", "空表"), func(ctx context.Context, in *showIn) (*publicOut, error) {
		d, err := a.Design(ctx, in.ID, in.Version)
		out := &publicOut{}
		out.Body.Form, out.Body.Paper = d.Form(), d.Paper
		return out, err
	})
	httpx.Register(api, auth.Public, asked("check", "/{id}/check", "核对填写"), func(ctx context.Context, in *checkIn) (*errorsOut, error) {
		errs, err := a.Check(ctx, in.ID, in.Body.Version, in.Body.Values, in.Body.Only)
		return errorsOf(errs), err
	})
	httpx.Register(api, auth.Public, asked("carry", "/{id}/carry", "换到新版"), func(ctx context.Context, in *carryIn) (*carriedOut, error) {
		out, err := a.Carry(ctx, in.ID, in.Body.Version, in.Body.Values)
		return &carriedOut{out}, err
	})
	publicFiles(srv, a)
}
