package sdt

import (
	"context"
	"errors"
	"time"

	"tongban/drivers"
)

// Find implements drivers.IDCardReader.
func (r *Reader) Find(ctx context.Context) (bool, error) {
	o, err := r.claim(ctx)
	if err != nil {
		return false, err
	}
	defer o.release()
	o.ends = r.clk.now().Add(findLimit)
	if err := o.inStep(); err != nil {
		return false, err
	}
	return o.present()
}

// present reports whether a card lies on the reader, also one that was read already.
func (o *op) present() (bool, error) {
	if o.r.holding() != holdNothing {
		if there, err := o.stillThere(); err != nil || there {
			return there, err
		}
	}
	f, err := o.exchange(cmdFind)
	if err != nil {
		return false, err
	}
	switch f.sw[2] {
	case swFound:
		return true, nil
	case swNoCard:
		return false, nil
	}
	return false, fault(cmdFind, f)
}

// stillThere asks a selected card for its number: find would say "no card" of one that was read. Two misses in a row mean
// that it was lifted.
func (o *op) stillThere() (bool, error) {
	c := cmdCardNumber
	if o.r.cfg.has(quirkNoNumber) {
		c = cmdAdded
	}
	for miss := 0; ; {
		f, err := o.exchange(c)
		if err != nil {
			return false, err
		}
		if c.news(f) {
			return true, nil
		}
		if e := fault(c, f); !verdicts[f.sw[2]].card {
			return false, e
		}
		if miss++; miss > 1 {
			o.r.set(func(r *Reader) { r.card = holdNothing })
			return false, nil
		}
	}
}

// WaitRemoved implements drivers.IDCardReader.
func (r *Reader) WaitRemoved(ctx context.Context) error {
	o, err := r.claim(ctx)
	if err != nil {
		return err
	}
	defer o.release()
	for {
		o.trouble = time.Time{}
		if err := o.inStep(); err != nil {
			return err
		}
		there, err := o.present()
		if err != nil || !there {
			return err
		}
		if !o.pause(presentEvery) {
			err := o.ended()
			if errors.Is(err, context.DeadlineExceeded) {
				return &drivers.Error{Code: drivers.CodeTimeOut, Detail: "card still lies on the reader", Cause: err}
			}
			return err
		}
	}
}

// Status implements drivers.Device. When the reader cannot be asked, the state says so and the error says why.
func (r *Reader) Status(ctx context.Context) (drivers.Status, error) {
	o, err := r.claim(ctx)
	if err != nil {
		if drivers.Fault(err).Code == drivers.CodeDeviceNotReady {
			return drivers.Status{State: drivers.StateBusy, At: r.clk.now()}, nil
		}
		return r.absent(err), err
	}
	defer o.release()
	o.ends = r.clk.now().Add(statusLimit)
	if err := o.status(); err != nil {
		return r.absent(err), err
	}
	there, err := o.present()
	if err != nil {
		return r.absent(err), err
	}
	s := drivers.Status{State: drivers.StateOnline, Media: "notPresent", At: r.clk.now()}
	if there {
		s.Media = "present"
	}
	r.mu.Lock()
	s.Detail = r.warning
	r.mu.Unlock()
	return s, nil
}

// status asks the security module how it is.
func (o *op) status() error {
	if err := o.inStep(); err != nil {
		return err
	}
	f, err := o.exchange(cmdStatus)
	if err != nil {
		return err
	}
	if f.sw[2] != swOK {
		return fault(cmdStatus, f)
	}
	return nil
}

func (r *Reader) absent(err error) drivers.Status {
	f := drivers.Fault(err)
	s := drivers.Status{State: drivers.StateNoDevice, Code: f.Code, Detail: f.Detail, At: r.clk.now()}
	switch f.Reason {
	case drivers.ReasonSAMFault:
		s.State = drivers.StateHardwareError
	case drivers.ReasonLineNoise, drivers.ReasonProtocol, drivers.ReasonCardUnreadable:
		s.State = drivers.StateOffline
	default: // gone or silent
	}
	return s
}

// Reset implements drivers.Device: the security module starts anew, and the line is in step.
func (r *Reader) Reset(ctx context.Context) error {
	o, err := r.claim(ctx)
	if err != nil {
		return err
	}
	defer o.release()
	r.set(func(r *Reader) { r.dirty, r.card, r.warning = true, holdNothing, "" })
	if err := o.inStep(); err != nil && drivers.Fault(err).Reason != drivers.ReasonSAMFault {
		return err
	}
	f, err := o.exchange(cmdReset)
	if err != nil {
		return err
	}
	if f.sw[2] != swOK {
		return fault(cmdReset, f)
	}
	return o.status()
}
