// Package onething is the one-thing bundles (一件事一次办): themes that join several catalogue items into one matter, with one
// questionnaire, one set of materials, one form, and the order in which the items run.
package onething

import (
	"context"

	"tongban/fleet/wire/matter"
)

// PermRead lets staff see themes with their coverage (查看主题).
const PermRead = "onething:theme.read"

// TopicChanged is the event of a theme's new version or withdrawal; the key is its code, the data is Changed.
const TopicChanged = "onething.changed"

// Changed tells which theme changed.
type Changed struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
}

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
	Given []Given      `json:"given,omitempty"`
}

// Given answers a question of the item, so that nobody is asked twice (代答): by what the theme asked, or always the same.
type Given struct {
	Question string            `json:"question"`        // of the item
	From     string            `json:"from,omitempty"`  // question of the theme
	Map      map[string]string `json:"map,omitempty"`   // theme's value → item's value; none = the same
	Value    string            `json:"value,omitempty"` // where From is empty
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
	Items   []Chosen      `json:"items"`
	Steps   [][]string    `json:"steps"` // items that run side by side, step after step
	Papers  []Paper       `json:"papers"`
	Form    matter.Merged `json:"form"`
	Limit   matter.Limit  `json:"limit"` // critical path, in working days
	Fees    []string      `json:"fees"`  // of items that are not free
	Settled bool          `json:"settled"`
	Ask     *Ask          `json:"ask,omitempty"`  // the next question, nil when settled
	Stop    string        `json:"stop,omitempty"` // this applicant needs another matter
}

// Ask is the next question of the theme or of one of its items; the answer goes under ID.
type Ask struct {
	ID   string          `json:"id"`   // question, or item.question
	Item string          `json:"item"` // "" = of the theme
	Q    matter.Question `json:"question"`
}

// Chosen is one item of the bundle.
type Chosen struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Office string `json:"office"`
	Role   string `json:"role"`
	Limit  string `json:"limit"`
	Maybe  bool   `json:"maybe,omitempty"` // depends on answers not given yet
}

// Paper is one paper of the set.
type Paper struct {
	Name  string     `json:"name"`
	Plain string     `json:"plain"`
	Need  string     `json:"need"` // the strictest that any item wants: required, deferrable, exempt, unknown
	Note  string     `json:"note,omitempty"`
	For   []PaperRef `json:"for"`
}

// Cover is how one field of one official form is filled (覆盖矩阵).
type Cover struct {
	Item    string `json:"item"`
	Form    string `json:"form"`
	Field   string `json:"field"`
	Label   string `json:"label"`
	Element string `json:"element,omitempty"`
	By      string `json:"by"`   // asked, card, passed
	From    string `json:"from"` // merged field, source, or item whose result holds it
	Shared  bool   `json:"shared,omitempty"`
}

// CodeUnknownTheme is the errs code for a theme that does not exist (没有这件事).
const CodeUnknownTheme = "onething.no_such_theme"

// Service is what other modules may ask.
type Service interface {
	Themes(ctx context.Context) ([]Theme, error)
	Theme(ctx context.Context, code string) (Theme, error)
	// Bundle works out what a person with these answers needs. Answers go by question id, those of an item by item.question.
	Bundle(ctx context.Context, code string, answers map[string]string) (Bundle, error)
	// Uses returns the themes that have the item, for the impact of a change.
	Uses(ctx context.Context, item string) ([]Theme, error)
	Count(ctx context.Context) (int, error)
}
