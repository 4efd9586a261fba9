package httpx

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/errs"
)

// Limits bound what callers may take (限流). The zero value bounds nothing; a program that listens takes DefaultLimits.
//
// Buckets and counts are of this copy: behind a proxy that spreads evenly over n copies a caller gets up to n times the
// rate. What must hold over all copies is counted in the database: failed sign-ins, puzzles, quotas of other systems.
type Limits struct {
	Address Rate // of one address, whatever it asks; a whole office may stand behind one
	Public  Rate // of one address among the operations that nobody signs in for
	Read    Rate // of one person signed in
	Write   Rate // of one person signed in, unsafe methods
	Machine Rate // of one terminal, which sends a day's work at once after an outage

	InFlight int     // requests at once in this copy
	Share    float64 // most of InFlight that one caller may hold
	Streams  int     // event streams that one caller may hold open

	Conns  int           // connections that one address may hold
	Header time.Duration // for a client to send its headers
}

// Rate is a token bucket: so many per second, so many at once.
type Rate struct{ PerSecond, Burst float64 }

// DefaultLimits are for a hall's office behind one address and machines like ours; scale multiplies the rates, 0 turns
// all limits off.
func DefaultLimits(scale float64) Limits {
	if scale <= 0 {
		return Limits{}
	}
	r := func(perSecond, burst float64) Rate { return Rate{perSecond * scale, burst * scale} }
	return Limits{
		Address: r(200, 1000), Public: r(20, 100), Read: r(40, 200), Write: r(15, 60), Machine: r(100, 400),
		InFlight: 768, Share: 0.2, Streams: 12, Conns: 512, Header: 5 * time.Second,
	}
}

var (
	errRate  = errs.E(errs.TooMany, "request.rate", "操作太频繁，请稍等几秒再试", nil)
	errShare = errs.E(errs.TooMany, "request.share", "同时进行的操作太多，请等前面的完成再试", nil)
	errBusy  = errs.E(errs.Unavailable, "server.busy", "现在使用的人太多，请稍后再试", nil)
)

// fullness is how full this copy may be for a caller to be let in: the public steps back before terminals, and they before
// the staff, who serve people that are already standing there.
var fullness = map[string]float64{"public": 0.6, "citizen": 0.7, "open": 0.6, "kiosk": 0.85}

// limiter is the state of the limits of one copy.
type limiter struct {
	Limits
	address, public, read, write, machine *buckets

	mu      sync.Mutex
	total   int
	holders map[string]int
	streams map[string]int

	listening atomic.Int64 // streams open
}

func newLimiter(l Limits) *limiter {
	return &limiter{
		Limits: l, address: newBuckets(l.Address), public: newBuckets(l.Public), read: newBuckets(l.Read), write: newBuckets(l.Write), machine: newBuckets(l.Machine),
		holders: map[string]int{}, streams: map[string]int{},
	}
}

type seatKey struct{}

// seat is a request's place among those in flight; an event stream gives it back and takes one among the streams.
type seat struct {
	once  sync.Once
	leave func()
}

func (s *seat) free() { s.once.Do(s.leave) }

// limit is the first look at every request: address, seats, address line.
func (s *Server) limit(c *gin.Context) {
	r := c.Request
	if len(r.RequestURI) > maxURI {
		s.fail(c.Writer, r, problemOf(http.StatusRequestURITooLong, "request.uri_too_long", "地址太长，请减少查询条件"))
		c.Abort()
		return
	}
	if !readable(r.URL.Path) || !readable(unescaped(r.URL.RawQuery)) {
		s.fail(c.Writer, r, problemOf(http.StatusBadRequest, "request.malformed", "地址里有读不懂的字符，请刷新页面后再试"))
		c.Abort()
		return
	}
	if s.limits.InFlight == 0 {
		c.Next()
		return
	}
	source, audience := actor.OriginFrom(r.Context()).Source, audienceOf(r.URL.Path)
	if !s.local(source) && !s.limits.address.take(source) {
		s.turnAway(c, errRate)
		return
	}
	seat, err := s.limits.enter(source, audience, s.local(source))
	if err != nil {
		s.turnAway(c, err)
		return
	}
	defer seat.free()
	c.Request = r.WithContext(context.WithValue(r.Context(), seatKey{}, seat))
	c.Next()
}

// readable reports whether a text can be kept: PostgreSQL takes neither broken UTF-8 nor NUL, and no person types them.
func readable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

func unescaped(query string) string {
	text, err := url.QueryUnescape(query)
	if err != nil {
		return query // the decoder refuses it with better words
	}
	return text
}

// maxURI is the longest path with its query.
const maxURI = 4 << 10

func (s *Server) turnAway(c *gin.Context, err error) {
	s.refusals.Inc(errs.CodeOf(err))
	s.fail(c.Writer, c.Request, s.public(c.Request.Context(), "limit", err))
	c.Abort()
}

