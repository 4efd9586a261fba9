package profiles

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"

	"github.com/goccy/go-yaml"
)

//go:embed installation
var checklists embed.FS

// ErrNoChecklist means that nobody installs this model by a list: a clerk's computer has its own.
var ErrNoChecklist = errors.New("terminal model has no installation check-list")

// Kinds of answers to a point (回答方式).
const (
	AnswerConfirm = "confirm" // 是、否
	AnswerNumber  = "number"  // 量出来的数
	AnswerPhoto   = "photo"   // 照片
	AnswerRead    = "read"    // 读一次
)

// Checklist is what a technician goes through before a terminal may serve (安装验收清单).
type Checklist struct {
	Model   string  `yaml:"checklist"` // terminal model, the file's name
	Version int     `yaml:"version"`   // a record says by which it was made
	Points  []Point `yaml:"points"`
}

// Point is one thing to look at (验收项).
type Point struct {
	ID       string   `yaml:"id"`
	Part     string   `yaml:"part"`  // 机柜, 供电, 网络, 外设
	Title    string   `yaml:"title"` // 机柜长
	Answer   string   `yaml:"answer"`
	Photo    bool     `yaml:"photo"`    // of a confirm: it counts only with a picture
	Property string   `yaml:"property"` // of a number: its bound is the tender's of the terminal model
	Unit     string   `yaml:"unit"`     // of a number without a property
	AtLeast  *float64 `yaml:"at_least"`
	AtMost   *float64 `yaml:"at_most"`
	Device   string   `yaml:"device"` // kind of the device that it is about
	At       int      `yaml:"at"`     // of a read: distance in centimetres
	How      string   `yaml:"how"`
	Why      string   `yaml:"why"`
	Fail     string   `yaml:"fail"`   // what to do when it is not right
	Clause   string   `yaml:"clause"` // filled in from the tender's bound
}

// Checklist returns the list of a terminal model with the tender's bounds filled in, or ErrNoChecklist.
func (s Set) Checklist(model string) (Checklist, error) {
	t, err := s.Terminal(model)
	if err != nil {
		return Checklist{}, err
	}
	b, err := checklists.ReadFile("installation/" + model + ".yaml")
	if errors.Is(err, fs.ErrNotExist) {
		return Checklist{}, fmt.Errorf("%s: %w", model, ErrNoChecklist)
	}
	if err != nil {
		return Checklist{}, fmt.Errorf("read check-list: %w", err)
	}
	c, err := parseChecklist(b, t)
	if err != nil {
		return Checklist{}, fmt.Errorf("check-list %s: %w", model, err)
	}
	return c, nil
}

// parseChecklist reads one list; an unknown field, a bound that the tender does not know and a device that the model does not
// have are errors.
func parseChecklist(b []byte, t Terminal) (Checklist, error) {
	var c Checklist
	if err := yaml.UnmarshalWithOptions(b, &c, yaml.Strict()); err != nil {
		return Checklist{}, fmt.Errorf("decode: %w", err)
	}
	var errs []error
	if c.Model != t.Model || c.Version < 1 || len(c.Points) == 0 {
		errs = append(errs, fmt.Errorf("it is for %q, version %d, %d points", c.Model, c.Version, len(c.Points)))
	}
	seen := map[string]bool{}
	for i := range c.Points {
		p := &c.Points[i]
		if err := p.complete(t); err != nil {
			errs = append(errs, fmt.Errorf("point %q: %w", p.ID, err))
		}
		if seen[p.ID] {
			errs = append(errs, fmt.Errorf("point %q stands twice", p.ID))
		}
		seen[p.ID] = true
	}
	return c, errors.Join(errs...)
}

var pointID = regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)+$`)

// complete takes the bound of the tender and finds what is missing.
func (p *Point) complete(t Terminal) error {
	if !pointID.MatchString(p.ID) || p.Part == "" || p.Title == "" || p.How == "" || p.Why == "" || p.Fail == "" {
		return errors.New("id, part, title, how, why or fail is missing")
	}
	if p.Clause != "" {
		return errors.New("the clause comes from the tender's bound")
	}
	if p.Device != "" && !t.wants(p.Device) {
		return fmt.Errorf("the model has no %s", p.Device)
	}
	if p.Photo && p.Answer != AnswerConfirm || p.At != 0 && p.Answer != AnswerRead {
		return errors.New("photo is for a confirm, at for a read")
	}
	switch p.Answer {
	case AnswerConfirm, AnswerPhoto:
		return nil
	case AnswerRead:
		if p.Device != "idcard" && p.Device != "barcode" || p.At < 0 || p.At > 50 {
			return errors.New("a read is of an ID card or a code, at 0 to 50 cm")
		}
		return nil
	case AnswerNumber:
		return p.bounded(t)
	}
	return fmt.Errorf("unknown answer %q", p.Answer)
}

func (p *Point) bounded(t Terminal) error {
	own := p.AtLeast != nil || p.AtMost != nil || p.Unit != ""
	if p.Property == "" {
		if p.Unit == "" || p.AtLeast == nil && p.AtMost == nil {
			return errors.New("a number without unit or bound")
		}
		return nil
	}
	b, ok := t.Bound(p.Property)
	if own || !ok {
		return fmt.Errorf("property %q: the tender's bound and no other", p.Property)
	}
	p.Unit, p.AtLeast, p.AtMost, p.Clause = b.Unit, b.AtLeast, b.AtMost, b.Clause
	return nil
}

// wants reports whether a kind is built in or asked for by the tender.
func (t Terminal) wants(kind string) bool {
	for _, p := range t.Outfit {
		if p.Kind == kind {
			return true
		}
	}
	_, ok := t.Place(kind)
	return ok
}

// Met reports whether a measured number keeps the bounds.
func (p Point) Met(v float64) bool { return (Threshold{AtLeast: p.AtLeast, AtMost: p.AtMost}).Met(v) }

// Want writes the bounds: ≤ 1000 mm, 198 到 242 V.
func (p Point) Want() string {
	switch {
	case p.AtLeast != nil && p.AtMost != nil:
		return fmt.Sprintf("%s 到 %s %s", number(*p.AtLeast), number(*p.AtMost), p.Unit)
	case p.AtMost != nil:
		return fmt.Sprintf("≤ %s %s", number(*p.AtMost), p.Unit)
	case p.AtLeast != nil:
		return fmt.Sprintf("≥ %s %s", number(*p.AtLeast), p.Unit)
	}
	return ""
}
