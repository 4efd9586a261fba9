package main

import (
	"context"
	"time"

	"tongban/drivers"
)

// condition is the answer of health.
type condition struct {
	Level  drivers.Health `json:"level"`
	Info   drivers.Info   `json:"info"`
	Status drivers.Status `json:"status"`
	Ready  bool           `json:"ready"`
}

// health opens a device and asks how it is: the internal level of a check; print, capture and read are the deeper ones. A device that answers but cannot serve is a result with exit code 1.
func (t *tool) health(args []string) error {
	o := newOptions("health").device(8 * time.Second)
	reset := o.set.Bool("reset", false, "bring the device back to a known state first")
	if err := o.parse(args); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(t.ctx, o.timeout)
	defer cancel()
	dev, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer done()
	if *reset {
		if err := dev.Reset(ctx); err != nil {
			return err
		}
	}
	s, err := dev.Status(ctx)
	if err != nil {
		return err
	}
	if err := t.print1(condition{drivers.HealthInternal, dev.Info(), s, s.Ready()}); err != nil || s.Ready() {
		return err
	}
	return &result{&drivers.Error{Code: drivers.CodeDeviceNotReady, Reason: notReady(s), Detail: "device answers but cannot serve"}}
}

func notReady(s drivers.Status) drivers.Reason {
	switch {
	case s.Paper == drivers.SupplyOut:
		return drivers.ReasonPaperOut
	case s.Paper == drivers.SupplyJammed:
		return drivers.ReasonPaperJam
	case s.Toner == drivers.SupplyOut:
		return drivers.ReasonTonerOut
	case s.Cover == "open":
		return drivers.ReasonCoverOpen
	}
	return ""
}
