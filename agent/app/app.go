// Package app is what a citizen can do at the terminal (自助办理): one file per concern, behind agent/screen's calls. It holds
// the one visit, serialises every change to it, and tells the screen the whole truth after each.
package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"tongban/agent/clock"
	"tongban/agent/content"
	"tongban/agent/devices"
	"tongban/agent/diagnostics"
	"tongban/agent/journal"
	"tongban/agent/outbox"
	"tongban/agent/pen"
	"tongban/agent/screen"
	"tongban/agent/seal"
	"tongban/agent/session"
	"tongban/agent/slip"
	"tongban/agent/speech"
	"tongban/fleet/wire"
)

// Station is what enrolment told about this terminal (本机登记信息).
type Station struct {
	Code   string // K-01
	Number int    // in case numbers
	Place  string
	Label  string
	Public string // base of the links in QR codes
	Sealer *seal.Sealer
	Centre Asker
	Online func() (bool, time.Time)
}

// Asker asks the centre how cases stand.
type Asker interface {
	Progress(ctx context.Context, q wire.ProgressQuery) (wire.ProgressAnswer, error)
}

// Options of an App.
type Options struct {
	Folder    string // for the pictures of visits
	Model     screen.Terminal
	Service   string // 绵阳政务服务
	Times     session.Times
	SlipGrace time.Duration // how long the slip waits for the receipt, so that it can say 窗口已收到
	Box       *outbox.Box
	Journal   *journal.Book
	Content   *content.Cache
	Rack      *devices.Rack
	Printer   *slip.Renderer    // nil: no Chinese font, slips are not printed
	Desk      *diagnostics.Desk // nil: no technician comes
	Speech    speech.Engine     // nil: the terminal says nothing
	Volume    int               // with which a visit begins, 1 to 5; 0 is muted
	Clock     clock.Clock
	Log       *slog.Logger
	Tidy      func(ctx context.Context) error // after a wipe: empties the database's journal
}

// App is the terminal's use cases. It is safe for concurrent use.
type App struct {
	o     Options
	ctx   context.Context // of Run: ends everything that works in the background
	ready chan struct{}
	wg    sync.WaitGroup

	mu       sync.Mutex
	rev      int64
	station  *Station
	visit    *session.Visit // nil: attract
	block    *screen.Block
	waiting  int
	calls    *calls
	reader   readerState
	pen      *pen.Pen
	voice    *speech.Prompter
	camera   cameraState
	glass    bool // papers are laid on a scanner's glass, as last seen
	warned   int  // seconds of the countdown as last told
	working  bool // a submit or a capture is under way: nobody is thrown out meanwhile
	receipts map[string]chan struct{}
	bells    map[chan struct{}]struct{}
}

// New makes an app; Run brings it to life. Revisions start at the clock, so that they rise across restarts.
func New(o Options) *App {
	a := &App{
		pen: pen.New(o.Rack, o.Clock, o.Log), o: o, ready: make(chan struct{}), rev: o.Clock.Now().UnixMilli(), calls: newCalls(), reader: readerState{armed: true, wake: make(chan struct{}, 1)},
		receipts: map[string]chan struct{}{}, bells: map[chan struct{}]struct{}{},
	}
	a.voice = speech.New(o.Speech, o.Rack, o.Log, func() { a.mu.Lock(); defer a.mu.Unlock(); a.changed() })
	return a
}

// Run works until ctx ends, then wipes the visit: a terminal that is switched off keeps nobody's data.
func (a *App) Run(ctx context.Context) {
	a.ctx = ctx
	if err := session.SweepFolders(a.o.Folder); err != nil {
		a.o.Log.Error("visit folders cannot be swept", "err", err)
	}
	a.recover(ctx)
	close(a.ready)
	a.wg.Go(func() { a.readCards(ctx) })
	a.wg.Go(func() { a.watchDevices(ctx) })
	a.wg.Go(func() { a.watchDisk(ctx) })
	a.wg.Go(func() { a.watchIdle(ctx) })
	<-ctx.Done()
	a.wg.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wipe(context.WithoutCancel(ctx), "stopped")
}

// Enrolled gives the terminal its name; before that nobody can be served.
func (a *App) Enrolled(s Station) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.station = &s
	a.changed()
}

// background makes the context of work that outlives the call that began it and ends with the app.
func (a *App) background() (context.Context, context.CancelFunc) { return context.WithCancel(a.ctx) }

// Ready is closed when the app can be asked.
func (a *App) Ready() <-chan struct{} { return a.ready }

// Public is the base of the links that may stand in codes, empty before enrolment.
func (a *App) Public() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.station == nil {
		return ""
	}
	return a.station.Public
}

// changed tells the screens. Called with mu held.
func (a *App) changed() {
	a.rev++
	for b := range a.bells {
		select {
		case b <- struct{}{}:
		default: // it has not looked yet: one look shows both changes
		}
	}
}

// Touch tells the screens that something outside the visit changed: the network, the queue, the catalogue.
func (a *App) Touch() {
	n := a.countWaiting()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting = n
	a.changed()
}

func (a *App) countWaiting() int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	n, err := a.o.Box.Waiting(ctx)
	if err != nil {
		a.o.Log.Warn("queue cannot be counted", "err", err)
	}
	return n[wire.LaneCase]
}

// Watch returns a channel that rings after changes, and how to stop it.
func (a *App) Watch() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.bells[c] = struct{}{}
	return c, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.bells, c)
	}
}

// State is the whole truth that the page draws.
func (a *App) State() screen.State {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.view()
}

// with runs f on the visit that the page means, as one step: a stale page is told that its visit is over, an act that does
// not fit is refused, and a success is a touch and a change.
func (a *App) with(id string, act session.Act, f func(v *session.Visit) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	v := a.visit
	if v == nil || v.ID != id || v.State == session.Left {
		return errVisitOver
	}
	if _, err := session.Next(v.State, act); err != nil {
		return err
	}
	v.Touched = a.o.Clock.Now()
	if err := f(v); err != nil {
		a.changed() // the touch counts, and what f has noticed is shown
		return err
	}
	if err := v.Do(act); err != nil {
		return err
	}
	a.changed()
	return nil
}

// newID makes an id for visits, pages and slips.
func (a *App) newID() (string, error) { return seal.NewID(a.o.Clock.Now()) }
