package pjl

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/drivers"
)

// desk is a printer of a few lines: what is written to it is answered by a function.
type desk struct {
	mu     sync.Mutex
	out    []byte
	answer func(question string) string
	stuck  chan struct{} // not nil: it takes no more bytes until this is closed
}

func (d *desk) Read(b []byte, timeout time.Duration) (int, error) {
	d.mu.Lock()
	n := copy(b, d.out)
	d.out = d.out[n:]
	d.mu.Unlock()
	if n == 0 {
		time.Sleep(min(timeout, 5*time.Millisecond))
	}
	return n, nil
}

func (d *desk) Write(b []byte) (int, error) {
	if d.stuck != nil {
		<-d.stuck
		return 0, drivers.Fault(context.Canceled)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.out = append(d.out, d.answer(string(b))...)
	return len(b), nil
}

func (d *desk) Discard() error { return nil }
func (d *desk) Close() error   { return nil }
func (d *desk) String() string { return "desk" }

func echoed(question string) string {
	_, word, _ := strings.Cut(question, "@PJL ECHO ")
	word, _, _ = strings.Cut(word, "\r\n")
	return "@PJL ECHO " + word + "\r\n\f"
}

// An answer that comes too late is not taken for that of the next question.
func TestLateAnswer(t *testing.T) {
	late := ""
	d := &desk{}
	d.answer = func(q string) string {
		if late == "" {
			late = "@PJL INFO STATUS\r\nCODE=41203\r\nONLINE=FALSE\r\n\f" + echoed(q)
			return ""
		}
		return late + "@PJL USTATUS DEVICE\r\nCODE=10001\r\n\f@PJL INFO STATUS\r\nCODE=10001\r\nONLINE=TRUE\r\n\f" + echoed(q)
	}
	p := &Printer{line: newLine(d, wall), clk: wall}
	defer func() { _ = p.line.close() }()
	if _, _, err := p.state(t.Context(), 50*time.Millisecond, false); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeTimeOut {
		t.Fatalf("silence: %v", err)
	}
	c, _, err := p.state(t.Context(), 5*time.Second, false)
	if err != nil || c.blocked() != nil {
		t.Errorf("%+v %v", c, err)
	}
}

// A question that gets its echo and no answer is no state of the printer.
func TestNoAnswer(t *testing.T) {
	d := &desk{answer: func(q string) string { return "@PJL INFO STATUS\r\n?\r\n\f" + echoed(q) }}
	p := &Printer{line: newLine(d, wall), clk: wall}
	defer func() { _ = p.line.close() }()
	if _, _, err := p.state(t.Context(), 5*time.Second, false); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeLineError {
		t.Errorf("%v", err)
	}
}

// A printer that takes no more bytes holds nobody longer than the limit.
func TestStuckPrinter(t *testing.T) {
	d := &desk{stuck: make(chan struct{})}
	l := newLine(d, wall)
	defer close(d.stuck)
	defer func() { _ = l.close() }()
	start := time.Now()
	err := l.send(t.Context(), 50*time.Millisecond, []byte("x"))
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeTimeOut || time.Since(start) > 5*time.Second {
		t.Errorf("%v", err)
	}
}

// What is told of other people's jobs is left alone, and each way in which a job is given up is understood.
func TestEndsOfJobs(t *testing.T) {
	for text, want := range map[string]struct {
		over   bool
		result string
		total  int
		code   drivers.Code
	}{
		"START\r\nNAME=\"tongban-a\"":                       {false, "", -1, ""},
		"END\r\nNAME=\"tongban-b\"\r\nPAGES=9":              {false, "", -1, ""},
		"END\r\nNAME=\"tongban-a\"\r\nPAGES=3\r\nRESULT=OK": {true, "", 3, ""},
		"END\r\nNAME = \"tongban-a\"\r\nPAGES = 5":          {true, "", 5, ""},
		"END": {true, "", -1, ""},
		"END\r\nNAME=\"tongban-a\"\r\nPAGES=1\r\nRESULT=USER_CANCELED":     {true, "USER_CANCELED", 1, drivers.CodeHardwareError},
		"END\r\nNAME=\"tongban-a\"\r\nPAGES=0\r\nRESULT=RESOURCE_CANCELED": {true, "RESOURCE_CANCELED", 0, drivers.CodeDeviceNotReady},
		"CANCELED\r\nNAME=\"tongban-a\"":                                   {true, "CANCELED", -1, drivers.CodeHardwareError},
	} {
		m, _ := parse("@PJL USTATUS JOB\r\n" + text + "\r\n")
		w := watch{name: "tongban-a", total: -1}
		w.job(m, time.Now())
		if w.over != want.over || w.result != want.result || w.total != want.total {
			t.Errorf("%q: %+v", text, w)
		}
		if want.code != "" && (w.canceled().Code != want.code || w.canceled().Reason != drivers.ReasonNotPrinted) {
			t.Errorf("%q: %v", text, w.canceled())
		}
	}
}

// torn is a desk whose line is lost at one write, which the reader does not see.
type torn struct {
	*desk
	once sync.Once
}

func (d *torn) Write(b []byte) (n int, err error) {
	d.once.Do(func() {
		err = &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the line is gone"}
	})
	if err != nil {
		return 0, err
	}
	return d.desk.Write(b)
}

// A loss that only the writer saw counts as one: what is under way knows that the printer has forgotten it, and whoever asks next waits
// for the line.
func TestLossAtAWrite(t *testing.T) {
	l := newLine(&torn{desk: &desk{answer: echoed}}, wall)
	defer func() { _ = l.close() }()
	_, before := l.mark()
	if _, err := l.ask(t.Context(), time.Second, "INFO STATUS"); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("lost: %v", err)
	}
	if _, after := l.mark(); after != before+1 {
		t.Errorf("epoch %d after %d", after, before)
	}
	if _, err := l.ask(t.Context(), 5*time.Second, "INFO STATUS"); err != nil {
		t.Errorf("back: %v", err)
	}
}
