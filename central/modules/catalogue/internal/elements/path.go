package elements

import (
	"fmt"
	"reflect"
	"strings"

	"tongban/fleet/wire/matter"
)

// locate finds the fields that a path of JSON names leads through; embedded structs need no name of their own.
func locate(in reflect.Type, path string) ([]int, reflect.Type, error) {
	var at []int
	for name := range strings.SplitSeq(path, ".") {
		if in.Kind() == reflect.Pointer {
			in = in.Elem()
		}
		if in.Kind() != reflect.Struct {
			return nil, nil, fmt.Errorf("path %s: %s is no struct", path, in)
		}
		found := false
		for _, f := range reflect.VisibleFields(in) {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !f.Anonymous && tag == name {
				at, in, found = append(at, f.Index...), f.Type, true
				break
			}
		}
		if !found {
			return nil, nil, fmt.Errorf("path %s: nothing is called %s", path, name)
		}
	}
	return at, in, nil
}

// reach returns the value at the places; a nil pointer on the way is made when make is set, and ok is false otherwise.
func reach(v reflect.Value, at []int, fill bool) (reflect.Value, bool) {
	for _, i := range at {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				if !fill {
					return reflect.Value{}, false
				}
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

// holds says whether a field of this type can keep what the kind writes.
func holds(k Kind, t reflect.Type) bool {
	switch k {
	case Text, Long, Code:
		return t.Kind() == reflect.String
	case Int:
		return t.Kind() == reflect.Int
	case Bool:
		return t.Kind() == reflect.Bool
	case List:
		return t == reflect.TypeFor[[]string]()
	case Laws:
		return t == reflect.TypeFor[[]matter.Law]()
	case Paras:
		return t == reflect.TypeFor[[]matter.Para]()
	case When:
		return t == reflect.TypeFor[*matter.Cond]()
	}
	return false
}
