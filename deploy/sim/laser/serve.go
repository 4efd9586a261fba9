package laser

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"tongban/deploy/sim/clock"
	"tongban/deploy/sim/trace"
)

// Operations that the printer knows.
const (
	printJobOp = 0x0002
	validateOp = 0x0004
	cancelOp   = 0x0008
	jobOp      = 0x0009
	jobsOp     = 0x000A
	printerOp  = 0x000B
)

var opWords = map[uint16]string{printJobOp: "请打一件", validateOp: "这件能打吗", cancelOp: "不要了", jobOp: "这件怎样了", jobsOp: "有哪些件", printerOp: "打印机怎样"}

func (d *Device) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+Path, d.serve)
	return mux
}

func (d *Device) serve(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Content-Type") != "application/ipp" {
		http.Error(w, "want application/ipp", http.StatusUnsupportedMediaType)
		return
	}
	q, err := parse(r.Body)
	if err != nil {
		d.log.Add(Kind, trace.ToDevice, nil, trace.Bad, "看不懂")
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d.log.Add(Kind, trace.ToDevice, nil, "", opWords[q.op])
	if p, yes := d.faults.Strike("silent", ""); yes {
		clock.Sleep(r.Context(), time.Duration(p.Value)*time.Millisecond)
		panic(http.ErrAbortHandler)
	}
	if _, yes := d.faults.Strike("garbage", ""); yes {
		d.log.Add(Kind, trace.FromDevice, nil, trace.Bad, "回了乱码")
		w.Header().Set("Content-Type", "application/ipp")
		_, _ = io.WriteString(w, "\x01\x01\x00\x00\xff\xff\xff\xff\x47\x00 not a printer\x1b")
		return
	}
	a := d.answer(q)
	if _, yes := d.faults.On("lost-answer"); yes && q.op == printJobOp {
		if _, yes := d.faults.Strike("lost-answer", ""); yes {
			panic(http.ErrAbortHandler)
		}
	}
	w.Header().Set("Content-Type", "application/ipp")
	b := a.Bytes()
	if _, yes := d.faults.Strike("half", ""); yes {
		b = b[:len(b)/2]
		d.log.Add(Kind, trace.FromDevice, nil, trace.Bad, "回答只有一半")
	}
	_, _ = w.Write(b)
}

// answer carries out a request.
func (d *Device) answer(q question) *answer {
	if q.one("printer-uri") == "" || q.one("attributes-charset") != "utf-8" || q.one("attributes-natural-language") == "" {
		return d.say(q, 0x0400, "an operation attribute is missing")
	}
	switch q.op {
	case printerOp:
		return d.describe(q)
	case validateOp, printJobOp:
		return d.accept(q)
	case jobOp, cancelOp:
		return d.one(q)
	case jobsOp:
		return d.list(q)
	}
	return d.say(q, 0x0501, "operation not supported")
}

// say closes an answer that holds nothing but its status.
func (d *Device) say(q question, status uint16, text string) *answer {
	level := trace.Good
	if status >= 0x0100 {
		level = trace.Bad
	}
	d.log.Add(Kind, trace.FromDevice, nil, level, fmt.Sprintf("%04X %s", status, text))
	a := newAnswer(q, status, text)
	a.WriteByte(3)
	return a
}

func (d *Device) accept(q question) *answer {
	j := &printJob{name: q.one("job-name"), format: q.one("document-format"), copies: q.number("copies", 1), duplex: q.one("sides") == "two-sided-long-edge",
		media: q.one("media"), color: q.one("print-color-mode"), dpi: q.dpi()}
	switch {
	case !slices.Contains(d.cfg.Formats, j.format):
		return d.say(q, 0x040A, "document format not supported")
	case j.copies < 1 || j.copies > maxCopies:
		return d.say(q, 0x040B, "copies not supported")
	case j.duplex && d.cfg.NoDuplex:
		return d.say(q, 0x040B, "sides not supported")
	case j.media != "" && !slices.Contains(sizes, j.media), j.dpi != 0 && j.dpi != 600:
		return d.say(q, 0x040B, "attributes or values not supported")
	case q.op == validateOp:
		return d.say(q, 0, "")
	case !known(j.format, q.document):
		return d.say(q, 0x0411, "document cannot be read")
	}
	if _, yes := d.faults.Strike("refuse", ""); yes {
		return d.say(q, 0x0507, "printer is busy")
	}
	if err := d.take(j, q.document); err != nil {
		return d.say(q, 0x0500, err.Error())
	}
	a := newAnswer(q, 0, "")
	a.WriteByte(2)
	d.mu.Lock()
	d.tell(a, j)
	d.mu.Unlock()
	a.WriteByte(3)
	return a
}

var errNoJob = errors.New("no such job")

func (d *Device) job(id int) (*printJob, error) {
	for _, j := range d.jobs {
		if j.id == id {
			return j, nil
		}
	}
	return nil, errNoJob
}

func (d *Device) one(q question) *answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	j, err := d.job(q.number("job-id", 0))
	switch {
	case err != nil:
		return d.say(q, 0x0406, err.Error())
	case q.op == jobOp:
		a := newAnswer(q, 0, "")
		a.WriteByte(2)
		d.tell(a, j)
		a.WriteByte(3)
		return a
	case j.over():
		return d.say(q, 0x0404, "job is over")
	}
	j.canceled = true
	if d.halted() || j.state == pending { // nothing moves: it is off at once
		j.state = canceled
	}
	d.wake.Broadcast()
	return d.say(q, 0, "")
}

func (d *Device) list(q question) *answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := newAnswer(q, 0, "")
	left := q.number("limit", 1000)
	for _, j := range slices.Backward(d.jobs) {
		if j.over() != (q.one("which-jobs") == "completed") || left == 0 {
			continue
		}
		left--
		a.WriteByte(2)
		d.tell(a, j)
	}
	a.WriteByte(3)
	return a
}
