package privacy

import (
	"context"
	"slices"

	"tongban/central/kernel/db"
)

// Source is one place where something of a person is held (个人信息来源), for the rights of PIPL arts. 44–47. A module
// registers one for each kind of thing it holds.
type Source struct {
	Name  string // such as "window.case"
	Title string // 办件
	// Find counts what is held of the person with this id number.
	Find func(ctx context.Context, q db.Query, idNumber string) (rows int, err error)
	// Export returns what is held, in the clear, ready for JSON; nil when nothing is. It is called only after the look was
	// recorded.
	Export func(ctx context.Context, idNumber string) (any, error)
}

// Found is what a search for one person says of one source.
type Found struct {
	Source string
	Title  string
	Rows   int
}

// Sources lists the registered sources.
func (s *Service) Sources() []Source {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.sources)
}

// FindPerson counts in every source what is held of one person.
func (s *Service) FindPerson(ctx context.Context, idNumber string) ([]Found, error) {
	var out []Found
	err := s.DB.View(ctx, func(q db.Query) error {
		out = nil
		for _, src := range s.Sources() {
			n, err := src.Find(ctx, q, idNumber)
			if err != nil {
				return err
			}
			out = append(out, Found{Source: src.Name, Title: src.Title, Rows: n})
		}
		return nil
	})
	return out, err
}
