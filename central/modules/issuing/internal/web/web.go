// Package web is the HTTP of issuing, ratings and the archive (发证、评价、归档接口): typed operations that call one use case each.
package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/events"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/app"
)

const module = "issuing"

// Staff adds the operations of the counter (工作人员).
func Staff(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "staff")
	records(api, a)
	signatures(srv, a)
	ratings(api, a)
	tasks(api, a)
	archives(api, a)
	packages(srv, a)
	srv.Hear(mayHear, "issuing.")
}

// mayHear reports whether an event lies where the caller may read records.
func mayHear(ctx context.Context, e events.Event) bool {
	at, err := events.Read[struct{ Region, Department, Handler string }](e)
	if err != nil {
		return false
	}
	return actor.From(ctx).Scope(issuing.PermRead).Covers(actor.Place{Region: at.Region, Department: at.Department, Handler: at.Handler})
}

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: module + "-" + id, Method: http.MethodGet, Path: path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: module + "-" + id, Method: http.MethodPost, Path: path, Summary: summary}
}

// CasePath is the path of one record. It is exported because huma fills in only what it can see.
type CasePath struct {
	No string `path:"no" maxLength:"24" doc:"办件编号"`
}

// Paging is one page of a list.
type Paging struct {
	Page int `query:"page" minimum:"1" maximum:"100000" default:"1"`
	Size int `query:"size" minimum:"1" maximum:"200" default:"50"`
}

type listIn struct {
	Tab string `query:"tab" enum:"ready,road,done,file,all" default:"ready" doc:"等着领、在路上、已送达、还没归档、全部"`
	Q   string `query:"q" maxLength:"60" doc:"办件编号、事项、证书号、邮件号的一部分"`
	Paging
}

type listOut struct{ Body app.List }

type detailOut struct{ Body app.Detail }

type codeIn struct {
	Body struct {
		Code string `json:"code" minLength:"6" maxLength:"12" doc:"取件码"`
	}
}

type versionIn struct {
	CasePath
	Body struct {
		Version int `json:"version" minimum:"1" maximum:"100000"`
	}
}

type reasonIn struct {
	CasePath
	Body struct {
		Version int    `json:"version" minimum:"1" maximum:"100000"`
		Reason  string `json:"reason" minLength:"2" maxLength:"80" doc:"为什么没有取件码"`
	}
}

type recipientIn struct {
	CasePath
	Body struct {
		Version int `json:"version" minimum:"1" maximum:"100000"`
		app.Recipient
	}
}

type readIn struct {
	CasePath
	Body struct {
		Version int      `json:"version" minimum:"1" maximum:"100000"`
		Lines   []string `json:"lines" minItems:"1" maxItems:"5" doc:"一起看过的几项"`
	}
}

type signIn struct {
	CasePath
	Body struct {
		Version int    `json:"version" minimum:"1" maximum:"100000"`
		PNG     []byte `json:"png" maxLength:"700000" doc:"签名图，PNG"`
	}
}

type handIn struct {
	CasePath
	Body struct {
		Version int `json:"version" minimum:"1" maximum:"100000"`
		app.Hand
	}
}

type sendIn struct {
	CasePath
	Body struct {
		Version int `json:"version" minimum:"1" maximum:"100000"`
		app.Send
	}
}