// spend takes one token of whoever was admitted: a person, a terminal, another system, or else an address.
func (s *Server) spend(ctx context.Context, method string) error {
	if s.limits.InFlight == 0 {
		return nil
	}
	who := auth.Who(ctx)
	source := actor.OriginFrom(ctx).Source
	ok := true
	switch {
	case !who.Known() && s.local(source):
	case !who.Known():
		ok = s.limits.public.take(source)
	case who.Kind == actor.Consumer: // has its quota, over all copies
	case who.Kind == actor.Terminal:
		ok = s.limits.machine.take(who.String())
	case unsafe(method):
		ok = s.limits.write.take(who.String())
	default:
		ok = s.limits.read.take(who.String())
	}
	if !ok {
		s.refusals.Inc("request.rate")
		return errRate
	}
	return nil
}

// local reports whether a caller is this machine itself: its own tools, or a proxy beside us that nobody told us to trust.
func (s *Server) local(source string) bool {
	a, err := netip.ParseAddr(source)
	return err == nil && a.Unmap().IsLoopback()
}

// enter takes a seat. One caller holds at most its share, and who comes when it is full waits elsewhere: a queue in here
// would only make everybody slow.
func (l *limiter) enter(source, audience string, local bool) (*seat, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	full := 1.0
	if f, ok := fullness[audience]; ok {
		full = f
	}
	switch {
	case float64(l.total) >= full*float64(l.InFlight):
		return nil, errBusy
	case !local && float64(l.holders[source]) >= max(1, l.Share*float64(l.InFlight)):
		return nil, errShare
	}
	l.total++
	l.holders[source]++
	return &seat{leave: func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.total--
		if l.holders[source]--; l.holders[source] <= 0 {
			delete(l.holders, source)
		}
	}}, nil
}

// stream moves a request from the seats to the streams, which wait and do not work.
func (l *limiter) stream(ctx context.Context) (leave func(), err error) {
	if l.InFlight == 0 {
		return func() {}, nil
	}
	who := auth.Who(ctx).String() + "@" + actor.OriginFrom(ctx).Source
	l.mu.Lock()
	if l.streams[who] >= l.Streams {
		l.mu.Unlock()
		return nil, errShare
	}
	l.streams[who]++
	l.mu.Unlock()
	l.listening.Add(1)
	if s, ok := ctx.Value(seatKey{}).(*seat); ok {
		s.free()
	}
	return func() {
		l.listening.Add(-1)
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.streams[who]--; l.streams[who] <= 0 {
			delete(l.streams, who)
		}
	}, nil
}

// audienceOf is the audience that a path belongs to; "" for pages.
func audienceOf(path string) string {
	rest, ok := strings.CutPrefix(path, "/api/")
	if !ok {
		return ""
	}
	audience, _, _ := strings.Cut(rest, "/")
	return audience
}

// buckets are token buckets by caller.
type buckets struct {
	rate Rate
	mu   sync.Mutex
	m    map[string]*tokens
}

type tokens struct {
	left   float64
	filled time.Time
}

// most callers that are remembered; then those whose bucket is full again are forgotten.
const mostCallers = 50_000

func newBuckets(r Rate) *buckets { return &buckets{rate: r, m: map[string]*tokens{}} }

// take takes one token by the machine's clock: a test that stopped the centre's clock must not stop its callers.
func (b *buckets) take(who string) bool { return b.takeAt(who, clock.System().Now()) }

func (b *buckets) takeAt(who string, now time.Time) bool {
	if b.rate.PerSecond == 0 {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t, known := b.m[who]
	if !known {
		if len(b.m) >= mostCallers {
			b.forget(now)
		}
		t = &tokens{left: b.rate.Burst, filled: now}
		b.m[who] = t
	}
	t.left = min(b.rate.Burst, t.left+max(0, now.Sub(t.filled).Seconds())*b.rate.PerSecond)
	t.filled = now
	if t.left < 1 {
		return false
	}
	t.left--
	return true
}

// forget drops whoever has not asked for long enough to have a full bucket, and everybody should that not help: losing the
// counts of an attack with 50,000 addresses costs less than the memory of all of them.
func (b *buckets) forget(now time.Time) {
	for who, t := range b.m {
		if t.left+now.Sub(t.filled).Seconds()*b.rate.PerSecond >= b.rate.Burst {
			delete(b.m, who)
		}
	}
	if len(b.m) >= mostCallers {
		clear(b.m)
	}
}

// unreadable is made anew each time: the answer gets the number of its request.
func unreadable() error {
	return problemOf(http.StatusBadRequest, "request.malformed", "请求的内容读不懂，请刷新页面后再试")
}

var errDepth = errors.New("JSON is nested too deeply or has too many values")

// checkJSON walks the text once and bounds nesting and number of values, before anything is built from it. What is not
// JSON is left to the decoder to refuse.
func checkJSON(text []byte) error {
	if !utf8.Valid(text) {
		return unreadable()
	}
	const deepest, mostValues = 32, 50_000
	depth, values, inside := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inside && c == '\\':
			if bytes.HasPrefix(text[i+1:], []byte("u0000")) {
				return unreadable()
			}
			i++
		case c == '"':
			inside = !inside
		case inside:
		case c == '{' || c == '[':
			depth++
			values++
		case c == '}' || c == ']':
			depth--
		case c == ',':
			values++
		}
		if depth > deepest || values > mostValues {
			return errs.E(errs.TooLarge, "request.too_complex", "提交的内容层次或项数太多，请减少后再试", errDepth)
		}
	}
	return nil
}
