package gateway

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync"

	"tongban/central/kernel/db"
	"tongban/fleet"
	"tongban/fleet/internal/ca"
	"tongban/fleet/internal/store"
	"tongban/fleet/wire"
)

// laneStatus is the last part of wire.TopicStatus: no envelope, no receipt.
const laneStatus wire.Lane = "status"

// letter is one uplink message as far as it could be opened.
type letter struct {
	terminal string // by the topic, which the broker grants to this terminal alone
	lane     wire.Lane
	raw      []byte

	id      string // of the envelope, also where the rest is unreadable, as far as it can be found
	env     *wire.Envelope
	from    fleet.Terminal
	digest  string
	body    []byte
	status  *wire.Status
	refusal *refusal
}

// refusal says why a letter is not taken.
type refusal struct {
	code   string
	reason string // Chinese, for the technician at the terminal; never personal data
	cause  string // for the operator
}

// Error lets a refusal found inside a transaction undo it.
func (r *refusal) Error() string { return r.code + ": " + r.cause }

func refuse(code, reason string, cause error) *refusal {
	r := &refusal{code: code, reason: reason}
	if cause != nil {
		r.cause = cause.Error()
	}
	return r
}

// sender is a known terminal with its key parsed.
type sender struct {
	fleet.Terminal
	keys []*ecdsa.PublicKey // of this epoch: what was sealed before a certificate was renewed is still good
}

// open opens a whole batch, several at once: proving a signature and opening a box costs more than all else here.
func (g *Gateway) open(ctx context.Context, a *answers) ([]letter, error) {
	letters := make([]letter, len(a.batch))
	for i, m := range a.batch {
		letters[i] = address(m.Subject(), m.Data())
		g.taken.Add(1, string(letters[i].lane))
	}
	senders, err := g.senders(ctx, a, letters)
	if err != nil {
		return nil, err
	}

	var wg sync.WaitGroup
	next := make(chan *letter)
	for range min(runtime.GOMAXPROCS(0), len(letters)) {
		wg.Go(func() {
			for l := range next {
				g.openOne(l, senders)
			}
		})
	}
	for i := range letters {
		next <- &letters[i]
	}
	close(next)
	wg.Wait()
	return letters, nil
}

// address reads who sent a message and on which lane from its subject, d.K-01.up.case.
func address(subject string, raw []byte) letter {
	l := letter{raw: raw}
	parts := strings.Split(subject, ".")
	if len(parts) >= 2 {
		l.terminal = parts[1]
	}
	if len(parts) == 4 {
		l.lane = wire.Lane(parts[3])
	}
	if l.lane != wire.LaneCase && l.lane != wire.LaneReport && l.lane != laneStatus {
		l.lane = ""
		l.refusal = refuse(wire.CodeMalformed, "发到了没有的通道，请升级终端程序", errors.New("no such lane"))
	}
	return l
}

// senders loads the terminals of a batch.
func (g *Gateway) senders(ctx context.Context, a *answers, letters []letter) (map[string]*sender, error) {
	var out map[string]*sender
	err := g.persist(ctx, a, func() error {
		return g.DB.View(ctx, func(q db.Query) error {
			out = map[string]*sender{}
			for _, l := range letters {
				if _, done := out[l.terminal]; done {
					continue
				}
				row, err := store.Terminal(ctx, q, l.terminal)
				if errors.Is(err, fleet.ErrNoSuchTerminal) {
					out[l.terminal] = nil
					continue
				}
				if err != nil {
					return err
				}
				s := &sender{Terminal: row.Terminal}
				certs, err := store.Certificates(ctx, q, l.terminal)
				if err != nil {
					return err
				}
				for _, c := range certs {
					if c.Epoch != row.Epoch || c.State == store.CertRevoked {
						continue
					}
					key, err := ca.ParsePublic(c.Public)
					if err != nil {
						return err
					}
					s.keys = append(s.keys, key)
				}
				out[l.terminal] = s
			}
			return nil
		})
	})
	return out, err
}

// openOne proves and opens one letter; what is wrong with it ends up in its refusal.
func (g *Gateway) openOne(l *letter, senders map[string]*sender) {
	if l.refusal == nil {
		l.refusal = g.check(l, senders)
	}
	if l.refusal != nil && l.id == "" {
		l.id = findID(l.raw)
	}
}

