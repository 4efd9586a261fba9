package config

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"text/tabwriter"
)

// Describe writes every key with its flag, environment name, present value and
// meaning, for --help and for the documentation.
func Describe(w io.Writer, of any) error {
	all, err := fields(reflect.ValueOf(of).Elem(), nil)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, f := range all {
		fmt.Fprintf(t, "--%s\t%s\t%v\t%s\n", f.flag(), f.env(), f.value.Interface(), f.doc)
	}
	return t.Flush()
}

// Secret is a setting that is never shown (密钥类配置).
type Secret string

// Reveal returns the value.
func (s Secret) Reveal() string { return string(s) }

// String hides the value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "[secret]"
}

// GoString hides the value from %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the value from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the value from JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
