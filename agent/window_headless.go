//go:build !desktop

package main

import (
	"context"
	"errors"
	"net/http"
)

// window is not in this build: a headless terminal program needs no graphics library.
func window(context.Context, http.Handler, string) error {
	return errors.New("this build has no window: build with -tags desktop,production,webkit2_41")
}
