//go:build !testhooks

package clock

import "errors"

// FromFile exists in test builds only (-tags testhooks). A product whose time
// can be moved by a file must not be shipped by accident, so that asking for
// one here is an error at start.
func FromFile(string) (Clock, error) {
	return nil, errors.New("this build has no test clock: build with -tags testhooks")
}
