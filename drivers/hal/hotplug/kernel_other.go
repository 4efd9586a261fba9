//go:build !linux

package hotplug

import (
	"context"
	"errors"
)

func listen(context.Context) (<-chan Event, error) {
	return nil, errors.New("this system has no uevents")
}
