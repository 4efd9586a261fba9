// Package counter lends the devices of a counter to the clerk's pages (窗口外设桥): it runs on the clerk's computer, keeps the
// devices as a terminal does, and answers the console in the browser of the same computer over loopback. It shows the
// citizen-facing screen for signature and rating. Nothing of a person is stored: what was read is answered and forgotten, and the
// journal of prints knows neither what was printed nor for whom.
package counter

import (
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/agent/journal"
	"tongban/agent/pen"
	"tongban/agent/web"
	"tongban/drivers"
)

// DefaultPort is where consoles look for the bridge; the centre's page policy lets them connect there and nowhere else.
const DefaultPort = 17653

// Options of one counter.
type Options struct {
	Desk     string   // what the citizen's screen calls the counter: B-12
	Consoles []string // origins of the console, https://host[:port]; no other page is answered
	Service  string   // on the citizen's screen
	Version  string
	Rack     *devices.Rack
	Journal  *journal.Book // of what is printed: keys and states
	Clock    clock.Clock
	Log      *slog.Logger
}

// Desk is one running counter.
type Desk struct {
	o     Options
	pairs *pairing
	pad   *pad
	pen   *pen.Pen
	hosts []string
	guard *web.Guard
	done  <-chan struct{}

	mu   sync.Mutex
	left map[drivers.Kind]string // see Settle
}

// New makes the bridge of a listener at addr; done ends its streams.
func New(o Options, addr net.Addr, done <-chan struct{}) *Desk {
	_, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		port = "0"
	}
	d := &Desk{
		o: o, pairs: newPairing(o.Clock), guard: web.NewGuard(addr), done: done, left: map[drivers.Kind]string{},
		hosts: []string{addr.String(), "127.0.0.1:" + port, "localhost:" + port},
	}
	d.pad = newPad(d.pairs)
	d.pen = pen.New(o.Rack, o.Clock, o.Log)
	return d
}

// PadURL opens the citizen's screen; it carries the key of this run.
func (d *Desk) PadURL() string { return d.guard.URL() }

// PadThere reports whether a signature pad could be written on now.
func (d *Desk) PadThere() bool { return d.pen.There() }

// Code is what a console must say to be paired; it is used up by that.
func (d *Desk) Code() string { code, _ := d.pairs.shown(); return code }

// Handler answers consoles below /api/v1/ and shows the citizen's screen elsewhere. The two have doors of their own: a page
// of the console cannot answer for the citizen, and the citizen's screen cannot read a card.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/v1/", d.consoles(d.calls()))
	mux.Handle("/", d.guard.Wrap(d.screen()))
	return mux
}

// Limits of one call.
const (
	takeLimit    = 2 * time.Second // for a device that somebody else has just now
	captureLimit = 8 * time.Second
	printLimit   = 3 * time.Minute
	longest      = 180 // seconds that a page may wait for a person
)
