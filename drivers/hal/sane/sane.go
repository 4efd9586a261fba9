// Package sane runs SANE's own command-line program as a child (扫描仪，SANE) and makes a drivers.Port of it: orders go in as records,
// pages and the program's last word come out. So every scanner that a Debian terminal knows is served without cgo, and a
// backend that crashes takes only its own process with it.
package sane

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/record"
)

// Letters of the records.
const (
	LetterOrder = 'O' // to the scanner: JSON of Order
	LetterPage  = 'P' // from it: one page as PNM; the channel is the low byte of the order's number
	LetterEnd   = 'E' // from it: JSON of End
	LetterStop  = 'X' // to the scanner: the order under way is given up
)

// Order is what the program is asked for (扫描任务).
type Order struct {
	Number  int      `json:"n"`                 // comes back with the end
	Look    bool     `json:"look,omitempty"`    // only see whether the scanner is there
	Feeder  bool     `json:"feeder,omitempty"`  // pages until the feeder is empty
	Most    int      `json:"most,omitempty"`    // of them at most
	Options []string `json:"options,omitempty"` // "--resolution=300"
}

// End is how it went.
type End struct {
	Number int    `json:"n"`
	Pages  int    `json:"pages"`
	Status int    `json:"status"`         // the program's exit code: a status of SANE, or 1
	Word   string `json:"word,omitempty"` // its last line of complaint
}

// Beginnings of the words with which the program says why it stops.
const (
	WordStart = "sane_start: "
	WordRead  = "sane_read: "
)

// Run is one running order. Page gives the next page, nil at the end; End waits for the end and tells it; Stop ends it, however it
// stands, and may be called from anywhere.
type Run interface {
	Page() ([]byte, error)
	End() End
	Stop()
}

// Host is where scanners are: the machine, or a fake in tests.
type Host interface {
	// Hold makes the caller the only one of our programs at a scanner; the returned function gives it back.
	Hold(device string) (func(), error)
	Start(device string, o Order) (Run, error)
}

// Why there is no scanner.
var (
	ErrNoSane = errors.New("this build reaches no SANE scanners: they are a matter of Unix systems")
	ErrHeld   = errors.New("another program holds the scanner")
	errPage   = fmt.Errorf("a page of more than %d bytes", record.MaxContent)
)

// Open opens a scanner by its SANE name, such as "epson2:net:192.168.8.30". Whether it is there is asked by the driver.
func Open(host Host, device string) (drivers.Port, error) {
	release, err := host.Hold(device)
	switch {
	case errors.Is(err, ErrHeld):
		return nil, &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: err.Error(), Cause: err}
	case err != nil:
		return nil, &drivers.Error{Code: drivers.CodeInternalError, Detail: err.Error(), Cause: err}
	}
	return &port{host: host, device: device, release: release, woken: make(chan struct{}, 1)}, nil
}

// port runs one order at a time; a new one ends the one before.
type port struct {
	host    Host
	device  string
	release func()
	woken   chan struct{}
	work    sync.WaitGroup

	mu     sync.Mutex
	cut    record.Cutter
	out    []byte
	run    Run
	turn   int // counts orders: what comes of an older one is dropped
	closed bool
}

var errClosed = errors.New("scanner is closed")

func gone() error {
	return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the line is gone", Cause: errClosed}
}

// Write implements drivers.Port.
func (p *port) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return 0, gone()
	}
	records, err := p.cut.Feed(b)
	if err != nil {
		return 0, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	for _, r := range records {
		p.end()
		if r.Letter == LetterStop {
			continue
		}
		var o Order
		if err := json.Unmarshal(r.Content, &o); err != nil || r.Letter != LetterOrder {
			return 0, &drivers.Error{Code: drivers.CodeInvalidData, Detail: "no order for a scanner", Cause: err}
		}
		if err := p.begin(o); err != nil {
			return 0, &drivers.Error{Code: drivers.CodeInternalError, Detail: "run the scanner's program: " + err.Error(), Cause: err}
		}
	}
	return len(b), nil
}

// end gives up what runs; mu is held.
func (p *port) end() {
	p.turn++
	if p.run != nil {
		p.run.Stop()
		p.run = nil
	}
}

func (p *port) begin(o Order) error {
	run, err := p.host.Start(p.device, o)
	if err != nil {
		return err
	}
	p.run = run
	turn := p.turn
	p.work.Add(1)
	go func() {
		defer p.work.Done()
		p.collect(run, turn, o)
	}()
	return nil
}

// collect takes the pages of one order, and ends with its end.
func (p *port) collect(run Run, turn int, o Order) {
	for {
		page, err := run.Page()
		if err != nil {
			run.Stop()
		}
		if err != nil || page == nil || !p.put(turn, record.Record{Letter: LetterPage, Channel: byte(o.Number), Content: page}) {
			break
		}
	}
	e := run.End()
	e.Number = o.Number
	b, err := json.Marshal(e)
	if err != nil {
		return
	}
	p.put(turn, record.Record{Letter: LetterEnd, Content: b})
}

// put adds a record, unless its order was given up.
func (p *port) put(turn int, r record.Record) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if turn != p.turn || p.closed {
		return false
	}
	p.out = r.Append(p.out)
	select {
	case p.woken <- struct{}{}:
	default:
	}
	return true
}

// Read implements drivers.Port.
func (p *port) Read(b []byte, timeout time.Duration) (int, error) {
	limit := after(timeout)
	for {
		p.mu.Lock()
		n, closed := copy(b, p.out), p.closed
		if p.out = p.out[n:]; len(p.out) == 0 {
			p.out = nil // a page is long: its memory goes at once
		}
		p.mu.Unlock()
		if closed {
			return 0, gone()
		}
		if n > 0 {
			return n, nil
		}
		select {
		case <-p.woken:
		case <-limit:
			return 0, nil
		}
	}
}

// Discard implements drivers.Port: what runs is given up. What has begun to be read stays, or the reader would take its rest for a head.
func (p *port) Discard() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	return nil
}

// Close implements drivers.Port.
func (p *port) Close() error {
	p.mu.Lock()
	was := p.closed
	p.closed = true
	p.end()
	p.mu.Unlock()
	if was {
		return nil
	}
	select {
	case p.woken <- struct{}{}:
	default:
	}
	p.work.Wait()
	p.release()
	return nil
}

func (p *port) String() string { return "sane:" + p.device }
