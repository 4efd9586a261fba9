package httpx

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// DocumentYAML returns the OpenAPI document of one module, as it is committed
// beside the module's code.
func (s *Server) DocumentYAML(module string) ([]byte, error) {
	s.mu.Lock()
	api, ok := s.apis[module]
	s.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("module %q has no operations", module)
	}
	return api.OpenAPI().YAML()
}

// Document returns the merged OpenAPI 3.1 document of all modules as JSON.
func (s *Server) Document() ([]byte, error) {
	s.mu.Lock()
	apis := maps.Clone(s.apis)
	s.mu.Unlock()

	paths, schemas := map[string]any{}, map[string]any{}
	for _, module := range slices.Sorted(maps.Keys(apis)) {
		text, err := json.Marshal(apis[module].OpenAPI())
		if err != nil {
			return nil, fmt.Errorf("encode document of %s: %w", module, err)
		}
		var doc struct {
			Paths      map[string]any `json:"paths"`
			Components struct {
				Schemas map[string]any `json:"schemas"`
			} `json:"components"`
		}
		if err := json.Unmarshal(text, &doc); err != nil {
			return nil, fmt.Errorf("decode document of %s: %w", module, err)
		}
		for path, item := range doc.Paths {
			if methods, ok := paths[path].(map[string]any); ok {
				maps.Copy(methods, item.(map[string]any))
				continue
			}
			paths[path] = item
		}
		maps.Copy(schemas, doc.Components.Schemas)
	}
	for _, op := range s.Operations() {
		if op.Raw {
			addRaw(paths, op)
		}
	}
	return json.Marshal(map[string]any{
		"openapi":    "3.1.0",
		"info":       map[string]any{"title": "通办 Tongban", "version": "1"},
		"paths":      paths,
		"components": map[string]any{"schemas": schemas},
	})
}

// addRaw describes a route that is no JSON, as far as it can be: who may, and that it answers with something else.
func addRaw(paths map[string]any, op Operation) {
	path := strings.ReplaceAll(op.Path, "...}", "}")
	item, ok := paths[path].(map[string]any)
	if !ok {
		item = map[string]any{}
		paths[path] = item
	}
	params := []any{}
	for _, m := range pathParameter.FindAllStringSubmatch(path, -1) {
		params = append(params, map[string]any{"name": m[1], "in": "path", "required": true, "schema": map[string]any{"type": "string", "maxLength": maxPathValue}})
	}
	item[strings.ToLower(op.Method)] = map[string]any{
		"operationId": op.ID, "summary": op.Summary, "tags": []string{op.Module}, "parameters": params, "x-permission": op.Permission, "x-raw": true,
		"responses": map[string]any{"default": map[string]any{"description": "不是 JSON：文件、图片或事件流；出错时是 problem+json"}},
	}
}

var pathParameter = regexp.MustCompile(`\{([^}]+)\}`)

// Routes lists what the engine really answers, as "GET /path/{name}", to be compared with the document.
func (s *Server) Routes() []string {
	var out []string
	for _, r := range s.engine.Routes() {
		parts := strings.Split(r.Path, "/")
		for i, p := range parts {
			if strings.HasPrefix(p, ":") || strings.HasPrefix(p, "*") {
				parts[i] = "{" + p[1:] + "}"
			}
		}
		out = append(out, r.Method+" "+strings.Join(parts, "/"))
	}
	slices.Sort(out)
	return out
}

func (s *Server) serveDocument(c *gin.Context) {
	text, err := s.Document()
	if err != nil {
		s.Fail(c.Writer, c.Request, err)
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, "application/openapi+json", text)
}
