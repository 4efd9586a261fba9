package v4l2

import (
	"fmt"
	"slices"
)

// Setting is a value for a control (参数值).
type Setting struct {
	Name  string
	Value int
}

// Settings reads the settings of a profile, in the order in which they have to be made: automatic modes first, because what they hold
// cannot be set by hand before.
func Settings(v any) ([]Setting, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%v is no list of settings", v)
	}
	var out []Setting
	for name, v := range m {
		n, ok := Whole(v)
		if !ok || !slices.Contains(Names(), name) {
			return nil, fmt.Errorf("%s: %v is none; have %v", name, v, Names())
		}
		out = append(out, Setting{name, n})
	}
	slices.SortFunc(out, func(a, b Setting) int { return rank(a.Name) - rank(b.Name) })
	return out, nil
}

func rank(name string) int {
	if i := slices.Index([]string{"exposure_auto", "white_balance_auto", "focus_auto"}, name); i >= 0 {
		return i - 100
	}
	return slices.Index(Names(), name)
}

// Whole reads a whole number, of whichever type the profile's reader made it.
func Whole(v any) (int, bool) {
	const most = 1 << 40
	switch n := v.(type) {
	case int:
		return n, true
	case int64:
		return int(n), n < most && n > -most
	case uint64:
		return int(n), n < most //nolint:gosec // bounded beside
	case float64:
		return int(n), n == float64(int(n))
	}
	return 0, false
}
