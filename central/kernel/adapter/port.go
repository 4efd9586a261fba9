package adapter

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/outbound"
)

// What keeps a call in the house; compare with errors.Is.
var (
	ErrOff     = errs.E(errs.Unavailable, "adapter.off", "这项外部服务已停用，请联系管理员", nil)
	ErrCut     = errs.E(errs.Unavailable, "adapter.cut", "对方系统暂时不可用，请稍后再试", nil)
	ErrLimited = errs.E(errs.TooMany, "adapter.limited", "调用太频繁，请稍后再试", nil)
	ErrFailed  = errs.E(errs.Unavailable, "adapter.failed", "对方系统没有正常应答，请稍后再试", nil)
)

// The results of an exchange.
const (
	resultOK      = "ok"
	resultRefused = "refused" // answered 4xx: it lives, and did not want this
	resultFailed  = "failed"
	resultTimeout = "timeout"
	resultCut     = "cut"
	resultOff     = "off"
	resultLimited = "limited"
)

// maxSent is the longest request body that goes out.
const maxSent = 8 << 20

// Port is one declared system, ready to be asked. It is safe for concurrent use.
type Port struct {
	Declaration
	reg    *Registry
	client *outbound.Client
	rate   *bucket
	budget *bucket // retries: a system in trouble is not buried under them
}

// Base is where the system is.
func (p *Port) Base() string { return p.client.Base().String() }

// Do asks operation op with r and returns the answer, whole, whatever its status below 500; everything else is ErrOff, ErrCut,
// ErrLimited or ErrFailed with the cause. The exchange is on record when Do returns. Operations are tried again only as often
// as they were declared.
func (p *Port) Do(ctx context.Context, op string, r *http.Request) (*http.Response, error) {
	o, ok := p.operation(op)
	if !ok {
		return nil, fmt.Errorf("adapter %s has no operation %q", p.Name, op)
	}
	body, err := bodyOf(r)
	if err != nil {
		return nil, err
	}
	e := Exchange{
		ID: ids.New(), Adapter: p.Name, Operation: op, At: p.reg.o.Clock.Now(), Actor: actor.From(ctx).String(),
		Request: actor.OriginFrom(ctx).Request, SentDigest: digest(body), SentBytes: int64(len(body)),
	}
	state, err := p.enter(ctx)
	if err != nil {
		e.Result = map[error]string{ErrOff: resultOff, ErrCut: resultCut, ErrLimited: resultLimited}[err]
		if e.Result == "" {
			return nil, err
		}
		return nil, errors.Join(err, p.settle(ctx, e, nil))
	}

	began := clock.System().Now()
	res, answer, err := p.attempts(ctx, o, r, body, &e)
	e.Ms = clock.System().Now().Sub(began).Milliseconds()
	if err != nil {
		return nil, errors.Join(ErrFailed, err, p.settle(ctx, e, &state))
	}
	e.Status, e.AnswerDigest, e.AnswerBytes = res.StatusCode, digest(answer), int64(len(answer))
	if err := p.settle(ctx, e, &state); err != nil {
		return nil, err // without evidence there was no exchange
	}
	if res.StatusCode >= http.StatusInternalServerError {
		return nil, errors.Join(ErrFailed, fmt.Errorf("%s answered %d", p.Name, res.StatusCode))
	}
	res.Body = io.NopCloser(bytes.NewReader(answer))
	return res, nil
}

func (p *Port) operation(name string) (Operation, bool) {
	for _, o := range p.Operations {
		if o.Name == name {
			return o, true
		}
	}
	return Operation{}, false
}

// enter asks switch, breaker and rate; for a breaker that is due it makes this call the probe.
func (p *Port) enter(ctx context.Context) (State, error) {
	s, err := p.reg.State(ctx, p.Name)
	if err != nil {
		return s, err
	}
	now := p.reg.o.Clock.Now()
	if !s.Enabled {
		return s, ErrOff
	}
	e, refused := s.asked(now)
	switch {
	case refused:
		return s, ErrCut
	case e != "":
		if s, err = p.probe(ctx); err != nil {
			return s, err
		}
	}
	if !p.rate.take(now) {
		return s, ErrLimited
	}
	return s, nil
}