func (g *Gateway) check(l *letter, senders map[string]*sender) *refusal {
	from := senders[l.terminal]
	if from != nil && from.State == fleet.Revoked {
		return refuse(wire.CodeRevoked, "这台终端已被停用，请联系管理员", nil)
	}
	if from == nil || len(from.keys) == 0 {
		return refuse(wire.CodeUnknownTerminal, "中心没有登记这台终端，请先登记", nil)
	}
	l.from = from.Terminal
	if l.lane == laneStatus {
		return l.readStatus()
	}
	if len(l.raw) > wire.MaxEnvelope {
		return refuse(wire.CodeTooLarge, "内容太大，请联系技术人员", fmt.Errorf("%d bytes, at most %d", len(l.raw), wire.MaxEnvelope))
	}
	env, err := wire.ParseEnvelope(l.raw)
	if err != nil {
		return refuse(wire.CodeMalformed, "内容格式不对，请升级终端程序", err)
	}
	l.env, l.id = env, env.ID
	switch {
	case env.Lane != l.lane:
		return refuse(wire.CodeMalformed, "内容与通道不符，请升级终端程序", fmt.Errorf("envelope of lane %s came on %s", env.Lane, l.lane))
	case env.Terminal != l.terminal:
		return refuse(wire.CodeUnknownTerminal, "终端编号与连接不符，请重新登记", fmt.Errorf("envelope names %s", env.Terminal))
	case env.Epoch != from.Epoch:
		return refuse(wire.CodeStaleEpoch, "终端登记已经更换，请用新的登记码重新登记", fmt.Errorf("epoch %d, now %d", env.Epoch, from.Epoch))
	case g.Acceptors[env.Kind] == nil:
		return refuse(wire.CodeUnknownKind, "中心还不接收这类内容，请升级中心程序", fmt.Errorf("kind %.40q", env.Kind))
	}
	if err := verify(env, from.keys); err != nil {
		return refuse(wire.CodeBadSignature, "签名不对，请重新登记终端", err)
	}
	if l.body, err = env.Box.Open(g.Centre, env.ID); err != nil {
		return refuse(wire.CodeUnreadable, "内容解不开，请重新登记终端", err)
	}
	l.digest = digest(env)
	return nil
}

// verify tries the newest key first.
func verify(env *wire.Envelope, keys []*ecdsa.PublicKey) error {
	err := wire.ErrSignature
	for _, key := range keys {
		if err = env.Verify(key); err == nil {
			return nil
		}
	}
	return err
}

func (l *letter) readStatus() *refusal {
	var s wire.Status
	d := json.NewDecoder(bytes.NewReader(l.raw))
	if err := d.Decode(&s); err != nil {
		return refuse(wire.CodeMalformed, "状态格式不对，请升级终端程序", err)
	}
	if s.Terminal != l.terminal {
		return refuse(wire.CodeUnknownTerminal, "终端编号与连接不符，请重新登记", fmt.Errorf("status names %.20q", s.Terminal))
	}
	l.status = &s
	return nil
}

// digest tells a repeated envelope, which is the same to the byte but perhaps for its signature, from another one under
// the same id.
func digest(e *wire.Envelope) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00", e.Terminal, e.Lane, e.Kind)
	h.Write(e.Box.Key)
	h.Write(e.Box.Nonce)
	h.Write(e.Box.Text)
	return hex.EncodeToString(h.Sum(nil))
}

var idField = regexp.MustCompile(`"id"\s*:\s*"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"`)

// findID looks for an envelope's id in bytes that do not parse, so that the terminal learns which of its rows is meant.
func findID(raw []byte) string {
	m := idField.FindSubmatch(raw[:min(len(raw), 4096)])
	if m == nil {
		return ""
	}
	return string(m[1])
}

// head identifies refused bytes without keeping them.
func head(raw []byte) string {
	sum := sha256.Sum256(raw[:min(len(raw), 512)])
	return hex.EncodeToString(sum[:])
}

func encode(r wire.Receipt) ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode receipt: %w", err)
	}
	return b, nil
}
