package pjl

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"tongban/drivers"
	"tongban/drivers/laser/intake"
	"tongban/drivers/laser/render"
)

// sheet is what goes out at a time: one piece of paper, or a whole document where the printer makes the pages.
type sheet struct {
	data  [][]byte
	sides int // 0: nobody counted
}

// Print implements drivers.LaserPrinter.
func (p *Printer) Print(ctx context.Context, job drivers.PrintJob) (drivers.JobAccount, error) {
	none := drivers.JobAccount{Key: job.Key, State: drivers.JobNone, Impressions: -1, Sheets: -1}
	job.Copies = max(1, job.Copies)
	doc, err := intake.Read(job, p.caps, p.takes)
	if err != nil {
		return none, err
	}
	if p.cfg.language == languagePDF && !bytes.Contains(doc[max(0, len(doc)-1024):], []byte("%%EOF")) {
		return none, &drivers.Error{Code: drivers.CodeInvalidData, Detail: "document breaks off"} // nobody looks into it before it is on paper
	}
	mine, release, err := p.claim(ctx)
	if err != nil {
		return none, err
	}
	defer release()
	start, life := p.clk.now(), 0
	if !p.cfg.oneWay {
		if life, err = p.free(mine); err != nil {
			return none, err
		}
	}
	sheets, err := p.sheets(mine, job, doc)
	if err != nil {
		return none, err
	}
	if job.Begins != nil {
		if err := job.Begins(life); err != nil {
			return none, &drivers.Error{Code: drivers.CodeInternalError, Detail: "job could not be noted", Cause: err}
		}
	}
	acc, err := p.run(mine, job, sheets, life)
	acc.SentAs = p.caps.SendsPDF
	if err == nil {
		acc.Took = p.clk.now().Sub(start)
	}
	p.remember(acc)
	return acc, err
}

// free waits until the printer is done with what it had before: a page of an older job would be taken for one of this. It gives the
// count of all its sides.
func (p *Printer) free(ctx context.Context) (int, error) {
	start := p.clk.now()
	for {
		c, life, err := p.state(ctx, limitStatus, true)
		if err != nil {
			return 0, err
		}
		if e := c.blocked(); e != nil {
			return 0, e
		}
		if !c.busy() {
			return life, nil
		}
		if p.clk.now().Sub(start) > p.cfg.stall {
			return 0, &drivers.Error{Code: stands, Detail: "printer works for somebody else"}
		}
		p.pause(ctx, askEvery)
	}
}

// sheets makes of a document what goes out, every sheet of every copy: copies that the printer makes would not lie together.
func (p *Printer) sheets(ctx context.Context, job drivers.PrintJob, doc []byte) ([]sheet, error) {
	if p.cfg.language == languagePDF {
		return []sheet{{data: [][]byte{doc}, sides: job.Pages * job.Copies}}, nil
	}
	w := p.pcl(job.Duplex)
	s := w.Sheet
	pages, err := intake.Dots(ctx, doc, render.Order{DPI: s.DPI, Colour: s.Colour, Width: s.Width, Height: s.Height},
		func(_ int, bits []byte) ([]byte, error) { return w.Page(bits) })
	if err != nil {
		return nil, drivers.Fault(err)
	}
	sides := 1
	if job.Duplex {
		sides = 2
	}
	var out []sheet
	for range job.Copies {
		for at := 0; at < len(pages); at += sides {
			on := pages[at:min(at+sides, len(pages))]
			data := append([][]byte{w.Begin()}, on...)
			out = append(out, sheet{data: append(data, w.End()), sides: len(on)})
		}
	}
	return out, nil
}

// name is what the printer shows of a job: our mark and the key. A name has 80 letters; of a longer key its digest stands there.
func name(key string) string {
	const mark, most = "tongban-", 80
	if len(mark)+len(key) > most {
		sum := sha256.Sum256([]byte(key))
		key = hex.EncodeToString(sum[:])
	}
	return mark + key
}

// begin is what stands before the first sheet.
func (p *Printer) begin(job drivers.PrintJob) []byte {
	set := func(name string, value any) string { return fmt.Sprintf("SET %s=%v", name, value) }
	orders := []string{"USTATUS DEVICE=ON", "USTATUS JOB=ON", "USTATUS PAGE=ON", set("JOBID", "ON"),
		fmt.Sprintf("JOB NAME=%q DISPLAY=%q", name(job.Key), "TONGBAN"), set("PAPER", papers[p.cfg.media])}
	if p.cfg.tray != "" {
		orders = append(orders, set("MEDIASOURCE", p.cfg.tray))
	}
	if !p.fixedDPI {
		orders = append(orders, set("RESOLUTION", p.cfg.dpi))
	}
	if p.dropsJams { // a sheet that jammed would be printed again when nobody expects it
		orders = append(orders, set("JAMRECOVERY", "OFF"))
	}
	copies, duplex := 1, "OFF"
	if p.cfg.language == languagePDF {
		copies = job.Copies
	}
	if job.Duplex {
		duplex = "ON"
	}
	if orders = append(orders, set("COPIES", copies)); p.caps.Duplex {
		orders = append(orders, set("DUPLEX", duplex), set("BINDING", "LONGEDGE"))
	}
	if p.cfg.grey {
		orders = append(orders, set("RENDERMODE", "GRAYSCALE"))
	}
	return pjl(orders...)
}

// end is what stands behind the last one.
func end(job drivers.PrintJob) []byte {
	return pjl(fmt.Sprintf("EOJ NAME=%q", name(job.Key)))
}

// put sends one sheet.
func (p *Printer) put(ctx context.Context, s sheet) error {
	out := []byte(uel + "@PJL ENTER LANGUAGE=" + p.cfg.language + "\r\n")
	for _, d := range s.data {
		out = append(out, d...)
	}
	return p.line.send(ctx, p.cfg.stall, append(out, uel...))
}

// blind sends everything to a printer that tells nothing, and says so.
func (p *Printer) blind(ctx context.Context, acc drivers.JobAccount, job drivers.PrintJob, sheets []sheet) (drivers.JobAccount, error) {
	err := p.line.back(ctx, limitBack)
	if err != nil {
		return acc, err
	}
	if err = p.line.send(ctx, p.cfg.stall, p.begin(job)); err != nil {
		return acc, drivers.PrintUnknown("line was lost as the job began", err)
	}
	for _, s := range sheets {
		if err = p.put(ctx, s); err != nil {
			break
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), limitCancel)
	defer cancel()
	if eerr := p.line.send(last, limitCancel, end(job)); err == nil {
		err = eerr
	}
	if err != nil {
		return acc, drivers.PrintUnknown("not all of it was sent: "+drivers.Fault(err).Detail, err)
	}
	return acc, drivers.PrintUnknown("all of it was sent, and the printer tells nothing", nil)
}

// pace is how often the printer is asked.
func pace(since time.Duration) time.Duration {
	if since > eager {
		return askSlow
	}
	return askEvery
}
