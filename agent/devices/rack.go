// Package devices keeps the terminal's devices open and healthy (外设管理): it opens each one, asks how it is, opens it again
// with growing pauses after a failure, and lends it to one user at a time. Above it nobody knows a port or a driver's name.
package devices

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"tongban/agent/clock"
	"tongban/drivers"
	"tongban/drivers/hal/tap"
)

// Times of the supervision.
const (
	healthEvery = 2 * time.Second        // between two questions to an idle device
	healthLimit = time.Second            // for one answer
	openLimit   = 5 * time.Second        // to open a device
	backoffMin  = 250 * time.Millisecond // first pause before opening again
	backoffMax  = 4 * time.Second        // longest: a re-plugged device works again within 10 s
	closeLimit  = time.Second
)

// Slot is one place of the terminal for a device.
type Slot struct {
	Kind drivers.Kind
	Name string // as in the status report, unique: idcard, receipt-2
	// For the technician: which profile says how it is served, and where it is plugged in ("" = nobody said).
	Profile, Port string
	Open          func(ctx context.Context) (drivers.Device, error)
	Gauge         *Gauge // of the paper, nil where nobody counts it

	// For who listens to the line (线路旁听); Line is nil where no bytes pass.
	Line   *tap.Line
	Redact func() drivers.Redactor
	Decode func(toDevice bool, frame []byte) string
}

// Status is the whole truth about one slot at one moment (设备状态).
type Status struct {
	drivers.Status
	Name  string
	Kind  drivers.Kind
	Info  drivers.Info
	InUse bool

	Profile, Port string
	Counters      Counters
	PaperLeft     *PaperLeft // nil where nobody counts it
}

// Counters are what happened to a slot since the program began (外设计数): a plug that is loose shows here first.
type Counters struct {
	Opened   int           // times it came
	Lost     int           // times it went
	Failures int           // uses that ended in an error of the device
	Since    time.Time     // of the present state
	Answer   time.Duration // its last answer to the question how it is
	Last     string        // the last error of a use or of opening, the driver's own words
}

// Rack is the set of slots. It is safe for concurrent use.
type Rack struct {
	slots  []*slot
	clock  clock.Clock
	log    *slog.Logger
	settle time.Duration // see Listen

	mu      sync.Mutex
	bell    []chan struct{}
	stirred chan struct{} // closed when something was plugged in or pulled out
}

// New makes a rack; Run brings it to life.
func New(slots []Slot, c clock.Clock, log *slog.Logger) *Rack {
	r := &Rack{clock: c, log: log, settle: settle, stirred: make(chan struct{})}
	for _, s := range slots {
		at := drivers.Status{State: drivers.StateStarting, At: c.Now()}
		r.slots = append(r.slots, &slot{Slot: s, rack: r, turn: make(chan struct{}, 1), broken: make(chan error, 1), status: at})
	}
	return r
}

// Run supervises all slots until ctx ends, then closes the devices.
func (r *Rack) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, s := range r.slots {
		wg.Go(func() { s.run(ctx) })
	}
	wg.Wait()
}

// Has reports whether the terminal has a place for this kind at all.
func (r *Rack) Has(k drivers.Kind) bool { return r.find(k) != nil }

// Status returns the state of the first slot of a kind; a terminal without one answers noDevice.
func (r *Rack) Status(k drivers.Kind) Status {
	if s := r.find(k); s != nil {
		return s.snapshot()
	}
	return Status{Kind: k, Status: drivers.Status{State: drivers.StateNoDevice, Code: drivers.CodeNoDevice, Detail: "this terminal has none"}}
}

// HasLine reports whether the line of a kind can be listened to.
func (r *Rack) HasLine(k drivers.Kind) bool {
	s := r.find(k)
	return s != nil && s.Line != nil
}

// Redacts reports whether the bytes of a kind's line can be shown, because its driver knows what on them is personal.
func (r *Rack) Redacts(k drivers.Kind) bool {
	s := r.find(k)
	return s != nil && s.Redact != nil
}

// Tap listens to the line of a kind; nil where no bytes pass. changed must not block.
func (r *Rack) Tap(k drivers.Kind, changed func()) *tap.Ear {
	if !r.HasLine(k) {
		return nil
	}
	s := r.find(k)
	return s.Line.Listen(tap.Options{Redact: s.Redact, Decode: s.Decode, Now: r.clock.Now, Changed: changed})
}

// All returns every slot.
func (r *Rack) All() []Status {
	out := make([]Status, len(r.slots))
	for i, s := range r.slots {
		out[i] = s.snapshot()
	}
	return out
}

// Watch returns a channel that rings after changes of any status; several changes may ring once.
func (r *Rack) Watch() <-chan struct{} {
	c := make(chan struct{}, 1)
	r.mu.Lock()
	r.bell = append(r.bell, c)
	r.mu.Unlock()
	return c
}

func (r *Rack) ring() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.bell {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (r *Rack) find(k drivers.Kind) *slot {
	for _, s := range r.slots {
		if s.Kind == k {
			return s
		}
	}
	return nil
}

// ErrBusy means that another user has the device.
var ErrBusy = errors.New("device is in use")
