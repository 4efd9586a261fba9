package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
)

// Load fills into, a pointer to a struct that holds the defaults, whose fields
// carry yaml tags and doc tags. args are the program's arguments without its
// name, environ is os.Environ(). Arguments that are no flags come back as
// rest; everything behind "--" is left alone. Later sources win: --config FILE (or
// TONGBAN_CONFIG), then TONGBAN_<KEY_PATH>, then --key-path VALUE or
// --key-path=VALUE.
func Load(into any, args, environ []string) (rest []string, err error) {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return nil, errors.New("config: want a pointer to a struct")
	}
	all, err := fields(v.Elem(), nil)
	if err != nil {
		return nil, err
	}
	env := ourEnv(environ)
	flags, rest, err := parseFlags(all, args)
	if err != nil {
		return nil, err
	}

	file := env[envPrefix+"CONFIG"]
	if f, ok := flags["config"]; ok {
		file = f
	}
	if file != "" {
		if err := loadFile(into, file); err != nil {
			return nil, err
		}
	}
	if err := applyEnv(all, env); err != nil {
		return nil, err
	}
	for _, f := range all {
		if text, ok := flags[f.flag()]; ok {
			if err := f.set(text); err != nil {
				return nil, fmt.Errorf("flag --%s: %w", f.flag(), err)
			}
		}
	}
	return rest, nil
}

func loadFile(into any, file string) error {
	text, err := os.ReadFile(file) // #nosec G304 -- the operator names the configuration file
	if err != nil {
		return fmt.Errorf("read config: %w", err)
	}
	if len(strings.TrimSpace(string(text))) == 0 {
		return nil
	}
	if err := yaml.UnmarshalWithOptions(text, into, yaml.Strict()); err != nil {
		// The long form quotes lines around the fault, which may hold secrets.
		return fmt.Errorf("read config %s: %s", file, yaml.FormatError(err, false, false))
	}
	return nil
}

func ourEnv(environ []string) map[string]string {
	out := map[string]string{}
	for _, e := range environ {
		if k, v, ok := strings.Cut(e, "="); ok && strings.HasPrefix(k, envPrefix) {
			out[k] = v
		}
	}
	return out
}

// applyEnv sets what the environment names. One environment is often shared by
// several of our programs, so that a foreign name is let pass; one that is a
// slip of the pen away from a key of ours is refused.
func applyEnv(all []field, env map[string]string) error {
	used := map[string]bool{envPrefix + "CONFIG": true}
	for _, f := range all {
		used[f.env()] = true
		if text, ok := env[f.env()]; ok {
			if err := f.set(text); err != nil {
				return fmt.Errorf("environment %s: %w", f.env(), err)
			}
		}
	}
	for name := range env {
		if used[name] {
			continue
		}
		for _, f := range all {
			if near(name, f.env()) {
				return fmt.Errorf("environment %s: no such key; did you mean %s", name, f.env())
			}
		}
	}
	return nil
}

// parseFlags reads --key-path value pairs; a bool flag may stand alone.
func parseFlags(all []field, args []string) (flags map[string]string, rest []string, err error) {
	known := map[string]*field{"config": nil}
	for i := range all {
		known[all[i].flag()] = &all[i]
	}
	flags = map[string]string{}
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return flags, append(rest, args[i+1:]...), nil
		}
		name, ok := strings.CutPrefix(args[i], "--")
		if !ok {
			rest = append(rest, args[i])
			continue
		}
		name, value, given := strings.Cut(name, "=")
		f, ok := known[name]
		if !ok {
			return nil, nil, fmt.Errorf("flag --%s: no such key", name)
		}
		switch {
		case given:
		case f != nil && f.value.Kind() == reflect.Bool:
			value = "true"
		case i+1 < len(args):
			i++
			value = args[i]
		default:
			return nil, nil, fmt.Errorf("flag --%s: value is missing", name)
		}
		flags[name] = value
	}
	return flags, rest, nil
}

// near reports whether a and b differ by at most two slips (Levenshtein).
func near(a, b string) bool {
	if d := len(a) - len(b); d < -2 || d > 2 {
		return false
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		last := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			last, row[j] = row[j], min(row[j]+1, row[j-1]+1, last+cost)
		}
	}
	return row[len(b)] <= 2
}
