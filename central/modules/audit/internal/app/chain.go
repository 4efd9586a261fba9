package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/audit/internal/store"
)

// JobVerify is the kind of job that verifies the chain.
const JobVerify = "audit.verify"

// stale is how long a run may say nothing before another may begin: its copy
// of the program died, or the queue is stuck.
const stale = 2 * time.Minute

// Seal is a checkpoint as auditors see it (封条).
type Seal struct {
	N         int64     `json:"n"`
	Seq       int64     `json:"seq" doc:"封到第几条"`
	At        time.Time `json:"at"`
	Hash      string    `json:"hash"`
	Signed    bool      `json:"signed" doc:"签名有效"`
	ShippedAt string    `json:"shipped_at" doc:"存到另一处的时间；空是还没有"`
}

func (a *App) seal(ctx context.Context, c audit.Checkpoint, s audit.Shipping) *Seal {
	out := &Seal{N: c.N, Seq: c.Last, At: c.At, Hash: c.Hash, Signed: c.Holds(ctx, a.Keeper.Signer)}
	if c.N <= s.N {
		// When each arrived is not kept: they are shipped as they are made.
		out.ShippedAt = c.At.Format(time.RFC3339)
	}
	return out
}

// Verification is how a run ended (核验结果).
type Verification struct {
	At          time.Time `json:"at"`
	OK          bool      `json:"ok"`
	Records     int64     `json:"records"`
	Checkpoints int       `json:"checkpoints"`
	Ms          int64     `json:"ms"`
	BadSeq      int64     `json:"bad_seq"`
	ProblemText string    `json:"problem_text"`
	By          string    `json:"by" doc:"谁核验的；空是例行"`
}

// Run is one verification on its way.
type Run struct {
	ID     string        `json:"id"`
	State  string        `json:"state" enum:"running,done,failed"`
	Done   int64         `json:"done"`
	Total  int64         `json:"total"`
	Fault  string        `json:"fault,omitempty" doc:"没有核验成的原因"`
	Result *Verification `json:"result"`
}

// kept is what is stored of a run that ended.
type kept struct {
	audit.Report
	Text  string `json:"text"`
	Fault string `json:"fault,omitempty"`
}

func reportOf(v store.Verification) (k kept, err error) {
	if v.Report == "" {
		return k, nil
	}
	if err := json.Unmarshal([]byte(v.Report), &k); err != nil {
		return k, fmt.Errorf("decode report: %w", err)
	}
	return k, nil
}

func runOf(v store.Verification) (*Run, error) {
	k, err := reportOf(v)
	if err != nil {
		return nil, err
	}
	r := &Run{ID: v.ID, State: v.State, Done: v.Done, Total: v.Total, Fault: k.Fault}
	if v.State == store.Done {
		r.Result = &Verification{
			At: db.FromMs(v.Finished), OK: k.OK, Records: k.Count, Checkpoints: k.Checkpoints, Ms: v.Finished - v.At,
			BadSeq: k.BadSeq, ProblemText: k.Text, By: v.ByName,
		}
	}
	return r, nil
}

// Place is where checkpoints are shipped.
type Place struct {
	Where       string `json:"where"`
	OK          bool   `json:"ok"`
	LastError   string `json:"last_error"`
	SameMachine bool   `json:"same_machine" doc:"和数据库在同一台机器上"`
}

// Chain is where the chain stands.
type Chain struct {
	Records     int64         `json:"records"`
	HeadSeq     int64         `json:"head_seq"`
	HeadHash    string        `json:"head_hash"`
	Last        *Verification `json:"last"`
	Checkpoints []*Seal       `json:"checkpoints" doc:"最近 20 个，新的在前"`
	Sink        Place         `json:"sink"`
	Running     *Run          `json:"running"`
}

