package web

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	kernel "tongban/central/kernel/health"
	"tongban/central/kernel/httpx"
	"tongban/central/modules/running"
	"tongban/central/modules/running/internal/app"
	"tongban/central/modules/running/internal/store"
)

// inspection is one line of the list.
type inspection struct {
	ID       string `json:"id"`
	OpensAt  string `json:"opens_at"`
	DueAt    string `json:"due_at"`
	State    string `json:"state" enum:"due,ready,done,missed,late"`
	Planned  bool   `json:"planned" doc:"计划内；否则是加做的"`
	Result   string `json:"result,omitempty" doc:"pass 合格, fail 不合格"`
	Findings int    `json:"findings"`
	Person   string `json:"person,omitempty"`
	Note     string `json:"note,omitempty"`
	DoneAt   string `json:"done_at,omitempty"`
	ReportID string `json:"report_id,omitempty" doc:"有报告时与编号相同"`
}

func inspectionOf(t store.Task) inspection {
	r := inspection{
		ID: t.ID, OpensAt: stamp(t.OpensAt), DueAt: stamp(t.DueAt), State: t.State, Planned: t.Planned, Result: t.Result, Findings: t.Findings,
		Person: t.Person, Note: t.Note, DoneAt: stamp(t.DoneAt),
	}
	if t.ReportSum != "" {
		r.ReportID = t.ID
	}
	return r
}

// seenCheck is one component in an inspection.
type seenCheck struct {
	Component string           `json:"component"`
	Title     string           `json:"title"`
	Kind      string           `json:"kind"`
	Result    string           `json:"result" enum:"ok,warn,unknown,bad"`
	Text      string           `json:"text"`
	Measured  []kernel.Measure `json:"measured"`
}

type inspectionsOut struct {
	Body struct {
		Plan struct {
			Every      string `json:"every" enum:"month,week"`
			NextAt     string `json:"next_at,omitempty" doc:"下一次最迟什么时候做完"`
			DutyPerson string `json:"duty_person"`
		} `json:"plan"`
		Year struct {
			Year   int `json:"year"`
			Done   int `json:"done"`
			Due    int `json:"due" doc:"今年还要做的"`
			Missed int `json:"missed" doc:"逾期的，补做了也算"`
			Need   int `json:"need" doc:"每年至少"`
		} `json:"year"`
		Rows []inspection `json:"rows"`
	}
}

type inspectionOut struct {
	Body struct {
		inspection
		Checks []seenCheck `json:"checks"`
	}
}

type noteIn struct {
	Body struct {
		Note string `json:"note,omitempty" maxLength:"400" doc:"巡检情况"`
	}
}

type signIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Note string `json:"note,omitempty" maxLength:"400"`
	}
}

type idIn struct {
	ID string `path:"id" maxLength:"40"`
}

type lineOut struct{ Body inspection }

func inspections(api huma.API, srv *httpx.Server, a *app.App) {
	get(api, "list-inspections", "inspections", "巡检计划和记录", func(ctx context.Context, _ *empty) (*inspectionsOut, error) {
		y, err := a.Year(ctx)
		if err != nil {
			return nil, err
		}
		out := &inspectionsOut{}
		b := &out.Body
		b.Plan.Every, b.Plan.DutyPerson, b.Plan.NextAt = y.Plan.Every, y.Plan.DutyPerson, stamp(y.Next)
		b.Year.Year, b.Year.Done, b.Year.Due, b.Year.Missed, b.Year.Need = y.Year, y.Done, y.Due, y.Missed, 12
		b.Rows = []inspection{}
		for _, t := range y.Tasks {
			b.Rows = append(b.Rows, inspectionOf(t))
		}
		return out, nil
	})
	get(api, "get-inspection", "inspections/{id}", "一次巡检", func(ctx context.Context, in *idIn) (*inspectionOut, error) {
		t, checks, err := a.Inspection(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		out := &inspectionOut{}
		out.Body.inspection, out.Body.Checks = inspectionOf(t), []seenCheck{}
		for _, c := range checks {
			line := seenCheck{Component: c.Component, Title: c.Title, Kind: c.Kind, Result: c.State, Text: c.Text, Measured: []kernel.Measure{}}
			_ = json.Unmarshal(c.Measured, &line.Measured)
			out.Body.Checks = append(out.Body.Checks, line)
		}
		return out, nil
	})
	post(api, running.PermInspect, "do-inspection", "inspections", "立即巡检", func(ctx context.Context, in *noteIn) (*lineOut, error) {
		t, err := a.Inspect(ctx, in.Body.Note)
		return &lineOut{inspectionOf(t)}, err
	})
	post(api, running.PermInspect, "sign-inspection", "inspections/{id}/sign", "在巡检报告上签字", func(ctx context.Context, in *signIn) (*lineOut, error) {
		t, err := a.Sign(ctx, in.ID, in.Body.Note)
		return &lineOut{inspectionOf(t)}, err
	})
	type planIn struct {
		Body struct {
			Every      string `json:"every" enum:"month,week"`
			DutyPerson string `json:"duty_person" maxLength:"40" doc:"负责人"`
			Reason     string `json:"reason" minLength:"2" maxLength:"200"`
		}
	}
	post(api, running.PermPlan, "set-plan", "plan", "改巡检计划", func(ctx context.Context, in *planIn) (*empty, error) {
		return nil, a.SetPlan(ctx, store.Plan{Every: in.Body.Every, DutyPerson: in.Body.DutyPerson}, in.Body.Reason)
	})
	srv.Raw("admin", http.MethodGet, "/running/inspections/{id}/report", running.PermRead, func(w http.ResponseWriter, r *http.Request) {
		pdf, err := a.Report(r.Context(), r.PathValue("id"))
		if err != nil {
			srv.Fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/pdf")
		w.Header().Set("Content-Disposition", `inline; filename="inspection.pdf"`)
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(pdf) // #nosec G705 -- a PDF with its own type and nosniff
	}, httpx.Summary("巡检报告"))
}
