package ipp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"tongban/drivers"
)

// maxDocument bounds a document; a certificate is some hundred kilobytes.
const maxDocument = 64 << 20

// Print implements drivers.LaserPrinter.
func (p *Printer) Print(ctx context.Context, job drivers.PrintJob) (drivers.JobAccount, error) {
	none := drivers.JobAccount{Key: job.Key, State: drivers.JobNone, Impressions: -1, Sheets: -1}
	job.Copies = max(1, job.Copies)
	doc, err := p.check(job)
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

// check looks at what can be said of a job without the printer, and reads the document: one that ends in an error must
// not come out by half.
func (p *Printer) check(job drivers.PrintJob) ([]byte, error) {
	bad := func(format string, args ...any) error {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf(format, args...)}
	}
	const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:"
	switch {
	case job.Key == "" || len(job.Key) > 120 || strings.Trim(job.Key, letters) != "":
		return nil, bad("key is not 1 to 120 plain letters and digits")
	case job.Document == nil:
		return nil, bad("no document")
	case job.Copies > p.caps.MaxCopies:
		return nil, bad("%d copies, the printer makes %d at most", job.Copies, p.caps.MaxCopies)
	case job.Pages < 0:
		return nil, bad("%d pages", job.Pages)
	case job.Duplex && !p.caps.Duplex:
		return nil, &drivers.Error{Code: drivers.CodeUnsupported, Detail: "printer has no duplex unit"}
	}
	if err := p.takes(job.Format); err != nil {
		return nil, err
	}
	doc, err := io.ReadAll(io.LimitReader(job.Document, maxDocument+1))
	switch {
	case err != nil:
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: "read document", Cause: err}
	case len(doc) > maxDocument:
		return nil, bad("document of more than %d bytes", maxDocument)
	case !magic(job.Format, doc):
		return nil, bad("document is not what its format says")
	}
	return doc, nil
}

// magic looks at the first bytes: some printers print a document that they do not know as pages of text.
func magic(format string, doc []byte) bool {
	switch format {
	case drivers.FormatPDF:
		return bytes.HasPrefix(doc, []byte("%PDF-"))
	case drivers.FormatJPEG:
		return bytes.HasPrefix(doc, []byte{0xFF, 0xD8, 0xFF})
	case drivers.FormatPWG:
		return bytes.HasPrefix(doc, []byte("RaS2"))
	case drivers.FormatURF:
		return bytes.HasPrefix(doc, []byte("UNIRAST\x00"))
	}
	return len(doc) > 0
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
