package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/httpx"
	"tongban/central/kernel/org"
	"tongban/central/modules/people"
	"tongban/central/modules/people/internal/app"
)

type departmentIn struct {
	Body struct {
		ID     string `json:"id,omitempty" maxLength:"64" doc:"空着是新建"`
		Region string `json:"region" maxLength:"12" pattern:"^[0-9]{12}$" doc:"行政区划代码，12 位"`
		Parent string `json:"parent,omitempty" maxLength:"64" doc:"上级部门"`
		Name   string `json:"name" minLength:"2" maxLength:"60"`
		Short  string `json:"short_name,omitempty" maxLength:"20"`
		USC    string `json:"usc,omitempty" maxLength:"18" doc:"统一社会信用代码"`
		Closed bool   `json:"closed,omitempty" doc:"已撤销"`
		Reason
	}
}

type departmentOut struct{ Body app.Department }

type hallIn struct {
	Body struct {
		ID      string `json:"id,omitempty" maxLength:"64" doc:"空着是新建"`
		Region  string `json:"region" maxLength:"12" pattern:"^[0-9]{12}$"`
		Name    string `json:"name" minLength:"2" maxLength:"60"`
		Address string `json:"address,omitempty" maxLength:"120"`
		Closed  bool   `json:"closed,omitempty"`
		Reason
	}
}

type deskIn struct {
	Body struct {
		ID         string `json:"id,omitempty" maxLength:"64" doc:"空着是新建"`
		Hall       string `json:"hall" minLength:"1" maxLength:"64"`
		Label      string `json:"label" minLength:"1" maxLength:"40"`
		Department string `json:"department,omitempty" maxLength:"64"`
		Closed     bool   `json:"closed,omitempty"`
		Reason
	}
}

type postIn struct {
	Body struct {
		ID    string `json:"id,omitempty" maxLength:"64" doc:"空着是新建"`
		Title string `json:"title" minLength:"2" maxLength:"20"`
		Note  string `json:"note,omitempty" maxLength:"100"`
		Reason
	}
}

// organisation are the operations on regions, departments, halls, desks and posts (组织).
func organisation(api huma.API, a *app.App) {
	httpx.Register(api, people.PermRead, get("list-regions", "/regions", "行政区划"),
		func(ctx context.Context, _ *struct{}) (*listOf[app.Region], error) { return rowsOf(a.Regions(ctx)) })
	httpx.Register(api, people.PermRead, get("list-departments", "/departments", "部门"),
		func(ctx context.Context, _ *struct{}) (*listOf[app.Department], error) {
			return rowsOf(a.Departments(ctx))
		})
	httpx.Register(api, people.PermRead, get("list-halls", "/halls", "大厅和窗口"),
		func(ctx context.Context, _ *struct{}) (*listOf[app.Hall], error) { return rowsOf(a.Halls(ctx)) })
	httpx.Register(api, people.PermRead, get("list-posts", "/posts", "岗位"),
		func(ctx context.Context, _ *struct{}) (*listOf[app.Post], error) { return rowsOf(a.Posts(ctx)) })

	httpx.Register(api, people.PermOrg, post("put-department", "/departments", "新建或修改部门"),
		func(ctx context.Context, in *departmentIn) (*departmentOut, error) {
			b := in.Body
			d, err := a.PutDepartment(ctx, org.Department{ID: b.ID, Region: b.Region, Parent: b.Parent, Name: b.Name, Short: b.Short, USC: b.USC, Closed: b.Closed}, b.Reason.Reason)
			return &departmentOut{Body: d}, err
		})
	httpx.Register(api, people.PermOrg, post("put-hall", "/halls", "新建或修改大厅"),
		func(ctx context.Context, in *hallIn) (*listOf[app.Hall], error) {
			b := in.Body
			return rowsOf(a.PutHall(ctx, org.Hall{ID: b.ID, Region: b.Region, Name: b.Name, Address: b.Address, Closed: b.Closed}, b.Reason.Reason))
		})
	httpx.Register(api, people.PermOrg, post("put-desk", "/desks", "新建或修改窗口"),
		func(ctx context.Context, in *deskIn) (*listOf[app.Hall], error) {
			b := in.Body
			return rowsOf(a.PutDesk(ctx, org.Desk{ID: b.ID, Hall: b.Hall, Label: b.Label, Department: b.Department, Closed: b.Closed}, b.Reason.Reason))
		})
	httpx.Register(api, people.PermOrg, post("put-post", "/posts", "新建或修改岗位"),
		func(ctx context.Context, in *postIn) (*listOf[app.Post], error) {
			b := in.Body
			return rowsOf(a.PutPost(ctx, org.Post{ID: b.ID, Title: b.Title, Note: b.Note}, b.Reason.Reason))
		})
}
