package privacy

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml"

	"tongban/central/kernel/vault"
)

//go:embed classes.yaml
var classesYAML []byte

// Class is one field class (字段类别).
type Class struct {
	Name     string   `yaml:"name"`
	Title    string   `yaml:"title"`
	Level    Level    `yaml:"level"`
	Mask     string   `yaml:"mask"`    // name of a mask, see Masks
	Purpose  string   `yaml:"purpose"` // 处理目的
	Basis    string   `yaml:"basis"`   // 处理依据, with the article
	Rule     string   `yaml:"rule"`    // retention rule that ends it
	Formerly []string `yaml:"formerly"`
	Blind    string   `yaml:"blind"`
}

// Reason is one entry of the list of reasons (查看理由).
type Reason struct {
	Code  string `yaml:"code"`
	Title string `yaml:"title"`
	Free  bool   `yaml:"free"` // words of one's own must be added
}

// Declared is the whole list.
type Declared struct {
	Classes   []Class          `yaml:"classes"`
	Clearance map[string]Level `yaml:"clearance"`
	Reasons   []Reason         `yaml:"reasons"`
}

// masks are the ways in which a value is shown to those who may not see it in full, each with an example for the page.
var masks = map[string]struct {
	mask   func(string) string
	sample string
}{
	"name":    {vault.MaskName, "周立明"},
	"id":      {vault.MaskID, "510799199001010026"},
	"phone":   {vault.MaskPhone, "13800000026"},
	"address": {vault.MaskAddress, "四川省绵阳市涪城区临园路东段1号"},
	"bank":    {vault.MaskBank, "6222020000000000018"},
	"hide":    {func(string) string { return "******" }, ""},
}

// MaskSample shows what a mask leaves of a made-up value.
func (c Class) MaskSample() string { m := masks[c.Mask]; return m.mask(m.sample) }

// Masked returns value as the class is shown.
func (c Class) Masked(value string) string { return masks[c.Mask].mask(value) }

var className = regexp.MustCompile(`^[a-z][a-z_]*(\.[a-z][a-z_]*)?$`)

// Load reads the declared classes and refuses one that lacks anything: a class without purpose, basis and retention may not
// be held.
func Load() (Declared, error) { return parse(classesYAML) }

func parse(text []byte) (Declared, error) {
	var d Declared
	if err := yaml.UnmarshalWithOptions(text, &d, yaml.DisallowUnknownField()); err != nil {
		return d, fmt.Errorf("read field classes: %w", err)
	}
	seen := map[string]bool{}
	for _, c := range d.Classes {
		if !className.MatchString(c.Name) || seen[c.Name] {
			return d, fmt.Errorf("field class %q is malformed or comes twice", c.Name)
		}
		seen[c.Name] = true
		if _, ok := masks[c.Mask]; !ok {
			return d, fmt.Errorf("field class %s: no mask %q", c.Name, c.Mask)
		}
		if c.Title == "" || c.Purpose == "" || c.Basis == "" || c.Rule == "" {
			return d, fmt.Errorf("field class %s: title, purpose, basis and rule must be given", c.Name)
		}
	}
	if len(d.Classes) == 0 || len(d.Reasons) == 0 || len(d.Clearance) == 0 {
		return d, fmt.Errorf("field classes: %d classes, %d reasons, %d clearances", len(d.Classes), len(d.Reasons), len(d.Clearance))
	}
	return d, nil
}

// Find returns the class of that name.
func (d Declared) Find(name string) (Class, bool) {
	i := slices.IndexFunc(d.Classes, func(c Class) bool { return c.Name == name })
	if i < 0 {
		return Class{}, false
	}
	return d.Classes[i], true
}

// Cleared is the highest level that any of the roles may see.
func (d Declared) Cleared(roles []string) Level {
	top := Internal
	for _, r := range roles {
		top = max(top, d.Clearance[r])
	}
	return top
}

// VaultClasses is the list as the vault needs it.
func (d Declared) VaultClasses() []vault.Class {
	out := make([]vault.Class, 0, len(d.Classes))
	for _, c := range d.Classes {
		out = append(out, vault.Class{Name: c.Name, Formerly: c.Formerly, BlindAs: c.Blind})
	}
	return out
}

// Roles lists the roles that have a clearance, sorted.
func (d Declared) Roles() []string { return slices.Sorted(maps.Keys(d.Clearance)) }
