package counter

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"tongban/drivers"
)

// Kinds of what the citizen's screen shows.
const (
	padIdle = "idle"
	padCode = "code"
	padShow = "show"
	padSign = "sign"
	padRate = "rate"
)

// view is what the citizen's screen shows at one moment.
type view struct {
	ID    int      `json:"id"` // an answer names the question it is for
	Kind  string   `json:"kind"`
	Title string   `json:"title,omitempty"`
	Text  string   `json:"text,omitempty"`
	Who   string   `json:"who,omitempty"`
	Lines []string `json:"lines,omitempty"`
	Code  string   `json:"code,omitempty"`
	Desk  string   `json:"desk,omitempty"`
	Name  string   `json:"name,omitempty"` // of the service
	Pad   bool     `json:"pad,omitempty"`  // there is a signature pad beside the screen to write on
}

// reply is what the citizen did.
type reply struct {
	Picture []byte // PNG of the signature
	Level   int
	Refused bool
}

// pad is the citizen's screen (签字屏). One question at a time; what was shown or written is gone with its end.
type pad struct {
	pairs *pairing

	mu      sync.Mutex
	id      int
	asking  *view // a question that waits
	showing *view // a text that stays until end
	replies chan reply
	stop    chan struct{} // closed by wipe
	bells   []chan struct{}
}

func newPad(p *pairing) *pad { return &pad{pairs: p} }

// now is what to show.
func (p *pad) now() view {
	code, show := p.pairs.shown()
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.asking != nil:
		return *p.asking
	case show:
		return view{ID: p.id, Kind: padCode, Code: code}
	case p.showing != nil:
		return *p.showing
	}
	return view{ID: p.id, Kind: padIdle}
}

// watch rings after changes, until stop. A screen that watches is open.
func (p *pad) watch() (bell <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bells = append(p.bells, c)
	return c, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.bells = slices.DeleteFunc(p.bells, func(b chan struct{}) bool { return b == c })
	}
}

func (p *pad) ring() {
	for _, b := range p.bells {
		select {
		case b <- struct{}{}:
		default:
		}
	}
}

// changed rings from outside, for a code that is to be shown.
func (p *pad) changed() { p.mu.Lock(); defer p.mu.Unlock(); p.ring() }

func (p *pad) state() (open bool, busy string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.asking != nil:
		busy = p.asking.Kind
	case p.showing != nil:
		busy = padShow
	}
	return len(p.bells) > 0, busy
}

// ask shows a question and waits for the citizen until ctx ends. begin, if any, is called once the question is the one that is asked, and
// what it returns when it is over.
func (p *pad) ask(ctx context.Context, v view, begin func(context.Context, view) (end func())) (reply, error) {
	p.mu.Lock()
	if len(p.bells) == 0 {
		p.mu.Unlock()
		return reply{}, problem(http.StatusServiceUnavailable, string(drivers.CodeNoDevice), "签字屏没有打开。看看第二块屏幕，或请群众在纸上签字")
	}
	if p.asking != nil {
		p.mu.Unlock()
		return reply{}, problem(http.StatusConflict, string(drivers.CodeDeviceNotReady), "签字屏上还有一件事没有做完")
	}
	p.id++
	v.ID = p.id
	replies, stop := make(chan reply, 1), make(chan struct{})
	p.asking, p.replies, p.stop = &v, replies, stop
	p.mu.Unlock()
	if begin != nil {
		defer begin(ctx, v)()
	}
	p.changed()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.asking == &v {
			p.asking, p.replies, p.stop = nil, nil, nil
			p.ring()
		}
	}()
	select {
	case a := <-replies:
		if a.Refused {
			return reply{}, problem(http.StatusUnprocessableEntity, string(drivers.CodeCanceled), "群众在签字屏上按了“先不”")
		}
		return a, nil
	case <-stop:
		return reply{}, problem(http.StatusConflict, string(drivers.CodeCanceled), "已经取消")
	case <-ctx.Done():
		return reply{}, problem(http.StatusRequestTimeout, string(drivers.CodeTimeOut), "群众还没有在签字屏上做完，可以再请一次")
	}
}

// say hands over what the citizen did with the question id; a question that is over takes nothing.
func (p *pad) say(id int, kind string, a reply) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asking == nil || p.asking.ID != id || !a.Refused && p.asking.Kind != kind {
		return false
	}
	select {
	case p.replies <- a:
		return true
	default:
		return false // answered already
	}
}

// show keeps a text on the screen.
func (p *pad) show(title string, lines []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.id++
	p.showing = &view{ID: p.id, Kind: padShow, Title: title, Lines: lines}
	p.ring()
}

// wipe takes everything away.
func (p *pad) wipe() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		close(p.stop)
	}
	p.asking, p.showing, p.replies, p.stop = nil, nil, nil, nil
	p.ring()
}

const padBeat = 5 * time.Second // the screen looks again by itself: a code comes and goes with time
