// Package web hands puzzles to pages (工作量验证接口).
package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/httpx"
	"tongban/central/kernel/httpx/challenge"
)

type puzzleIn struct {
	Purpose string `query:"purpose" required:"true" minLength:"2" maxLength:"40" pattern:"^[a-z]+(-[a-z]+)*$" doc:"用途，如 sign-in"`
	For     string `query:"for" maxLength:"64" doc:"登录名等，与随后提交的一致"`
}

type puzzleOut struct{ Body challenge.Puzzle }

// Public adds the one operation. A caller learns how hard it is made for a login from its own address, and nothing about
// whether that login exists.
func Public(srv *httpx.Server, v challenge.Verifier) {
	httpx.Register(srv.API("challenge", "public"), auth.Public, huma.Operation{
		OperationID: "challenge-get-puzzle", Method: http.MethodGet, Path: "/challenge", Summary: "取安全验证谜题",
	}, func(ctx context.Context, in *puzzleIn) (*puzzleOut, error) {
		p, err := v.Puzzle(ctx, in.Purpose, challenge.Keys(ctx, in.For)...)
		return &puzzleOut{Body: p}, err
	})
}
