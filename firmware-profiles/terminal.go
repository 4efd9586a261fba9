package profiles

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
)

// Terminal is one terminal model (终端型号): its panel, its devices and where a citizen finds them.
type Terminal struct {
	Model   string      `yaml:"terminal"` // file name, unique
	Name    string      `yaml:"name"`     // 立式政务服务一体机
	Panel   Panel       `yaml:"panel"`
	Front   Front       `yaml:"front"`
	Devices []Place     `yaml:"devices"`
	Outfit  []Part      `yaml:"outfit"` // all that the tender wants in it, also what is not built in yet
	Tender  []Threshold `yaml:"tender"` // of the machine itself: processor, memory, disk, ports, panel, cabinet
	Note    string      `yaml:"note"`
}

// Panel is the touch screen.
type Panel struct {
	Width  int     `yaml:"width"` // pixels, as mounted
	Height int     `yaml:"height"`
	Inches float64 `yaml:"inches"` // diagonal
	DPI    float64 `yaml:"dpi"`

	Brightness float64 `yaml:"brightness"` // at full, in cd/㎡; wanted where the tender asks for one
}

// Portrait reports whether the panel stands upright.
func (p Panel) Portrait() bool { return p.Height > p.Width }

// Scale is the root scale of the pages, so that letters have the height that the design asks for on any panel.
func (p Panel) Scale() float64 { return min(max(1, p.DPI/118), 1.25) }

// Front is the front view in millimetres; the guidance drawings are made from it.
type Front struct {
	Width  float64 `yaml:"width"`
	Height float64 `yaml:"height"`
	Screen Area    `yaml:"screen"`
}

// Area is a rectangle in the front view, in shares of its width and height from the top left.
type Area struct {
	X float64 `yaml:"x"`
	Y float64 `yaml:"y"`
	W float64 `yaml:"w"`
	H float64 `yaml:"h"`
}

// Place is one device of the terminal.
type Place struct {
	Kind    string `yaml:"kind"`
	Profile string `yaml:"profile"`
	Where   string `yaml:"where"` // from the citizen's side: 屏幕右下方
	Area    Area   `yaml:"area"`
}

// Part is one device that the tender asks for (配置要求).
type Part struct {
	Kind    string `yaml:"kind"`
	Profile string `yaml:"profile"`
	Clause  string `yaml:"clause"` // place in the tender, Chinese
	Where   string `yaml:"where"`  // as of a Place, of what a site may connect; "" = nobody needs to be told
}

// Bound returns the threshold of a property of the machine.
func (t Terminal) Bound(property string) (Threshold, bool) { return bound(t.Tender, property) }

// parseTerminal reads one model; an unknown field is an error.
func parseTerminal(b []byte) (Terminal, error) {
	var t Terminal
	if err := yaml.UnmarshalWithOptions(b, &t, yaml.Strict()); err != nil {
		return Terminal{}, fmt.Errorf("decode: %w", err)
	}
	return t, t.check()
}

func (t Terminal) check() error {
	var errs []error
	want := func(ok bool, what string) {
		if !ok {
			errs = append(errs, errors.New(what))
		}
	}
	p := t.Panel
	want(t.Name != "", "name is missing")
	want(p.Width > 0 && p.Height > 0 && p.DPI > 0, "panel is incomplete")
	if b, ok := t.Bound("brightness"); ok {
		want(b.Met(p.Brightness), "panel is not as bright as the tender wants")
	}
	want(t.Front.Width > 0 && t.Front.Height > 0 && t.Front.Screen.fits(), "front is incomplete")
	want(len(t.Devices) > 0, "devices are missing")
	seen := map[string]bool{}
	for _, d := range t.Devices {
		want(!seen[d.Kind], "two devices of kind "+d.Kind)
		seen[d.Kind] = true
		want(d.Where != "", "device "+d.Kind+" does not say where it is")
		want(d.Area.fits(), "device "+d.Kind+" lies outside the front view")
	}
	for _, p := range t.Outfit {
		want(p.Clause != "", "part "+p.Kind+" names no clause")
	}
	return errors.Join(append(errs, checkThresholds(t.Tender))...)
}

func (a Area) fits() bool {
	return a.W > 0 && a.H > 0 && a.X >= 0 && a.Y >= 0 && a.X+a.W <= 1.0001 && a.Y+a.H <= 1.0001
}

// Positions says for each kind of device where a citizen finds it.
func (t Terminal) Positions() map[string]string {
	out := map[string]string{}
	for _, p := range t.Outfit {
		if p.Where != "" {
			out[p.Kind] = p.Where
		}
	}
	for _, d := range t.Devices {
		out[d.Kind] = d.Where
	}
	return out
}

// Place returns the device of a kind; a terminal without one says false.
func (t Terminal) Place(kind string) (Place, bool) {
	for _, d := range t.Devices {
		if d.Kind == kind {
			return d, true
		}
	}
	return Place{}, false
}

// check looks at what only the whole set can tell.
func (s Set) check() error {
	var errs []error
	seen := map[string]string{}
	pairs := map[[2]uint16]string{}
	for _, d := range s.Devices {
		if other := seen[d.Profile]; other != "" {
			errs = append(errs, fmt.Errorf("profile %s stands in %s and %s", d.Profile, other, d.Kind))
		}
		seen[d.Profile] = d.Kind
		for _, m := range d.Match {
			pair := m.pair()
			if pair == ([2]uint16{}) {
				continue
			}
			if other := pairs[pair]; other != "" {
				errs = append(errs, fmt.Errorf("usb %04x:%04x belongs to %s and %s", pair[0], pair[1], other, d.Profile))
			}
			pairs[pair] = d.Profile
		}
	}
	for _, t := range s.Terminals {
		for _, p := range t.Outfit {
			if kind := seen[p.Profile]; kind != p.Kind {
				errs = append(errs, fmt.Errorf("terminal %s: %q is no %s profile", t.Model, p.Profile, p.Kind))
			}
		}
		for _, p := range t.Devices {
			if kind := seen[p.Profile]; kind != p.Kind {
				errs = append(errs, fmt.Errorf("terminal %s: %q is no %s profile", t.Model, p.Profile, p.Kind))
			}
		}
	}
	return errors.Join(errs...)
}
