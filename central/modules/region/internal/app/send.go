package app

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"tongban/central/kernel/adapter"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/region"
	"tongban/central/modules/region/internal/store"
	"tongban/fleet/wire"
)

// Jobs of the line.
const (
	JobSend  = "region.send"  // one case's letters, in order
	JobSweep = "region.sweep" // cases whose letters wait, after an outage
)

// Kinds of letter.
const (
	kindApply      = "APPLY"      // 申请
	kindSupplement = "SUPPLEMENT" // 补正
	kindParcel     = "PARCEL"     // 已交寄
	kindWithdraw   = "WITHDRAW"   // 撤回
	kindStatus     = "STATUS"     // 我们办到哪一步
	kindPart       = "PART"       // 我们的一部分办好
)

const (
	firstPause   = 5 * time.Second
	longestPause = 5 * time.Minute
)

func pause(attempts int) time.Duration {
	if attempts > 8 {
		return longestPause
	}
	return min(longestPause, firstPause<<max(attempts-1, 0))
}

func digest(b []byte) string {
	sum := sm3.Sum(b)
	return hex.EncodeToString(sum[:])
}

type sendArgs struct {
	No string `json:"no"`
}

// queue puts a letter behind the others of its case, with the job that sends it, in the transaction of what it tells of.
func (a *App) queue(ctx context.Context, tx db.Tx, c store.Case, kind, title string, facts map[string]any) error {
	return a.queueTo(ctx, tx, c.No, c.Home, kind, title, facts)
}

func (a *App) queueTo(ctx context.Context, tx db.Tx, no, target, kind, title string, facts map[string]any) error {
	text, err := json.Marshal(facts)
	if err != nil {
		return fmt.Errorf("encode facts of letter: %w", err)
	}
	now := db.Ms(tx.Now())
	err = store.AddMessage(ctx, tx, store.Message{ID: ids.New(), No: no, Kind: kind, Title: title, Target: target, State: region.Queued, Revision: 1, Facts: string(text), NextAt: now, CreatedAt: now})
	if err != nil {
		return err
	}
	return a.Jobs.Add(ctx, tx, JobSend, sendArgs{No: no}, jobs.Opts{Unique: no})
}

// Send is the job that sends what waits of one case.
func (a *App) Send(ctx context.Context, raw json.RawMessage) error {
	var args sendArgs
	if err := json.Unmarshal(raw, &args); err != nil {
		return jobs.Cancel(fmt.Errorf("decode job: %w", err))
	}
	if err := a.sendCase(auth.AsSystem(ctx, "region"), args.No); err != nil {
		return jobs.Cancel(err) // what is left goes with the next sweep
	}
	return nil
}

// Sweep sends what waits of all cases; one case that fails keeps no other waiting.
func (a *App) Sweep(ctx context.Context, _ json.RawMessage) error {
	ctx = auth.AsSystem(ctx, "region")
	var nos []string
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		nos, err = store.Due(ctx, q, db.Ms(a.Clock.Now()))
		return err
	})
	for _, no := range nos {
		err = errors.Join(err, a.sendCase(ctx, no))
	}
	if err != nil {
		return jobs.Cancel(err)
	}
	return nil
}

// sendCase sends a case's letters one after the other, until one has to wait.
func (a *App) sendCase(ctx context.Context, no string) error {
	for a.line != nil {
		var m store.Message
		var some bool
		err := a.DB.View(ctx, func(q db.Query) (err error) {
			m, some, err = store.NextMessage(ctx, q, no)
			return err
		})
		if err != nil || !some || m.State == region.Rejected || m.NextAt > db.Ms(a.Clock.Now()) {
			return err
		}
		if m.State == region.OnLine {
			err = a.askBack(ctx, m)
		} else {
			err = a.depart(ctx, m)
		}
		if err != nil {
			return fmt.Errorf("letter %s of %s: %w", m.ID, no, err)
		}
	}
	return nil
}

func msgID(m store.Message) string { return fmt.Sprintf("%s-%d", m.ID, m.Revision) }

