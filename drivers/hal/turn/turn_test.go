package turn_test

import (
	"context"
	"testing"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/turn"
)

func TestTurn(t *testing.T) {
	x := turn.New()
	ctx, release, err := x.Claim(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := x.Claim(t.Context()); drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		t.Errorf("second: %v", err)
	} else if s, err := turn.Refused(err, time.Now()); err != nil || s.State != drivers.StateBusy {
		t.Errorf("status %+v %v", s, err)
	}
	release()
	if ctx.Err() == nil {
		t.Error("a released command goes on")
	}
	ctx, release, err = x.Claim(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !x.Close() || x.Close() || !x.Ended() {
		t.Error("closed not exactly once")
	}
	select {
	case <-ctx.Done():
	case <-time.After(time.Second):
		t.Error("the command goes on after closing")
	}
	release()
	if _, _, err := x.Claim(context.Background()); drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("closed: %v", err)
	} else if s, err := turn.Refused(err, time.Now()); err == nil || s.State != drivers.StateNoDevice {
		t.Errorf("status %+v %v", s, err)
	}
}
