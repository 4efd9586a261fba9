// Package web is the HTTP side of the neighbours (相邻系统接口).
package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/joined"
	"tongban/central/modules/joined/internal/app"
)

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "joined-" + id, Method: http.MethodGet, Path: "/joined" + path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "joined-" + id, Method: http.MethodPost, Path: "/joined" + path, Summary: summary}
}

type empty struct{}

type trackIn struct {
	No string `query:"no" minLength:"4" maxLength:"40"`
}

type trackOut struct{ Body app.Track }

type bundlesOut struct{ Body app.Bundles }

type matterOut struct{ Body app.Matter }

type estateOut struct {
	Body struct {
		Rows []app.Matter `json:"rows" nullable:"false"`
		Door string       `json:"door" doc:"不动产登记系统的地址，用统一登录进"`
	}
}

type healthOut struct {
	Body struct {
		Rows []app.Health `json:"rows" nullable:"false"`
	}
}

// NoPath is the path of one matter. It is exported because huma fills in only what it can see.
type NoPath struct {
	No string `path:"no" maxLength:"40"`
}

type todosOut struct{ Body app.Todos }

type adviceOut struct{ Body app.Advice }

type adviseIn struct {
	Body struct {
		Words string `json:"words" minLength:"1" maxLength:"400" doc:"群众想办什么，不要写号码"`
	}
}

type startIn struct {
	Body struct {
		Theme string            `json:"theme" minLength:"1" maxLength:"40"`
		Cases map[string]string `json:"cases" doc:"事项编码 → 本窗口的办件编号"`
	}
}

type bindIn struct {
	NoPath
	Body struct {
		Item string `json:"item" minLength:"1" maxLength:"40"`
		Case string `json:"case" minLength:"4" maxLength:"40"`
	}
}

type tryIn struct {
	Name string `path:"name" maxLength:"40"`
}

// Staff adds the operations of the workbench (工作人员).
func Staff(srv *httpx.Server, a *app.App) {
	api := srv.API("joined", "staff")
	httpx.Register(api, joined.PermTrack, get("track", "/track", "按编号查进度，跨系统"), func(ctx context.Context, in *trackIn) (*trackOut, error) {
		out, err := a.Track(ctx, in.No)
		return &trackOut{out}, err
	})
	httpx.Register(api, joined.PermTrack, get("list-todos", "/todos", "所有系统的待办"), func(ctx context.Context, _ *empty) (*todosOut, error) {
		out, err := a.Todos(ctx)
		return &todosOut{out}, err
	})
	httpx.Register(api, joined.PermTrack, get("advisable", "/advice", "有没有接城市智脑"), func(context.Context, *empty) (*adviceOut, error) {
		return &adviceOut{a.Advisable()}, nil
	})
	httpx.Register(api, joined.PermTrack, post("advise", "/advice", "城市智脑建议办哪个事项"), func(ctx context.Context, in *adviseIn) (*adviceOut, error) {
		out, err := a.Advise(ctx, in.Body.Words)
		return &adviceOut{out}, err
	})
	httpx.Register(api, joined.PermTrack, get("list-bundles", "/bundles", "一件事：主题和套件"), func(ctx context.Context, _ *empty) (*bundlesOut, error) {
		out, err := a.Bundles(ctx)
		return &bundlesOut{out}, err
	})
	httpx.Register(api, joined.PermTrack, get("show-matter", "/matters/{no}", "一个套件或登记的经过"), func(ctx context.Context, in *NoPath) (*matterOut, error) {
		out, err := a.Show(ctx, in.No)
		return &matterOut{out}, err
	})
	httpx.Register(api, joined.PermTrack, get("list-registrations", "/registrations", "不动产登记：听说的"), func(ctx context.Context, _ *empty) (*estateOut, error) {
		out := &estateOut{}
		var err error
		out.Body.Rows, out.Body.Door, err = a.Registrations(ctx)
		return out, err
	})
	httpx.Register(api, joined.PermBundle, post("start-bundle", "/bundles", "发起一件事套件"), func(ctx context.Context, in *startIn) (*matterOut, error) {
		out, err := a.Start(ctx, in.Body.Theme, in.Body.Cases)
		return &matterOut{out}, err
	})
	httpx.Register(api, joined.PermBundle, post("bind-case", "/bundles/{no}/cases", "把办件挂到套件的一项"), func(ctx context.Context, in *bindIn) (*matterOut, error) {
		out, err := a.Bind(ctx, in.No, in.Body.Item, in.Body.Case)
		return &matterOut{out}, err
	})
	health := func(rows []app.Health, err error) (*healthOut, error) {
		out := &healthOut{}
		out.Body.Rows = rows
		return out, err
	}
	httpx.Register(api, joined.PermHealth, get("health", "/health", "对接状况"), func(ctx context.Context, _ *empty) (*healthOut, error) {
		return health(a.Health(ctx))
	})
	httpx.Register(api, joined.PermTry, post("try", "/health/{name}/try", "现在试连"), func(ctx context.Context, in *tryIn) (*healthOut, error) {
		return health(a.Try(ctx, in.Name))
	})
	srv.Hear(app.MayHear, joined.TopicMoved)
}

var errShape = errs.E(errs.Invalid, "joined.shape", "请求内容不符合约定，请对照查询机的约定改正", nil)

// Public adds the door of the inquiry machines, which sign what they ask (查询机).
func Public(srv *httpx.Server, a *app.App) {
	srv.Raw("public", http.MethodPost, "/joined/inquiry", auth.Public, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = a.Proven(r, body)
		}
		var in struct {
			CaseNo    string `json:"case_no"`
			CheckCode string `json:"check_code"`
		}
		if err == nil {
			if bad := json.Unmarshal(body, &in); bad != nil || in.CaseNo == "" || in.CheckCode == "" {
				err = errors.Join(errShape, bad)
			}
		}
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		out, err := a.Inquire(r.Context(), in.CaseNo, in.CheckCode)
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(out)
	}, httpx.MaxBody(4<<10), httpx.Summary("查询机按编号和查询码查进度（签名）"))
}
