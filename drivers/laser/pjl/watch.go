package pjl

import (
	"fmt"
	"strings"
	"time"

	"tongban/drivers"
)

// watch is what is known of the job under way.
type watch struct {
	at, epoch int // place in what was heard, and the line it was agreed on
	name      string

	pages  int // that the printer told one by one
	before int // sides of its life before the job, 0: it does not count
	life   int
	over   bool   // it told the end
	result string // and how, "" is well
	total  int    // and how many, -1: it did not say
	id     int

	heard   time.Time // last answer
	moved   time.Time // last count
	rest    time.Time // since when it is at rest, zero: it is not
	blocked time.Time // since when a reason stands
	why     *drivers.Error
	unheard *drivers.Error
}

// count is how many sides came out, as the printer says; -1: it says nothing.
func (w *watch) count() int {
	switch {
	case w.total >= 0:
		return w.total
	case w.pages > 0:
		return w.pages
	case w.before > 0:
		return w.life - w.before
	}
	return -1
}

// listen takes in what the printer said without being asked; moved: something came out, or ended.
func (p *Printer) listen(w *watch) {
	var msgs []message
	msgs, w.at = p.line.since(w.at)
	now := p.clk.now()
	for _, m := range msgs {
		switch m.what {
		case "USTATUS PAGE":
			if n, ok := single(m); ok && n > w.pages {
				w.pages, w.moved = n, now
			}
		case "USTATUS DEVICE":
			if c, ok := conditionOf(m, p.trays); ok {
				w.note(c, now)
			}
		case "USTATUS JOB":
			w.job(m, now)
		}
	}
}

// single reads a message of one number.
func single(m message) (n int, ok bool) {
	if len(m.lines) == 0 {
		return 0, false
	}
	_, err := fmt.Sscan(m.lines[0], &n)
	return n, err == nil && n > 0
}

// job reads what is told of jobs; those of others are left alone.
func (w *watch) job(m message, now time.Time) {
	if len(m.lines) == 0 || m.value("NAME") != "" && m.value("NAME") != w.name {
		return
	}
	if id := m.number("ID"); id > 0 {
		w.id = id
	}
	word := strings.TrimSpace(m.lines[0])
	if word != "END" && word != "CANCELED" {
		return
	}
	w.over, w.moved, w.total, w.result = true, now, m.number("PAGES"), m.value("RESULT")
	if w.result == "OK" {
		w.result = ""
	}
	if word == "CANCELED" && w.result == "" {
		w.result = word
	}
}

// note takes in a condition.
func (w *watch) note(c condition, now time.Time) {
	w.heard, w.unheard = now, nil
	if w.why = c.blocked(); w.why == nil {
		w.blocked = time.Time{}
	} else if w.blocked.IsZero() {
		w.blocked = now
	}
	switch {
	case w.why != nil || c.busy():
		w.rest = time.Time{}
	case w.rest.IsZero():
		w.rest = now
	}
}

// canceled is a job that the printer gave up; nothing of it is left there.
func (w *watch) canceled() *drivers.Error {
	e := &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonNotPrinted, Detail: "printer gave the job up", Raw: w.result}
	if w.result == "RESOURCE_CANCELED" {
		e.Code, e.Detail = stands, "printer does not take the job"
	}
	return e
}
