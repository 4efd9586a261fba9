package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/app"
)

type tolerateIn struct {
	CasePath
	Body struct {
		Version int          `json:"version" minimum:"1"`
		Gaps    []window.Gap `json:"gaps" minItems:"1" maxItems:"20" doc:"稍后补交的材料，ref 是材料编码"`
		Days    int          `json:"days,omitempty" minimum:"0" maximum:"30" doc:"补交期限，工作日；0 按事项规定"`
		Note    string       `json:"note,omitempty" maxLength:"200"`
	}
}

type renoticeIn struct {
	CasePath
	Body struct {
		Version  int          `json:"version" minimum:"1"`
		Gaps     []window.Gap `json:"gaps" minItems:"1" maxItems:"20" doc:"又要补的内容"`
		Days     int          `json:"days" minimum:"1" maximum:"30" doc:"补正期限，工作日"`
		Reason   string       `json:"reason" minLength:"8" maxLength:"400" doc:"第一次为什么没有告知"`
		Approver string       `json:"approver" minLength:"1" maxLength:"60" doc:"批准人账号，不能是自己"`
		Note     string       `json:"note,omitempty" maxLength:"200"`
	}
}

type cameIn struct {
	CasePath
	Body struct {
		Version   int      `json:"version" minimum:"1"`
		Materials []string `json:"materials" maxItems:"40" doc:"收到的材料，编码"`
		Note      string   `json:"note,omitempty" maxLength:"200"`
	}
}

type denyIn struct {
	CasePath
	Body struct {
		Version int    `json:"version" minimum:"1"`
		Reason  string `json:"reason" minLength:"8" maxLength:"400" doc:"理由，申请人看得懂"`
		Note    string `json:"note,omitempty" maxLength:"200"`
	}
}

type pauseIn struct {
	CasePath
	Body struct {
		Version   int    `json:"version" minimum:"1"`
		Procedure string `json:"procedure" enum:"hearing,tender,auction,inspection,testing,quarantine,appraisal,expert_review" doc:"许可法第四十五条的程序"`
		Days      int    `json:"days" minimum:"1" maximum:"60" doc:"需要多少个工作日，写进告知书"`
		Reason    string `json:"reason" minLength:"4" maxLength:"400" doc:"做什么、谁来做"`
		Note      string `json:"note,omitempty" maxLength:"200"`
	}
}

type resumeIn struct {
	CasePath
	Body struct {
		Version int    `json:"version" minimum:"1"`
		Note    string `json:"note,omitempty" maxLength:"200"`
	}
}

type extendIn struct {
	CasePath
	Body struct {
		Version  int    `json:"version" minimum:"1"`
		Days     int    `json:"days" minimum:"1" maximum:"15" doc:"延长多少个工作日"`
		Reason   string `json:"reason" minLength:"8" maxLength:"400" doc:"理由，要告诉申请人"`
		Approver string `json:"approver" minLength:"1" maxLength:"60" doc:"批准人账号，不能是自己"`
		Note     string `json:"note,omitempty" maxLength:"200"`
	}
}

type endIn struct {
	CasePath
	Body struct {
		Version int    `json:"version" minimum:"1"`
		Reason  string `json:"reason" minLength:"4" maxLength:"400" doc:"原因"`
		Note    string `json:"note,omitempty" maxLength:"200"`
	}
}

func tolerateOf(in *tolerateIn) window.Decision {
	return window.Decision{Act: window.ActTolerate, Version: in.Body.Version, Gaps: in.Body.Gaps, Days: in.Body.Days, Note: in.Body.Note}
}

func renoticeOf(in *renoticeIn) window.Decision {
	b := in.Body
	return window.Decision{Act: window.ActRenotice, Version: b.Version, Gaps: b.Gaps, Days: b.Days, Reason: b.Reason, Approver: b.Approver, Note: b.Note}
}

func supplementOf(in *cameIn) window.Decision {
	return window.Decision{Act: window.ActSupplement, Version: in.Body.Version, Materials: in.Body.Materials, Note: in.Body.Note}
}