func records(api huma.API, a *app.App) {
	answer := func(d app.Detail, err error) (*detailOut, error) { return &detailOut{Body: d}, err }
	httpx.Register(api, issuing.PermRead, get("list-records", "/issuing/records", "发证清单"),
		func(ctx context.Context, in *listIn) (*listOut, error) {
			out, err := a.Records(ctx, in.Tab, in.Q, in.Page, in.Size)
			return &listOut{Body: out}, err
		})
	httpx.Register(api, issuing.PermRead, get("show-record", "/issuing/records/{no}", "发证详情"),
		func(ctx context.Context, in *CasePath) (*detailOut, error) { return answer(a.Show(ctx, in.No)) })
	httpx.Register(api, issuing.PermIssue, post("find-code", "/issuing/find", "按取件码找"),
		func(ctx context.Context, in *codeIn) (*detailOut, error) {
			return answer(a.FindByCode(ctx, in.Body.Code))
		})
	httpx.Register(api, issuing.PermIssue, post("skip-code", "/issuing/records/{no}/without-code", "没有取件码，写明原因"),
		func(ctx context.Context, in *reasonIn) (*detailOut, error) {
			return answer(a.WithoutCode(ctx, in.No, in.Body.Version, in.Body.Reason))
		})
	httpx.Register(api, issuing.PermIssue, post("resend-code", "/issuing/records/{no}/resend", "重发取件码"),
		func(ctx context.Context, in *versionIn) (*detailOut, error) {
			return answer(a.Resend(ctx, in.No, in.Body.Version))
		})
	httpx.Register(api, issuing.PermIssue, post("identify-recipient", "/issuing/records/{no}/recipient", "核对领取人"),
		func(ctx context.Context, in *recipientIn) (*detailOut, error) {
			return answer(a.Identify(ctx, in.No, in.Body.Version, in.Body.Recipient))
		})
	httpx.Register(api, issuing.PermIssue, post("read-together", "/issuing/records/{no}/read", "一起看一遍"),
		func(ctx context.Context, in *readIn) (*detailOut, error) {
			return answer(a.Read(ctx, in.No, in.Body.Version, in.Body.Lines))
		})
	httpx.Register(api, issuing.PermIssue, post("sign-paper", "/issuing/records/{no}/paper-signature", "在纸上签收"),
		func(ctx context.Context, in *versionIn) (*detailOut, error) {
			return answer(a.SignOnPaper(ctx, in.No, in.Body.Version))
		})
	httpx.Register(api, issuing.PermIssue, post("sign-record", "/issuing/records/{no}/signature", "手写屏签收"),
		func(ctx context.Context, in *signIn) (*detailOut, error) {
			return answer(a.Sign(ctx, in.No, in.Body.Version, in.Body.PNG))
		})
	httpx.Register(api, issuing.PermIssue, post("hand-over", "/issuing/records/{no}/hand", "交付，出送达回证"),
		func(ctx context.Context, in *handIn) (*detailOut, error) {
			return answer(a.Hand(ctx, in.No, in.Body.Version, in.Body.Hand))
		})
	httpx.Register(api, issuing.PermIssue, post("send-by-post", "/issuing/records/{no}/post", "交邮政"),
		func(ctx context.Context, in *sendIn) (*detailOut, error) {
			return answer(a.Dispatch(ctx, in.No, in.Body.Version, in.Body.Send))
		})
}

// signatures adds the picture of the recipient's signature.
func signatures(srv *httpx.Server, a *app.App) {
	path := "/issuing/records/{no}/signature"
	srv.Raw("staff", http.MethodGet, path, issuing.PermRead, func(w http.ResponseWriter, r *http.Request) {
		png, err := a.Signature(r.Context(), r.PathValue("no"))
		serve(srv, w, r, "image/png", png, err)
	}, httpx.Summary("领取人签名"))
}

// serve writes a file that is never cached: each look is an act of its own.
func serve(srv *httpx.Server, w http.ResponseWriter, r *http.Request, mime string, b []byte, err error) {
	if err != nil {
		srv.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b) // the other end may have left
}

type askedOut struct{ Body app.Asked }

// KeyPath is the path of one invitation.
type KeyPath struct {
	Key string `path:"key" minLength:"16" maxLength:"64" doc:"短信或评价器里的钥匙"`
}

type rateIn struct {
	KeyPath
	Body app.Given
}

// Public adds the rating by link (公众评价): whoever holds the link may rate this one matter, once.
func Public(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "public")
	httpx.Register(api, auth.Public, get("show-invite", "/issuing/ratings/{key}", "打开评价链接"),
		func(ctx context.Context, in *KeyPath) (*askedOut, error) {
			out, err := a.Asked(ctx, in.Key)
			return &askedOut{Body: out}, err
		})
	httpx.Register(api, auth.Public, httpx.Repeatable(post("rate", "/issuing/ratings/{key}", "评价")),
		func(ctx context.Context, in *rateIn) (*struct{}, error) { return nil, a.Rate(ctx, in.Key, in.Body) })
}
