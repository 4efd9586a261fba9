package ipp

import (
	"context"
	"slices"
	"strings"

	"tongban/drivers"
)

// The printer keeps our key as the name of the job, with a mark, so that a job of ours is found again after a crash and
// one of somebody else is left alone.
const mark = "tongban-"

const sidesBoth = "two-sided-long-edge"

var jobWords = []string{"job-id", "job-name", "job-state", "job-state-reasons", "job-impressions-completed", "job-media-sheets-completed"}

// asked is the operation attributes that say who asks and for what.
func asked() attribute { return text(tagName, "requesting-user-name", "tongban") }

// order is the request that a document follows.
func (p *Printer) order(j drivers.PrintJob) message {
	m := p.web.request(opPrintJob, asked(), text(tagName, "job-name", mark+j.Key), text(tagMime, "document-format", j.Format))
	g := group{tag: tagJob}
	if j.Copies > 1 {
		g.attrs = append(g.attrs, number(tagInteger, "copies", j.Copies))
	}
	sides := "one-sided"
	if j.Duplex {
		sides = sidesBoth
	}
	if j.Duplex || p.caps.Duplex {
		g.attrs = append(g.attrs, keywords("sides", sides))
	}
	if p.cfg.media != "" {
		g.attrs = append(g.attrs, keywords("media", p.cfg.media))
	}
	if p.cfg.color != "" {
		g.attrs = append(g.attrs, keywords("print-color-mode", p.cfg.color))
	}
	dpi := p.cfg.dpi
	if p.way.sheet.DPI > 0 && j.Format == p.way.format {
		dpi = p.way.sheet.DPI // the pages were made so
	}
	if slices.Contains(p.caps.DPI, dpi) {
		g.attrs = append(g.attrs, resolution("printer-resolution", dpi))
	}
	if len(g.attrs) > 0 {
		m.groups = append(m.groups, g)
	}
	return m
}

// account reads one job of this printer. What a spooler counts is not believed.
func (p *Printer) account(g group) drivers.JobAccount {
	a := account(g)
	if p.cfg.blind {
		a.Impressions, a.Sheets = -1, -1
	}
	return a
}

// account reads one job; Key is empty when the job is not ours.
func account(g group) drivers.JobAccount {
	a := drivers.JobAccount{ID: g.number("job-id", 0), State: stateOf(g.number("job-state", 0)),
		Impressions: g.number("job-impressions-completed", -1), Sheets: g.number("job-media-sheets-completed", -1)}
	if k, ok := strings.CutPrefix(g.word("job-name"), mark); ok {
		a.Key = k
	}
	if a.State == drivers.JobCompleted { // done without a page: the reference printer of the PWG, and others, do not count
		if a.Impressions == 0 {
			a.Impressions = -1
		}
		if a.Sheets == 0 {
			a.Sheets = -1
		}
	}
	return a
}

func stateOf(n int) drivers.JobState {
	states := map[int]drivers.JobState{3: drivers.JobPending, 4: drivers.JobHeld, 5: drivers.JobProcessing, 6: drivers.JobStopped,
		7: drivers.JobCanceled, 8: drivers.JobAborted, 9: drivers.JobCompleted}
	if s, ok := states[n]; ok {
		return s
	}
	return drivers.JobNone
}

// ask reads one job by its number.
func (p *Printer) ask(ctx context.Context, id int) (drivers.JobAccount, group, error) {
	ctx, cancel := context.WithTimeout(ctx, limitAsk)
	defer cancel()
	a, err := p.web.do(ctx, p.web.request(opJob, number(tagInteger, "job-id", id), asked(), keywords("requested-attributes", jobWords...)), nil)
	if err != nil {
		return drivers.JobAccount{}, group{}, err
	}
	g := a.group(tagJob)
	if got := p.account(g); got.State != drivers.JobNone {
		got.ID = id
		return got, g, nil
	}
	return drivers.JobAccount{}, group{}, noise("answer tells no state of the job", nil)
}

func (p *Printer) jobs(ctx context.Context, which string) ([]drivers.JobAccount, error) {
	a, err := p.web.do(ctx, p.web.request(opJobs, asked(), number(tagInteger, "limit", 200), keywords("which-jobs", which),
		keywords("requested-attributes", jobWords...)), nil)
	if err != nil {
		return nil, err
	}
	var out []drivers.JobAccount
	for _, g := range a.groups {
		if g.tag == tagJob {
			out = append(out, p.account(g))
		}
	}
	return out, nil
}

func (p *Printer) cancel(ctx context.Context, id int) error {
	_, err := p.web.do(ctx, p.web.request(opCancelJob, number(tagInteger, "job-id", id), asked()), nil)
	return err
}

// find looks for a job by its key, the newest first: those under way, then those that are over.
func (p *Printer) find(ctx context.Context, key string) (drivers.JobAccount, error) {
	best := drivers.JobAccount{Key: key, State: drivers.JobNone, Impressions: -1, Sheets: -1}
	for _, which := range []string{"not-completed", "completed"} {
		list, err := p.jobs(ctx, which)
		if err != nil {
			return best, err
		}
		for _, j := range list {
			if j.Key == key && j.ID > best.ID {
				best = j
			}
		}
		if best.ID > 0 {
			return best, nil
		}
	}
	return best, nil
}

// Account implements drivers.LaserPrinter.
func (p *Printer) Account(ctx context.Context, key string) (drivers.JobAccount, error) {
	ctx, release, err := p.claim(ctx)
	if err != nil {
		return drivers.JobAccount{}, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limitOpen)
	defer cancel()
	return p.find(ctx, key)
}
