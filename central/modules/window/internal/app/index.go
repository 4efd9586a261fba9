package app

import (
	"sync"

	"tongban/fleet/wire/matter"
)

// itemIndex keeps the search index of the catalogue's list (事项检索索引): it is asked at every keystroke of every clerk and changes
// only when the catalogue does.
type itemIndex struct {
	mu    sync.Mutex
	items []matter.Item
	index *matter.Index
}

// of returns the index of a list. The catalogue replaces its list and never changes one, so that the same list is the same content;
// holding it keeps its place in memory from being another's.
func (x *itemIndex) of(items []matter.Item) *matter.Index {
	x.mu.Lock()
	defer x.mu.Unlock()
	same := x.index != nil && len(items) == len(x.items) && (len(items) == 0 || &items[0] == &x.items[0])
	if !same {
		x.items, x.index = items, matter.NewIndex(items, nil)
	}
	return x.index
}