// Chain reads where the chain stands.
func (a *App) Chain(ctx context.Context) (Chain, error) {
	shipped, err := a.Keeper.Shipped(ctx)
	if err != nil {
		return Chain{}, err
	}
	out := Chain{Checkpoints: []*Seal{}, Sink: Place{Where: shipped.Place, OK: shipped.Fault == "", LastError: shipped.Fault, SameMachine: a.SameMachine}}
	err = a.DB.View(ctx, func(q db.Query) error {
		if out.HeadSeq, out.HeadHash, err = audit.Head(ctx, q); err != nil {
			return err
		}
		out.Records = out.HeadSeq
		newest, err := audit.NewestCheckpoints(ctx, q, 0, 20)
		if err != nil {
			return err
		}
		for _, c := range newest {
			out.Checkpoints = append(out.Checkpoints, a.seal(ctx, c, shipped))
		}
		last, found, err := store.LastVerification(ctx, q, store.Done)
		if err != nil {
			return err
		}
		if found {
			run, err := runOf(last)
			if err != nil {
				return err
			}
			out.Last = run.Result
		}
		out.Running, err = a.running(ctx, q)
		return err
	})
	return out, err
}

// running returns the run that is on its way, if one is.
func (a *App) running(ctx context.Context, q db.Query) (*Run, error) {
	v, found, err := store.LastVerification(ctx, q, store.Running)
	if err != nil || !found || a.Clock.Now().Sub(db.FromMs(v.Touched)) > stale {
		return nil, err
	}
	return runOf(v)
}

// Verify begins a verification and returns at once; one that is on its way is
// returned instead of a second.
func (a *App) Verify(ctx context.Context) (run *Run, err error) {
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		if run, err = a.running(ctx, tx); err == nil && run == nil {
			run, err = a.begin(ctx, tx, actor.From(ctx).Name)
		}
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "audit.verify", Object: run.ID})
	})
	return run, err
}

func (a *App) begin(ctx context.Context, tx db.Tx, by string) (*Run, error) {
	total, _, err := audit.Head(ctx, tx)
	if err != nil {
		return nil, err
	}
	now := db.Ms(tx.Now())
	v := store.Verification{ID: ids.New(), ByName: by, At: now, State: store.Running, Total: total, Touched: now}
	if err := store.Begin(ctx, tx, v); err != nil {
		return nil, err
	}
	if err := a.Jobs.Add(ctx, tx, JobVerify, v.ID, jobs.Opts{MaxAttempts: 3}); err != nil {
		return nil, err
	}
	return runOf(v)
}

// Run returns one verification.
func (a *App) Run(ctx context.Context, id string) (run *Run, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		v, found, err := store.FindVerification(ctx, q, id)
		if err != nil {
			return err
		}
		if !found {
			return errs.E(errs.NotFound, "audit.no_run", "没有这次核验，请刷新后再看", nil)
		}
		run, err = runOf(v)
		return err
	})
	return run, err
}

// verify is the job. What it holds the chain against comes from elsewhere, not
// from the database that is in question.
func (a *App) verify(ctx context.Context, args json.RawMessage) error {
	var id string
	if err := json.Unmarshal(args, &id); err != nil {
		return jobs.Cancel(fmt.Errorf("decode job: %w", err))
	}
	var v store.Verification
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		v, _, err = store.FindVerification(ctx, q, id)
		return err
	})
	if err != nil || v.State != store.Running {
		return err
	}
	proof, err := a.Keeper.Sink.Load(ctx)
	if err != nil {
		return errors.Join(a.end(ctx, v, store.Failed, kept{Fault: "检查点存放处读不到：" + err.Error()}),
			a.raise(ctx, unreachable(a.Keeper.Sink.String(), err.Error())))
	}
	report, err := audit.VerifyAgainst(ctx, a.DB, audit.Proof{Checkpoints: proof, Signer: a.Keeper.Signer, Progress: func(n int64) {
		if n%20_000 != 0 {
			return
		}
		v.Done = n
		if err := a.DB.Do(ctx, func(tx db.Tx) error { return store.Move(ctx, tx, v) }); err != nil {
			a.Log.WarnContext(ctx, "progress of verification is not kept", "cause", err.Error())
		}
	}})
	if err != nil {
		return errors.Join(err, a.end(ctx, v, store.Failed, kept{Fault: "读审计记录时出错，请再试一次"}))
	}
	v.Done = report.Count
	if err := a.end(ctx, v, store.Done, kept{Report: report, Text: report.Sentence()}); err != nil || report.OK {
		return err
	}
	return a.raise(ctx, broken(report))
}

func (a *App) end(ctx context.Context, v store.Verification, state string, k kept) error {
	text, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		v.State, v.Report, v.Finished = state, string(text), db.Ms(tx.Now())
		return store.Move(ctx, tx, v)
	})
}
