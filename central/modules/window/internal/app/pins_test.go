package app_test

import (
	"slices"
	"testing"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window/internal/app"
)

// What somebody pins is theirs alone, in their order, and an empty list that was meant stays empty (直接进入).
func TestPins(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		me := auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "clerk", Name: "周敏"})
		other := auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "clerk2", Name: "刘洋"})
		want := []app.Pin{{Path: "/window/parked", Label: "暂存架"}, {Path: "/window/intake?item=spjy", Label: "食品经营许可"}}
		for _, step := range [][]app.Pin{want, {want[1], want[0]}, {}} {
			if err := s.app.KeepPins(me, step); err != nil {
				t.Fatal(err)
			}
			got, err := s.app.MyPins(me)
			if err != nil || !got.Kept || !slices.Equal(got.Pins, step) {
				t.Fatalf("pins: %v %v, want %v", got, err, step)
			}
		}
		got, err := s.app.MyPins(other)
		if err != nil || got.Kept || len(got.Pins) != 0 {
			t.Fatalf("somebody else's pins: %v %v", got, err)
		}
	})
}
