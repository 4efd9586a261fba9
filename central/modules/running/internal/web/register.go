package web

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/errs"
	"tongban/central/modules/running"
	"tongban/central/modules/running/internal/app"
	"tongban/central/modules/running/internal/store"
)

type resourceRow struct {
	ID          string `json:"id"`
	Kind        string `json:"kind"`
	KindTitle   string `json:"kind_title"`
	Name        string `json:"name"`
	Address     string `json:"address,omitempty"`
	System      string `json:"system,omitempty" doc:"用于哪个系统"`
	Owner       string `json:"owner,omitempty" doc:"责任人"`
	Place       string `json:"place,omitempty"`
	Note        string `json:"note,omitempty"`
	DuplicateOf string `json:"duplicate_of,omitempty" doc:"与哪一条重复"`
	ChangedAt   string `json:"changed_at"`
	ChangedBy   string `json:"changed_by"`
}

type resourceBody struct {
	Kind    string `json:"kind" enum:"host,server,address,storage,network,database,system"`
	Name    string `json:"name" minLength:"1" maxLength:"60"`
	Address string `json:"address,omitempty" maxLength:"60"`
	System  string `json:"system,omitempty" maxLength:"60"`
	Owner   string `json:"owner,omitempty" maxLength:"40"`
	Place   string `json:"place,omitempty" maxLength:"60"`
	Note    string `json:"note,omitempty" maxLength:"200"`
	Reason  string `json:"reason,omitempty" maxLength:"200"`
}

func (b resourceBody) resource(id string) store.Resource {
	return store.Resource{ID: id, Kind: b.Kind, Name: b.Name, Address: b.Address, System: b.System, Owner: b.Owner, Place: b.Place, Note: b.Note}
}

type idOut struct {
	Body struct {
		ID string `json:"id"`
	}
}

func resources(api huma.API, a *app.App) {
	type resourcesIn struct {
		Kind string `query:"kind" maxLength:"20"`
		Q    string `query:"q" maxLength:"60"`
	}
	type resourcesOut struct {
		Body struct {
			Rows       []resourceRow `json:"rows"`
			Duplicates int           `json:"duplicates"`
		}
	}
	get(api, "list-resources", "resources", "资源台账", func(ctx context.Context, in *resourcesIn) (*resourcesOut, error) {
		list, err := a.Resources(ctx, in.Kind, in.Q)
		if err != nil {
			return nil, err
		}
		out := &resourcesOut{}
		out.Body.Rows = []resourceRow{}
		for _, r := range list {
			if r.DuplicateOf != "" {
				out.Body.Duplicates++
			}
			out.Body.Rows = append(out.Body.Rows, resourceRow{
				ID: r.ID, Kind: r.Kind, KindTitle: r.KindTitle, Name: r.Name, Address: r.Address, System: r.System, Owner: r.Owner, Place: r.Place,
				Note: r.Note, DuplicateOf: r.DuplicateOf, ChangedAt: stamp(r.ChangedAt), ChangedBy: r.ChangedBy,
			})
		}
		return out, nil
	})
	type addIn struct{ Body resourceBody }
	post(api, running.PermResource, "add-resource", "resources", "登记资源", func(ctx context.Context, in *addIn) (*idOut, error) {
		r, err := a.PutResource(ctx, in.Body.resource(""), in.Body.Reason)
		out := &idOut{}
		out.Body.ID = r.ID
		return out, err
	})
	type editIn struct {
		ID   string `path:"id" maxLength:"40"`
		Body resourceBody
	}
	post(api, running.PermResource, "edit-resource", "resources/{id}/edit", "修改资源", func(ctx context.Context, in *editIn) (*empty, error) {
		_, err := a.PutResource(ctx, in.Body.resource(in.ID), in.Body.Reason)
		return nil, err
	})
	type removeIn struct {
		ID   string `path:"id" maxLength:"40"`
		Body reason
	}
	post(api, running.PermResource, "remove-resource", "resources/{id}/remove", "停用资源", func(ctx context.Context, in *removeIn) (*empty, error) {
		return nil, a.RemoveResource(ctx, in.ID, in.Body.Reason)
	})
}

type dutyRow struct {
	ID     string `json:"id"`
	Duty   string `json:"duty"`
	Person string `json:"person"`
	Login  string `json:"login,omitempty"`
	FromAt string `json:"from_at"`
	ToAt   string `json:"to_at,omitempty"`
	MadeBy string `json:"made_by"`
}

func duties(api huma.API, a *app.App) {
	type dutiesOut struct {
		Body struct {
			Rows []dutyRow `json:"rows"`
		}
	}
	get(api, "list-duties", "duties", "在岗责任人", func(ctx context.Context, _ *empty) (*dutiesOut, error) {
		list, err := a.Duties(ctx)
		out := &dutiesOut{}
		out.Body.Rows = []dutyRow{}
		for _, d := range list {
			out.Body.Rows = append(out.Body.Rows, dutyRow{d.ID, d.Duty, d.Person, d.Login, stamp(d.From), stamp(d.To), d.MadeBy})
		}
		return out, err
	})
	type dutyIn struct {
		Body struct {
			Duty   string `json:"duty" minLength:"2" maxLength:"40" doc:"职责，如“系统管理员”"`
			Person string `json:"person" minLength:"2" maxLength:"40"`
			Login  string `json:"login,omitempty" maxLength:"40"`
			Reason string `json:"reason" minLength:"2" maxLength:"200"`
		}
	}
	post(api, running.PermPlan, "hand-over-duty", "duties", "交接责任人", func(ctx context.Context, in *dutyIn) (*empty, error) {
		return nil, a.HandOver(ctx, store.Duty{Duty: in.Body.Duty, Person: in.Body.Person, Login: in.Body.Login}, in.Body.Reason)
	})
}

// moment reads an instant from a page.
func moment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, errs.E(errs.Invalid, "running.bad_time", "时间不对，请重新选择", err)
	}
	return t, nil
}
