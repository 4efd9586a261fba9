package httpx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
)

type streamKey struct{}

// streamEnd ends a stream's context when the server begins to stop.
type streamEnd struct {
	draining context.Context
	cancel   context.CancelFunc
	limits   *limiter
}

// Stream is an open server-sent event stream (SSE 推送) of a raw handler. It is
// for one goroutine.
type Stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	limits  *limiter // nil in a test without a server
}

// OpenStream answers r with an event stream. From then on r.Context() also
// ends when the server stops, so that open consoles do not hold it up.
func OpenStream(w http.ResponseWriter, r *http.Request) (*Stream, error) {
	s := &Stream{w: w, control: http.NewResponseController(w)}
	if end, ok := r.Context().Value(streamKey{}).(streamEnd); ok {
		leave, err := end.limits.stream(r.Context())
		if err != nil {
			return nil, err
		}
		context.AfterFunc(r.Context(), leave)
		context.AfterFunc(end.draining, end.cancel)
		s.limits = end.limits
	}
	_ = s.control.SetWriteDeadline(time.Time{})
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx before us must not hold events back
	w.WriteHeader(http.StatusOK)
	if _, err := fmt.Fprint(w, "retry: 2000\n\n"); err != nil {
		return nil, fmt.Errorf("open stream: %w", err)
	}
	if err := s.control.Flush(); err != nil {
		return nil, fmt.Errorf("open stream: %w", err)
	}
	return s, nil
}

// Send writes one event with data as JSON; id comes back as Last-Event-ID
// after a reconnect.
func (s *Stream) Send(id, name string, data any) error {
	f, err := frameOf(id, name, data)
	if err != nil {
		return err
	}
	return s.put(f, true)
}

// frame is an event as it goes over the line.
type frame []byte

func frameOf(id, name string, data any) (frame, error) {
	text, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	if strings.ContainsAny(id+name, "\r\n") {
		return nil, errors.New("event id and name must be one line")
	}
	return fmt.Appendf(nil, "id: %s\nevent: %s\ndata: %s\n\n", id, name, text), nil
}

// put writes what may go with the next thing that is sent, or goes now.
func (s *Stream) put(f frame, now bool) error {
	if _, err := s.w.Write(f); err != nil {
		return fmt.Errorf("send event: %w", err)
	}
	if now {
		return s.control.Flush()
	}
	return nil
}

// Beat sends {"listening": n} so that both ends notice a dead line: a page whose cable was pulled is told by nobody else. n is how many
// streams this copy holds: with so many others a page shares what it hears, and by it spreads what it asks then.
func (s *Stream) Beat() error {
	n := int64(0)
	if s.limits != nil {
		n = s.limits.listening.Load()
	}
	if _, err := fmt.Fprintf(s.w, "event: beat\ndata: {\"listening\":%d}\n\n", n); err != nil {
		return fmt.Errorf("beat stream: %w", err)
	}
	return s.control.Flush()
}

// beat is the pause between two beats; pages give a line up after two and a half.
const beat = 8 * time.Second

// hearing is who may hear the events whose topic begins with prefix.
type hearing struct {
	prefix string
	may    func(ctx context.Context, e events.Event) bool
}

// Hear lets the one stream of the console carry the events whose topic begins with one of prefixes to every caller whom may allows
// them. A browser opens six connections to one place, so that a stream for each module would leave none to ask with.
func (s *Server) Hear(may func(ctx context.Context, e events.Event) bool, prefixes ...string) {
	for _, p := range prefixes {
		s.hearings = append(s.hearings, hearing{p, may})
	}
}

func (s *Server) hears(ctx context.Context, e events.Event) bool {
	return slices.ContainsFunc(s.hearings, func(h hearing) bool { return strings.HasPrefix(e.Topic, h.prefix) && h.may(ctx, e) })
}

// Live returns the raw handler of the one stream (实时动态): every event of log that the caller may hear (see Hear). A caller goes
// on after Last-Event-ID (or ?after=), and begins with what comes next when it names none.
func (s *Server) Live(log *events.Log) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		after, err := s.position(r, log)
		if err != nil {
			s.Fail(w, r, err)
			return
		}
		stream, err := OpenStream(w, r)
		if errs.Coded(err) {
			s.Fail(w, r, err)
			return
		}
		if err != nil {
			return // the caller has left
		}
		prefixes := []string{"none."} // no prefix at all would mean every event
		for _, h := range s.hearings {
			prefixes = append(prefixes, h.prefix)
		}
		s.carry(r.Context(), stream, log.Stream(r.Context(), after, prefixes...))
	}
}

// gather is how long events wait for others, counted from the last that was sent: on a busy morning thousands of consoles are told of
// several at once, and one that comes alone goes at once. Each open stream adds its share: what is sent in a second stays the same.
const (
	gather      = time.Second
	gatherShare = time.Millisecond
)

func (s *Server) gathering() time.Duration {
	return max(gather, gatherShare*time.Duration(s.limits.listening.Load()))
}

// carry sends what the caller may hear until either end closes.
func (s *Server) carry(ctx context.Context, stream *Stream, incoming <-chan events.Event) {
	beats := clock.System().NewTicker(beat)
	defer beats.Stop()
	var held <-chan time.Time // when what was put goes
	var sent time.Time
	for {
		select {
		case e, open := <-incoming:
			if !open {
				return
			}
			if !s.hears(ctx, e) {
				continue
			}
			// What everybody is told is written out once for all.
			f, err := events.Once(e, func() (frame, error) {
				return frameOf(strconv.FormatInt(e.Seq, 10), e.Topic, map[string]any{"key": e.Key, "at": e.At, "data": e.Data})
			})
			now := clock.System().Now()
			alone := now.Sub(sent) >= s.gathering()
			if err != nil || stream.put(f, alone && held == nil) != nil {
				return
			}
			switch {
			case held != nil:
			case alone:
				sent = now
			default:
				held = clock.System().After(sent.Add(s.gathering()).Sub(now))
			}
		case <-held:
			held, sent = nil, clock.System().Now()
			if stream.control.Flush() != nil {
				return
			}
		case <-beats.C():
			if stream.Beat() != nil {
				return
			}
		}
	}
}

func (s *Server) position(r *http.Request, log *events.Log) (int64, error) {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		text = r.URL.Query().Get("after")
	}
	if text == "" {
		return log.Last(r.Context())
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return log.Last(r.Context())
	}
	return n, nil
}
