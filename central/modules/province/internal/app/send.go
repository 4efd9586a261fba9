package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/modules/province"
	"tongban/central/modules/province/internal/store"
	"tongban/central/modules/window"
)

// Limits of sending.
const (
	mostAttempts = 40 // on the line; while the breaker is open nothing is on the line
	firstPause   = 5 * time.Second
	longestPause = 5 * time.Minute
	batch        = 100
	senders      = 4
	mostRounds   = 60
)

func pause(attempts int) time.Duration {
	if attempts > 8 {
		return longestPause
	}
	return min(longestPause, firstPause<<max(attempts-1, 0))
}

// Send puts what is due on the line: in order within a case, cases beside each other. It returns when nothing more can go now.
// Several may run at once: each message is claimed before it leaves.
func (a *App) Send(ctx context.Context) error {
	if a.six == nil {
		return nil // what waits stays queued until somebody connects the province
	}
	for range mostRounds {
		s, err := a.Adapters.State(ctx, sysAcceptance)
		if err != nil {
			return err
		}
		if !s.Enabled || s.Breaker == adapter.Open && a.Clock.Now().Before(s.RetryAt) {
			return nil
		}
		var due []store.Message
		err = a.DB.View(ctx, func(q db.Query) (err error) {
			due, err = store.Due(ctx, q, db.Ms(a.Clock.Now()), batch)
			return err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		if s.Breaker != adapter.Closed {
			due = due[:1] // the probe
		}
		if cut, err := a.sendAll(ctx, due); err != nil || cut {
			return err
		}
	}
	return nil
}

// sendAll sends messages of different cases beside each other; cut means that the province cannot be reached now.
func (a *App) sendAll(ctx context.Context, due []store.Message) (bool, error) {
	var all sync.WaitGroup
	var cut atomic.Bool
	var mu sync.Mutex
	var failed error
	line := make(chan store.Message)
	for range min(senders, len(due)) {
		all.Go(func() {
			for m := range line {
				if cut.Load() {
					continue
				}
				err := a.sendOne(ctx, m)
				switch {
				case errors.Is(err, adapter.ErrCut), errors.Is(err, adapter.ErrOff), errors.Is(err, adapter.ErrLimited):
					cut.Store(true)
				case err != nil:
					mu.Lock()
					failed = errors.Join(failed, fmt.Errorf("message %s: %w", m.ID, err))
					mu.Unlock()
				}
			}
		})
	}
	for _, m := range due {
		line <- m
	}
	close(line)
	all.Wait()
	return cut.Load() || ctx.Err() != nil, failed
}

// sendOne moves one message by one step. A message whose answer was lost is asked for before it is sent again.
func (a *App) sendOne(ctx context.Context, m store.Message) error {
	if m.State == province.Sent {
		return a.askBack(ctx, m)
	}
	if m.Attempts >= mostAttempts {
		return a.move(ctx, m, province.MoveGiveUp, said{words: "试了很多次都没有送到，请看原因后重发"})
	}
	body, values, kind, err := a.content(ctx, m)
	if err != nil {
		return a.unbuilt(ctx, m, err)
	}
	if m, err = a.dispatch(ctx, m, body, values, kind); err != nil || m.ID == "" {
		return err
	}
	var got ack
	answer, err := a.six.ask(ctx, sysAcceptance, "send", http.MethodPost, "/v1/messages", body, &got)
	return a.judge(ctx, m, got, answer, err)
}

// content returns what goes on the line, built now or as it was built before.
func (a *App) content(ctx context.Context, m store.Message) (body []byte, values map[string]string, kind string, err error) {
	if m.BodySealed != "" {
		text, err := a.Vault.OpenRow(classPayload, m.ID, m.BodySealed)
		return []byte(text), nil, m.Kind, err
	}
	n, err := decodeNoted(m.Event)
	if err != nil {
		return nil, nil, "", err
	}
	var c store.Case
	if err := a.DB.View(ctx, func(q db.Query) (err error) { c, _, err = store.FindCase(ctx, q, m.CaseNo); return err }); err != nil {
		return nil, nil, "", err
	}
	kind = kindStatus
	if n.Fields != nil {
		kind = kindCorrect
	}
	if c.ProvNo == "" || n.Topic == topicReapply {
		kind = kindApply
	}
	l := letter{
		MsgID: msgID(m), MsgType: kind, AreaCode: a.six.area, ProjNo: m.CaseNo, SeqNo: m.Seq, SendTime: a.Clock.Now().UTC(), Operator: n.Moved.Handler, Reason: n.Reason,
	}
	if l.Reason == "" {
		l.Reason = m.Title
	}
	s, err := a.read(ctx, m.CaseNo, n.Moved.State, kind == kindApply)
	if err != nil {
		return nil, nil, "", err
	}
	switch kind {
	case kindApply:
		l.Fields, l.Materials, l.Form = a.mapping.values(s, false), enclosures(s), s.body.Form
		maps.Copy(l.Fields, n.Fields)
	case kindCorrect:
		l.Fields = n.Fields
	default:
		l.Fields = a.mapping.values(s, true)
	}
	body, err = json.Marshal(l)
	if err != nil {
		return nil, nil, "", fmt.Errorf("encode message: %w", err)
	}
	return body, l.Fields, kind, nil
}

// msgID is the name on the line: the same at every attempt, another one once a person sends a new content.
func msgID(m store.Message) string { return fmt.Sprintf("%s-%d", m.ID, m.Revision) }

// unbuilt is a message that cannot be made: a case that is gone waits for a person, anything else for better times.
func (a *App) unbuilt(ctx context.Context, m store.Message, cause error) error {
	if errors.Is(cause, window.ErrNoSuchCase) || errs.KindOf(cause) == errs.NotFound {
		return a.move(ctx, m, province.MoveGiveUp, said{words: "取不到这个办件的申报内容：" + errs.MessageOf(cause)})
	}
	return cause
}

// dispatch claims a message and keeps what is about to leave; a message without id means that another sender was faster.
func (a *App) dispatch(ctx context.Context, m store.Message, body []byte, values map[string]string, kind string) (store.Message, error) {
	out := m
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		out = m
		to, ok := m.State.Next(province.MoveDispatch)
		if !ok {
			return province.ErrNotNow
		}
		out.State, out.Attempts, out.Kind = to, m.Attempts+1, kind
		out.SentAt, out.NextAt = db.Ms(tx.Now()), db.Ms(tx.Now().Add(pause(m.Attempts+1)))
		if values != nil {
			sealed, err := a.Vault.SealRow(classPayload, m.ID, string(body))
			if err != nil {
				return err
			}
			out.BodySealed, out.Digest = sealed, digest(body)
			if err := a.remember(ctx, tx, m.CaseNo, values); err != nil {
				return err
			}
		}
		mine, err := store.SaveMessage(ctx, tx, out, m.State, m.Attempts)
		if err != nil {
			return err
		}
		if !mine {
			out = store.Message{}
			return nil
		}
		return a.prove(ctx, tx, province.Proof{Message: m.ID, Case: m.CaseNo, Direction: "out", What: string(province.MoveDispatch), State: to, Digest: out.Digest, Facts: factsJSON(map[string]string{"msg_id": msgID(out), "attempt": fmt.Sprint(out.Attempts)})})
	})
	return out, err
}

