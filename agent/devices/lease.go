package devices

import (
	"context"
	"fmt"
	"sync"

	"tongban/agent/clock"
	"tongban/drivers"
)

// Lease is a device in the hands of one user (外设租用). It ends with Done, which says how it went.
type Lease[T drivers.Device] struct {
	Device T
	slot   *slot
	once   sync.Once
}

// Take lends the device of a kind, waiting for another user until ctx ends. A device that is not there fails at once with
// its own reason: the citizen must not wait for it.
func Take[T drivers.Device](ctx context.Context, r *Rack, k drivers.Kind) (*Lease[T], error) {
	s := r.find(k)
	if s == nil {
		return nil, &drivers.Error{Code: drivers.CodeNoDevice, Detail: "this terminal has none"}
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("take %s: %w: %w", s.Name, ErrBusy, ctx.Err())
	}
	dev, st := s.current()
	if dev == nil {
		<-s.turn
		code := st.Code
		if code == "" {
			code = drivers.CodeDeviceNotReady
		}
		return nil, &drivers.Error{Code: code, Detail: st.Detail}
	}
	t, ok := dev.(T)
	if !ok {
		<-s.turn
		return nil, &drivers.Error{Code: drivers.CodeUnsupported, Detail: fmt.Sprintf("%s is a %s that cannot do this", s.Name, dev.Info().Driver)}
	}
	return &Lease[T]{Device: t, slot: s}, nil
}

// Is reports whether the device of a kind can do what T says; known is false while it is away.
func Is[T drivers.Device](r *Rack, k drivers.Kind) (can, known bool) {
	s := r.find(k)
	if s == nil {
		return false, false
	}
	dev, _ := s.current()
	if dev == nil {
		return false, false
	}
	_, can = dev.(T)
	return can, true
}

// Done gives the device back. An error that means that the device is lost makes the supervisor open it again.
func (l *Lease[T]) Done(err error) {
	l.once.Do(func() {
		l.slot.used(err)
		<-l.slot.turn
		// A printer is looked at soon, because paper and cover may have changed; readers and cameras are used too often.
		if lost(err) || l.slot.Kind == drivers.KindReceipt {
			select {
			case l.slot.broken <- err:
			default:
			}
		}
	})
}

// Await waits until a device of the kind is there, or ctx ends.
func (r *Rack) Await(ctx context.Context, k drivers.Kind) error {
	s := r.find(k)
	if s == nil {
		return &drivers.Error{Code: drivers.CodeNoDevice, Detail: "this terminal has none"}
	}
	for {
		if dev, _ := s.current(); dev != nil {
			return nil
		}
		if err := clock.Sleep(ctx, r.clock, wait); err != nil {
			return err
		}
	}
}
