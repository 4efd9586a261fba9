// Package web is the HTTP of the service integration (服务集成接口): management, the directory for other systems, the gateway.
package web

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/modules/services"
	"tongban/central/modules/services/internal/app"
)

const module = "services"

func get(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "services-" + id, Method: http.MethodGet, Path: "/services" + path, Summary: summary}
}

func post(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: "services-" + id, Method: http.MethodPost, Path: "/services" + path, Summary: summary}
}

// NamePath is the path of one service. It is exported because huma fills in only what it can see.
type NamePath struct {
	Name string `path:"name" maxLength:"40" doc:"服务代号"`
}

// ReasonBody is why.
type ReasonBody struct {
	Reason string `json:"reason" minLength:"2" maxLength:"200" doc:"原因，留痕"`
}

type listOut struct{ Body app.List }

type rowOut struct{ Body app.Row }

type detailOut struct{ Body app.Detail }

type registerIn struct{ Body app.Draft }

// Edited is a draft without its name, which stands in the path.
type Edited struct {
	Title     string               `json:"title" minLength:"2" maxLength:"40"`
	Owner     string               `json:"owner" required:"false" maxLength:"60"`
	Address   string               `json:"address" minLength:"8" maxLength:"200"`
	Version   string               `json:"version" minLength:"1" maxLength:"20"`
	Internal  bool                 `json:"internal" required:"false"`
	TimeoutMs int                  `json:"timeout_ms" required:"false" minimum:"100" maximum:"60000" default:"3000"`
	PerMinute int                  `json:"limit_per_minute" required:"false" minimum:"1" maximum:"60000" default:"600"`
	Contract  []services.Operation `json:"contract" required:"false" maxItems:"100"`
	Reason    string               `json:"reason" minLength:"2" maxLength:"200"`
}

type editIn struct {
	NamePath
	Body Edited
}

type nameReasonIn struct {
	NamePath
	Body ReasonBody
}

type probeIn struct {
	NamePath
	Body struct{}
}

type platformOut struct{ Body app.PlatformList }

type exchangesIn struct {
	NamePath
	Before string `query:"before" maxLength:"40" doc:"这一条之前的"`
	Size   int    `query:"size" minimum:"1" maximum:"200" default:"50"`
}

type exchangesOut struct {
	Body struct {
		Rows []app.ExchangeRow `json:"rows" nullable:"false"`
	}
}

// Admin adds what administrators do.
func Admin(srv *httpx.Server, a *app.App) {
	api := srv.API(module, "admin")
	httpx.Register(api, services.PermRead, get("list-platform", "/platform", "微服务中台登记的服务"), func(ctx context.Context, _ *struct{}) (*platformOut, error) {
		out, err := a.PlatformServices(ctx)
		return &platformOut{out}, err
	})
	httpx.Register(api, services.PermWrite, post("adopt-platform", "/platform/{name}/adopt", "接入中台的服务"), func(ctx context.Context, in *nameReasonIn) (*rowOut, error) {
		out, err := a.Adopt(ctx, in.Name, in.Body.Reason)
		return &rowOut{out}, err
	})
	httpx.Register(api, services.PermRead, get("list-services", "/services", "对接清单"),
		func(ctx context.Context, _ *struct{}) (*listOut, error) {
			out, err := a.Services(ctx)
			return &listOut{out}, err
		})
	httpx.Register(api, services.PermRead, get("show-service", "/services/{name}", "一个对接系统"),
		func(ctx context.Context, in *NamePath) (*detailOut, error) {
			out, err := a.Show(ctx, in.Name)
			return &detailOut{out}, err
		})
	httpx.Register(api, services.PermRead, get("list-exchanges", "/services/{name}/exchanges", "交换记录"),
		func(ctx context.Context, in *exchangesIn) (*exchangesOut, error) {
			rows, err := a.Exchanges(ctx, in.Name, in.Before, in.Size)
			out := &exchangesOut{}
			out.Body.Rows = rows
			return out, err
		})
	httpx.Register(api, services.PermWrite, post("register-service", "/services", "登记服务"),
		func(ctx context.Context, in *registerIn) (*rowOut, error) {
			out, err := a.Register(ctx, in.Body)
			return &rowOut{out}, err
		})
	httpx.Register(api, services.PermWrite, post("edit-service", "/services/{name}/edit", "修改服务"),
		func(ctx context.Context, in *editIn) (*rowOut, error) {
			b := in.Body
			out, err := a.Edit(ctx, in.Name, app.Draft{
				Title: b.Title, Owner: b.Owner, Address: b.Address, Version: b.Version, Internal: b.Internal, TimeoutMs: b.TimeoutMs,
				PerMinute: b.PerMinute, Contract: b.Contract, Reason: b.Reason,
			})
			return &rowOut{out}, err
		})
	for _, on := range []bool{true, false} {
		id, path, words := "turn-off", "off", "停用"
		if on {
			id, path, words = "turn-on", "on", "启用"
		}
		httpx.Register(api, services.PermSwitch, post(id, "/services/{name}/"+path, words),
			func(ctx context.Context, in *nameReasonIn) (*rowOut, error) {
				out, err := a.Switch(ctx, in.Name, on, in.Body.Reason)
				return &rowOut{out}, err
			})
	}
	httpx.Register(api, services.PermSwitch, post("probe-service", "/services/{name}/probe", "试一次"),
		func(ctx context.Context, in *probeIn) (*rowOut, error) {
			out, err := a.Probe(ctx, in.Name)
			return &rowOut{out}, err
		})
	consumers(api, a)
}