// letter is what goes on the line.
type letter struct {
	MsgID    string         `json:"msgId"`
	Kind     string         `json:"kind"`
	No       string         `json:"no"`
	From     string         `json:"from"`
	To       string         `json:"to"`
	SendTime time.Time      `json:"sendTime"`
	Body     map[string]any `json:"body"`
}

// depart sends a letter: its files first, each once by its digest.
func (a *App) depart(ctx context.Context, m store.Message) error {
	text, err := a.content(ctx, m)
	if err != nil {
		if away(err) || errors.Is(err, adapter.ErrFailed) || errors.Is(err, errAnswer) {
			return a.pass(ctx, m, region.Queued, "", answered{words: "办理地系统暂时不通，排着"})
		}
		return err
	}
	sent := m
	sent.Attempts, sent.State, sent.Digest = m.Attempts+1, region.OnLine, digest(text)
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		if sent.BodySealed == "" {
			if sent.BodySealed, err = a.Vault.SealRow(classPayload, m.ID, string(text)); err != nil {
				return err
			}
		}
		sent.SentAt, sent.NextAt = db.Ms(tx.Now()), db.Ms(tx.Now().Add(pause(sent.Attempts)))
		ours, err := store.SaveMessage(ctx, tx, sent, m.State, m.Attempts)
		if err == nil && !ours {
			err = region.ErrChanged // another sender was faster
		}
		return err
	})
	if errors.Is(err, region.ErrChanged) {
		return nil
	}
	if err != nil {
		return err
	}
	var got ack
	err = a.line.ask(ctx, "send", http.MethodPost, "/v1/messages", text, &got)
	return a.judge(ctx, sent, got, err)
}

// askBack asks what became of a letter whose answer never came.
func (a *App) askBack(ctx context.Context, m store.Message) error {
	var got ack
	err := a.line.ask(ctx, "ask", http.MethodGet, "/v1/messages/"+msgID(m), nil, &got)
	if errors.Is(err, errAbsent) {
		return a.pass(ctx, m, region.Queued, region.Missing, answered{words: "问过：对方没有收到，再送"})
	}
	if away(err) {
		return a.pass(ctx, m, region.OnLine, region.Unsure, answered{words: "还问不到，通了再问"})
	}
	return a.judge(ctx, m, got, err)
}

type answered struct {
	words string
	no    string
	proof string
}

func (a *App) judge(ctx context.Context, m store.Message, got ack, err error) error {
	switch {
	case away(err):
		return a.pass(ctx, m, region.Queued, region.Hold, answered{words: "办理地系统暂时不通，排着"})
	case err != nil:
		return a.pass(ctx, m, region.OnLine, region.Unsure, answered{words: "没有应答，先问到没到再送"})
	case got.Code != "0" && (got.MsgID == msgID(m) || got.MsgID == ""):
		return a.pass(ctx, m, region.Rejected, region.Reject, answered{words: clip(got.Msg, 120)})
	case got.MsgID != msgID(m) || got.Receipt == nil || got.Receipt.Check(a.line.peer, msgID(m), m.Digest) != nil:
		return a.pass(ctx, m, region.OnLine, region.Unsure, answered{words: "回执对不上，没有采用"})
	}
	proof, err := json.Marshal(got.Receipt)
	if err != nil {
		return fmt.Errorf("encode receipt: %w", err)
	}
	return a.pass(ctx, m, region.Confirmed, region.Confirm, answered{no: clip(got.No, 40), proof: string(proof)})
}

// pass carries a letter on; by "" only moves when it is tried again.
func (a *App) pass(ctx context.Context, m store.Message, to region.Letter, by region.Passage, s answered) error {
	if by != "" {
		if may, ok := m.State.Next(by); !ok || may != to {
			return fmt.Errorf("%s does not allow %s", m.State, by)
		}
	}
	wait := errors.New("the other region does not answer now")
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		n := m
		n.State, n.Answer, n.Receipt = to, s.words, s.proof
		switch by {
		case region.Confirm, region.Reject:
			n.SettledAt = db.Ms(tx.Now())
		case region.Missing:
			n.NextAt = db.Ms(tx.Now())
		default:
			n.Attempts = m.Attempts + 1
			n.NextAt = db.Ms(tx.Now().Add(pause(n.Attempts)))
		}
		if by == region.Hold {
			n.Attempts = m.Attempts
		}
		ours, err := store.SaveMessage(ctx, tx, n, m.State, m.Attempts)
		if err != nil || !ours || n.SettledAt == 0 {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "region.settle", Object: m.No, Detail: map[string]string{"letter": m.ID, "kind": m.Kind, "state": string(to), "digest": m.Digest}}); err != nil {
			return err
		}
		return a.settled(ctx, tx, n, s)
	})
	if err == nil && (by == region.Hold || by == region.Unsure || by == "") {
		return wait
	}
	return err
}

