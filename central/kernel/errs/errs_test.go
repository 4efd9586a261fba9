package errs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/errs"
)

func TestWhatEachErrorTells(t *testing.T) {
	cause := errors.New("row 7 is locked")
	coded := errs.E(errs.Conflict, "window.taken", "此件已被他人受理，请刷新", cause)
	tests := []struct {
		name    string
		err     error
		kind    errs.Kind
		code    string
		message string
	}{
		{"nil", nil, errs.Internal, "", ""},
		{"plain", cause, errs.Internal, "internal", errs.Internal.Words()},
		{"coded", coded, errs.Conflict, "window.taken", "此件已被他人受理，请刷新"},
		{"wrapped", fmt.Errorf("accept case: %w", coded), errs.Conflict, "window.taken", "此件已被他人受理，请刷新"},
		{"without words", errs.E(errs.TooMany, "a.b", "", nil), errs.TooMany, "a.b", errs.TooMany.Words()},
		{"gone away", fmt.Errorf("x: %w", context.Canceled), errs.Unavailable, "canceled", errs.Unavailable.Words()},
		{"unknown kind", errs.E(99, "a.b", "", nil), errs.Internal, "a.b", errs.Internal.Words()},
		{"outermost wins", errs.E(errs.NotFound, "a.none", "没有", coded), errs.NotFound, "a.none", "没有"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if k := errs.KindOf(tt.err); tt.err != nil && k != tt.kind {
				t.Errorf("kind %v, want %v", k, tt.kind)
			}
			if c := errs.CodeOf(tt.err); c != tt.code {
				t.Errorf("code %q, want %q", c, tt.code)
			}
			if m := errs.MessageOf(tt.err); m != tt.message {
				t.Errorf("message %q, want %q", m, tt.message)
			}
		})
	}
	if !errors.Is(coded, cause) || !errors.Is(fmt.Errorf("x: %w", coded), errs.E(0, "window.taken", "", nil)) {
		t.Error("cause or code is lost")
	}
	if strings.Contains(coded.Error(), "受理") {
		t.Error("the operator's text holds the person's sentence")
	}
}

func TestFields(t *testing.T) {
	base := errs.E(errs.Invalid, "window.incomplete", "请补正", nil)
	a, b := errs.Field{Path: "body.a", Message: "请填写"}, errs.Field{Path: "body.b", Message: "太长"}
	err := errs.WithFields(errs.WithFields(base, a), b)
	if d := cmp.Diff([]errs.Field{a, b}, errs.Fields(fmt.Errorf("x: %w", err))); d != "" {
		t.Error(d)
	}
	if errs.CodeOf(err) != "window.incomplete" || !errors.Is(err, base) || len(errs.Fields(base)) != 0 {
		t.Error("fields changed the error they hang on")
	}
	if errs.CodeOf(errs.WithFields(errors.New("x"), a)) != "invalid" || errs.WithFields(nil, a) != nil {
		t.Error("plain or nil error")
	}
}

// Every kind has a status of its own and a sentence that says what to do.
func TestKinds(t *testing.T) {
	seen := map[int]bool{}
	for k := errs.Internal; k <= errs.Unavailable; k++ {
		if seen[k.Status()] || k.Status() < 400 || !strings.Contains(k.Words(), "请") {
			t.Errorf("%v: status %d, words %q", k, k.Status(), k.Words())
		}
		seen[k.Status()] = true
	}
}
