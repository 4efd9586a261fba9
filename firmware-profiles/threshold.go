package profiles

import (
	"errors"
	"fmt"
	"strconv"
)

// Threshold is one number of the tender (招标指标), so that an acceptance test can print asked beside measured.
type Threshold struct {
	Clause   string   `yaml:"clause"`   // place in the tender, Chinese
	Property string   `yaml:"property"` // read_time, width, density, speed, pixels …
	AtLeast  *float64 `yaml:"at_least"`
	AtMost   *float64 `yaml:"at_most"`
	Unit     string   `yaml:"unit"`
}

// checkThresholds wants every threshold whole, and each property once: two bounds for one number would be judged by the first.
func checkThresholds(list []Threshold) error {
	var errs []error
	seen := map[string]bool{}
	for _, t := range list {
		if t.Clause == "" || t.Property == "" || t.Unit == "" {
			errs = append(errs, errors.New("a threshold lacks clause, property or unit"))
		}
		if (t.AtLeast == nil) == (t.AtMost == nil) {
			errs = append(errs, errors.New("threshold "+t.Property+" has not exactly one bound"))
		}
		if seen[t.Property] {
			errs = append(errs, errors.New("threshold "+t.Property+" stands twice"))
		}
		seen[t.Property] = true
	}
	return errors.Join(errs...)
}

// Bound returns the threshold of a property, for acceptance tests and the diagnostics.
func (d Device) Bound(property string) (Threshold, bool) { return bound(d.Tender, property) }

func bound(list []Threshold, property string) (Threshold, bool) {
	for _, t := range list {
		if t.Property == property {
			return t, true
		}
	}
	return Threshold{}, false
}

// Met reports whether a measured value keeps the threshold.
func (t Threshold) Met(v float64) bool {
	return (t.AtLeast == nil || v >= *t.AtLeast) && (t.AtMost == nil || v <= *t.AtMost)
}

// String writes it as the table shows it.
func (t Threshold) String() string {
	if t.AtMost != nil {
		return fmt.Sprintf("%s ≤ %s %s", t.Property, number(*t.AtMost), t.Unit)
	}
	return fmt.Sprintf("%s ≥ %s %s", t.Property, number(*t.AtLeast), t.Unit)
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