func supplyOf(in *cameIn) window.Decision {
	return window.Decision{Act: window.ActSupply, Version: in.Body.Version, Materials: in.Body.Materials, Note: in.Body.Note}
}

func denyOf(in *denyIn) window.Decision {
	return window.Decision{Act: window.ActDeny, Version: in.Body.Version, Reason: in.Body.Reason, Note: in.Body.Note}
}

func pauseOf(in *pauseIn) window.Decision {
	b := in.Body
	return window.Decision{Act: window.ActPause, Version: b.Version, ReasonCode: b.Procedure, Days: b.Days, Reason: b.Reason, Note: b.Note}
}

func resumeOf(in *resumeIn) window.Decision {
	return window.Decision{Act: window.ActResume, Version: in.Body.Version, Note: in.Body.Note}
}

func extendOf(in *extendIn) window.Decision {
	b := in.Body
	return window.Decision{Act: window.ActExtend, Version: b.Version, Days: b.Days, Reason: b.Reason, Approver: b.Approver, Note: b.Note}
}

func withdrawOf(in *endIn) window.Decision {
	return window.Decision{Act: window.ActWithdraw, Version: in.Body.Version, Reason: in.Body.Reason, Note: in.Body.Note}
}

func lapseOf(in *endIn) window.Decision {
	return window.Decision{Act: window.ActLapse, Version: in.Body.Version, Reason: in.Body.Reason, Note: in.Body.Note}
}

// further adds the acts beyond the four of a simple case.
func further(api huma.API, a *app.App) {
	act(api, a, window.PermAccept, "tolerate", "容缺受理", tolerateOf)
	act(api, a, window.PermRenotice, "renotice", "再次告知", renoticeOf)
	act(api, a, window.PermRegister, "supplement", "收下补正材料", supplementOf)
	act(api, a, window.PermRegister, "supply", "收下容缺补交材料", supplyOf)
	act(api, a, window.PermDecide, "deny", "不予许可", denyOf)
	act(api, a, window.PermDecide, "pause", "停表：特别程序", pauseOf)
	act(api, a, window.PermDecide, "resume", "恢复计时", resumeOf)
	act(api, a, window.PermDecide, "extend", "延长办理期限", extendOf)
	act(api, a, window.PermWithdraw, "withdraw", "撤件", withdrawOf)
	act(api, a, window.PermWithdraw, "lapse", "终止办理", lapseOf)
	approvers(api, a)
}

// numbered is an input that names its case.
type numbered interface{ number() string }

func (p CasePath) number() string { return p.No }

// act adds an act and the sample of its paper.
func act[In numbered](api huma.API, a *app.App, perm, name, summary string, of func(*In) window.Decision) {
	httpx.Register(api, perm, post(name+"-case", "/window/cases/{no}/"+name, summary), func(ctx context.Context, in *In) (*decidedOut, error) {
		return decide(ctx, a, (*in).number(), of(in))
	})
	sample := httpx.Repeatable(post("preview-"+name, "/window/cases/{no}/preview/"+name, summary+"文书样张"))
	httpx.Register(api, perm, sample, func(ctx context.Context, in *In) (*pdfOut, error) {
		pdf, err := a.Preview(ctx, (*in).number(), of(in))
		return &pdfOut{ContentType: "application/pdf", Body: pdf}, err
	})
}

type approversIn struct {
	CasePath
	Act string `query:"act" enum:"renotice,extend" required:"true" doc:"要批准的事"`
}

type approversOut struct {
	Body struct {
		Approvers []app.Colleague `json:"approvers"`
	}
}

func approvers(api huma.API, a *app.App) {
	httpx.Register(api, window.PermRead, get("list-approvers", "/window/cases/{no}/approvers", "谁可以批准"),
		func(ctx context.Context, in *approversIn) (*approversOut, error) {
			list, err := a.Approvers(ctx, in.No, window.Act(in.Act))
			out := &approversOut{}
			out.Body.Approvers = list
			return out, err
		})
}