// remember keeps what the province should hold after this message.
func (a *App) remember(ctx context.Context, tx db.Tx, no string, values map[string]string) error {
	c, there, err := store.FindCase(ctx, tx, no)
	if err != nil || !there {
		return err
	}
	all, err := a.openValues(c)
	if err != nil {
		return err
	}
	maps.Copy(all, values)
	if c.ValuesSealed, err = a.sealJSON(no, all); err != nil {
		return err
	}
	if id := all["CERT_NO"]; id != "" {
		c.IDBlind = a.Vault.Blind(classID, id)
	}
	return store.SaveCase(ctx, tx, c)
}

// askBack asks what became of a message whose answer never came.
func (a *App) askBack(ctx context.Context, m store.Message) error {
	if m.Attempts >= mostAttempts {
		return a.move(ctx, m, province.MoveGiveUp, said{words: "一直问不到结果，请和省里核实后重发"})
	}
	var got ack
	answer, err := a.six.ask(ctx, sysAcceptance, "ask", http.MethodGet, "/v1/messages/"+msgID(m), nil, &got)
	if errors.Is(err, errAbsent) {
		return a.move(ctx, m, province.MoveAbsent, said{words: "问过：省里没有收到，再发", answer: digest(answer)})
	}
	if errors.Is(err, adapter.ErrCut) || errors.Is(err, adapter.ErrOff) || errors.Is(err, adapter.ErrLimited) {
		return err // still on the line: asked again when the province can be reached
	}
	return a.judge(ctx, m, got, answer, err)
}

// said is what the other side let us know.
type said struct {
	words, code, answer string
	provNo              string
	receipt             *province.Receipt
	again               bool
}

