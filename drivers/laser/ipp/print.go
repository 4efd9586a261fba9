package ipp

import (
	"context"
	"time"

	"tongban/drivers"
	"tongban/drivers/laser/intake"
)

// Print implements drivers.LaserPrinter.
func (p *Printer) Print(ctx context.Context, job drivers.PrintJob) (drivers.JobAccount, error) {
	none := drivers.JobAccount{Key: job.Key, State: drivers.JobNone, Impressions: -1, Sheets: -1}
	job.Copies = max(1, job.Copies)
	doc, err := intake.Read(job, p.caps, p.takes)
	if err != nil {
		return none, err
	}
	mine, release, err := p.claim(ctx)
	if err != nil {
		return none, err
	}
	defer release()
	start := p.clk.now()
	c, err := p.condition(mine, limitStatus)
	if err != nil {
		return none, err
	}
	if e := c.blocked(); e != nil {
		return none, e
	}
	if job, doc, err = p.convert(mine, job, doc); err != nil {
		return none, err
	}
	acc, err := p.send(mine, job, doc)
	acc.SentAs = job.Format
	if err != nil {
		return acc, err
	}
	acc, err = p.follow(mine, acc, job)
	acc.SentAs = job.Format
	if err == nil {
		acc.Took = p.clk.now().Sub(start)
	}
	return acc, err
}

// send gives the document to the printer. When its answer is lost, the printer is asked by the key whether it has the job.
func (p *Printer) send(ctx context.Context, job drivers.PrintJob, doc []byte) (drivers.JobAccount, error) {
	none := drivers.JobAccount{Key: job.Key, State: drivers.JobNone, Impressions: -1, Sheets: -1}
	limit, cancel := context.WithTimeout(ctx, limitTake+time.Duration(len(doc)>>20)*limitMega)
	a, err := p.web.do(limit, p.order(job), doc)
	cancel()
	if err == nil {
		acc := p.account(a.group(tagJob))
		acc.Key = job.Key
		if acc.ID > 0 {
			return acc, nil
		}
		err = noise("printer took the document and named no job", nil)
	}
	e := drivers.Fault(err)
	if e.Raw != "" || e.Code == drivers.CodeNoDevice {
		return none, e // it said no, or nothing listens there
	}
	// The caller may be gone by now; what the printer has must be known all the same.
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), limitCancel)
	defer cancel()
	acc, ferr := p.find(look, job.Key)
	switch {
	case ferr != nil:
		return none, drivers.PrintUnknown("answer to the document lost, then "+drivers.Fault(ferr).Detail, e)
	case acc.State == drivers.JobNone:
		e.Detail += ", printer has no such job"
		return none, e
	}
	return acc, nil
}
