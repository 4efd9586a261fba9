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

type serviceIn struct {
	Terminal string `path:"terminal" maxLength:"20"`
	Body     struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200" doc:"为什么去现场，例如工单号"`
	}
}

type serviceOut struct {
	Body struct {
		Terminal string    `json:"terminal"`
		Code     string    `json:"code" doc:"维护码，只在这里显示一次"`
		Until    time.Time `json:"until"`
	}
}

type diagnosesIn struct {
	Terminal string `query:"terminal" maxLength:"20" doc:"只看一台"`
}

// diagnosisRow is one visit of a technician.
type diagnosisRow struct {
	ID       string              `json:"id"`
	Terminal string              `json:"terminal"`
	Reason   string              `json:"reason"`
	MadeBy   string              `json:"made_by" doc:"谁发的维护码"`
	At       time.Time           `json:"at"`
	Received time.Time           `json:"received"`
	Model    string              `json:"model"`
	Version  string              `json:"version"`
	Faults   int                 `json:"faults"`
	Worst    string              `json:"worst" doc:"最要紧的现象"`
	Code     string              `json:"code" doc:"诊断码"`
	Devices  []deviceRow         `json:"devices"`
	Machine  []wire.MachineCheck `json:"machine"`
}

// deviceRow is a device as it was found, with the trouble in words.
type deviceRow struct {
	wire.DeviceFinding
	Word string `json:"word" doc:"现象"`
}

func deviceRows(found []wire.DeviceFinding) []deviceRow {
	out := make([]deviceRow, len(found))
	for i, f := range found {
		out[i] = deviceRow{f, f.Trouble.Word()}
	}
	return out
}

type diagnosesOut struct {
	Body struct {
		Rows []diagnosisRow `json:"rows"`
	}
}

type resultIn struct {
	Terminal string `path:"terminal" maxLength:"20"`
	Code     string `query:"code" minLength:"20" maxLength:"40" required:"true" doc:"现场念的诊断码"`
}

type resultOut struct {
	Body struct {
		Faults  int    `json:"faults"`
		Kind    string `json:"kind" doc:"最要紧的设备，空是整机"`
		Worst   string `json:"worst"`
		Reason  string `json:"reason"`
		Arrived bool   `json:"arrived" doc:"完整结果也到了"`
	}
}

// service adds what the management console may do for field technicians.
func (p Parts) service(srv *httpx.Server) {
	api := srv.API("fleet", "admin")
	httpx.Register(api, fleet.PermService, huma.Operation{
		OperationID: "fleet-issue-service-code", Method: http.MethodPost, Path: "/fleet/terminals/{terminal}/service-code", Summary: "发放维护码",
	}, func(ctx context.Context, in *serviceIn) (*serviceOut, error) {
		c, err := p.Visits.Issue(ctx, in.Terminal, in.Body.Reason)
		if err != nil {
			return nil, err
		}
		out := &serviceOut{}
		out.Body.Terminal, out.Body.Code, out.Body.Until = c.Terminal, c.Code, c.Until
		return out, nil
	})
	httpx.Register(api, fleet.PermRead, huma.Operation{
		OperationID: "fleet-list-diagnoses", Method: http.MethodGet, Path: "/fleet/diagnoses", Summary: "现场诊断记录",
	}, func(ctx context.Context, in *diagnosesIn) (*diagnosesOut, error) {
		all, err := p.Visits.List(ctx, in.Terminal)
		if err != nil {
			return nil, err
		}
		out := &diagnosesOut{}
		out.Body.Rows = make([]diagnosisRow, 0, len(all))
		for _, d := range all {
			out.Body.Rows = append(out.Body.Rows, diagnosisRow{
				ID: d.ID, Terminal: d.Terminal, Reason: d.Reason, MadeBy: d.MadeBy, At: d.At, Received: d.Received, Model: d.Model, Version: d.Version,
				Faults: d.Faults, Worst: d.Worst.Word(), Code: d.Code, Devices: deviceRows(d.Devices), Machine: d.Machine,
			})
		}
		return out, nil
	})
	httpx.Register(api, fleet.PermRead, huma.Operation{
		OperationID: "fleet-read-result-code", Method: http.MethodGet, Path: "/fleet/terminals/{terminal}/result", Summary: "核对现场念的诊断码",
	}, func(ctx context.Context, in *resultIn) (*resultOut, error) {
		r, err := p.Visits.Read(ctx, in.Terminal, in.Code)
		if err != nil {
			return nil, err
		}
		out := &resultOut{}
		out.Body.Faults, out.Body.Kind, out.Body.Worst, out.Body.Reason, out.Body.Arrived = r.Faults, r.Kind, r.What.Word(), r.Reason, r.Arrived
		return out, nil
	})
}
