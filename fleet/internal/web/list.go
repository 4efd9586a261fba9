package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/fleet"
	"tongban/fleet/wire"
)

// terminalRow is one line of the list of terminals.
type terminalRow struct {
	Code       string              `json:"code" doc:"终端编号"`
	Number     int                 `json:"number" doc:"办件编号中的序号"`
	Model      string              `json:"model"`
	Place      string              `json:"place" doc:"所在中心"`
	Label      string              `json:"label" doc:"机位"`
	Region     string              `json:"region"`
	State      fleet.State         `json:"state" enum:"waiting,active"`
	Epoch      int                 `json:"epoch" doc:"登记次数"`
	EnrolledAt *time.Time          `json:"enrolled_at,omitempty"`
	CertUntil  *time.Time          `json:"cert_until,omitempty"`
	Online     bool                `json:"online"`
	LastSeen   *time.Time          `json:"last_seen,omitempty"`
	Version    string              `json:"version,omitempty"`
	Devices    []wire.DeviceStatus `json:"devices"`
	Queue      map[wire.Lane]int   `json:"queue,omitempty" doc:"尚未送达的件数"`
}

type listOut struct {
	Body struct {
		Terminals []terminalRow `json:"terminals"`
	}
}

func (p Parts) list(srv *httpx.Server) {
	httpx.Register(srv.API("fleet", "fleet"), fleet.PermRead, huma.Operation{
		OperationID: "fleet-list-terminals", Method: http.MethodGet, Path: "/terminals", Summary: "终端列表",
	}, func(ctx context.Context, _ *struct{}) (*listOut, error) {
		all, err := p.Service.List(ctx)
		if err != nil {
			return nil, err
		}
		out := &listOut{}
		out.Body.Terminals = make([]terminalRow, 0, len(all))
		for _, t := range all {
			out.Body.Terminals = append(out.Body.Terminals, rowOf(t))
		}
		return out, nil
	})
}

func rowOf(t fleet.Terminal) terminalRow {
	r := terminalRow{
		Code: t.Code, Number: t.Number, Model: t.Model, Place: t.Place, Label: t.Label, Region: t.Region, State: t.State, Epoch: t.Epoch,
		EnrolledAt: moment(t.EnrolledAt), CertUntil: moment(t.CertUntil), Online: t.Online, LastSeen: moment(t.LastSeen),
		Version: t.Status.Version, Devices: t.Status.Devices, Queue: t.Status.Queue,
	}
	if r.Devices == nil {
		r.Devices = []wire.DeviceStatus{}
	}
	return r
}

// moment leaves out what never happened.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
