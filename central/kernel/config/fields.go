package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// field is one settable value of the struct.
type field struct {
	path  []string // YAML keys from the root on
	doc   string
	value reflect.Value
}

func (f field) key() string  { return strings.Join(f.path, ".") }
func (f field) flag() string { return strings.ReplaceAll(strings.Join(f.path, "-"), "_", "-") }

func (f field) env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(strings.Join(f.path, "_"), "-", "_"))
}

const envPrefix = "TONGBAN_"

// fields lists the settable values below v, in the order of the struct.
func fields(v reflect.Value, path []string) ([]field, error) {
	var out []field
	for i := range v.NumField() {
		t := v.Type().Field(i)
		if !t.IsExported() {
			continue
		}
		key, _, _ := strings.Cut(t.Tag.Get("yaml"), ",")
		if key == "-" {
			continue
		}
		if key == "" {
			return nil, fmt.Errorf("config struct: field %s has no yaml tag", t.Name)
		}
		at := append(append([]string(nil), path...), key)
		f := v.Field(i)
		if f.Kind() == reflect.Struct && !textual(f) {
			below, err := fields(f, at)
			if err != nil {
				return nil, err
			}
			out = append(out, below...)
			continue
		}
		out = append(out, field{path: at, doc: t.Tag.Get("doc"), value: f})
	}
	return out, nil
}

func textual(v reflect.Value) bool {
	_, ok := v.Addr().Interface().(encoding.TextUnmarshaler)
	return ok
}

// set parses text into the field. The text never becomes part of the error: it
// may be a secret.
func (f field) set(text string) error {
	if u, ok := f.value.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := u.UnmarshalText([]byte(text)); err != nil {
			return fmt.Errorf("%s: %w", f.key(), err)
		}
		return nil
	}
	if f.value.Type() == reflect.TypeFor[time.Duration]() {
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%s: want a duration such as 30s", f.key())
		}
		f.value.SetInt(int64(d))
		return nil
	}
	switch f.value.Kind() {
	case reflect.String:
		f.value.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%s: want true or false", f.key())
		}
		f.value.SetBool(b)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, f.value.Type().Bits())
		if err != nil {
			return fmt.Errorf("%s: want a whole number", f.key())
		}
		f.value.SetInt(n)
	case reflect.Float64:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%s: want a number", f.key())
		}
		f.value.SetFloat(n)
	case reflect.Slice:
		if f.value.Type().Elem().Kind() != reflect.String {
			return fmt.Errorf("%s: can be set in the file only", f.key())
		}
		list := reflect.MakeSlice(f.value.Type(), 0, 4)
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = reflect.Append(list, reflect.ValueOf(part).Convert(f.value.Type().Elem()))
			}
		}
		f.value.Set(list)
	default:
		return fmt.Errorf("%s: can be set in the file only", f.key())
	}
	return nil
}
