package health_test

import (
	"context"
	"testing"
	"time"

	"tongban/central/kernel/health"
)

func TestACheckThatHangsOrBreaksHoldsUpNothing(t *testing.T) {
	var r health.Registry
	r.Add(health.Check{Component: "good", Title: "好的", Kind: health.Server, Run: func(context.Context) health.Result {
		return health.Result{State: health.OK, Text: "正常"}
	}})
	r.Add(health.Check{Component: "hangs", Title: "不回来", Run: func(context.Context) health.Result { select {} }})
	r.Add(health.Check{Component: "breaks", Title: "会坏", Run: func(context.Context) health.Result { panic("x") }})
	r.Add(health.Check{Component: "many", Title: "许多", Kind: health.Terminal, Many: func(context.Context) []health.Result {
		return []health.Result{{Component: "K-01", Title: "1号机", State: health.Warn, Text: "离线"}}
	}})
	got := r.Run(t.Context(), 50*time.Millisecond)
	want := []health.State{health.OK, health.Unknown, health.Bad, health.Warn}
	if len(got) != 4 {
		t.Fatalf("%+v", got)
	}
	for i, s := range want {
		if got[i].State != s || got[i].Title == "" || got[i].Text == "" || got[i].Measured == nil {
			t.Errorf("result %d: %+v, want %s", i, got[i], s)
		}
	}
	if got[3].Kind != health.Terminal || got[3].Component != "K-01" {
		t.Errorf("%+v", got[3])
	}
	if health.Worst(got) != health.Bad || health.Worst(nil) != health.OK || !got[3].Passed() || got[1].Passed() {
		t.Error("the worst of them")
	}
	defer func() {
		if recover() == nil {
			t.Error("two checks of one name")
		}
	}()
	r.Add(health.Check{Component: "good"})
}
