// Package indicators reads the list of indicators and computes their values from sums (指标口径).
package indicators

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"

	"tongban/central/modules/statistics/internal/store"
)

// Indicator is one number with everything that explains it (指标).
type Indicator struct {
	ID         string   `yaml:"id" json:"id"`
	Group      string   `yaml:"group" json:"group"`
	Title      string   `yaml:"title" json:"title"`
	Question   string   `yaml:"question" json:"question"` // that it answers
	Unit       string   `yaml:"unit" json:"unit" enum:"percent,days,minutes,count,per_case"`
	Complement bool     `yaml:"complement,omitempty" json:"-"` // 1 − over ÷ of
	Over       []string `yaml:"over" json:"-"`
	Of         []string `yaml:"of,omitempty" json:"-"`
	By         string   `yaml:"by" json:"by" enum:"received,accepted,closed,rated,ticket"` // which day counts
	Good       string   `yaml:"good" json:"good" enum:"low,high,none"`
	Target     *float64 `yaml:"target,omitempty" json:"target,omitempty"`
	Formula    string   `yaml:"formula" json:"formula"`
	Population string   `yaml:"population" json:"population"`
	Note       string   `yaml:"note,omitempty" json:"note,omitempty"`
	Version    int      `yaml:"version" json:"version"`
	Since      string   `yaml:"since" json:"since"`                 // YYYY-MM-DD, of this version
	Was        string   `yaml:"was,omitempty" json:"was,omitempty"` // what changed with this version
}

// Value is what an indicator says of some sums.
type Value struct {
	Over  int64
	Of    int64   // 0 where the indicator is a plain count
	Value float64 // in the indicator's unit; meaningless when None
	None  bool    // nothing to divide by: nothing happened
}

// Read reads a list, strictly.
func Read(text []byte) ([]Indicator, error) {
	var file struct {
		Indicators []Indicator `yaml:"indicators"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&file); err != nil {
		return nil, fmt.Errorf("read indicators: %w", err)
	}
	seen := map[string]bool{}
	for _, in := range file.Indicators {
		if err := in.check(); err != nil {
			return nil, err
		}
		if seen[in.ID] {
			return nil, fmt.Errorf("indicator %s stands twice", in.ID)
		}
		seen[in.ID] = true
	}
	return file.Indicators, nil
}

func (in Indicator) check() error {
	for _, m := range slices.Concat(in.Over, in.Of) {
		if store.Index(m) < 0 {
			return fmt.Errorf("indicator %s: no measure %q", in.ID, m)
		}
	}
	switch {
	case in.ID == "" || in.Title == "" || in.Group == "" || in.Question == "" || in.Formula == "" || in.Population == "" || in.Since == "" || in.Version < 1:
		return fmt.Errorf("indicator %q: id, group, title, question, formula, population, version and since are needed", in.ID)
	case len(in.Over) == 0:
		return fmt.Errorf("indicator %s: over is empty", in.ID)
	case (in.Unit == "count") != (len(in.Of) == 0):
		return fmt.Errorf("indicator %s: a count has no of, everything else has one", in.ID)
	case !slices.Contains([]string{"percent", "days", "minutes", "count", "per_case"}, in.Unit):
		return fmt.Errorf("indicator %s: no unit %q", in.ID, in.Unit)
	case !slices.Contains([]string{"received", "accepted", "closed", "rated", "ticket"}, in.By):
		return fmt.Errorf("indicator %s: no day %q", in.ID, in.By)
	case !slices.Contains([]string{"low", "high", "none"}, in.Good):
		return fmt.Errorf("indicator %s: good is low, high or none", in.ID)
	}
	return nil
}

// Compute returns the value of an indicator over sums.
func (in Indicator) Compute(s store.Sums) Value {
	v := Value{Over: total(s, in.Over), Of: total(s, in.Of)}
	if len(in.Of) == 0 {
		v.Value = float64(v.Over)
		return v
	}
	if v.Of == 0 {
		v.None = true
		return v
	}
	v.Value = float64(v.Over) / float64(v.Of)
	if in.Complement {
		v.Value = 1 - v.Value
	}
	switch in.Unit {
	case "percent":
		v.Value *= 100
	case "minutes":
		v.Value /= 60
	}
	return v
}

// Better says how a change reads: better, worse, or "" where it is neither.
func (in Indicator) Better(from, to float64) string {
	const same = 0.05 // less is not worth a word at one decimal
	switch d := to - from; {
	case in.Good == "none" || d < same && d > -same:
		return ""
	case (d < 0) == (in.Good == "low"):
		return "better"
	}
	return "worse"
}

// Met reports whether a value reaches the target; true without one.
func (in Indicator) Met(value float64) bool {
	switch {
	case in.Target == nil:
		return true
	case in.Good == "low":
		return value <= *in.Target
	}
	return value >= *in.Target
}

// Only is the condition under which a case of the ledger belongs to the indicator's drill, a name of the store.
func (in Indicator) Only() string {
	for _, m := range slices.Concat(in.Of, in.Over) {
		switch m {
		case "promised_days", "statutory_days", "used_days", "stopped_days", "on_time", "early":
			return "promised"
		}
	}
	if len(in.Of) == 0 {
		if store.HasCondition(in.Over[0]) {
			return in.Over[0]
		}
		return ""
	}
	if in.Of[0] == "promised" || in.Of[0] == "noticed" {
		return in.Of[0]
	}
	return ""
}

func total(s store.Sums, names []string) (n int64) {
	for _, m := range names {
		n += s[store.Index(m)]
	}
	return n
}
