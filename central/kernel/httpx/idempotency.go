package httpx

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/errs"
)

// One request with one key has one effect (幂等), however often it is sent:
//
//   - In one process, a second request with the same key waits for the first.
//   - The first db.Do of the handler claims the key in its own transaction. Two
//     processes cannot both commit; the loser rolls back and gives the winner's
//     answer.
//   - The answer is kept right after. Should the process die between the two,
//     the claim is there without an answer, and a repeat is told that the act
//     is done and to look instead of running it again.
//   - A handler that failed before its commit leaves nothing; its repeat runs.
const (
	idempotencyHeader = "Idempotency-Key"
	codeRunning       = "idempotency.running"
	// patience is how long a duplicate waits for the first one's answer.
	patience = 10 * time.Second
)

var (
	keyShape = regexp.MustCompile(`^[A-Za-z0-9._:-]{8,64}$`)

	errNoKey    = errs.E(errs.Invalid, "idempotency.missing", "请求缺少防重复编号，请刷新页面后再试", nil)
	errMismatch = errs.E(errs.Conflict, "idempotency.mismatch", "这个编号已经用于另一次提交，请刷新页面后重新提交", nil)
	errRunning  = errs.E(errs.Conflict, codeRunning, "上一次提交还在处理，请稍等再试", nil)
	errNoAnswer = errs.E(errs.Conflict, "idempotency.answer_lost", "这一步已经办成，只是结果没有传回来，请刷新页面查看", nil)
)

// call is one request on its way through the idempotency check.
type call struct {
	key, actor, op, hash string
	started              time.Time

	committed bool // the handler's act, and with it our claim, is in the database
	taken     bool // another process was faster
}

// idempotent is the middleware of every unsafe operation.
func (s *Server) idempotent(hc huma.Context, next func(huma.Context)) {
	c := humagin.Unwrap(hc)
	k, err := s.newCall(c, hc.Operation().OperationID)
	if err != nil {
		s.refuse(c, hc, err)
		return
	}

	release, err := s.flights.enter(c.Request.Context(), k.actor+"\x00"+k.key)
	if err != nil {
		s.refuse(c, hc, err)
		return
	}
	defer release()

	kept, found, err := s.lookUp(c.Request.Context(), k)
	if err != nil {
		s.refuse(c, hc, err)
		return
	}
	if !found {
		if kept, found, err = s.runOnce(c, hc, k, next); err != nil {
			s.refuse(c, hc, err)
			return
		}
	}
	if found {
		s.replay(c, hc, k, kept)
	}
}

func (s *Server) newCall(c *gin.Context, op string) (*call, error) {
	key := c.GetHeader(idempotencyHeader)
	if !keyShape.MatchString(key) {
		return nil, errNoKey
	}
	body, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return nil, tooLarge(err)
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))

	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n", c.Request.Method, c.Request.URL.RequestURI(), c.GetHeader("Content-Type"))
	h.Write(body)
	who := auth.Who(c.Request.Context()).String()
	return &call{key: key, actor: who, op: op, hash: hex.EncodeToString(h.Sum(nil)), started: s.cfg.Clock.Now()}, nil
}

// runOnce runs the handler with the claim hooked into its transaction. found
// is true when another process turned out to have done the work.
func (s *Server) runOnce(c *gin.Context, hc huma.Context, k *call, next func(huma.Context)) (kept answer, found bool, err error) {
	direct := c.Writer
	buffer := &buffered{ResponseWriter: direct}
	func() {
		c.Writer = buffer
		defer func() { c.Writer = direct }() // also when the handler panics: its 500 must reach the caller
		c.Request = c.Request.WithContext(s.claiming(c.Request.Context(), k))
		next(hc)
	}()

	if k.taken && !k.committed {
		return s.lookUp(c.Request.Context(), k)
	}
	if k.committed || buffer.status() < http.StatusBadRequest {
		s.keepAnswer(c.Request.Context(), k, answer{
			status: buffer.status(), contentType: buffer.Header().Get("Content-Type"), body: buffer.body.String(),
		})
	}
	buffer.flushTo(direct)
	return answer{}, false, nil
}

// replay sends the kept answer again, waiting for it where another process is
// still working on it.
func (s *Server) replay(c *gin.Context, hc huma.Context, k *call, kept answer) {
	ctx := c.Request.Context()
	for waited := time.Duration(0); ; waited += 100 * time.Millisecond {
		if kept.op != k.op || kept.hash != k.hash {
			s.refuse(c, hc, errMismatch)
			return
		}
		if kept.status != 0 {
			break
		}
		// Looked at after a while: between two connections a living copy seems dead.
		dead := waited >= time.Second && s.orphaned(ctx, kept)
		if dead || waited >= patience || kept.age > 2*patience {
			s.refuse(c, hc, errNoAnswer)
			return
		}
		if err := clock.Sleep(ctx, clock.System(), 100*time.Millisecond); err != nil {
			s.refuse(c, hc, err)
			return
		}
		next, found, err := s.lookUp(ctx, k)
		if err != nil || !found {
			s.refuse(c, hc, errRunning)
			return
		}
		kept = next
	}

	h := c.Writer.Header()
	if kept.contentType != "" {
		h.Set("Content-Type", kept.contentType)
	}
	h.Set("Idempotency-Replayed", "true")
	c.Writer.WriteHeader(kept.status)
	_, _ = io.WriteString(c.Writer, kept.body)
}

func (s *Server) refuse(c *gin.Context, hc huma.Context, err error) {
	s.fail(c.Writer, c.Request, s.public(c.Request.Context(), hc.Operation().OperationID, err))
}

// kept answers are removed after this long; a repeat later runs again.
const keepAnswers = 48 * time.Hour

// SweepAnswers removes answers that nobody will ask for any more.
func (s *Server) SweepAnswers(ctx context.Context) error {
	return s.sweep(ctx, s.cfg.Clock.Now().Add(-keepAnswers))
}
