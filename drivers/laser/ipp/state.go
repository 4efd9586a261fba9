package ipp

import (
	"context"
	"time"

	"tongban/drivers"
)

// condition asks the printer how it is.
func (p *Printer) condition(ctx context.Context, limit time.Duration) (condition, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	a, err := p.web.do(ctx, p.web.request(opPrinter, keywords("requested-attributes", stateWords...)), nil)
	if err != nil {
		return condition{}, err
	}
	return conditionOf(a.group(tagPrinter)), nil
}

// Status implements drivers.Device. When the printer cannot be asked, the state says so and the error says why.
func (p *Printer) Status(ctx context.Context) (drivers.Status, error) {
	claimed, release, err := p.claim(ctx)
	if err != nil {
		now := p.clk.now()
		if drivers.Fault(err).Code == drivers.CodeDeviceNotReady {
			return drivers.Status{State: drivers.StateBusy, At: now}, nil
		}
		return drivers.Status{State: drivers.StateNoDevice, Code: drivers.CodeNoDevice, Detail: "closed", At: now}, err
	}
	defer release()
	c, err := p.condition(claimed, limitStatus)
	if err != nil {
		e := drivers.Fault(err)
		out := drivers.Status{State: drivers.StateNoDevice, Code: e.Code, Detail: e.Detail, At: p.clk.now()}
		if e.Reason == drivers.ReasonProtocol {
			out.State = drivers.StateOffline // something answers, but nobody understands it
		}
		return out, e
	}
	s := c.status()
	s.At = p.clk.now()
	return s, nil
}

// Supplies implements drivers.LaserPrinter.
func (p *Printer) Supplies(ctx context.Context) ([]drivers.PrinterSupply, error) {
	ctx, release, err := p.claim(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	c, err := p.condition(ctx, limitStatus)
	return c.supplies, err
}

// Reset implements drivers.Device: takes back the jobs that a crashed program of ours left behind, and no others.
func (p *Printer) Reset(ctx context.Context) error {
	ctx, release, err := p.claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limitOpen)
	defer cancel()
	list, err := p.jobs(ctx, "not-completed")
	if err != nil {
		return err
	}
	for _, j := range list {
		if j.Key == "" || j.State.Over() {
			continue
		}
		if err := p.cancel(ctx, j.ID); err != nil && !was(err, statusNotPossible) && !was(err, statusNotFound) {
			return err
		}
	}
	return nil
}
