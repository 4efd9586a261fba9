package web

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/app"
)

type draftOut struct{ Body app.Draft }

type addIn struct {
	Body struct {
		Name        string `json:"name" minLength:"2" maxLength:"60"`
		Code        string `json:"code,omitempty" maxLength:"12" pattern:"^([a-z][a-z0-9]{1,11})?$" doc:"空为按名称的拼音首字母取"`
		Office      string `json:"office,omitempty" maxLength:"60" doc:"空为自己的部门"`
		OfficeCode  string `json:"office_code,omitempty" maxLength:"18"`
		CatalogCode string `json:"catalog_code,omitempty" maxLength:"12"`
		TaskType    string `json:"task_type,omitempty" maxLength:"4"`
		UseLevel    string `json:"use_level,omitempty" maxLength:"1"`
		Reason      string `json:"reason,omitempty" maxLength:"500"`
	}
}

type startIn struct {
	CodePath
	Body struct {
		Reason string `json:"reason" maxLength:"500"`
	}
}

type saveIn struct {
	CodePath
	Body struct {
		Revision  int             `json:"revision" minimum:"1" maximum:"1000000"`
		Entry     json.RawMessage `json:"entry" doc:"整个事项，和读到的 entry 一样"`
		Effective string          `json:"effective,omitempty" maxLength:"10" doc:"打算的生效日期"`
	}
}

// ActIn is an act on a draft as it was seen: its revision, and words where some are wanted.
type ActIn struct {
	CodePath
	Body struct {
		Revision int    `json:"revision" minimum:"1" maximum:"1000000"`
		Note     string `json:"note,omitempty" maxLength:"500"`
	}
}

type publishIn struct {
	CodePath
	Body struct {
		Revision  int    `json:"revision" minimum:"1" maximum:"1000000"`
		Effective string `json:"effective" minLength:"10" maxLength:"10" doc:"从这一天零点起生效，YYYY-MM-DD"`
		Note      string `json:"note,omitempty" maxLength:"500"`
	}
}

type discardedOut struct {
	Body struct {
		Code string `json:"code"`
	}
}

func drafting(api huma.API, a *app.App) {
	httpx.Register(api, catalogue.PermEdit, post("add-item", "/items", "新增事项"), func(ctx context.Context, in *addIn) (*draftOut, error) {
		b := in.Body
		out, err := a.Add(ctx, app.NewItem{
			Name: b.Name, Code: b.Code, Office: b.Office, OfficeCode: b.OfficeCode, CatalogCode: b.CatalogCode, TaskType: b.TaskType, UseLevel: b.UseLevel, Reason: b.Reason,
		})
		return &draftOut{out}, err
	})
	httpx.Register(api, catalogue.PermEdit, post("start-draft", "/items/{code}/draft", "开始编制"), func(ctx context.Context, in *startIn) (*draftOut, error) {
		out, err := a.StartDraft(ctx, app.Start{Code: in.Code, Kind: "change", Reason: in.Body.Reason})
		return &draftOut{out}, err
	})
	httpx.Register(api, catalogue.PermEdit, post("save-draft", "/items/{code}/draft/save", "保存草案"), func(ctx context.Context, in *saveIn) (*draftOut, error) {
		e, err := app.ReadEntry(in.Body.Entry)
		if err != nil {
			return nil, err
		}
		out, err := a.SaveDraft(ctx, in.Code, in.Body.Revision, e, in.Body.Effective)
		return &draftOut{out}, err
	})
	act := func(perm, id, path, summary string, do func(ctx context.Context, code string, revision int, note string) (app.Draft, error)) {
		httpx.Register(api, perm, post(id, "/items/{code}/draft/"+path, summary), func(ctx context.Context, in *ActIn) (*draftOut, error) {
			out, err := do(ctx, in.Code, in.Body.Revision, in.Body.Note)
			return &draftOut{out}, err
		})
	}
	act(catalogue.PermEdit, "submit-draft", "submit", "提交审核", a.Submit)
	act(catalogue.PermEdit, "withdraw-draft", "withdraw", "撤回修改", a.Recall)
	act(catalogue.PermRead, "return-draft", "return", "退回草案", a.Return) // reviewers, and publishers after approval: the life table says who
	act(catalogue.PermReview, "approve-draft", "approve", "审核通过", a.Approve)
	httpx.Register(api, catalogue.PermEdit, post("discard-draft", "/items/{code}/draft/discard", "放弃草案"), func(ctx context.Context, in *ActIn) (*discardedOut, error) {
		out := &discardedOut{}
		out.Body.Code = in.Code
		return out, a.Discard(ctx, in.Code, in.Body.Revision, in.Body.Note)
	})
	httpx.Register(api, catalogue.PermPublish, post("publish-draft", "/items/{code}/draft/publish", "发布"), func(ctx context.Context, in *publishIn) (*detailOut, error) {
		out, err := a.Publish(ctx, in.Code, in.Body.Revision, in.Body.Effective, in.Body.Note)
		return &detailOut{out}, err
	})
}

type commentIn struct {
	CodePath
	Body struct {
		Element string `json:"element" minLength:"1" maxLength:"120" doc:"要素名，或 materials/hukou 这样的位置"`
		Text    string `json:"text" minLength:"2" maxLength:"1000"`
	}
}

// CommentPath is the path of one comment.
type CommentPath struct {
	CodePath
	ID string `path:"id" maxLength:"40"`
}

type answerIn struct {
	CommentPath
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"1000"`
	}
}

type resolveIn struct {
	CommentPath
	Body struct{}
}

func commenting(api huma.API, a *app.App) {
	httpx.Register(api, catalogue.PermRead, post("comment-draft", "/items/{code}/draft/comments", "提出意见"), func(ctx context.Context, in *commentIn) (*draftOut, error) {
		out, err := a.Comment(ctx, in.Code, in.Body.Element, in.Body.Text)
		return &draftOut{out}, err
	})
	httpx.Register(api, catalogue.PermRead, post("answer-comment", "/items/{code}/draft/comments/{id}/answer", "答复意见"), func(ctx context.Context, in *answerIn) (*draftOut, error) {
		out, err := a.Answer(ctx, in.Code, in.ID, in.Body.Text)
		return &draftOut{out}, err
	})
	httpx.Register(api, catalogue.PermRead, post("resolve-comment", "/items/{code}/draft/comments/{id}/resolve", "解决意见"), func(ctx context.Context, in *resolveIn) (*draftOut, error) {
		out, err := a.Resolve(ctx, in.Code, in.ID)
		return &draftOut{out}, err
	})
}