// probe claims the one trial call, over all copies.
func (p *Port) probe(ctx context.Context) (s State, err error) {
	err = p.reg.o.DB.Do(db.WithFirst(ctx, nil), func(tx db.Tx) error {
		if s, err = loadState(ctx, tx, p.Name); err != nil {
			return err
		}
		e, refused := s.asked(tx.Now())
		if refused {
			return ErrCut // another was faster
		}
		if e == "" {
			return nil
		}
		s.Breaker, _ = next(s.Breaker, e)
		s.Epoch++
		s.Since = tx.Now()
		s.RetryAt = tx.Now().Add(time.Minute) // longer than any attempt: then the probe is lost
		return saveState(ctx, tx, p.Name, s)
	})
	if errors.Is(err, ErrCut) {
		return s, ErrCut
	}
	return s, err
}

// attempts tries until an answer below 500, within what was declared and the budget for retries.
func (p *Port) attempts(ctx context.Context, o Operation, r *http.Request, body []byte, e *Exchange) (res *http.Response, answer []byte, err error) {
	for wait := 200 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		e.Attempts++
		res, answer, err = p.once(ctx, o, r, body)
		good := err == nil && res.StatusCode < http.StatusInternalServerError
		switch {
		case good && res.StatusCode < http.StatusBadRequest:
			e.Result = resultOK
		case good:
			e.Result = resultRefused
		case errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
			e.Result = resultTimeout
		default:
			e.Result = resultFailed
		}
		if good || e.Attempts >= max(o.Attempts, 1) || ctx.Err() != nil || !p.budget.take(p.reg.o.Clock.Now()) {
			return res, answer, err
		}
		if err := clock.Sleep(ctx, clock.System(), wait/2+rand.N(wait)); err != nil { // #nosec G404 -- jitter, no secret
			return nil, nil, err
		}
	}
}

func (p *Port) once(ctx context.Context, o Operation, r *http.Request, body []byte) (*http.Response, []byte, error) {
	if o.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.Timeout)
		defer cancel()
	}
	try := r.Clone(ctx)
	try.Body, try.ContentLength = http.NoBody, 0
	if len(body) > 0 {
		try.Body, try.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	if id := actor.OriginFrom(ctx).Request; id != "" && try.Header.Get("X-Request-Id") == "" {
		try.Header.Set("X-Request-Id", id)
	}
	res, err := p.client.Do(try)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, nil, err
	}
	return res, answer, nil
}

// settle puts the exchange on record and moves the breaker. entered is nil where the call never left.
func (p *Port) settle(ctx context.Context, e Exchange, entered *State) error {
	p.reg.calls.Inc(p.Name, e.Result)
	ctx = db.WithFirst(context.WithoutCancel(ctx), nil)
	return p.reg.o.DB.Do(ctx, func(tx db.Tx) error {
		if err := keep(ctx, tx, e); err != nil || entered == nil {
			return err
		}
		now, err := loadState(ctx, tx, p.Name)
		if err != nil || now.Epoch != entered.Epoch {
			return err // the world has moved on since this call was let through
		}
		ok := e.Result == resultOK || e.Result == resultRefused
		if ok && now.Breaker == Closed && now.Failures == 0 {
			return nil
		}
		then := now.after(ok, tx.Now())
		if then.Breaker != now.Breaker {
			p.reg.o.Log.WarnContext(ctx, "breaker moved", "adapter", p.Name, "from", string(now.Breaker), "to", string(then.Breaker))
		}
		return saveState(ctx, tx, p.Name, then)
	})
}

// CheckHealth asks the system how it is and notes it; an answer also closes a breaker whose pause is over.
func (p *Port) CheckHealth(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	note, health := "", "ok"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.client.Base().JoinPath(p.Health).String(), nil)
	if err != nil {
		return fmt.Errorf("make health request: %w", err)
	}
	if p.Header != nil {
		p.Header(r)
	}
	res, _, err := p.once(ctx, Operation{}, r, nil)
	switch {
	case err != nil:
		health, note = "down", "没有应答"
	case res.StatusCode >= http.StatusInternalServerError: // a 404 comes from somebody who lives
		health, note = "down", fmt.Sprintf("应答 %d", res.StatusCode)
	}
	out := context.WithoutCancel(ctx)
	return p.reg.o.DB.Do(out, func(tx db.Tx) error {
		s, err := loadState(out, tx, p.Name)
		if err != nil {
			return err
		}
		s.Health, s.HealthNote, s.HealthAt = health, note, tx.Now()
		return saveState(out, tx, p.Name, s)
	})
}

func bodyOf(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(r.Body, maxSent+1))
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	if len(b) > maxSent {
		return nil, errs.E(errs.TooLarge, "adapter.too_large", errs.TooLarge.Words(), nil)
	}
	return b, nil
}

func digest(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	sum := sm3.Sum(b)
	return hex.EncodeToString(sum[:])
}
