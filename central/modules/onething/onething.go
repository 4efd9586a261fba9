// Package onething is the one-thing bundles (一件事一次办): themes that join several catalogue items into one matter, with one
// questionnaire, one set of materials, one form, and the order in which the items run.
package onething

import (
	"context"

	"tongban/central/modules/forms"
	"tongban/fleet/wire/matter"
)

// PermRead lets staff see themes with their coverage (查看主题).
const PermRead = "onething:theme.read"

// Theme is one one-thing matter (一件事主题).
type Theme struct {
	Code      string            `json:"code"`
	Name      string            `json:"name"`
	Object    string            `json:"object"` // person, corp
	Stage     string            `json:"stage"`  // life or business stage it belongs to: 出生, 入学, 开办 …
	Summary   string            `json:"summary"`
	Keywords  []string          `json:"keywords"`
	Lead      string            `json:"lead"` // leading department (牵头部门)
	LeadCode  string            `json:"lead_code"`
	Law       []matter.Law      `json:"law"`   // papers it stands on
	Limit     matter.Limit      `json:"limit"` // promised for the whole, at least the critical path of its items
	Questions []matter.Question `json:"questions,omitempty"`
	Items     []Member          `json:"items"`
	Same      []Same            `json:"same,omitempty"` // materials that several items ask for and that are handed in once
	Complete  bool              `json:"complete"`       // questionnaire, forms and topology are worked out to the last field
	Sample    []string          `json:"sample,omitempty"`
}

// Member is one item of a theme (子事项).
type Member struct {
	Item  string       `json:"item"`           // code in the catalogue
	Role  string       `json:"role"`           // lead, cooperate
	When  *matter.Cond `json:"when,omitempty"` // over the theme's questions; nil = always
	After []Edge       `json:"after,omitempty"`
}

// Edge says that an item starts when another has ended, and which data elements it takes from its result (先后与数据传递).
type Edge struct {
	Item string   `json:"item"`
	Pass []string `json:"pass,omitempty"` // data elements
}

// Same is one paper under the names that the items give it (一套材料).
type Same struct {
	Name string     `json:"name"`
	Of   []PaperRef `json:"of"`
}

// PaperRef is a material of an item.
type PaperRef struct {
	Item     string `json:"item"`
	Material string `json:"material"`
}

// Bundle is what a questionnaire leads to (一次告知): the items, the papers once each, the one form and the limit.
type Bundle struct {
	Items     []string     `json:"items"`
	Steps     [][]string   `json:"steps"` // items that run side by side, step after step
	Papers    []Paper      `json:"papers"`
	Form      forms.Merged `json:"form"`
	Limit     matter.Limit `json:"limit"` // critical path
	Undecided bool         `json:"undecided"`
}

// Paper is one paper of the set.
type Paper struct {
	Name  string     `json:"name"`
	Plain string     `json:"plain"`
	For   []PaperRef `json:"for"`
}

// Service is what other modules may ask.
type Service interface {
	Themes(ctx context.Context) ([]Theme, error)
	Theme(ctx context.Context, code string) (Theme, error)
	// Bundle works out what a person with these answers needs; open questions leave it Undecided.
	Bundle(ctx context.Context, code string, answers map[string]string) (Bundle, error)
	Count(ctx context.Context) (int, error)
}
