package httpx

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/errs"
)

// Audiences are the groups of callers; each has its own prefix (受众).
var audiences = []string{"public", "citizen", "kiosk", "staff", "admin", "sso", "oidc", "fleet", "open", "internal"}

// Prefix returns the path before all operations of an audience.
func Prefix(audience string) string { return auth.Prefix(audience) }

// API is one module's operations for one audience. It is a huma.API, and
// Register accepts no other.
type API struct {
	*huma.Group
	srv      *Server
	module   string
	audience string
}

// Operation is one route, as the permission matrix and the document show it.
type Operation struct {
	ID         string `json:"id"`
	Module     string `json:"module"`
	Audience   string `json:"audience"`
	Method     string `json:"method"`
	Path       string `json:"path"`
	Permission string `json:"permission"`
	Summary    string `json:"summary,omitempty"`
	Raw        bool   `json:"raw,omitempty"`
}

// API returns the operations of a module for an audience. All audiences of one
// module share one huma API, so that its type names are its own.
func (s *Server) API(module, audience string) huma.API {
	if !slices.Contains(audiences, audience) {
		panic("httpx: unknown audience " + audience)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	api, ok := s.apis[module]
	if !ok {
		api = humagin.New(s.engine, apiConfig(module))
		s.apis[module] = api
	}
	return &API{Group: huma.NewGroup(api, Prefix(audience)), srv: s, module: module, audience: audience}
}

func apiConfig(module string) huma.Config {
	cfg := huma.DefaultConfig("通办 "+module, "1")
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "", "", "" // one merged document, own pages
	cfg.CreateHooks = nil                                       // no $schema in bodies, no Link header
	cfg.RejectUnknownQueryParameters = true
	title := typeName(module)
	cfg.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", func(t reflect.Type, hint string) string {
		if p := reflect.TypeFor[Problem](); t == p || t.Kind() == reflect.Pointer && t.Elem() == p {
			return "Problem"
		}
		name := huma.DefaultSchemaNamer(t, hint)
		if t == reflect.TypeFor[errs.Field]() {
			name = "ProblemField" // a module may have fields of its own
		}
		if strings.HasPrefix(name, title) {
			return name
		}
		return title + name // unique over all modules in the merged document
	})
	return cfg
}

func typeName(module string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(module, func(r rune) bool { return r == '-' || r == '_' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

var permissionName = regexp.MustCompile(`^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$`)

func checkPermission(perm, where string) {
	if perm != auth.Public && perm != auth.Self && !permissionName.MatchString(perm) {
		panic(fmt.Sprintf("httpx: %s has permission %q; want public, self or module:verb", where, perm))
	}
}

// Register adds one operation to api. The permission is an argument, so that a
// route without one cannot be written: "module:verb", or one of the words
// auth.Public and auth.Self. Mistakes of wiring panic at start.
func Register[In, Out any](api huma.API, perm string, op huma.Operation, h func(context.Context, *In) (*Out, error)) {
	a, ok := api.(*API)
	if !ok {
		panic("httpx: Register wants an API made by Server.API")
	}
	checkPermission(perm, "operation "+op.OperationID)
	if !strings.HasPrefix(op.OperationID, a.module+"-") {
		panic(fmt.Sprintf("httpx: operation id %q does not begin with %q", op.OperationID, a.module+"-"))
	}

	if op.Extensions == nil {
		op.Extensions = map[string]any{}
	}
	op.Extensions["x-permission"] = perm
	if len(op.Tags) == 0 {
		op.Tags = []string{a.module}
	}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = a.srv.cfg.MaxBody
	}
	op.Middlewares = append(huma.Middlewares{a.srv.guardOperation(a.audience, perm, op.MaxBodyBytes)}, op.Middlewares...)
	if unsafe(op.Method) && op.Metadata[repeatable] == nil {
		op.Extensions["x-idempotency"] = "required"
		op.Middlewares = append(op.Middlewares, a.srv.idempotent)
	}
	a.srv.note(Operation{
		ID: op.OperationID, Module: a.module, Audience: a.audience, Method: op.Method,
		Path: Prefix(a.audience) + op.Path, Permission: perm, Summary: op.Summary,
	})

	huma.Register(api, op, func(ctx context.Context, in *In) (*Out, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, a.srv.public(ctx, op.OperationID, a.srv.refused(ctx, op.OperationID, err))
		}
		return out, nil
	})
}

// repeatable marks operations that need no idempotency key.
const repeatable = "httpx.repeatable"

// Repeatable returns op without the need of an idempotency key: for unsafe
// methods that change nothing when repeated, or whose answer must not be kept,
// such as signing in.
func Repeatable(op huma.Operation) huma.Operation {
	meta := map[string]any{repeatable: true}
	for k, v := range op.Metadata {
		meta[k] = v
	}
	op.Metadata = meta
	return op
}

func unsafe(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return true
}

func (s *Server) note(op Operation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.operations = append(s.operations, op)
}

// Operations returns every route with its permission, sorted by path.
func (s *Server) Operations() []Operation {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.Clone(s.operations)
	slices.SortFunc(out, func(a, b Operation) int {
		return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
	})
	return out
}
