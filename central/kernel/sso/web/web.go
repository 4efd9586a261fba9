// Package web is the register of systems that sign people in through us
// (接入系统登记), and the provider as a part of the centre.
package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/privacy"
	"tongban/central/kernel/sso"
)

// Client is one system as the management console shows it.
type Client struct {
	ID          string    `json:"id" maxLength:"40" pattern:"^[a-z][a-z0-9-]{2,39}$" doc:"系统代号，即 client_id"`
	Name        string    `json:"name" minLength:"1" maxLength:"60" doc:"系统名称"`
	Owner       string    `json:"owner" minLength:"1" maxLength:"120" doc:"负责单位和电话"`
	Redirects   []string  `json:"redirects" minItems:"1" maxItems:"10" nullable:"false" doc:"登录后的回跳地址，一字不差"`
	Logouts     []string  `json:"logouts,omitempty" maxItems:"10" nullable:"false" doc:"退出后的回跳地址"`
	Backchannel string    `json:"backchannel,omitempty" maxLength:"300" doc:"退出通知地址"`
	Internal    bool      `json:"internal,omitempty" doc:"在本单位内网"`
	Disabled    bool      `json:"disabled,omitempty" readOnly:"true"`
	Created     time.Time `json:"created,omitzero" readOnly:"true"`
}

type listOut struct {
	Body struct {
		Issuer string   `json:"issuer" doc:"对接时填的 issuer"`
		Rows   []Client `json:"rows" nullable:"false"`
	}
}

type registerIn struct {
	Body struct {
		Client
		Reason string `json:"reason" minLength:"2" maxLength:"200" doc:"登记的原因"`
	}
}

type secretOut struct {
	Body struct {
		Secret string `json:"secret" doc:"只显示这一次"`
	}
}

type reasonIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200" doc:"原因"`
	}
}

// Permissions of the register.
func Permissions() []kernel.Permission {
	return []kernel.Permission{
		{Name: "sso:client.read", Title: "查看接入统一登录的系统", Roles: []string{"system-admin", "security-admin"}},
		{Name: "sso:client.manage", Title: "登记、停用接入统一登录的系统", Roles: []string{"system-admin"}},
	}
}

// Module is the provider as a part of the centre.
func Module(s *sso.Service) kernel.Module {
	return kernel.Module{
		Name: "sso", Migrations: sso.Migrations(), Permissions: Permissions(),
		Private: privacy.Registration{Columns: []privacy.Column{
			{Table: "sso_key", Title: "统一登录签名密钥", Column: "private", Class: "sso.key", Key: []string{"id"}},
			{Table: "sso_upstream", Title: "省平台登录会话", Column: "token", Class: "sso.upstream", Key: []string{"signon"}, At: "at"},
		}},
		Routes: func(srv *httpx.Server) {
			s.Routes(srv)
			register(srv.API("sso", auth.ForAdmin), s)
		},
	}
}

func register(api huma.API, s *sso.Service) {
	httpx.Register(api, "sso:client.read", huma.Operation{
		OperationID: "sso-list-clients", Method: http.MethodGet, Path: "/sso/clients", Summary: "接入统一登录的系统",
	}, func(ctx context.Context, _ *struct{}) (*listOut, error) {
		list, err := s.Clients(ctx)
		if err != nil {
			return nil, err
		}
		out := &listOut{}
		out.Body.Issuer, out.Body.Rows = s.Issuer(), []Client{}
		for _, c := range list {
			out.Body.Rows = append(out.Body.Rows, Client{
				c.ID, c.Name, c.Owner, c.Redirects, c.Logouts, c.Backchannel, c.Internal, c.Disabled, c.Created,
			})
		}
		return out, nil
	})
	httpx.Register(api, "sso:client.manage", huma.Operation{
		OperationID: "sso-register-client", Method: http.MethodPost, Path: "/sso/clients", Summary: "登记一个系统",
	}, func(ctx context.Context, in *registerIn) (*secretOut, error) {
		b := in.Body
		secret, err := s.Register(ctx, sso.Client{
			ID: b.ID, Name: b.Name, Owner: b.Owner, Redirects: b.Redirects, Logouts: b.Logouts, Backchannel: b.Backchannel, Internal: b.Internal,
		}, b.Reason)
		out := &secretOut{}
		out.Body.Secret = secret
		return out, err
	})
	httpx.Register(api, "sso:client.manage", huma.Operation{
		OperationID: "sso-new-secret", Method: http.MethodPost, Path: "/sso/clients/{id}/secret", Summary: "换一个系统的密钥",
	}, func(ctx context.Context, in *reasonIn) (*secretOut, error) {
		secret, err := s.NewSecret(ctx, in.ID, in.Body.Reason)
		out := &secretOut{}
		out.Body.Secret = secret
		return out, err
	})
	for verb, act := range map[string]func(context.Context, string, string) error{"disable": s.Disable, "enable": s.Enable} {
		title := map[string]string{"disable": "停用一个系统", "enable": "启用一个系统"}[verb]
		httpx.Register(api, "sso:client.manage", huma.Operation{
			OperationID: "sso-" + verb + "-client", Method: http.MethodPost, Path: "/sso/clients/{id}/" + verb, Summary: title,
		}, func(ctx context.Context, in *reasonIn) (*struct{}, error) {
			return nil, act(ctx, in.ID, in.Body.Reason)
		})
	}
}
