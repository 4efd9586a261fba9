package load

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// What fails first and not at the repeat is told apart, and a slow server gets no fewer requests.
func TestRun(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	var tries atomic.Int32
	r := Run(ctx, Plan{Rate: 200, Repeat: time.Millisecond, Next: func(n int) Call {
		return func(_ context.Context, try int) (int, error) {
			tries.Add(1)
			switch {
			case n == 1:
				return 0, errors.New("cut")
			case n == 2 && try == 0:
				return http.StatusServiceUnavailable, nil
			case n == 3:
				time.Sleep(200 * time.Millisecond)
			}
			return http.StatusOK, nil
		}
	}})
	if r.Failed != 1 || r.FailedFirst != 2 || r.OK != r.Offered-1 || int(tries.Load()) != r.Offered+2 {
		t.Errorf("%+v, %d tries", r, tries.Load())
	}
	if r.Offered < 20 || r.Max < 150 {
		t.Errorf("a slow answer held the callers up or is not seen: %+v", r)
	}
	if r.Errors["503"] != 1 || r.Errors["connection"] != 1 {
		t.Errorf("%v", r.Errors)
	}
	if total, after := r.Outage(r.began); total != 0 || after <= 0 {
		t.Errorf("outage %s, %s", total, after)
	}
}
