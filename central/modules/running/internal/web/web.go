// Package web is the HTTP side of running (运行管理接口), for the management console.
package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/running"
	"tongban/central/modules/running/internal/app"
)

// Admin adds the operations.
func Admin(srv *httpx.Server, a *app.App) {
	api := srv.API("running", "admin")
	health(api, a)
	inspections(api, srv, a)
	resources(api, a)
	uptime(api, a)
	backups(api, a)
	duties(api, a)
}

// stamp is an instant for a page; "" for one that never was.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(clock.Shanghai).Format(time.RFC3339)
}

func get[In, Out any](api huma.API, id, path, summary string, f func(context.Context, *In) (*Out, error)) {
	httpx.Register(api, running.PermRead, huma.Operation{OperationID: "running-" + id, Method: http.MethodGet, Path: "/running/" + path, Summary: summary}, f)
}

func post[In, Out any](api huma.API, perm, id, path, summary string, f func(context.Context, *In) (*Out, error)) {
	httpx.Register(api, perm, huma.Operation{OperationID: "running-" + id, Method: http.MethodPost, Path: "/running/" + path, Summary: summary}, f)
}

// reason is the body of an act that needs nothing but a why.
type reason struct {
	Reason string `json:"reason" minLength:"2" maxLength:"200" doc:"为什么"`
}

type reasonIn struct{ Body reason }

type empty struct{}
