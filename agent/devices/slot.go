package devices

import (
	"context"
	"sync"
	"time"

	"tongban/agent/clock"
	"tongban/drivers"
)

// slot is one place with its supervisor.
type slot struct {
	Slot
	rack   *Rack
	turn   chan struct{} // full = in use
	broken chan error    // a user's report that the device must be opened again

	mu     sync.Mutex
	dev    drivers.Device
	status drivers.Status
	info   drivers.Info
	counts Counters
}

// run opens the device, watches it, and starts over when it is lost.
func (s *slot) run(ctx context.Context) {
	pause := backoffMin
	for ctx.Err() == nil {
		news := s.rack.stirring() // before trying: what comes meanwhile is tried again
		dev, err := s.open(ctx)
		if err != nil {
			s.set(statusOf(err), nil)
			if s.rest(ctx, news, pause) {
				pause = backoffMin
			} else {
				pause = min(pause*2, backoffMax)
			}
			continue
		}
		pause = backoffMin
		s.rack.log.Info("device opened", "slot", s.Name, "driver", dev.Info().Driver, "model", dev.Info().Model)
		err = s.watch(ctx, dev)
		s.set(statusOf(err), nil)
		if cerr := dev.Close(); cerr != nil {
			s.rack.log.Warn("device did not close", "slot", s.Name, "err", cerr)
		}
		if ctx.Err() == nil {
			s.rack.log.Warn("device lost", "slot", s.Name, "err", err)
			_ = clock.Sleep(ctx, s.rack.clock, pause)
		}
	}
}

func (s *slot) open(ctx context.Context) (drivers.Device, error) {
	ctx, cancel := context.WithTimeout(ctx, openLimit)
	defer cancel()
	return s.Open(ctx)
}

// watch asks for the device's health while nobody uses it, until it is lost. The error says why.
func (s *slot) watch(ctx context.Context, dev drivers.Device) error {
	select {
	case err := <-s.broken: // about the device before this one
		s.rack.log.Debug("old report dropped", "slot", s.Name, "err", err)
	default:
	}
	bad := 0
	for {
		news := s.rack.stirring()
		st, err := s.health(ctx, dev)
		switch {
		case err == nil:
			bad = 0
			s.set(st, dev)
		case lost(err):
			return err
		default: // one strange answer is not the end of a device
			if bad++; bad >= 3 {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-s.broken:
			if lost(err) {
				return err
			}
		case <-s.rack.clock.After(healthEvery):
		case <-news:
		}
	}
}

// health asks the device unless it is in use; then its user knows more than we would.
func (s *slot) health(ctx context.Context, dev drivers.Device) (drivers.Status, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	default:
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.dev == nil {
			return drivers.Status{State: drivers.StateOnline, At: s.rack.clock.Now()}, nil
		}
		return s.status, nil
	}
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	began := s.rack.clock.Now()
	st, err := dev.Status(ctx)
	if err == nil {
		s.mu.Lock()
		s.counts.Answer = s.rack.clock.Now().Sub(began)
		s.mu.Unlock()
	}
	return st, err
}

// lost reports whether an error means that the device has to be opened again.
func lost(err error) bool {
	f := drivers.Fault(err)
	if f == nil {
		return false
	}
	switch f.Code {
	case drivers.CodeNoDevice, drivers.CodeLineError, drivers.CodeTimeOut, drivers.CodeHardwareError, drivers.CodeInternalError:
		return !unused(f.Reason)
	default:
		return false
	}
}

// unused are reasons that say that nobody came: the device is as it was.
func unused(r drivers.Reason) bool {
	return r == drivers.ReasonNoCard || r == drivers.ReasonNoCode || r == drivers.ReasonNoFinger || r == drivers.ReasonNoSignature || r == drivers.ReasonNoMove ||
		r == drivers.ReasonNoDocument
}

// statusOf is what a failure means as a state.
func statusOf(err error) drivers.Status {
	f := drivers.Fault(err)
	if f == nil {
		return drivers.Status{State: drivers.StateStarting}
	}
	st := drivers.Status{State: drivers.StateNoDevice, Code: f.Code, Reason: f.Reason, Detail: f.Detail}
	if f.Code == drivers.CodeHardwareError {
		st.State = drivers.StateHardwareError
	}
	return st
}

// set keeps a status and rings when something that matters has changed.
func (s *slot) set(st drivers.Status, dev drivers.Device) {
	if st.At.IsZero() {
		st.At = s.rack.clock.Now()
	}
	s.mu.Lock()
	was, had := s.status, s.dev
	s.status, s.dev = st, dev
	if dev != nil {
		s.info = dev.Info()
	}
	switch {
	case had == nil && dev != nil:
		s.counts.Opened++
	case had != nil && dev == nil:
		s.counts.Lost++
	}
	if was.State != st.State || was.Code != st.Code {
		s.counts.Since = st.At
	}
	if st.Detail != "" {
		s.counts.Last = st.Detail
	}
	s.mu.Unlock()
	was.At = st.At
	if was != st || (had == nil) != (dev == nil) {
		s.rack.ring()
	}
}

func (s *slot) snapshot() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Status{
		PaperLeft: s.Gauge.left(), Status: s.status, Name: s.Name, Kind: s.Kind, Info: s.info, InUse: len(s.turn) > 0, Profile: s.Profile, Port: s.Port, Counters: s.counts,
	}
}

// used counts a use that failed. What a citizen does wrong, or does not do, is no failure of the device.
func (s *slot) used(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := drivers.Fault(err)
	if f == nil || f.Code == drivers.CodeCanceled || f.Code == drivers.CodeUserError || unused(f.Reason) {
		return
	}
	s.counts.Failures++
	s.counts.Last = f.Error()
}

// current is the open device, or nil.
func (s *slot) current() (drivers.Device, drivers.Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dev, s.status
}

// wait is how often somebody who waits for a device looks again.
const wait = 50 * time.Millisecond