type consumersOut struct {
	Body struct {
		Rows []app.ConsumerRow `json:"rows" nullable:"false"`
	}
}

type consumerOut struct{ Body app.ConsumerRow }

type keyOut struct{ Body app.NewKey }

type newConsumerIn struct{ Body app.ConsumerDraft }

// IDPath is the path of one consumer.
type IDPath struct {
	ID string `path:"id" maxLength:"40" doc:"使用方编号"`
}

type idReasonIn struct {
	IDPath
	Body ReasonBody
}

type grantIn struct {
	NamePath
	Body struct {
		Consumer string `json:"consumer" minLength:"1" maxLength:"40"`
		Reason   string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

type takeIn struct {
	NamePath
	Consumer string `path:"consumer" maxLength:"40"`
	Body     ReasonBody
}

func consumers(api huma.API, a *app.App) {
	httpx.Register(api, services.PermConsumerRead, get("list-consumers", "/consumers", "使用方清单"),
		func(ctx context.Context, _ *struct{}) (*consumersOut, error) {
			rows, err := a.Consumers(ctx)
			out := &consumersOut{}
			out.Body.Rows = rows
			return out, err
		})
	httpx.Register(api, services.PermConsumer, post("add-consumer", "/consumers", "登记使用方"),
		func(ctx context.Context, in *newConsumerIn) (*keyOut, error) {
			out, err := a.AddConsumer(ctx, in.Body)
			return &keyOut{out}, err
		})
	httpx.Register(api, services.PermConsumer, post("renew-key", "/consumers/{id}/renew", "换密钥"),
		func(ctx context.Context, in *idReasonIn) (*keyOut, error) {
			out, err := a.Renew(ctx, in.ID, in.Body.Reason)
			return &keyOut{out}, err
		})
	for _, on := range []bool{true, false} {
		id, path, words := "disable-consumer", "disable", "停用使用方"
		if on {
			id, path, words = "enable-consumer", "enable", "启用使用方"
		}
		httpx.Register(api, services.PermConsumer, post(id, "/consumers/{id}/"+path, words),
			func(ctx context.Context, in *idReasonIn) (*consumerOut, error) {
				out, err := a.TurnConsumer(ctx, in.ID, on, in.Body.Reason)
				return &consumerOut{out}, err
			})
	}
	httpx.Register(api, services.PermConsumer, post("grant-service", "/services/{name}/grants", "授权"),
		func(ctx context.Context, in *grantIn) (*struct{}, error) {
			return nil, a.Grant(ctx, in.Name, in.Body.Consumer, in.Body.Reason)
		})
	httpx.Register(api, services.PermConsumer, post("take-grant", "/services/{name}/grants/{consumer}/take", "收回授权"),
		func(ctx context.Context, in *takeIn) (*struct{}, error) {
			return nil, a.Take(ctx, in.Name, in.Consumer, in.Body.Reason)
		})
}

type directoryOut struct {
	Body struct {
		Services []app.Offer `json:"services" nullable:"false"`
	}
}

// Open adds what other systems do: look into the directory and call.
func Open(srv *httpx.Server, a *app.App) {
	srv.Authenticate("open", a.Authenticate)
	httpx.Register(srv.API(module, "open"), services.PermCall, get("open-directory", "", "服务目录"),
		func(ctx context.Context, _ *struct{}) (*directoryOut, error) {
			rows, err := a.Directory(ctx)
			out := &directoryOut{}
			out.Body.Services = rows
			return out, err
		})
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		srv.Raw("open", method, "/services/{name}/{path...}", services.PermCall, forward(srv, a), httpx.MaxBody(1<<20), httpx.Summary("经网关调用服务"))
	}
}

func forward(srv *httpx.Server, a *app.App) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		res, err := a.Forward(r.Context(), app.Call{
			Service: r.PathValue("name"), Method: r.Method, Path: "/" + r.PathValue("path"), Query: r.URL.RawQuery, Header: r.Header, Body: body,
		})
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		defer func() { _ = res.Body.Close() }()
		h := w.Header()
		h.Set("Content-Type", res.Header.Get("Content-Type"))
		h.Set("Content-Disposition", "attachment") // never a page of ours
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body)
	}
}
