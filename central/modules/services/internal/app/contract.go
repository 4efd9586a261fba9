package app

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tongban/central/kernel/errs"
	"tongban/central/modules/services"
)

// checkContract refuses what could never be called.
func checkContract(ops []services.Operation) error {
	seen := map[string]bool{}
	for i, o := range ops {
		if seen[o.Name] || seen[o.Method+" "+shape(o.Path)] {
			return badOperation(i, "操作重复，请去掉一个")
		}
		seen[o.Name], seen[o.Method+" "+shape(o.Path)] = true, true
		if strings.Contains(o.Path, "..") || strings.Contains(o.Path, "//") {
			return badOperation(i, "地址里不能有 .. 或 //")
		}
		if o.Request != "" {
			if _, err := schemaOf(o.Request); err != nil {
				return badOperation(i, "请求内容的 JSON Schema 读不懂")
			}
		}
	}
	return nil
}

func badOperation(i int, words string) error {
	return errs.WithFields(errs.E(errs.Invalid, "services.contract", "约定有误，请按提示改正", nil),
		errs.Field{Path: fmt.Sprintf("body.contract[%d]", i), Message: words})
}

// shape is a path with its names left out: two that differ only in names are one.
func shape(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// match finds the operation that a call means.
func match(ops []services.Operation, method, path string) (services.Operation, bool) {
	if len(ops) == 0 {
		return services.Operation{Name: anyCall}, true
	}
	have := strings.Split(path, "/")
	for _, o := range ops {
		want := strings.Split(o.Path, "/")
		if o.Method != method || len(want) != len(have) {
			continue
		}
		fits := true
		for i := range want {
			fits = fits && (want[i] == have[i] || strings.HasPrefix(want[i], "{") && have[i] != "")
		}
		if fits {
			return o, true
		}
	}
	return services.Operation{}, false
}

func schemaOf(text string) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(closed{}) // a schema must not make us fetch or read anything
	if err := c.AddResource("urn:contract", doc); err != nil {
		return nil, fmt.Errorf("add schema: %w", err)
	}
	return c.Compile("urn:contract")
}

// closed loads nothing.
type closed struct{}

func (closed) Load(url string) (any, error) { return nil, fmt.Errorf("schema refers to %s", url) }

// checkRequest holds a body against the contract; what does not fit never reaches the service.
func checkRequest(o services.Operation, body []byte) error {
	if o.Request == "" {
		return nil
	}
	s, err := schemaOf(o.Request)
	if err != nil {
		return fmt.Errorf("contract of %s: %w", o.Name, err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return services.ErrShape
	}
	if err := s.Validate(doc); err != nil {
		return services.ErrShape // the library's words quote values
	}
	return nil
}
