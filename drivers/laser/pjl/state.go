package pjl

import (
	"context"
	"strconv"
	"strings"
	"time"

	"tongban/drivers"
)

// state is the printer's condition, and the count of all its sides, 0 where it does not count.
func (p *Printer) state(ctx context.Context, limit time.Duration, count bool) (condition, int, error) {
	orders := []string{"INFO STATUS"}
	if count {
		orders = append(orders, "INFO PAGECOUNT")
	}
	got, err := p.line.ask(ctx, limit, orders...)
	if err != nil {
		return condition{}, 0, err
	}
	var c condition
	known, life := false, 0
	for _, m := range got {
		switch m.what {
		case "INFO STATUS":
			c, known = conditionOf(m, p.trays)
		case "INFO PAGECOUNT":
			life = lifeOf(m)
		}
	}
	if !known {
		return condition{}, 0, &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: "answer tells no state"}
	}
	return c, life, nil
}

// lifeOf reads PAGECOUNT=1200, and the bare number of older printers.
func lifeOf(m message) int {
	if n := m.number("PAGECOUNT"); n > 0 {
		return n
	}
	if len(m.lines) == 1 && !m.unknown() {
		if n, err := strconv.Atoi(strings.TrimSpace(m.lines[0])); err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// Status implements drivers.Device. Of a printer that tells nothing only the line is known.
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
	s := drivers.Status{State: drivers.StateOnline, Paper: drivers.SupplyUnknown, Toner: drivers.SupplyUnknown, Detail: "printer tells nothing"}
	if p.cfg.oneWay {
		err = p.line.back(claimed, limitBack)
	} else {
		var c condition
		if c, _, err = p.state(claimed, limitStatus, false); err == nil {
			s = c.status()
		}
	}
	if err != nil {
		e := drivers.Fault(err)
		s = drivers.Status{State: drivers.StateNoDevice, Code: e.Code, Detail: e.Detail}
		if e.Code == drivers.CodeLineError {
			s.State = drivers.StateOffline // something answers, but nobody understands it
		}
		err = e
	}
	s.At = p.clk.now()
	return s, err
}

// Supplies implements drivers.LaserPrinter. The language has no levels: it only tells that toner is low or out.
func (p *Printer) Supplies(ctx context.Context) ([]drivers.PrinterSupply, error) {
	ctx, release, err := p.claim(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if p.cfg.oneWay {
		return nil, nil
	}
	c, _, err := p.state(ctx, limitStatus, false)
	if err != nil {
		return nil, err
	}
	return []drivers.PrinterSupply{{Name: "toner", Type: "toner", Level: -1, State: c.status().Toner}}, nil
}

// Account implements drivers.LaserPrinter: of jobs of this program it knows the end; of others only what the printer counted.
func (p *Printer) Account(ctx context.Context, key string) (drivers.JobAccount, error) {
	acc := drivers.JobAccount{Key: key, State: drivers.JobNone, Impressions: -1, Sheets: -1}
	ctx, release, err := p.claim(ctx)
	if err != nil {
		return acc, err
	}
	defer release()
	for _, j := range p.jobs {
		if j.Key == key {
			acc = j
		}
	}
	if acc.State != drivers.JobNone || p.cfg.oneWay {
		return acc, nil
	}
	c, life, err := p.state(ctx, limitStatus, true)
	if err != nil {
		return acc, err
	}
	acc.Life = life
	switch {
	case c.blocked() != nil: // what it has may come out when somebody has been there
		acc.State = drivers.JobStopped
	case c.busy():
		acc.State = drivers.JobProcessing
	}
	return acc, nil
}

// remember keeps what became of a job.
func (p *Printer) remember(acc drivers.JobAccount) {
	const most = 64
	if p.jobs = append(p.jobs, acc); len(p.jobs) > most {
		p.jobs = p.jobs[len(p.jobs)-most:]
	}
}

// Reset implements drivers.Device: what a crashed program left half sent is ended. A sheet that the printer has wholly got comes out.
func (p *Printer) Reset(ctx context.Context) error {
	ctx, release, err := p.claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := p.line.back(ctx, limitReset); err != nil {
		return err
	}
	if err := p.line.send(ctx, limitGreet, []byte(flood)); err != nil || p.cfg.oneWay {
		return err
	}
	_, err = p.line.ask(ctx, limitGreet, "EOJ", "USTATUSOFF")
	return err
}
