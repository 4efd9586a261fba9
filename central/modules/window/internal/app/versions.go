package app

import (
	"context"
	"fmt"
	"sync"

	"tongban/central/modules/catalogue"
	"tongban/fleet/wire/matter"
)

// mostVersions bounds how many versions of items are kept decoded; a city has some thousand.
const mostVersions = 8192

// versions keeps versions of items as they were read once: a version never changes, and a list or a sweep needs the same few again
// and again.
type versions struct {
	items catalogue.Service
	mu    sync.Mutex
	known map[string]matter.Item
}

// of returns one version of an item. Callers only read it.
func (v *versions) of(ctx context.Context, code string, version int) (matter.Item, error) {
	key := fmt.Sprint(code, "@", version)
	v.mu.Lock()
	it, ok := v.known[key]
	v.mu.Unlock()
	if ok {
		return it, nil
	}
	it, err := v.items.Item(ctx, code, version)
	if err != nil || version == 0 { // 0 is whichever is current
		return it, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.known == nil || len(v.known) >= mostVersions {
		v.known = map[string]matter.Item{}
	}
	v.known[key] = it
	return it, nil
}
