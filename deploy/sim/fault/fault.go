// Package fault is the board of fault buttons of one device (故障): which exist, which are pressed, with what value and
// how often they still strike.
package fault

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Spec describes one button.
type Spec struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`           // on the button
	Value   string   `json:"value,omitempty"` // what the value means; empty: takes none
	Min     int      `json:"min,omitempty"`
	Max     int      `json:"max,omitempty"`
	Def     int      `json:"default,omitempty"`
	Options []Option `json:"options,omitempty"` // the only values allowed
	At      []string `json:"at,omitempty"`      // steps it can be bound to; empty: not bound
	Key     string   `json:"key,omitempty"`     // shortcut on the bench
	Act     bool     `json:"act,omitempty"`     // happens at once, cannot stay pressed
}

// Option is one allowed value and its meaning.
type Option struct {
	Value int    `json:"value"`
	Label string `json:"label"`
}

// Press is one pressed button.
type Press struct {
	Name  string `json:"fault"`
	Value int    `json:"value,omitempty"`
	Times int    `json:"times,omitempty"` // strikes left; 0 = until released
	At    string `json:"at,omitempty"`
}

// Set is the board.
type Set struct {
	specs []Spec
	mu    sync.Mutex
	on    map[string]Press
	hook  func(Press, bool) error
}

// New makes a board. hook, if any, is told of each press and release, outside the lock, and may refuse a press.
func New(specs []Spec, hook func(p Press, on bool) error) *Set {
	return &Set{specs: specs, on: map[string]Press{}, hook: hook}
}

// Specs lists the buttons.
func (s *Set) Specs() []Spec { return s.specs }

// Names lists their names.
func (s *Set) Names() []string {
	out := make([]string, len(s.specs))
	for i, x := range s.specs {
		out[i] = x.Name
	}
	return out
}

// Press checks and presses a button.
func (s *Set) Press(p Press) error {
	spec, err := s.spec(p.Name)
	if err != nil {
		return err
	}
	if p, err = spec.check(p); err != nil {
		return err
	}
	if !spec.Act {
		s.mu.Lock()
		s.on[p.Name] = p
		s.mu.Unlock()
	}
	if s.hook == nil {
		return nil
	}
	if err := s.hook(p, true); err != nil {
		s.mu.Lock()
		delete(s.on, p.Name)
		s.mu.Unlock()
		return err
	}
	return nil
}

// Release lets a button go.
func (s *Set) Release(name string) error {
	if _, err := s.spec(name); err != nil {
		return err
	}
	s.mu.Lock()
	p, was := s.on[name]
	delete(s.on, name)
	s.mu.Unlock()
	if was && s.hook != nil {
		return s.hook(p, false)
	}
	return nil
}

// Clear releases all.
func (s *Set) Clear() error {
	for _, p := range s.Pressed() {
		if err := s.Release(p.Name); err != nil {
			return err
		}
	}
	return nil
}

// On tells whether a button is pressed, without using it up.
func (s *Set) On(name string) (Press, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.on[name]
	return p, ok
}

// Strike uses a pressed button once if it is bound to at or to nothing.
func (s *Set) Strike(name, at string) (Press, bool) {
	s.mu.Lock()
	p, ok := s.on[name]
	if !ok || (p.At != "" && p.At != at) {
		s.mu.Unlock()
		return Press{}, false
	}
	last := p.Times == 1
	if last {
		delete(s.on, name)
	} else if p.Times > 1 {
		q := p
		q.Times--
		s.on[name] = q
	}
	s.mu.Unlock()
	return p, true
}

// Pressed lists what is on, in the order of the board.
func (s *Set) Pressed() []Press {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Press{}
	for _, x := range s.specs {
		if p, ok := s.on[x.Name]; ok {
			out = append(out, p)
		}
	}
	return out
}

func (s *Set) spec(name string) (Spec, error) {
	i := slices.IndexFunc(s.specs, func(x Spec) bool { return x.Name == name })
	if i < 0 {
		return Spec{}, fmt.Errorf("unknown fault %q, have %s", name, strings.Join(s.Names(), ", "))
	}
	return s.specs[i], nil
}

func (x Spec) check(p Press) (Press, error) {
	switch {
	case x.Value == "" && p.Value != 0:
		return p, fmt.Errorf("fault %q takes no value", x.Name)
	case x.Value != "" && p.Value == 0:
		p.Value = x.Def
	}
	if x.Value != "" && (p.Value < x.Min || p.Value > x.Max) {
		return p, fmt.Errorf("fault %q: value %d is not in %d..%d", x.Name, p.Value, x.Min, x.Max)
	}
	if len(x.Options) > 0 && !slices.ContainsFunc(x.Options, func(o Option) bool { return o.Value == p.Value }) {
		return p, fmt.Errorf("fault %q: value %d is not one of %v", x.Name, p.Value, x.Options)
	}
	if p.Times < 0 || (x.Act && p.Times > 0) {
		return p, fmt.Errorf("fault %q: times %d makes no sense", x.Name, p.Times)
	}
	if p.At != "" && !slices.Contains(x.At, p.At) {
		return p, fmt.Errorf("fault %q: at %q is not one of %s", x.Name, p.At, strings.Join(x.At, ", "))
	}
	return p, nil
}
