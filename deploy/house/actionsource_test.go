package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// source is one package or one module of ours, parsed: enough to follow an action's name to the words it can be.
type source struct {
	t     *testing.T
	fset  *token.FileSet
	funcs []*ast.FuncDecl
	files []*ast.File
	all   map[string]*source // by import path below the module, for constants of other packages
}

// writtenActions returns every action that some audit.Record in the program can carry, and where.
func writtenActions(t *testing.T) map[string][]string {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*source{}
	fset := token.NewFileSet()
	for _, top := range []string{"central", "fleet"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			rel, _ := filepath.Rel(root, filepath.Dir(path))
			unit := unitOf(filepath.ToSlash(rel))
			if all[unit] == nil {
				all[unit] = &source{t: t, fset: fset, all: all}
			}
			all[unit].files = append(all[unit].files, f)
			for _, decl := range f.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
					all[unit].funcs = append(all[unit].funcs, fn)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	out := map[string][]string{}
	for unit, s := range all {
		if unit == "central/kernel/audit/actions" || unit == "central/kernel/kerneltest" {
			continue
		}
		s.collect(unit, out)
	}
	return out
}

// unitOf keeps a business module together, since its web hands words to its app.
func unitOf(dir string) string {
	parts := strings.Split(dir, "/")
	if len(parts) > 3 && parts[1] == "modules" {
		return strings.Join(parts[:3], "/")
	}
	return dir
}

func (s *source) collect(unit string, out map[string][]string) {
	for _, fn := range s.funcs {
		ast.Inspect(fn, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || !isRecord(lit.Type, unit) {
				return true
			}
			for _, e := range lit.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok || fmt.Sprint(kv.Key) != "Action" {
					continue
				}
				words := s.words(kv.Value, fn, 0)
				at := s.fset.Position(kv.Pos()).String()
				if len(words) == 0 {
					s.t.Errorf("%s: the action's name cannot be followed to words; name it with a literal", at)
				}
				for _, w := range words {
					out[w] = append(out[w], at)
				}
			}
			return true
		})
	}
}

func isRecord(t ast.Expr, unit string) bool {
	switch t := t.(type) {
	case *ast.SelectorExpr:
		return fmt.Sprint(t.X) == "audit" && t.Sel.Name == "Record"
	case *ast.Ident:
		return unit == "central/kernel/audit" && t.Name == "Record"
	}
	return false
}

// words are all texts that e can be, as far as the source says; none where it does not.
func (s *source) words(e ast.Expr, in *ast.FuncDecl, depth int) []string {
	if depth > 8 {
		return nil
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		w, err := strconv.Unquote(e.Value)
		if err != nil {
			return nil
		}
		return []string{w}
	case *ast.ParenExpr:
		return s.words(e.X, in, depth+1)
	case *ast.BinaryExpr:
		var out []string
		for _, a := range s.words(e.X, in, depth+1) {
			for _, b := range s.words(e.Y, in, depth+1) {
				out = append(out, a+b)
			}
		}
		return out
	case *ast.CallExpr:
		if fmt.Sprint(e.Fun) == "string" && len(e.Args) == 1 {
			return s.words(e.Args[0], in, depth+1)
		}
		return s.returned(nameOf(e.Fun), depth)
	case *ast.IndexExpr:
		return s.valuesOf(nameOf(e.X), depth)
	case *ast.Ident:
		return s.named(e.Name, in, depth)
	case *ast.SelectorExpr:
		if w := s.constant(e.Sel.Name, depth); len(w) > 0 {
			return w
		}
		return s.field(e.Sel.Name, depth)
	}
	return nil
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// named is a constant, a variable of the function, or a parameter of it.
func (s *source) named(name string, in *ast.FuncDecl, depth int) []string {
	if w := s.constant(name, depth); len(w) > 0 {
		return w
	}
	var out []string
	ast.Inspect(in, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok {
			for i, l := range a.Lhs {
				if id, ok := l.(*ast.Ident); ok && id.Name == name && len(a.Rhs) == len(a.Lhs) {
					out = append(out, s.words(a.Rhs[i], in, depth+1)...)
				}
			}
		}
		return true
	})
	position := 0
	for _, p := range in.Type.Params.List {
		for _, id := range p.Names {
			if id.Name == name {
				return append(out, s.given(in.Name.Name, position, depth)...)
			}
			position++
		}
	}
	return out
}

// given are the words that callers hand to a function at a position.
func (s *source) given(name string, position, depth int) []string {
	var out []string
	for _, fn := range s.funcs {
		ast.Inspect(fn, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && nameOf(c.Fun) == name && position < len(c.Args) {
				out = append(out, s.words(c.Args[position], fn, depth+1)...)
			}
			return true
		})
	}
	return out
}

// field are the words that literals put into a field of that name.
func (s *source) field(name string, depth int) []string {
	var out []string
	for _, fn := range s.funcs {
		ast.Inspect(fn, func(n ast.Node) bool {
			if kv, ok := n.(*ast.KeyValueExpr); ok && fmt.Sprint(kv.Key) == name {
				out = append(out, s.words(kv.Value, fn, depth+1)...)
			}
			return true
		})
	}
	return out
}

// returned are the words that a function of ours returns.
func (s *source) returned(name string, depth int) []string {
	var out []string
	for _, fn := range s.funcs {
		if fn.Name.Name != name {
			continue
		}
		ast.Inspect(fn, func(n ast.Node) bool {
			if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
				out = append(out, s.words(r.Results[0], fn, depth+1)...)
			}
			return true
		})
	}
	return out
}

// constant is a constant of this unit, or of another one when this has none.
func (s *source) constant(name string, depth int) []string {
	var out []string
	for _, f := range s.files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for i, id := range v.Names {
					if id.Name == name && i < len(v.Values) {
						out = append(out, s.words(v.Values[i], &ast.FuncDecl{Name: id, Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: &ast.BlockStmt{}}, depth+1)...)
					}
				}
			}
		}
	}
	return out
}

// valuesOf are the words in the table of that name.
func (s *source) valuesOf(name string, depth int) []string {
	var out []string
	for _, f := range s.files {
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Names) != 1 || v.Names[0].Name != name {
				return true
			}
			for _, value := range v.Values {
				ast.Inspect(value, func(n ast.Node) bool {
					if kv, ok := n.(*ast.KeyValueExpr); ok {
						if lit, ok := kv.Value.(*ast.BasicLit); ok {
							out = append(out, s.words(lit, nil, depth+1)...)
						}
					}
					return true
				})
			}
			return true
		})
	}
	return out
}