// judge turns an answer, or none, into a move.
func (a *App) judge(ctx context.Context, m store.Message, got ack, answer []byte, err error) error {
	s := said{code: got.Code, words: got.words(), answer: digest(answer), provNo: got.ProvNo, receipt: got.Receipt, again: got.Duplicate}
	if len(answer) == 0 {
		s.answer = ""
	}
	switch {
	case errors.Is(err, adapter.ErrCut), errors.Is(err, adapter.ErrOff), errors.Is(err, adapter.ErrLimited):
		return errors.Join(err, a.move(ctx, m, province.MoveHold, said{words: "省平台暂时不通，排着"}))
	case err != nil:
		return a.move(ctx, m, province.MoveUnsure, said{words: "没有应答，先问到没到再发", answer: s.answer})
	case got.MsgID != msgID(m):
		return a.move(ctx, m, province.MoveUnsure, said{words: "应答说的是另一条报文，没有采用", answer: s.answer})
	case got.Code != "0":
		return a.move(ctx, m, province.MoveRefuse, s)
	case got.Receipt == nil || got.Receipt.Check(a.six.peer, msgID(m), m.Digest) != nil:
		return a.move(ctx, m, province.MoveUnsure, said{words: "回执的签名对不上，没有采用", answer: s.answer})
	}
	return a.move(ctx, m, province.MoveConfirm, s)
}

// move carries a message on, with its proof, and tells of it once it is settled.
func (a *App) move(ctx context.Context, m store.Message, by province.Move, s said) error {
	to, ok := m.State.Next(by)
	if !ok {
		return fmt.Errorf("message %s: %s does not allow %s", m.ID, m.State, by)
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		n := m
		n.State, n.Code, n.Answer = to, s.code, s.words
		now := tx.Now()
		switch by {
		case province.MoveHold:
			n.Attempts, n.NextAt = m.Attempts-1, db.Ms(now.Add(firstPause))
		case province.MoveAbsent:
			n.NextAt = db.Ms(now)
		case province.MoveUnsure:
			n.Attempts, n.NextAt = m.Attempts+1, db.Ms(now.Add(pause(m.Attempts)))
		default:
			n.SettledAt = db.Ms(now)
		}
		if by == province.MoveConfirm {
			n.ProvNo = s.provNo
			text, err := json.Marshal(s.receipt)
			if err != nil {
				return fmt.Errorf("encode receipt: %w", err)
			}
			n.Receipt = string(text)
		}
		mine, err := store.SaveMessage(ctx, tx, n, m.State, m.Attempts)
		if err != nil || !mine {
			return err
		}
		facts := map[string]string{"msg_id": msgID(m)}
		for k, v := range map[string]string{"code": s.code, "prov_no": s.provNo} {
			if v != "" {
				facts[k] = v
			}
		}
		if s.again {
			facts["again"] = "1"
		}
		if err := a.prove(ctx, tx, province.Proof{Message: m.ID, Case: m.CaseNo, Direction: "out", What: string(by), State: to, Digest: m.Digest, Answer: s.answer, Facts: factsJSON(facts)}); err != nil {
			return err
		}
		return a.tell(ctx, tx, n)
	})
}

// tell lets everybody know what a message came to: the case's timeline, the log of events, the audit.
func (a *App) tell(ctx context.Context, tx db.Tx, m store.Message) error {
	var topic, title string
	switch m.State {
	case province.Confirmed:
		topic, title = province.TopicConfirmed, "省平台已确认："+m.Title
	case province.Refused:
		topic, title = province.TopicRefused, "省平台退回："+m.Title
	case province.Dead:
		topic, title = province.TopicDead, "没有送到省平台："+m.Title
	default:
		return nil
	}
	if err := audit.Write(ctx, tx, audit.Record{Action: "province.settle", Object: m.CaseNo, Detail: map[string]string{"message": m.ID, "state": string(m.State), "digest": m.Digest}}); err != nil {
		return err
	}
	c, there, err := store.FindCase(ctx, tx, m.CaseNo)
	if err != nil {
		return err
	}
	if there && m.State == province.Confirmed {
		c.ProvNo, c.SettledAt = m.ProvNo, m.SettledAt
		if err := store.SaveCase(ctx, tx, c); err != nil {
			return err
		}
	}
	text := "省里的编号 " + m.ProvNo
	if m.State != province.Confirmed {
		text = m.Answer + "。本地的受理照样成立，由协同管理员处理。"
	}
	if err := a.Window.Note(ctx, tx, m.CaseNo, window.Note{Kind: "machine", Title: title, Text: text, By: "省平台协同"}); err != nil {
		return err
	}
	return events.Emit(ctx, tx, events.Event{Topic: topic, Key: m.CaseNo, Data: province.Told{
		No: m.CaseNo, Item: m.Item, ItemName: m.ItemName, Region: m.Region, Kind: m.Kind, State: string(m.State), ProvNo: m.ProvNo, At: tx.Now(),
	}})
}
