package reading

import (
	"context"

	"tongban/drivers"
)

// Status implements drivers.Device.
func (r *Reader) Status(ctx context.Context) (drivers.Status, error) {
	s := drivers.Status{State: drivers.StateOnline, Media: "notPresent", At: r.clk.now()}
	ctx, done, err := r.claim(ctx)
	if f := drivers.Fault(err); f != nil {
		if f.Code == drivers.CodeDeviceNotReady {
			s.State, s.Media = drivers.StateBusy, ""
			return s, nil
		}
		s.State, s.Code, s.Detail = drivers.StateNoDevice, f.Code, f.Detail
		return s, err
	}
	defer done()
	there, err := r.slot.Present(ctx, statusLimit)
	err = r.told(ctx, err)
	if f := drivers.Fault(err); f != nil {
		s.State, s.Media, s.Code, s.Detail = drivers.StateNoDevice, "", f.Code, f.Detail
		return s, err
	}
	if there {
		s.Media = "present"
	}
	return s, nil
}

// Find implements drivers.PassportReader.
func (r *Reader) Find(ctx context.Context) (bool, error) {
	ctx, done, err := r.claim(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	there, err := r.slot.Present(ctx, findLimit)
	return there, r.told(ctx, err)
}

// Reset implements drivers.Device: the chip forgets how far it was.
func (r *Reader) Reset(ctx context.Context) error {
	ctx, done, err := r.claim(ctx)
	if err != nil {
		return err
	}
	defer done()
	return r.told(ctx, r.slot.Reset(ctx, statusLimit))
}

// WaitRemoved implements drivers.PassportReader.
func (r *Reader) WaitRemoved(ctx context.Context) error {
	ctx, done, err := r.claim(ctx)
	if err != nil {
		return err
	}
	defer done()
	return r.told(ctx, r.until(ctx, false))
}

// until waits for a document to come or to go.
func (r *Reader) until(ctx context.Context, want bool) error {
	if a, ok := r.slot.(Awaiter); ok {
		return a.Await(ctx, want)
	}
	for {
		there, err := r.slot.Present(ctx, statusLimit)
		if err != nil || there == want {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.clk.after(r.cfg.Poll):
		}
	}
}
