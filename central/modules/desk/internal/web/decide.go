package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/internal/app"
)

type fact struct {
	Label string `json:"label" maxLength:"20"`
	Value string `json:"value" maxLength:"80"`
}

type decideIn struct {
	TaskPath
	Body struct {
		Act         string `json:"act" enum:"grant,deny,pause,resume,extend" doc:"准予、不予、停表、恢复、延期"`
		Version     int    `json:"version" minimum:"1" doc:"任务的版本"`
		CaseVersion int    `json:"case_version" minimum:"1" doc:"办件的版本"`
		Reason      string `json:"reason,omitempty" maxLength:"400" doc:"事实和理由"`
		ReasonCode  string `json:"reason_code,omitempty" enum:"hearing,tender,auction,inspection,testing,quarantine,appraisal,expert_review," doc:"停表的法定情形"`
		Days        int    `json:"days,omitempty" minimum:"0" maximum:"60" doc:"停表或延期几个工作日"`
		Approver    string `json:"approver,omitempty" maxLength:"40" doc:"批准延期的负责人"`
		Facts       []fact `json:"facts,omitempty" maxItems:"20" doc:"证明的内容，照业务系统填写"`
	}
}

type forwardIn struct {
	TaskPath
	Body struct {
		Version int    `json:"version" minimum:"1"`
		To      string `json:"to" minLength:"2" maxLength:"60" doc:"转报到哪个机关"`
		Reason  string `json:"reason" minLength:"4" maxLength:"400"`
	}
}

type replyIn struct {
	TaskPath
	Body struct {
		Version int    `json:"version" minimum:"1"`
		Text    string `json:"text" minLength:"4" maxLength:"400" doc:"批复的文号和意见"`
	}
}

func decisions(api huma.API, a *app.App) {
	httpx.Register(api, desk.PermDecide, post("decide-task", "/desk/tasks/{no}/decide", "部门决定、停表、恢复、延期"), func(ctx context.Context, in *decideIn) (*out[app.Decided], error) {
		b := in.Body
		r := app.Ruling{
			Act: b.Act, Version: b.Version, CaseVersion: b.CaseVersion, Reason: b.Reason, ReasonCode: b.ReasonCode, Days: b.Days, Approver: b.Approver,
		}
		for _, f := range b.Facts {
			r.Facts = append(r.Facts, app.Fact{Label: f.Label, Value: f.Value})
		}
		return reply(a.Decide(ctx, in.No, r))
	})
	httpx.Register(api, desk.PermDecide, post("forward-task", "/desk/tasks/{no}/forward", "转报"), func(ctx context.Context, in *forwardIn) (*out[app.Detail], error) {
		return reply(a.Forward(ctx, in.No, in.Body.Version, in.Body.To, in.Body.Reason))
	})
	httpx.Register(api, desk.PermDecide, post("reply-task", "/desk/tasks/{no}/reply", "登记上级批复"), func(ctx context.Context, in *replyIn) (*out[app.Detail], error) {
		return reply(a.Reply(ctx, in.No, in.Body.Version, in.Body.Text))
	})
}

type askIn struct {
	TaskPath
	Body struct {
		Version    int    `json:"version" minimum:"1"`
		Department string `json:"department" minLength:"1" maxLength:"40"`
		Person     string `json:"person,omitempty" maxLength:"40" doc:"账号名，空是这个部门谁都能答"`
		Question   string `json:"question" minLength:"4" maxLength:"400"`
		Days       int    `json:"days" minimum:"1" maximum:"15" doc:"几个工作日内答复"`
	}
}

type recallIn struct {
	TaskPath
	ID   string `path:"id" maxLength:"40" doc:"征询"`
	Body struct {
		Version int `json:"version" minimum:"1"`
	}
}

type answerIn struct {
	ID   string `path:"id" maxLength:"40" doc:"征询"`
	Body struct {
		Stance string `json:"stance" enum:"agree,conditions,disagree"`
		Answer string `json:"answer" maxLength:"600"`
	}
}

type opinionsIn struct {
	Open bool `query:"open" doc:"只看没答的"`
}

type peopleIn struct {
	Department string `query:"department" maxLength:"40" required:"true"`
}

func opinions(api huma.API, a *app.App) {
	httpx.Register(api, desk.PermAnswer, get("list-opinions", "/desk/opinions", "等本部门答复的意见"), func(ctx context.Context, in *opinionsIn) (*listOf[app.OpinionRow], error) {
		return replyList(a.OpinionsForMe(ctx, in.Open))
	})
	httpx.Register(api, desk.PermAnswer, post("answer-opinion", "/desk/opinions/{id}/answer", "答复意见"), func(ctx context.Context, in *answerIn) (*listOf[app.OpinionRow], error) {
		return replyList(a.Answer(ctx, in.ID, in.Body.Stance, in.Body.Answer))
	})
	httpx.Register(api, desk.PermDecide, post("ask-opinion", "/desk/tasks/{no}/opinions", "征询意见"), func(ctx context.Context, in *askIn) (*out[app.Detail], error) {
		b := in.Body
		return reply(a.Ask(ctx, in.No, b.Version, app.Question{Department: b.Department, Person: b.Person, Text: b.Question, Days: b.Days}))
	})
	httpx.Register(api, desk.PermDecide, post("recall-opinion", "/desk/tasks/{no}/opinions/{id}/recall", "收回征询"), func(ctx context.Context, in *recallIn) (*out[app.Detail], error) {
		return reply(a.Recall(ctx, in.No, in.Body.Version, in.ID))
	})
	httpx.Register(api, desk.PermCustody, get("list-offices", "/desk/offices", "可以征询、改送的部门"), func(ctx context.Context, _ *struct{}) (*listOf[app.OfficeRow], error) {
		return replyList(a.OfficesToAsk(ctx))
	})
	httpx.Register(api, desk.PermDecide, get("list-people", "/desk/people", "一个部门的审批人员"), func(ctx context.Context, in *peopleIn) (*listOf[app.PersonRow], error) {
		return replyList(a.PeopleOf(ctx, in.Department))
	})
}