// settled tells the case what became of a letter.
func (a *App) settled(ctx context.Context, tx db.Tx, m store.Message, s answered) error {
	c, err := store.Get(ctx, tx, m.No)
	if errors.Is(err, region.ErrNone) {
		return nil // of an arrival: the case of the window has its own history
	}
	if err != nil {
		return err
	}
	if m.State == region.Rejected {
		if err := a.here(ctx, tx, c.No, "没有送到："+m.Title, s.words+"；改好后重送"); err != nil {
			return err
		}
	} else {
		if err := a.here(ctx, tx, c.No, "送到了："+m.Title, "对方编号 "+s.no+"，签收回执已核对"); err != nil {
			return err
		}
		c.HomeNo = s.no
		if to, err := region.Next(c.State, region.ActSend, c.Paper); err == nil && (m.Kind == kindApply || m.Kind == kindSupplement) {
			c.State, c.SentAt = to, db.Ms(tx.Now())
			catchUp(&c)
		}
		if m.Kind == kindSupplement {
			if err := a.supplemented(&c); err != nil {
				return err
			}
		}
	}
	if err := store.Put(ctx, tx, c); err != nil {
		return err
	}
	return emit(ctx, tx, region.TopicMoved, c)
}

// catchUp says of what was sent again that its originals went before: they are not owed a second time.
func catchUp(c *store.Case) {
	for act, so := range map[region.Act]bool{region.ActArrive: c.ArrivedAt > 0, region.ActPost: c.ArrivedAt == 0 && c.ParcelOut != ""} {
		if to, err := region.Next(c.State, act, c.Paper); so && err == nil {
			c.State = to
		}
	}
}

