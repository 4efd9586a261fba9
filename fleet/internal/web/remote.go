package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/events"
	"tongban/central/kernel/httpx"
	"tongban/fleet"
	"tongban/fleet/wire"
)

type remoteIn struct {
	Terminal string `path:"terminal" maxLength:"20"`
	Body     struct {
		Task wire.RemoteTask `json:"task" enum:"look,internal,external" doc:"看外设、内部检查、外部检查"`
	}
}

// remoteRow is one remote diagnosis without what was found.
type remoteRow struct {
	ID         string           `json:"id"`
	Terminal   string           `json:"terminal"`
	Task       wire.RemoteTask  `json:"task"`
	AskedBy    string           `json:"asked_by" doc:"谁要的，姓名"`
	AskedAt    time.Time        `json:"asked_at"`
	State      wire.RemoteState `json:"state" enum:"asked,running,done,busy,stopped,late,silent"`
	Why        string           `json:"why" doc:"终端为什么没有做：citizen、technician、remote"`
	AnsweredAt *time.Time       `json:"answered_at,omitempty"`
	Faults     int              `json:"faults" doc:"有毛病的外设数"`
}

type remoteOut struct{ Body remoteRow }

type remotesIn struct {
	Terminal string `query:"terminal" maxLength:"20" required:"true"`
}

type remotesOut struct {
	Body struct {
		Rows []remoteRow `json:"rows"`
	}
}

type oneRemoteIn struct {
	ID string `path:"id" maxLength:"40"`
}

// remoteDetail is one remote diagnosis with what was found so far.
type remoteDetail struct {
	remoteRow
	Now     string              `json:"now" doc:"正在查哪一样"`
	Version string              `json:"version"`
	Model   string              `json:"model"`
	Devices []deviceRow         `json:"devices"`
	Machine []wire.MachineCheck `json:"machine"`
	Network []wire.NetworkCard  `json:"network"`
}

type oneRemoteOut struct{ Body remoteDetail }

// healthy are troubles of a part that nobody connected or that runs low: to be known, nothing that broke.
var healthy = map[wire.Trouble]bool{
	wire.TroubleNone: true, wire.TroubleNoPort: true, wire.TroubleUnserved: true, wire.TroublePaperLow: true, wire.TroubleTonerLow: true,
}

func (p Parts) remoteRow(ctx context.Context, r fleet.Remote) remoteRow {
	out := remoteRow{ID: r.ID, Terminal: r.Terminal, Task: r.Task, AskedBy: p.nameOf(ctx, r.AskedBy), AskedAt: r.AskedAt, State: r.State, Why: r.Report.Why, AnsweredAt: moment(r.AnsweredAt)}
	for _, d := range r.Report.Devices {
		if !healthy[d.Trouble] {
			out.Faults++
		}
	}
	return out
}

// remote adds what the management console may ask of a terminal from afar.
// nameOf is the name of an account, or its number when it is gone since.
func (p Parts) nameOf(ctx context.Context, account string) string {
	a, err := p.Auth.Get(ctx, account)
	if err != nil {
		return account
	}
	return a.Name
}

func (p Parts) remote(srv *httpx.Server) {
	srv.Hear(func(ctx context.Context, _ events.Event) bool { return actor.From(ctx).Can(fleet.PermRead) }, fleet.EventRemote)
	api := srv.API("fleet", "admin")
	httpx.Register(api, fleet.PermRemote, huma.Operation{
		OperationID: "fleet-ask-remote", Method: http.MethodPost, Path: "/fleet/terminals/{terminal}/remote", Summary: "远程诊断终端",
	}, func(ctx context.Context, in *remoteIn) (*remoteOut, error) {
		r, err := p.Remote.Ask(ctx, in.Terminal, in.Body.Task)
		if err != nil {
			return nil, err
		}
		return &remoteOut{p.remoteRow(ctx, r)}, nil
	})
	httpx.Register(api, fleet.PermRead, huma.Operation{
		OperationID: "fleet-list-remote", Method: http.MethodGet, Path: "/fleet/remote", Summary: "一台终端的远程诊断",
	}, func(ctx context.Context, in *remotesIn) (*remotesOut, error) {
		all, err := p.Remote.List(ctx, in.Terminal)
		if err != nil {
			return nil, err
		}
		out := &remotesOut{}
		out.Body.Rows = make([]remoteRow, 0, len(all))
		for _, r := range all {
			out.Body.Rows = append(out.Body.Rows, p.remoteRow(ctx, r))
		}
		return out, nil
	})
	httpx.Register(api, fleet.PermRead, huma.Operation{
		OperationID: "fleet-get-remote", Method: http.MethodGet, Path: "/fleet/remote/{id}", Summary: "一次远程诊断的结果",
	}, func(ctx context.Context, in *oneRemoteIn) (*oneRemoteOut, error) {
		r, err := p.Remote.Get(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		out := &oneRemoteOut{remoteDetail{
			remoteRow: p.remoteRow(ctx, r), Now: r.Report.Now, Version: r.Report.Version, Model: r.Report.Model,
			Devices: deviceRows(r.Report.Devices), Machine: r.Report.Machine, Network: r.Report.Network,
		}}
		if out.Body.Machine == nil {
			out.Body.Machine = []wire.MachineCheck{}
		}
		if out.Body.Network == nil {
			out.Body.Network = []wire.NetworkCard{}
		}
		return out, nil
	})
}
