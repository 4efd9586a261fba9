package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
)

type acceptIn struct {
	CasePath
	Body struct {
		Version int    `json:"version" minimum:"1" doc:"看到的版本"`
		Note    string `json:"note,omitempty" maxLength:"200"`
	}
}

type grantIn struct {
	CasePath
	Body struct {
		Version int           `json:"version" minimum:"1" doc:"看到的版本"`
		Facts   []window.Fact `json:"facts,omitempty" maxItems:"20" doc:"证明的内容，照业务系统填写"`
		Note    string        `json:"note,omitempty" maxLength:"200"`
	}
}

func grantOf(in *grantIn) window.Decision {
	return window.Decision{Act: window.ActGrant, Version: in.Body.Version, Facts: in.Body.Facts, Note: in.Body.Note}
}

type noticeIn struct {
	CasePath
	Body struct {
		Version int          `json:"version" minimum:"1"`
		Gaps    []window.Gap `json:"gaps" minItems:"1" maxItems:"20" doc:"要补的全部内容，一次说全"`
		Days    int          `json:"days" minimum:"1" maximum:"30" doc:"补正期限，工作日"`
		Note    string       `json:"note,omitempty" maxLength:"200"`
	}
}

type refuseIn struct {
	CasePath
	Body struct {
		Version     int    `json:"version" minimum:"1"`
		ReasonCode  string `json:"reason_code" enum:"not_needed,not_ours,not_eligible" doc:"情形"`
		Reason      string `json:"reason" minLength:"8" maxLength:"400" doc:"理由，申请人看得懂"`
		RightOffice string `json:"right_office,omitempty" maxLength:"60" doc:"应当去的机关"`
		Note        string `json:"note,omitempty" maxLength:"200"`
	}
}

type decidedOut struct {
	Body struct {
		Case     app.Case        `json:"case"`
		Document app.DocumentRow `json:"document"`
	}
}

func decisions(api huma.API, a *app.App) {
	httpx.Register(api, window.PermAccept, post("accept-case", "/window/cases/{no}/accept", "受理"),
		func(ctx context.Context, in *acceptIn) (*decidedOut, error) {
			return decide(ctx, a, in.No, window.Decision{Act: window.ActAccept, Version: in.Body.Version, Note: in.Body.Note})
		})
	httpx.Register(api, window.PermNotice, post("notice-case", "/window/cases/{no}/notice", "一次性告知"),
		func(ctx context.Context, in *noticeIn) (*decidedOut, error) {
			return decide(ctx, a, in.No, noticeOf(in))
		})
	httpx.Register(api, window.PermRefuse, post("refuse-case", "/window/cases/{no}/refuse", "不予受理"),
		func(ctx context.Context, in *refuseIn) (*decidedOut, error) {
			return decide(ctx, a, in.No, refuseOf(in))
		})
	httpx.Register(api, window.PermGrant, post("grant-case", "/window/cases/{no}/grant", "办结"),
		func(ctx context.Context, in *grantIn) (*decidedOut, error) {
			return decide(ctx, a, in.No, grantOf(in))
		})
	further(api, a)
	previews(api, a)
}

func noticeOf(in *noticeIn) window.Decision {
	return window.Decision{Act: window.ActNotice, Version: in.Body.Version, Gaps: in.Body.Gaps, Days: in.Body.Days, Note: in.Body.Note}
}

func refuseOf(in *refuseIn) window.Decision {
	b := in.Body
	return window.Decision{Act: window.ActRefuse, Version: b.Version, ReasonCode: b.ReasonCode, Reason: b.Reason, RightOffice: b.RightOffice, Note: b.Note}
}

func decide(ctx context.Context, a *app.App, no string, d window.Decision) (*decidedOut, error) {
	c, doc, err := a.Decide(ctx, no, d)
	if err != nil {
		return nil, err
	}
	out := &decidedOut{}
	out.Body.Case, out.Body.Document = c, doc
	return out, nil
}

// pdfOut is a paper to look at before the act; nothing is kept, so it may be asked again and again.
type pdfOut struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func previews(api huma.API, a *app.App) {
	show := func(ctx context.Context, no string, d window.Decision) (*pdfOut, error) {
		pdf, err := a.Preview(ctx, no, d)
		return &pdfOut{ContentType: "application/pdf", Body: pdf}, err
	}
	sample := func(id, act, summary string) huma.Operation {
		return httpx.Repeatable(post("preview-"+id, "/window/cases/{no}/preview/"+act, summary))
	}
	httpx.Register(api, window.PermAccept, sample("accept", "accept", "受理通知书样张"), func(ctx context.Context, in *acceptIn) (*pdfOut, error) {
		return show(ctx, in.No, window.Decision{Act: window.ActAccept, Version: in.Body.Version})
	})
	httpx.Register(api, window.PermNotice, sample("notice", "notice", "一次性告知书样张"), func(ctx context.Context, in *noticeIn) (*pdfOut, error) {
		return show(ctx, in.No, noticeOf(in))
	})
	httpx.Register(api, window.PermRefuse, sample("refuse", "refuse", "不予受理通知书样张"), func(ctx context.Context, in *refuseIn) (*pdfOut, error) {
		return show(ctx, in.No, refuseOf(in))
	})
	httpx.Register(api, window.PermGrant, sample("grant", "grant", "办结文书样张"), func(ctx context.Context, in *grantIn) (*pdfOut, error) {
		return show(ctx, in.No, grantOf(in))
	})
}