// supplemented marks what came later as sent.
func (a *App) supplemented(c *store.Case) error {
	b, err := a.openBody(*c)
	if errors.Is(err, region.ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range b.Extra {
		b.Extra[i].Sent = true
	}
	c.BodySealed, err = a.sealBody(c.No, b)
	return err
}

// content returns what goes on the line, as it was built before or now.
func (a *App) content(ctx context.Context, m store.Message) ([]byte, error) {
	if m.BodySealed != "" {
		text, err := a.Vault.OpenRow(classPayload, m.ID, m.BodySealed)
		return []byte(text), err
	}
	facts := map[string]any{}
	if err := json.Unmarshal([]byte(m.Facts), &facts); err != nil {
		return nil, fmt.Errorf("decode facts of letter: %w", err)
	}
	if facts == nil {
		facts = map[string]any{}
	}
	if m.Kind == kindApply || m.Kind == kindSupplement {
		if err := a.enclose(ctx, m, facts); err != nil {
			return nil, err
		}
	}
	text, err := json.Marshal(letter{MsgID: msgID(m), Kind: m.Kind, No: m.No, From: a.dir.Here.Code, To: m.Target, SendTime: a.Clock.Now().UTC(), Body: facts})
	if err != nil {
		return nil, fmt.Errorf("encode letter: %w", err)
	}
	return text, nil
}

type sentPage struct {
	Digest string `json:"digest"`
	MIME   string `json:"mime"`
}

type sentPaper struct {
	Code   string     `json:"code"`
	Name   string     `json:"name"`
	Pages  []sentPage `json:"pages"`
	Source string     `json:"source,omitempty"`
	Note   string     `json:"note,omitempty"`
}

// enclose uploads the files of a letter and writes what they are.
func (a *App) enclose(ctx context.Context, m store.Message, facts map[string]any) error {
	var c store.Case
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		c, err = store.Get(ctx, q, m.No)
		return err
	})
	if err != nil {
		return err
	}
	b, err := a.openBody(c)
	if err != nil {
		return err
	}
	papers := []sentPaper{}
	if m.Kind == kindSupplement {
		for _, e := range b.Extra {
			if e.Sent {
				continue
			}
			page, err := a.upload(ctx, e.File)
			if err != nil {
				return err
			}
			papers = append(papers, sentPaper{Code: "supplement", Name: e.Name, Pages: []sentPage{page}})
		}
		facts["materials"] = papers
		return nil
	}
	names, err := a.Cases.PaperNames(ctx, c.Item, c.ItemVersion)
	if err != nil {
		return err
	}
	for _, one := range b.Materials {
		p := sentPaper{Code: one.Code, Name: names[one.Code], Pages: []sentPage{}}
		for _, f := range one.Pages {
			page, err := a.upload(ctx, f)
			if err != nil {
				return err
			}
			p.Pages = append(p.Pages, page)
		}
		papers = append(papers, p)
	}
	for _, s := range b.Stands {
		papers = append(papers, sentPaper{Code: s.Code, Name: names[s.Code], Pages: []sentPage{}, Source: s.Source, Note: s.Note})
	}
	signatures := []map[string]any{}
	for _, s := range b.Signatures {
		page, err := a.upload(ctx, s.Image)
		if err != nil {
			return err
		}
		signatures = append(signatures, map[string]any{"role": s.Role, "name": s.Name, "statement": s.Statement, "image": page, "at": s.At})
	}
	facts["itemCode"], facts["itemName"], facts["mode"], facts["paper"], facts["receivedAt"] = c.Item, c.ItemName, c.Mode, c.Paper, stamp(c.RegisteredAt)
	facts["office"], facts["applicant"], facts["answers"], facts["form"] = a.dir.name(c.Region)+" "+c.Hall, b.Applicant, b.Answers, b.Form
	facts["materials"], facts["signatures"] = papers, signatures
	return nil
}

func (a *App) upload(ctx context.Context, f wire.File) (sentPage, error) {
	plain, err := a.decrypt(ctx, f)
	if err != nil {
		return sentPage{}, err
	}
	page := sentPage{Digest: digest(plain), MIME: f.MIME}
	text, err := json.Marshal(map[string]any{"digest": page.Digest, "mime": page.MIME, "content": plain})
	if err != nil {
		return page, fmt.Errorf("encode file: %w", err)
	}
	var got ack
	if err := a.line.ask(ctx, "file", http.MethodPost, "/v1/files", text, &got); err != nil {
		return page, err
	}
	if got.Code != "0" {
		return page, errors.Join(errAnswer, errs.E(errs.Unavailable, "region.file_refused", "对方没有收附件："+clip(got.Msg, 60), nil))
	}
	return page, nil
}

func (a *App) decrypt(ctx context.Context, f wire.File) ([]byte, error) {
	d, err := blobs.ParseDigest(f.Digest)
	if err != nil {
		return nil, fmt.Errorf("read digest: %w", err)
	}
	r, _, err := a.Blobs.Open(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	defer r.Close() //nolint:errcheck // only read
	cipher, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	return wire.Decrypt(cipher, f.Key)
}

// keepFile encrypts bytes among the blobs with a key of their own.
func (a *App) keepFile(ctx context.Context, plain []byte) (wire.File, error) {
	cipher, key, err := wire.Encrypt(plain)
	if err != nil {
		return wire.File{}, fmt.Errorf("encrypt file: %w", err)
	}
	d := blobs.Of(cipher)
	if _, err := a.Blobs.Put(ctx, bytes.NewReader(cipher), d); err != nil {
		return wire.File{}, fmt.Errorf("keep file: %w", err)
	}
	return wire.File{Digest: string(d), Size: int64(len(cipher)), MIME: http.DetectContentType(plain), Key: key}, nil
}

// wake lets the letters of a case go now.
func (a *App) wake(ctx context.Context, tx db.Tx, no string) error {
	return a.Jobs.Add(ctx, tx, JobSend, sendArgs{No: no}, jobs.Opts{Unique: no})
}
